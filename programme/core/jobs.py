"""Work done outside the request: a row in the business transaction, claimed with a lease by the worker."""

import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, or_, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from programme.core import lease
from programme.core.clock import now
from programme.core.columns import JSONDocument, UTCDateTime, enum_column
from programme.core.state_machine import StateMachine, transition
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8
"""How often a kind of job is tried when it says nothing else, and how often any job may take its worker down with it."""
LIMIT = timedelta(minutes=15)
"""How long a handler may work without a sign of progress before its worker leaves the job to another."""
PATIENCE = timedelta(minutes=5)
"""How long heavy work lets what people wait for go first."""
PERIODIC_RETRY = timedelta(minutes=1)
STOP_STATUS = 75


class JobState(StrEnum):
    """Life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    ABANDONED = "abandoned"


S = JobState
MACHINE = StateMachine(
    transition("claim", of={S.QUEUED, S.RUNNING}, to=S.RUNNING),
    transition("finish", of={S.RUNNING}, to=S.DONE),
    transition("retry", of={S.RUNNING}, to=S.QUEUED),
    transition("give_up", of={S.RUNNING}, to=S.FAILED),
    transition("relaunch", of={S.QUEUED, S.FAILED}, to=S.QUEUED),
    transition("abandon", of={S.QUEUED, S.FAILED}, to=S.ABANDONED),
)

Handler = Callable[[dict[str, Any]], None]
GaveUp = Callable[[dict[str, Any], str], None]


@dataclass(frozen=True)
class Rules:
    """How a kind of job is tried: how often, for how long without progress, what follows when given up; heavy or not."""

    attempts: int = MAX_ATTEMPTS
    limit: timedelta = LIMIT
    gave_up: GaveUp | None = None
    heavy: bool = False


_handlers: dict[str, Handler] = {}
_rules: dict[str, Rules] = {}
_periodic: dict[str, tuple[timedelta, Callable[[], None]]] = {}


class Job(Base):
    """A task for the worker (« tâche »). Its handler may run twice and must have the same effect as once.

    `attempts` is counted when the job is claimed, so that a job that kills its worker is counted too; `interruptions`
    counts the claims whose lease ended without a conclusion.
    """

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_at", "state", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    interruptions: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    worker: Mapped[str | None] = mapped_column(String(80))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)


class PeriodicRun(Base):
    """When a periodic task last started (« tâche périodique »)."""

    __tablename__ = "periodic_run"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)


def handler(
    kind: str,
    *,
    attempts: int = MAX_ATTEMPTS,
    limit: timedelta = LIMIT,
    gave_up: GaveUp | None = None,
    heavy: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind.

    Args:
        kind: its code, « room.verb ».
        attempts: how often it is tried before it is shown as failed; the waits are 5 s, 20 s, 80 s… one hour at most.
        limit: without a call of `progress` for so long, the worker leaves the job.
        gave_up: called with the payload and the error, in the transaction that gives the job up.
        heavy: nobody waits for it in front of a page: mails, analyses and exports go first, for `PATIENCE`.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        _rules[kind] = Rules(attempts, limit, gave_up, heavy)
        return function

    return register


def periodic(name: str, every: timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function that one worker runs at most once in `every`."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        _periodic[name] = (every, function)
        return function

    return register


def enqueue(kind: str, payload: dict[str, Any], *, at: datetime, by: Any | None = None) -> Job:
    """Add a job in the caller's transaction: rolled back with it, run after its commit.

    `by` is the person who will see its progress (`of`).
    """
    job = Job(
        kind=kind, payload=payload, created_at=at, run_at=at, state=JobState.QUEUED,
        asked_by_id=None if by is None else by.id,
    )  # fmt: skip
    db.session.add(job)
    return job


def _due(at: datetime) -> ColumnElement[bool]:
    """Jobs whose hour has come, and jobs whose worker gave no sign until the end of its lease.

    A lease further away than any worker could have taken it dates from before the clock was set back.
    """
    lost = (Job.lease_until < at) | (Job.lease_until > at + 10 * LEASE)
    return or_((Job.state == JobState.QUEUED) & (Job.run_at <= at), (Job.state == JobState.RUNNING) & lost)


def _next(at: datetime) -> Job | None:
    """The oldest job that is due, under its lock; heavy ones after the others until they have waited long."""
    oldest = select(Job).where(_due(at)).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
    heavy = [kind for kind, rules in _rules.items() if rules.heavy]
    before = Job.kind.not_in(heavy) | (Job.run_at <= at - PATIENCE)
    return db.session.scalars(oldest.where(before)).first() or db.session.scalars(oldest).first()


def _claim(at: datetime, worker: str) -> lease.Claim | None:
    """Take the next job; one that took too many workers down is given up instead."""
    with unit_of_work() as session:
        while (job := _next(at)) is not None:
            if job.state is JobState.RUNNING:
                job.interruptions += 1
                if job.interruptions >= MAX_ATTEMPTS or job.attempts >= _rules.get(job.kind, Rules()).attempts:
                    _give_up(job, "Interrupted", at)
                    session.flush()  # So that the next reading does not find it again.
                    continue
            job.state = JobState(MACHINE.target(job.state, "claim"))
            job.attempts += 1
            job.lease_until, job.worker = at + LEASE, worker
            return lease.Claim(job.id, job.kind, dict(job.payload), job.attempts, worker)
    return None


def _give_up(job: Job, error: str, at: datetime) -> None:
    job.state = JobState(MACHINE.target(job.state, "give_up"))
    job.lease_until, job.error, job.finished_at = None, error, at
    if (follow := _rules.get(job.kind, Rules()).gave_up) is not None:
        follow(job.payload, error)


@cache
def _name_of(process: int) -> str:
    """The name of this process among the workers: two containers may give the same number, hence the chance part."""
    return f"{socket.gethostname()[:50]}:{process}:{secrets.token_hex(4)}"


def run_next(worker: str = "", *, at_limit: Callable[[], None] | None = None) -> bool:
    """Run one due job; False when none is due. A failure is kept and tried again later, later and later.

    `at_limit` is called from another thread when the handler gave no sign of progress for as long as its kind allows.
    """
    claim = _claim(now(), worker or _name_of(os.getpid()))
    if claim is None:
        return False
    limit = _rules.get(claim.kind, Rules()).limit
    error = None
    try:
        with lease.held(claim, lambda: prolong(claim), beat=LEASE / 4, limit=limit, at_limit=at_limit):
            _handlers[claim.kind](claim.payload)
    except KeyboardInterrupt:
        raise
    except BaseException as failure:  # WeasyPrint stops with a BaseException: nothing that a job does ends the worker.
        current_app.logger.exception("job %s (%s) failed", claim.id, claim.kind)
        error = _told(failure)
    _conclude(claim, error)
    return True


def _told(failure: BaseException) -> str:
    """The failure as every database can keep it: PostgreSQL refuses NUL, both refuse half a surrogate pair."""
    if isinstance(failure, DBAPIError):  # Its text quotes the values of the statement, which may be personal.
        return f"{type(failure).__name__}: {type(failure.orig).__name__}"
    try:
        text = f"{type(failure).__name__}: {failure}"
    except Exception:  # The failure cannot even be read.
        text = type(failure).__name__
    return text[:2000].encode("utf-8", "replace").decode().replace("\x00", "�")


def _mine(claim: lease.Claim) -> ColumnElement[bool]:
    """The job as long as this attempt of this worker holds it."""
    return (
        (Job.id == claim.id)
        & (Job.state == JobState.RUNNING)
        & (Job.worker == claim.worker)
        & (Job.attempts == claim.attempts)
    )


def prolong(claim: lease.Claim, **values: Any) -> None:
    """Prolong the lease in a short transaction of its own.

    Raises:
        lease.Lost: another worker holds the job, or it was concluded.
    """
    with unit_of_work() as session:
        kept = session.execute(update(Job).where(_mine(claim)).values(lease_until=now() + LEASE, **values))
        if kept.rowcount == 0:  # type: ignore[attr-defined]
            raise lease.Lost(claim)


def _conclude(claim: lease.Claim, error: str | None) -> None:
    """Write the end of an attempt, unless its lease was lost: then whoever holds the job concludes it."""
    at = now()
    with unit_of_work() as session:
        job = session.scalars(select(Job).where(_mine(claim)).with_for_update()).one_or_none()
        if job is None:
            current_app.logger.warning("job %s (%s): attempt %s came too late", claim.id, claim.kind, claim.attempts)
        elif error is None:
            job.state = JobState(MACHINE.target(job.state, "finish"))
            job.lease_until, job.error, job.finished_at = None, None, at
        elif job.attempts >= _rules.get(job.kind, Rules()).attempts:
            _give_up(job, error, at)
        else:
            job.state = JobState(MACHINE.target(job.state, "retry"))
            job.lease_until, job.error = None, error
            job.run_at = at + timedelta(seconds=min(5 * 4 ** min(job.attempts - 1, 6), 3600))


def progress(job_id: int, done: int, total: int) -> None:
    """Say how far a long job is, in a short transaction of its own; inside its handler it also prolongs the lease.

    Raises:
        lease.Lost: another worker took the job over: the handler has nothing more to do.
    """
    claim = lease.current()
    if claim is not None and claim.id == job_id:
        prolong(claim, done_count=done, total_count=total)
        lease.sign_of_life()
        return
    with unit_of_work() as session:
        session.execute(update(Job).where(Job.id == job_id).values(done_count=done, total_count=total))


def relaunch(job: Job, *, at: datetime) -> None:
    """Somebody wants the job done now: it has all its attempts again.

    Raises:
        IllegalTransition: it runs, is done or was abandoned.
    """
    job.state = JobState(MACHINE.target(job.state, "relaunch"))
    job.run_at, job.attempts, job.interruptions, job.finished_at = at, 0, 0, None


def abandon(job: Job, *, at: datetime) -> None:
    """Somebody decides that the job need not be done any more.

    Raises:
        IllegalTransition: it runs, is done or was abandoned already.
    """
    job.state = JobState(MACHINE.target(job.state, "abandon"))
    job.finished_at = at


def of(account: Any, *, since: datetime, limit: int = 20) -> Sequence[Job]:
    """The jobs that a person started and may follow, the newest first: those at work, and those ended after `since`."""
    open_or_recent = Job.state.in_([JobState.QUEUED, JobState.RUNNING]) | (Job.finished_at >= since)
    statement = select(Job).where(Job.asked_by_id == account.id, open_or_recent).order_by(Job.id.desc()).limit(limit)
    return db.session.scalars(statement).all()


def run_periodic() -> None:
    """Start each periodic task that is due; the row's lock lets one worker win."""
    at = now()
    last = dict(iter(db.session.execute(select(PeriodicRun.name, PeriodicRun.last_at))))
    db.session.rollback()  # Read first: asking for the write lock every half second would hinder everybody.
    for name, (every, function) in _periodic.items():
        if (name not in last or _is_due(last[name], every, at)) and _take_turn(name, every):
            try:
                function()
            except Exception:  # As for jobs: the worker goes on, and the task soon has another turn.
                current_app.logger.exception("periodic task %s failed", name)
                _give_turn_back(name, every)


def _is_due(last: datetime, every: timedelta, at: datetime) -> bool:
    """A turn further in the future than the period dates from before the clock was set back."""
    return abs(at - last) >= every


def _take_turn(name: str, every: timedelta) -> bool:
    at = now()
    try:
        with unit_of_work() as session:
            run = session.scalars(select(PeriodicRun).where(PeriodicRun.name == name).with_for_update()).one_or_none()
            if run is None:
                session.add(PeriodicRun(name=name, last_at=at))
                return True
            if not _is_due(run.last_at, every, at):
                return False
            run.last_at = at
            return True
    except IntegrityError:  # Another worker wrote the first turn at the same moment.
        return False


def _give_turn_back(name: str, every: timedelta) -> None:
    soon = now() - every + min(every, PERIODIC_RETRY)
    with unit_of_work() as session:
        session.execute(update(PeriodicRun).where(PeriodicRun.name == name).values(last_at=soon))


def run_until_idle(limit: int = 1000) -> int:
    """Run what is due, at most `limit` jobs, and say how many ran."""
    done = 0
    while done < limit and run_next():
        done += 1
    return done


def work_forever(should_stop: Callable[[], bool], pause: float = 0.5) -> None:
    """The worker's loop: jobs first, periodic tasks between, a short pause when idle or when the database is away."""
    while not should_stop():
        try:
            run_periodic()
            if run_next(at_limit=_leave):
                continue
        except SQLAlchemyError:
            current_app.logger.exception("the worker waits for the database")
        db.session.remove()
        time.sleep(pause)


def _leave() -> None:
    """End this process: Python cannot stop a handler that hangs. It is started again and another takes the job."""
    current_app.logger.critical("a job gave no sign for too long: the worker leaves")
    os._exit(STOP_STATUS)
