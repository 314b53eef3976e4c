"""Work outside the request: leases, retries, a worker that dies, effects that happen once."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from programme.accounts.models import Account
from programme.core import jobs, lease
from programme.core.clock import now
from programme.core.jobs import Job, JobState
from programme.core.unit_of_work import unit_of_work
from tests.factories.people import NOON, account

pytestmark = pytest.mark.db


@pytest.fixture
def done(monkeypatch):
    """A handler that notes its payloads, and one that always fails."""
    seen = []

    def fails(payload):
        seen.append(payload)
        raise OSError("no route")

    monkeypatch.setitem(jobs._handlers, "trial.note", seen.append)
    monkeypatch.setitem(jobs._handlers, "trial.fail", fails)
    return seen


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def enqueue(kind="trial.note", payload=None, at=NOON):
    with unit_of_work() as session:
        made = jobs.enqueue(kind, payload or {"n": 1}, at=at)
        session.flush()
        return made.id


def job(db, number):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Job, number)


def test_a_job_runs_after_its_hour_and_once(db, clock, done):
    number = enqueue(at=NOON + timedelta(minutes=1))
    assert not jobs.run_next()
    clock.shift(60)
    assert jobs.run_next()
    assert not jobs.run_next()
    assert done == [{"n": 1}]
    kept = job(db, number)
    assert (kept.state, kept.attempts, kept.finished_at, kept.lease_until) == (JobState.DONE, 1, now(), None)


def test_a_rolled_back_act_leaves_no_job(db, clock, done):
    with pytest.raises(KeyError), unit_of_work():
        jobs.enqueue("trial.note", {}, at=NOON)
        raise KeyError
    assert not jobs.run_next()
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_the_oldest_due_runs_first(db, clock, done):
    enqueue(payload={"n": 2}, at=NOON - timedelta(seconds=1))
    enqueue(payload={"n": 1}, at=NOON - timedelta(seconds=2))
    assert jobs.run_until_idle() == 2
    assert [each["n"] for each in done] == [1, 2]


def test_heavy_work_lets_the_others_first_but_not_for_ever(db, clock, done, monkeypatch):
    monkeypatch.setitem(jobs._handlers, "trial.heavy", done.append)
    monkeypatch.setitem(jobs._rules, "trial.heavy", jobs.Rules(heavy=True))
    enqueue("trial.heavy", payload={"n": "heavy"}, at=NOON - timedelta(minutes=1))
    enqueue("trial.heavy", payload={"n": "heavy, late"}, at=NOON - jobs.PATIENCE)
    enqueue(payload={"n": "mail"})
    assert jobs.run_until_idle() == 3
    assert [each["n"] for each in done] == ["heavy, late", "mail", "heavy"]


def test_a_failure_is_kept_and_tried_again_later_and_later(db, clock, done):
    number = enqueue("trial.fail")
    waits = []
    for attempt in range(1, jobs.MAX_ATTEMPTS):
        assert jobs.run_next()
        kept = job(db, number)
        assert (kept.state, kept.attempts, kept.error) == (JobState.QUEUED, attempt, "OSError: no route")
        waits.append((kept.run_at - now()).total_seconds())
        assert not jobs.run_next(), "not before its hour"
        clock.move_to(kept.run_at)
    assert waits == [5, 20, 80, 320, 1280, 3600, 3600]
    assert jobs.run_next()
    assert job(db, number).state is JobState.FAILED
    clock.shift(10**6)
    assert not jobs.run_next()
    assert len(done) == jobs.MAX_ATTEMPTS


def test_a_job_in_progress_is_not_taken_by_another_worker(db, clock, done):
    number = enqueue()
    assert jobs._claim(now(), "one").id == number
    assert jobs._claim(now(), "two") is None
    assert job(db, number).worker == "one"


def test_a_killed_workers_job_is_taken_again_after_the_lease(db, clock, done):
    number = enqueue()
    jobs._claim(now(), "killed")
    clock.shift(jobs.LEASE.total_seconds())
    assert not jobs.run_next("alive"), "the lease is not over yet"
    clock.shift(1)
    assert jobs.run_next("alive")
    kept = job(db, number)
    assert (kept.state, kept.attempts, kept.worker) == (JobState.DONE, 2, "alive")
    assert done == [{"n": 1}]


def test_progress_is_seen_and_prolongs_the_lease(db, clock, monkeypatch):
    def slow(payload):
        clock.shift(100)
        jobs.progress(lease.current().id, 3, 10)
        clock.shift(100)
        assert jobs._claim(now(), "other") is None

    monkeypatch.setitem(jobs._handlers, "trial.slow", slow)
    number = enqueue("trial.slow")
    assert jobs.run_next()
    kept = job(db, number)
    assert (kept.state, kept.done_count, kept.total_count, kept.attempts) == (JobState.DONE, 3, 10, 1)


def idempotent(payload):
    with unit_of_work() as session:
        person = session.get_one(Account, payload["account"])
        if person.display_name == "Léa":
            person.display_name = "Léa Roux"


def careless(payload):
    with unit_of_work() as session:
        person = session.get_one(Account, payload["account"])
        person.display_name += " Roux"


@pytest.mark.parametrize(("handler", "name"), [(idempotent, "Léa Roux"), (careless, "Léa Roux Roux")])
def test_a_worker_that_dies_before_saying_so_has_its_job_done_twice(db, clock, monkeypatch, handler, name):
    """A handler written for it has one effect; the careless one is the control."""
    monkeypatch.setitem(jobs._handlers, "trial.rename", handler)
    with unit_of_work():
        number = account(name="Léa").id
    enqueue("trial.rename", {"account": number})
    jobs._claim(now(), "dies")
    handler({"account": number})
    clock.shift(jobs.LEASE.total_seconds() + 1)
    assert jobs.run_until_idle() == 1
    db.session.expire_all()
    assert db.session.get_one(Account, number).display_name == name


def test_an_unknown_kind_is_a_failure_not_a_crash(db, clock):
    number = enqueue("nobody.knows")
    assert jobs.run_next()
    assert "KeyError" in job(db, number).error


def test_a_periodic_task_runs_once_in_its_time(db, clock, monkeypatch):
    turns = []
    monkeypatch.setattr(jobs, "_periodic", {"trial": (timedelta(hours=1), lambda: turns.append(now()))})
    jobs.run_periodic()
    jobs.run_periodic()
    clock.shift(3599)
    jobs.run_periodic()
    assert len(turns) == 1
    clock.shift(1)
    jobs.run_periodic()
    assert len(turns) == 2


def test_a_periodic_task_that_fails_does_not_stop_the_others(db, clock, monkeypatch):
    turns = []
    hour = timedelta(hours=1)
    monkeypatch.setattr(jobs, "_periodic", {"bad": (hour, lambda: 1 / 0), "good": (hour, lambda: turns.append(1))})
    jobs.run_periodic()
    assert turns == [1]
