"""Numbers without gaps, limits, web sessions, the journal."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from programme.accounts.models import Account
from programme.core import journal, limits, sessions
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.journal import JournalEntry
from programme.core.limits import Attempt
from programme.core.numbering import NumberSeries, next_number
from programme.core.sessions import WebSession
from programme.core.unit_of_work import unit_of_work
from tests.factories.people import NOON, account, signed_in

pytestmark = pytest.mark.db
HOUR = timedelta(hours=1)


def test_numbers_follow_each_other_by_series_and_year(db):
    with unit_of_work():
        given = [next_number("receipt", 2026), next_number("receipt", 2026), next_number("receipt", 2027)]
        given.append(next_number("letter", 2026))
    assert given == [1, 2, 1, 1]


def test_a_rolled_back_act_gives_its_number_back(db):
    with unit_of_work():
        assert next_number("receipt", 2026) == 1
    with pytest.raises(KeyError), unit_of_work():
        assert next_number("receipt", 2026) == 2
        raise KeyError
    with unit_of_work():
        assert next_number("receipt", 2026) == 2


def test_writers_at_once_never_share_nor_skip_a_number(app, db):
    given, barrier = [], threading.Barrier(6)

    def take() -> None:
        with app.app_context():
            barrier.wait()
            for _ in range(5):
                with unit_of_work():
                    given.append(next_number("receipt", 2026))

    threads = [threading.Thread(target=take) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(given) == list(range(1, 31))
    db.session.rollback()
    assert db.session.scalars(select(NumberSeries.last)).one() == 30


def test_the_limit_counts_by_subject_and_act_within_the_window(db):
    with unit_of_work():
        for _ in range(3):
            limits.count("try", "lea", at=NOON, limit=3, window=HOUR)
        with pytest.raises(RuleBroken, match="Attendez 60 minutes"):
            limits.count("try", "lea", at=NOON, limit=3, window=HOUR)
        limits.count("try", "zoe", at=NOON, limit=3, window=HOUR)
        limits.count("other", "lea", at=NOON, limit=3, window=HOUR)
        limits.count("try", "lea", at=NOON + HOUR, limit=3, window=HOUR)


def test_the_subject_of_a_limit_is_not_readable(db):
    with unit_of_work():
        limits.count("try", "lea@exemple.fr", at=NOON, limit=3, window=HOUR)
    assert "lea" not in db.session.scalars(select(Attempt.subject_digest)).one()


def test_success_forgets_and_old_attempts_are_swept(db):
    with unit_of_work():
        limits.count("try", "lea", at=NOON, limit=1, window=HOUR)
        limits.forget("try", "lea")
        limits.count("try", "lea", at=NOON, limit=1, window=HOUR)
        limits.sweep(NOON + limits.LONGEST)
        assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1
        limits.sweep(NOON + limits.LONGEST + timedelta(microseconds=1))
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_the_worker_sweeps_them_by_itself(db):
    with unit_of_work():
        db.session.add(Attempt(subject_digest="x" * 64, at=now() - limits.LONGEST - timedelta(minutes=1)))
        limits.count("try", "lea", at=now(), limit=1, window=HOUR)
    limits.sweep_hourly()
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_session_ends_after_twelve_hours_without_a_visit(app, db):
    with time_machine.travel(NOON, tick=False) as clock:
        person, _number = signed_in(app)
        clock.shift(11 * 3600)
        assert person.client.get("/compte").status_code == 200, "a visit prolongs it"
        clock.shift(11 * 3600)
        assert person.client.get("/compte").status_code == 200
        clock.shift(sessions.LIFETIME.total_seconds() + 1)
        assert person.client.get("/compte").status_code == 302


def test_a_visit_within_ten_minutes_writes_nothing(app, db):
    with time_machine.travel(NOON, tick=False) as clock:
        person, _number = signed_in(app)
        clock.shift(300)
        person.get("/compte")
        assert db.session.scalars(select(WebSession.seen_at)).one() == NOON
        clock.shift(400)
        person.get("/compte")
        db.session.rollback()
        assert db.session.scalars(select(WebSession.seen_at)).one() == now()


def test_the_database_keeps_the_digest_of_the_key_only(app, db):
    person, _number = signed_in(app)
    key = person.client.get_cookie("session").value
    assert key not in db.session.scalars(select(WebSession.key_digest)).one()


def test_revoking_ends_every_session_of_one_account(app, db):
    person, number = signed_in(app)
    other, _ = signed_in(app)
    with unit_of_work():
        sessions.revoke_all(number)
    assert person.client.get("/compte").status_code == 302
    assert other.client.get("/compte").status_code == 200


def test_an_entry_names_its_thing_its_actor_and_the_change(db):
    with unit_of_work():
        actor, thing = account(), account()
        journal.record("account.trial", on=thing, by=actor, at=NOON, before={"state": "a"}, after={"state": "b"})
        journal.record("account.machine", on=thing, by=None, at=NOON)
    first, second = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))
    assert (first.subject_type, first.subject_id, first.actor_id) == ("account", thing.id, actor.id)
    assert (first.before, first.after, first.at) == ({"state": "a"}, {"state": "b"}, NOON)
    assert second.actor_id is None


def test_an_entry_about_a_new_row_names_its_number(db):
    with unit_of_work() as session:
        thing = Account(email="x@exemple.fr", display_name="X", created_at=NOON)
        session.add(thing)
        entry = journal.record("account.made", on=thing, by=None, at=NOON)
    assert entry.subject_id == thing.id


def test_a_rolled_back_act_leaves_no_entry(db):
    with unit_of_work():
        thing = account()
    with pytest.raises(KeyError), unit_of_work():
        journal.record("account.lost", on=thing, by=None, at=NOON)
        raise KeyError
    assert db.session.scalar(select(func.count()).select_from(JournalEntry)) == 0
