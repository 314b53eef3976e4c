"""The hold of a worker on the job it does: a thread prolongs it while the handler works, and notices a handler that hangs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from programme.extensions import db


@dataclass(frozen=True)
class Claim:
    """One attempt of one worker at one job; whoever claims the job again makes it another."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    worker: str


class Lost(Exception):
    """Another worker holds the job: what this one still does counts for nothing."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"job {claim.id}, attempt {claim.attempts}")


class _Hold:
    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.over = Event()
        self.sign = time.monotonic()


_held: ContextVar[_Hold | None] = ContextVar("programme_lease", default=None)


def current() -> Claim | None:
    """The job that is being done here, None outside a handler."""
    hold = _held.get()
    return None if hold is None else hold.claim


def sign_of_life() -> None:
    """The handler progresses: its time without a sign starts again."""
    if (hold := _held.get()) is not None:
        hold.sign = time.monotonic()


@contextmanager
def held(
    claim: Claim,
    prolong: Callable[[], None],
    *,
    beat: timedelta,
    limit: timedelta,
    at_limit: Callable[[], None] | None,
) -> Iterator[None]:
    """While the block runs, call `prolong` every `beat`; after `limit` without a sign, `at_limit` instead."""
    hold = _Hold(claim)
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - a thread needs the real one.
    thread = Thread(target=_beat, args=(app, hold, prolong, beat, limit, at_limit), daemon=True)
    before = _held.set(hold)
    thread.start()
    try:
        yield
    finally:
        _held.reset(before)
        hold.over.set()
        thread.join()


def _beat(  # noqa: PLR0917 - what a thread is given has no names.
    app: Flask,
    hold: _Hold,
    prolong: Callable[[], None],
    beat: timedelta,
    limit: timedelta,
    at_limit: Callable[[], None] | None,
) -> None:
    while not hold.over.wait(beat.total_seconds()):
        with app.app_context():
            if time.monotonic() - hold.sign > limit.total_seconds():
                if at_limit is not None:
                    at_limit()
                return
            try:
                prolong()
            except Lost:
                return
            except SQLAlchemyError:  # The database is away for a moment: the lease is longer than several beats.
                app.logger.exception("job %s: the lease could not be prolonged", hold.claim.id)
            finally:
                db.session.remove()
