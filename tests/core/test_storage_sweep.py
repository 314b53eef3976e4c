"""The sweep removes what no row names, a day later, and never what a row names; the share of an organisation."""

import io
import os
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from programme.core import storage
from programme.core.storage import StoredFile, sweep
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import applications
from tests.factories.people import NOON, account, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
DAY = 86_400


@pytest.fixture(autouse=True)
def store(app, db, tmp_path, monkeypatch):
    """A store of this test alone."""
    monkeypatch.setitem(app.config, "STORAGE_FOLDER", str(tmp_path / "files"))
    with app.test_request_context("/"):
        yield storage.root()


def written(age=0, *, kept=False):
    made = storage.write(io.BytesIO(PDF), "a.pdf")
    if kept:
        with unit_of_work():
            storage.keep(made, by=None, at=NOON)
    grow_old(made.key, age)
    return made.key


def grow_old(key, seconds):
    path = storage.root() / key
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def there():
    return {str(each.relative_to(storage.root())) for each in storage.root().rglob("*") if each.is_file()}


def test_only_old_files_without_a_row_go(store):
    kept, young, old = written(2 * DAY, kept=True), written(), written(2 * DAY)
    left = f"{old}.part"
    (store / left).write_bytes(b"half")
    grow_old(left, 2 * DAY)
    foreign = "zz/readme.txt"
    (store / "zz").mkdir()
    (store / foreign).write_bytes(b"not ours")
    grow_old(foreign, 9 * DAY)
    assert sweep.sweep() == 2
    assert there() == {kept, young, foreign}
    assert sweep.sweep() == 0


def test_the_command_says_before_it_removes(app, store):
    old = written(2 * DAY)
    runner = app.test_cli_runner()
    said = runner.invoke(args=["files", "sweep", "--dry-run"]).output
    assert old in said
    assert there() == {old}
    assert "1 fichier" in runner.invoke(args=["files", "sweep"]).output
    assert there() == set()


def uploads_while_swept(app, grace):
    """Thirty uploads, each with a moment between its bytes and its row, while another worker sweeps without end."""
    stop, failures, lost = threading.Event(), [], set()

    def sweeping():
        with app.test_request_context("/"):
            while not stop.is_set():
                try:
                    sweep.sweep(grace)
                except Exception as fault:
                    failures.append(fault)
            database.session.remove()

    thread = threading.Thread(target=sweeping)
    thread.start()
    try:
        for number in range(30):
            try:
                made = storage.write(io.BytesIO(PDF), "a.pdf")
            except storage.StoreFailing:  # Its bytes were taken away before they had their name.
                lost.add(number)
                continue
            stop.wait(0.01)
            with unit_of_work():
                storage.keep(made, by=None, at=NOON)
    finally:
        stop.set()
        thread.join(30)
    assert failures == []
    database.session.rollback()
    named = set(database.session.scalars(select(StoredFile.key)))
    return lost | (named - there())


@pytest.mark.slow
def test_an_upload_in_progress_keeps_its_file(app, store):
    assert uploads_while_swept(app, sweep.GRACE) == set()


@pytest.mark.slow
def test_control_a_sweep_without_grace_takes_the_file_of_an_upload_in_progress(app, store):
    assert uploads_while_swept(app, timedelta(seconds=-5)) != set()


def test_an_empty_store_is_swept_without_fault(store):
    assert sweep.sweep() == 0


@pytest.fixture
def draft(app, db, monkeypatch):
    """A draft whose organisation may keep 1 MB and holds 900 kB of it in another application."""
    monkeypatch.setitem(app.config, "STORAGE_QUOTA_MB", 1)
    with unit_of_work():
        person = account(name="Camille")
        first = applications.ready_draft(by=person)
        second = applications.ready_draft(by=person, of=first.organisation, to=first.session)
        second.pieces[0].file.size = 900_000
        return person, first.reference, first.pieces[0].id


def post(app, draft, size):
    person, reference, number = draft
    visitor, path = visitor_for(app, person), f"/dossiers/{reference}/pieces"
    values = {"csrf_token": visitor.token(path), f"file-{number}": (io.BytesIO(PDF + bytes(size)), "gros.pdf")}
    answer = visitor.client.post(f"{path}/{number}", data=values)
    return answer.status_code, plain(answer.text)


def test_an_organisation_has_its_share_and_the_refusal_says_how_much(app, draft):
    status, text = post(app, draft, 160_000)
    assert status == 422
    assert "sur les 1 Mo de votre organisme" in text
    assert post(app, draft, 100_000)[0] == 302
    assert post(app, draft, 110_000)[0] == 302, "the file that is replaced no longer counts"


def test_control_a_larger_share_takes_the_same_file(app, draft, monkeypatch):
    monkeypatch.setitem(app.config, "STORAGE_QUOTA_MB", 2)
    assert post(app, draft, 160_000)[0] == 302


def test_the_share_of_another_organisation_is_its_own(app, draft):
    with unit_of_work():
        person = account()
        other = applications.ready_draft(by=person)
        elsewhere = (person, other.reference, other.pieces[0].id)
    assert post(app, elsewhere, 160_000)[0] == 302
