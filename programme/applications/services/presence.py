"""Who else writes on a draft: told to those who have it open, never journaled, forgotten in two minutes.

A courtesy, so it is written apart from what people write, at most once in twenty seconds a person and a step, and not at
all while somebody else writes. What keeps two texts apart is the version of the draft.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from programme.applications.models import Presence
from programme.applications.queries.presence import present
from programme.core.database import writing_if_free
from programme.extensions import db

FRESH = timedelta(seconds=60)
"""After so long without a sign, nobody is there any more."""
NOTED_EVERY = timedelta(seconds=20)
KEPT = timedelta(minutes=2)


@dataclass(frozen=True)
class Colleague:
    """Somebody who writes on the same draft: the name of the account, the step, and since when."""

    name: str
    step: str
    since: datetime


def colleagues(application_id: int, account_id: int, *, at: datetime) -> list[Colleague]:
    """Who else writes on this draft."""
    return _others(_seen(application_id, at), account_id)


def note_presence(application_id: int, account_id: int, step: str, *, at: datetime) -> list[Colleague]:
    """Note that a person is on a step, unless it was noted just before, and tell who else writes on the draft."""
    seen = _seen(application_id, at)
    mine = next((each for each in seen if each.account_id == account_id and each.step == step), None)
    if mine is None or at - mine.seen_at >= NOTED_EVERY:
        since = at if mine is None else mine.since
        _write(application_id=application_id, account_id=account_id, step=step, since=since, seen_at=at)
    return _others(seen, account_id)


def _seen(application_id: int, at: datetime) -> Sequence[Any]:
    return db.session.execute(present(application_id, at - FRESH)).all()


def _others(seen: Sequence[Any], account_id: int) -> list[Colleague]:
    return [Colleague(each.display_name, each.step, each.since) for each in seen if each.account_id != account_id]


def _write(**values: Any) -> None:
    """One short transaction of its own; what is too old goes with it."""
    with suppress(DBAPIError), writing_if_free(db.engine) as connection:
        if connection is None:
            return
        made: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(Presence).values(values)
        connection.execute(made.on_conflict_do_update(index_elements=["application_id", "account_id"], set_=values))
        connection.execute(delete(Presence).where(Presence.seen_at < values["seen_at"] - KEPT))


def sweep_presence(*, at: datetime) -> None:
    """Forget who was there. Inside a unit of work."""
    db.session.execute(delete(Presence).where(Presence.seen_at < at - KEPT))
