"""Work done outside the request: a row in the business transaction, claimed with a lease by the worker."""

import os
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import ForeignKey, Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from programme.core.clock import now
from programme.core.columns import JSONDocument, UTCDateTime, enum_column
from programme.core.state_machine import StateMachine, transition
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8


class JobState(StrEnum):
    """Life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


S = JobState
MACHINE = StateMachine(
    transition("claim", of={S.QUEUED, S.RUNNING}, to=S.RUNNING),
    transition("finish", of={S.RUNNING}, to=S.DONE),
    transition("retry", of={S.RUNNING, S.FAILED}, to=S.QUEUED),
    transition("give_up", of={S.RUNNING}, to=S.FAILED),
)

Handler = Callable[[dict[str, Any]], None]
_handlers: dict[str, Handler] = {}
_periodic: dict[str, tuple[timedelta, Callable[[], None]]] = {}


class Job(Base):
    """A task for the worker (« tâche »). Its handler may run twice and must have the same effect as once."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_at", "state", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    worker: Mapped[str | None] = mapped_column(String(80))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class PeriodicRun(Base):
    """When a periodic task last started (« tâche périodique »)."""

    __tablename__ = "periodic_run"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def periodic(name: str, every: timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function that one worker runs at most once in `every`."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        _periodic[name] = (every, function)
        return function

    return register


def enqueue(kind: str, payload: dict[str, Any], *, at: datetime, by: Any | None = None) -> Job:
    """Add a job in the caller's transaction: rolled back with it, run after its commit."""
    job = Job(
        kind=kind, payload=payload, created_at=at, run_at=at, state=JobState.QUEUED,
        asked_by_id=None if by is None else by.id,
    )  # fmt: skip
    db.session.add(job)
    return job


def _claim(at: datetime, worker: str) -> Job | None:
    """Take the oldest job that is due, or whose worker died, by a conditional UPDATE."""
    due = or_(
        (Job.state == JobState.QUEUED) & (Job.run_at <= at),
        (Job.state == JobState.RUNNING) & (Job.lease_until < at),
    )
    with unit_of_work() as session:
        candidate = session.scalars(
            select(Job).where(due).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
        ).first()
        if candidate is None:
            return None
        session.execute(
            update(Job)
            .where(Job.id == candidate.id, due)
            .values(state=JobState.RUNNING, lease_until=at + LEASE, attempts=Job.attempts + 1, worker=worker)
        )
        session.flush()  # The values above are read again below.
        session.refresh(candidate)
    return candidate


def run_next(worker: str = "worker") -> bool:
    """Run one due job; False when none is due. A failure is kept and tried again later, later and later."""
    job = _claim(now(), worker)
    if job is None:
        return False
    job_id, kind, payload, attempts = job.id, job.kind, dict(job.payload), job.attempts
    try:
        _handlers[kind](payload)
    except Exception as error:  # A job must never stop the worker: the failure is kept and shown to staff.
        current_app.logger.exception("job %s (%s) failed", job_id, kind)
        _conclude(job_id, error=f"{type(error).__name__}: {error}"[:2000], attempts=attempts)
    else:
        _conclude(job_id, error=None, attempts=attempts)
    return True


def _conclude(job_id: int, *, error: str | None, attempts: int) -> None:
    at = now()
    verb = "finish" if error is None else "give_up" if attempts >= MAX_ATTEMPTS else "retry"
    with unit_of_work() as session:
        job = session.get_one(Job, job_id)
        job.state = JobState(MACHINE.target(job.state, verb))
        job.lease_until, job.error = None, error
        if verb == "retry":
            job.run_at = at + timedelta(seconds=min(5 * 4 ** (attempts - 1), 3600))
        else:
            job.finished_at = at


def progress(job_id: int, done: int, total: int) -> None:
    """Say how far a long job is, in a short transaction of its own; it also prolongs the lease."""
    with unit_of_work() as session:
        session.execute(
            update(Job).where(Job.id == job_id).values(done_count=done, total_count=total, lease_until=now() + LEASE)
        )


def run_periodic() -> None:
    """Start each periodic task that is due; the conditional UPDATE lets one worker win."""
    for name, (every, function) in _periodic.items():
        if _take_turn(name, every):
            try:
                function()
            except Exception:  # As for jobs: the worker goes on.
                current_app.logger.exception("periodic task %s failed", name)


def _take_turn(name: str, every: timedelta) -> bool:
    at = now()
    with unit_of_work() as session:
        run = session.scalars(select(PeriodicRun).where(PeriodicRun.name == name).with_for_update()).one_or_none()
        if run is None:
            session.add(PeriodicRun(name=name, last_at=at))
            return True
        if run.last_at > at - every:
            return False
        run.last_at = at
        return True


def run_until_idle(limit: int = 1000) -> int:
    """Run what is due, at most `limit` jobs, and say how many ran."""
    done = 0
    while done < limit and run_next():
        done += 1
    return done


def work_forever(should_stop: Callable[[], bool], pause: float = 0.5) -> None:
    """The worker's loop: jobs first, periodic tasks between, a short pause when idle."""
    worker = f"{socket.gethostname()}:{os.getpid()}"[:80]
    while not should_stop():
        run_periodic()
        if not run_next(worker):
            db.session.remove()
            time.sleep(pause)
