"""Jobs under attack: leases that end too soon, two workers on one job, poison, clocks that jump, errors that cannot be kept."""

import logging
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from programme.core import jobs, lease
from programme.core.clock import now
from programme.core.jobs import Job, JobState, PeriodicRun
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.core.test_jobs import enqueue, job
from tests.factories.people import NOON, account

pytestmark = pytest.mark.db


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def handle(monkeypatch, function, kind="trial.work", **rules):
    monkeypatch.setitem(jobs._handlers, kind, function)
    monkeypatch.setitem(jobs._rules, kind, jobs.Rules(**rules))
    return kind


@pytest.mark.parametrize("late", ["finishes", "fails"])
def test_a_worker_that_lost_its_lease_concludes_nothing(db, clock, monkeypatch, late):
    """It comes back after another has taken the job over and still works: the job stays the other's."""

    def slow(_payload):
        clock.shift(jobs.LEASE.total_seconds() + 1)
        assert jobs._claim(now(), "other").attempts == 2
        if late == "fails":
            raise OSError

    number = enqueue(handle(monkeypatch, slow))
    assert jobs.run_next("slow")
    kept = job(db, number)
    assert (kept.state, kept.worker, kept.attempts, kept.error) == (JobState.RUNNING, "other", 2, None)
    assert kept.lease_until == now() + jobs.LEASE


def test_the_same_worker_a_second_time_is_another_attempt(db, clock, monkeypatch):
    number = enqueue()
    first = jobs._claim(now(), "one")
    clock.shift(jobs.LEASE.total_seconds() + 1)
    second = jobs._claim(now(), "one")
    jobs._conclude(first, None)
    assert job(db, number).state is JobState.RUNNING
    jobs._conclude(second, None)
    assert job(db, number).state is JobState.DONE


def test_progress_of_a_lost_job_stops_the_handler(db, clock, monkeypatch):
    after = []

    def slow(_payload):
        clock.shift(jobs.LEASE.total_seconds() + 1)
        jobs._claim(now(), "other")
        jobs.progress(lease.current().id, 5, 10)
        after.append(1)

    number = enqueue(handle(monkeypatch, slow))
    assert jobs.run_next("slow")
    assert after == []
    kept = job(db, number)
    assert (kept.done_count, kept.state, kept.worker) == (0, JobState.RUNNING, "other")


def test_a_job_that_kills_its_worker_ends_among_the_failed(db, clock, monkeypatch):
    """No conclusion is ever written: attempts are counted when the job is claimed."""
    told = []
    number = enqueue(
        handle(monkeypatch, None, attempts=100, gave_up=lambda payload, error: told.append((payload, error)))
    )
    other = enqueue()
    for _ in range(jobs.MAX_ATTEMPTS):
        assert jobs._claim(now(), "dies").id == number
        clock.shift(jobs.LEASE.total_seconds() + 1)
    assert jobs._claim(now(), "alive").id == other, "the queue goes on"
    kept = job(db, number)
    assert (kept.state, kept.error, kept.interruptions) == (JobState.FAILED, "Interrupted", jobs.MAX_ATTEMPTS)
    assert told == [({"n": 1}, "Interrupted")]


def test_the_lease_is_prolonged_while_a_long_handler_works(db, monkeypatch):
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.4))

    def long(_payload):
        time.sleep(1.2)
        assert jobs._claim(now(), "other") is None

    number = enqueue(handle(monkeypatch, long), at=now())
    assert jobs.run_next()
    kept = job(db, number)
    assert (kept.state, kept.attempts) == (JobState.DONE, 1)


def test_control_without_the_beat_a_long_handler_loses_its_job(db, monkeypatch):
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.4))
    monkeypatch.setattr(lease, "_beat", lambda *_all: None)
    taken = []

    def long(_payload):
        time.sleep(0.6)
        taken.append(jobs._claim(now(), "other"))

    enqueue(handle(monkeypatch, long), at=now())
    assert jobs.run_next()
    assert taken[0] is not None


def test_a_handler_that_hangs_is_left_to_another(db, monkeypatch):
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.4))
    left = threading.Event()
    kind = handle(monkeypatch, lambda _payload: left.wait(5), limit=timedelta(seconds=0.3))
    enqueue(kind, at=now())
    assert jobs.run_next(at_limit=left.set)
    assert left.is_set()


def test_progress_is_a_sign_of_life(db, monkeypatch):
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.4))
    left = []

    def steady(_payload):
        for done in range(6):
            time.sleep(0.15)
            jobs.progress(lease.current().id, done + 1, 6)

    number = enqueue(handle(monkeypatch, steady, limit=timedelta(seconds=0.5)), at=now())
    assert jobs.run_next(at_limit=lambda: left.append(1))
    assert (left, job(db, number).done_count) == ([], 6)


@pytest.mark.slow
def test_two_workers_at_once_do_each_job_once(app, db, monkeypatch):
    seen, lock = [], threading.Lock()

    def note(payload):
        with lock:
            seen.append(payload["n"])

    kind = handle(monkeypatch, note)
    for index in range(40):
        enqueue(kind, {"n": index}, at=now())

    def worker(name):
        with app.app_context():
            while jobs.run_next(name):
                pass
            database.session.remove()

    threads = [threading.Thread(target=worker, args=(f"worker {n}",)) for n in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(seen) == list(range(40))
    assert set(db.session.scalars(select(Job.state))) == {JobState.DONE}


@pytest.mark.slow
def test_several_workers_run_a_periodic_task_once(app, db, monkeypatch):
    turns = []
    monkeypatch.setattr(jobs, "_periodic", {"trial": (timedelta(hours=1), lambda: turns.append(1))})
    start = threading.Barrier(4)

    def worker():
        with app.app_context():
            start.wait(10)
            jobs.run_periodic()
            database.session.remove()

    for _round in range(3):
        threads = [threading.Thread(target=worker) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)
    assert turns == [1]
    assert db.session.scalar(select(func.count()).select_from(PeriodicRun)) == 1


def test_a_periodic_task_that_failed_has_another_turn_soon(db, clock, monkeypatch):
    turns = []

    def fails():
        turns.append(1)
        raise OSError

    monkeypatch.setattr(jobs, "_periodic", {"trial": (timedelta(hours=6), fails)})
    jobs.run_periodic()
    jobs.run_periodic()
    clock.shift(61)
    jobs.run_periodic()
    assert len(turns) == 2


def test_a_clock_set_back_stops_neither_periodic_tasks_nor_lost_jobs(db, clock, monkeypatch):
    turns = []
    monkeypatch.setattr(jobs, "_periodic", {"trial": (timedelta(hours=1), lambda: turns.append(1))})
    number = enqueue(at=NOON - timedelta(days=400))
    clock.shift(timedelta(days=365).total_seconds())
    jobs.run_periodic()
    jobs._claim(now(), "from the future")
    clock.shift(-timedelta(days=365).total_seconds())
    jobs.run_periodic()
    assert len(turns) == 2
    assert jobs._claim(now(), "here").id == number


class Unreadable(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize("failure", [
    ValueError("a\x00b"), ValueError("\ud800"), ValueError("x" * 10_000), Unreadable(), SystemExit(3), GeneratorExit(),
])  # fmt: skip
def test_whatever_a_handler_raises_is_kept_and_the_worker_goes_on(db, clock, monkeypatch, caplog, failure):
    caplog.set_level(
        logging.CRITICAL + 1
    )  # Half of a surrogate pair in the kept log cannot travel between test processes.

    def fails(_payload):
        raise failure

    number = enqueue(handle(monkeypatch, fails))
    assert jobs.run_next()
    kept = job(db, number)
    assert kept.state is JobState.QUEUED
    assert kept.error.startswith(type(failure).__name__)
    assert "\x00" not in kept.error


def test_a_handler_that_leaves_its_transaction_broken_is_concluded(db, clock, monkeypatch):
    def breaks(_payload):
        with unit_of_work() as session:
            session.add(PeriodicRun(name="x", last_at=None))

    number = enqueue(handle(monkeypatch, breaks))
    assert jobs.run_next()
    assert job(db, number).error.startswith("IntegrityError")


def test_the_person_who_started_a_job_follows_it_and_nobody_elses(db, clock):
    with unit_of_work() as session:
        lea, noe = account(), account()
        mine = jobs.enqueue("trial.note", {}, at=NOON, by=lea)
        old = jobs.enqueue("trial.note", {}, at=NOON, by=lea)
        old.state, old.finished_at = JobState.DONE, NOON - timedelta(days=2)
        jobs.enqueue("trial.note", {}, at=NOON, by=noe)
        session.flush()
        assert [each.id for each in jobs.of(lea, since=NOON - timedelta(days=1))] == [mine.id]
