"""Health for the operator; the demonstration's mails; what is not open."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.exc import OperationalError

from programme.accounts import services
from programme.core import jobs
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.site import queries
from tests.factories.people import NOON

pytestmark = pytest.mark.db


def health(visitor, status=200):
    answer = visitor().client.get("/sante")
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    return json.loads(answer.data)


def test_a_sound_instance(visitor):
    state = health(visitor)
    assert (state["status"], state["database"], state["storage"]) == ("ok", "ok", "ok")
    assert state["queue"] == {"due": 0, "oldest_seconds": 0, "failed": 0}
    assert state["mail"] == {"waiting": 0, "oldest_seconds": 0}


def test_the_queue_and_the_mails_that_wait_are_counted(visitor, db):
    with time_machine.travel(NOON, tick=False) as clock:
        with unit_of_work():
            services.sign_up("lea@exemple.fr", "Léa", "hash", at=now())
            jobs.enqueue("later", {}, at=now() + timedelta(days=1))
        clock.shift(90)
        state = health(visitor)
    assert state["queue"] == {"due": 1, "oldest_seconds": 90, "failed": 0}
    assert state["mail"] == {"waiting": 1, "oldest_seconds": 90}


def test_no_database_is_503(visitor, monkeypatch):
    def lost(_at):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(queries, "due_jobs", lost)
    state = health(visitor, 503)
    assert (state["status"], state["database"], state["queue"]) == ("failing", "failing", None)


def test_a_file_store_that_cannot_be_written_is_503(app, visitor, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setitem(app.config, "STORAGE_FOLDER", str(tmp_path / "file" / "store"))
    assert health(visitor, 503)["storage"] == "failing"


def test_health_leaves_no_file(app, visitor):
    from pathlib import Path

    folder = Path(app.config["STORAGE_FOLDER"])
    health(visitor)
    before = set(folder.rglob("*"))
    health(visitor)
    assert set(folder.rglob("*")) == before


def test_the_mails_are_absent_outside_a_demonstration(visitor, db):
    with unit_of_work():
        services.sign_up("lea@exemple.fr", "Léa", "hash", at=now())
    for path in ("/demonstration/courriels", "/demonstration/courriels/1"):
        visitor().get(path, status=404)
    assert "demonstration/courriels" not in visitor().get("/connexion/lien").body.decode()


def test_a_visitor_of_the_demonstration_confirms_their_account(app, visitor, db, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)
    newcomer = visitor()
    assert "Aucun courriel encore" in newcomer.get("/demonstration/courriels").text
    page = newcomer.post(
        "/inscription", {"display_name": "Léa", "email": "lea@exemple.fr", "password": "une longue phrase à moi"}
    )
    assert "/demonstration/courriels" in page.links()
    listed = newcomer.get("/demonstration/courriels")
    assert "Confirmez votre adresse pour ouvrir votre compte lea@exemple.fr" in listed.text
    assert "en attente" in listed.text
    jobs.run_until_idle()
    listed = newcomer.get("/demonstration/courriels")
    assert "écrit" in listed.text
    [address] = [href for href in listed.links() if href.startswith("/demonstration/courriels/")]
    read = newcomer.get(f"{address}?partie=texte")
    [link] = [href for href in read.links() if "/inscription/confirmer/" in href]
    assert newcomer.post(link.removeprefix("http://localhost")).path == "/mon-espace"


def test_a_mail_is_shown_as_text(app, visitor, db, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)
    with unit_of_work():
        services.sign_up("lea@exemple.fr", "<script>alert(1)</script>", "hash", at=now())
    page = visitor().get("/demonstration/courriels")
    [address] = [href for href in page.links() if href.startswith("/demonstration/courriels/")]
    seen = visitor().client.get(f"{address}/html")
    assert b"<script>" not in seen.data
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    read = visitor().get(f"{address}?partie=texte")
    assert "<script>alert(1)</script>" in read.text
    assert not read.tree.xpath("//main//script")
    visitor().get("/demonstration/courriels/999999", status=404)


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_of_mails_asks_for_a_page_and_its_total(app, visitor, db, monkeypatch, size, count_queries):
    monkeypatch.setitem(app.config, "DEMO", True)
    with unit_of_work():
        for index in range(size):
            services.sign_up(f"x{index}@exemple.fr", "X", "hash", at=now())
    db.session.remove()
    someone = visitor()
    with count_queries(2):
        someone.get("/demonstration/courriels")
