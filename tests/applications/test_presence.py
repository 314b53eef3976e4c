"""Two people at once on one draft: each sees where the other writes, nobody else does, and no save waits for it."""

import time
from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import event, func, select

from programme.accounts.states import Role
from programme.applications import services
from programme.applications.jobs import sweep_presence
from programme.applications.models import Presence
from programme.core.database import writing, writing_if_free
from programme.core.sessions import WebSession
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.organisations.models import Organisation
from programme.organisations.states import MembershipRole
from tests.factories import applications
from tests.factories.people import NOON, account, member, organisation, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db
JSON = {"Accept": "application/json"}
HERE, ELSEWHERE = (
    "Camille Roux modifie cette étape, depuis 12 h 00.",
    "Camille Roux modifie l’étape « Le projet », depuis 12 h 00.",
)


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


@pytest.fixture
def pair(app, db):
    """Two editors of an organisation, and the address of their draft."""
    with unit_of_work():
        camille, sacha, of = account(name="Camille Roux"), account(name="<b>Sacha</b>"), organisation("Gap")
        member(camille, of)
        member(sacha, of, MembershipRole.EDITOR)
        reference = applications.draft(by=camille, of=of).reference
    return visitor_for(app, camille), visitor_for(app, sacha), f"/dossiers/{reference}"


def asked(visitor, path, step="projet"):
    visitor._arrive()
    return visitor.client.get(f"{path}/presence/{step}", headers=JSON)


def save(visitor, path, **values):
    token = visitor.token(path)
    visitor._arrive()
    return visitor.client.post(path, data={"csrf_token": token, "action": "autosave", **values}, headers=JSON)


def rows():
    database.session.rollback()
    return database.session.scalar(select(func.count()).select_from(Presence))


def test_each_sees_where_the_other_is(pair):
    camille, sacha, path = pair
    assert "modifie" not in camille.get(f"{path}/projet").text
    page = sacha.get(f"{path}/projet")
    assert plain(HERE) in plain(page.text)
    assert plain(ELSEWHERE) in plain(sacha.get(f"{path}/budget").text)
    told = asked(camille, path).json
    assert "&lt;b&gt;Sacha&lt;/b&gt; modifie l’étape" in told["presence"]
    assert told["presence-budget"] == "&lt;b&gt;Sacha&lt;/b&gt; modifie"
    assert told["presence-projet"] == ""


def test_a_save_tells_it_too(pair):
    camille, sacha, path = pair
    camille.get(f"{path}/projet")
    answer = save(sacha, f"{path}/projet", title="Fraîcheurs", summary="Court.")
    assert plain("Camille Roux modifie cette étape") in plain(answer.json["fragments"]["presence"])


def test_after_a_minute_without_a_sign_nobody_is_there(pair, freeze):
    camille, sacha, path = pair
    camille.get(f"{path}/projet")
    freeze.move_to(NOON + timedelta(seconds=59))
    assert "Camille" in asked(sacha, path).json["presence"]
    freeze.move_to(NOON + timedelta(seconds=60))
    assert asked(sacha, path).json["presence"] == ""


def test_the_hour_said_is_that_of_the_arrival_on_the_step(pair, freeze):
    camille, sacha, path = pair
    for minutes in range(4):
        freeze.move_to(NOON + timedelta(seconds=40 * minutes))
        camille.get(f"{path}/projet")
    assert plain("depuis 12 h 00") in plain(asked(sacha, path).json["presence"])
    camille.get(f"{path}/budget")
    assert plain("depuis 12 h 02") in plain(asked(sacha, path).json["presence"])


def test_it_is_written_once_in_twenty_seconds_and_looking_writes_nothing(pair, freeze):
    camille, sacha, path = pair
    written = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _u, text, *_r: written.append(text) if "presence" in text and not text.startswith("SELECT") else None)  # fmt: skip
    camille.get(f"{path}/projet")
    assert len(written) == 2, "one line, and what is old goes"
    for seconds in range(0, 20, 5):
        freeze.move_to(NOON + timedelta(seconds=seconds))
        save(camille, f"{path}/projet", title=f"Fraîcheurs {seconds}", summary="Court.")
        asked(sacha, path)
    assert len(written) == 2
    freeze.move_to(NOON + timedelta(seconds=20))
    camille.get(f"{path}/projet")
    assert len(written) == 4


def test_others_learn_nothing(app, pair, visitor):
    _camille, _sacha, path = pair
    with unit_of_work():
        stranger, reader, officer = account(), account(), account(Role.OFFICER_FILE)
        member(stranger, organisation("Nice"))
        member(
            reader,
            database.session.scalars(select(Organisation).where(Organisation.name == "Gap")).one(),
            MembershipRole.READER,
        )
    for person in (stranger, officer, reader):
        assert asked(visitor_for(app, person), path).status_code == 404
    assert asked(visitor(), path).status_code == 401
    assert asked(pair[0], path, "nulle-part").status_code == 404


def test_it_is_forgotten_in_two_minutes(pair, freeze):
    camille, _sacha, path = pair
    camille.get(f"{path}/projet")
    assert rows() == 1
    freeze.move_to(NOON + timedelta(seconds=121))
    sweep_presence()
    assert rows() == 0


def test_a_page_that_asks_keeps_no_session_alive(pair, freeze):
    camille, _sacha, path = pair
    seen = database.session.scalars(select(WebSession.seen_at)).all()
    freeze.move_to(NOON + timedelta(hours=2))
    asked(camille, path)
    database.session.rollback()
    assert database.session.scalars(select(WebSession.seen_at)).all() == seen
    camille.get(f"{path}/projet")
    database.session.rollback()
    assert database.session.scalars(select(WebSession.seen_at)).all() != seen


def test_while_somebody_writes_it_is_left_out_and_nobody_waits(app, pair, backend):
    """The control is `writing`, which waits for its turn."""
    if backend != "sqlite":
        pytest.skip("PostgreSQL lets many write at once")
    camille, _sacha, path = pair
    draft = database.session.scalar(select(services.draft.Application.id))
    database.session.rollback()
    held, done = Event(), Event()

    def hold():
        with app.app_context(), writing(database.engine):
            held.set()
            done.wait(5)

    thread = Thread(target=hold)
    thread.start()
    held.wait(5)
    try:
        began = time.perf_counter()
        with writing_if_free(database.engine) as connection:
            assert connection is None
        services.note_presence(draft, 1, "projet", at=NOON)
        assert time.perf_counter() - began < 0.2
        assert camille.get(f"{path}/projet").status == 200
    finally:
        done.set()
        thread.join()
    assert rows() == 0
    with writing_if_free(database.engine) as connection:
        assert connection is not None
