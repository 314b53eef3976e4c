"""Limits on sign-in, mail and public posts, counted in the database and so shared by every process."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from programme.core import jobs
from programme.core.clock import now
from programme.core.columns import UTCDateTime
from programme.core.errors import RuleBroken
from programme.core.identifiers import digest
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

LONGEST = timedelta(days=1)
"""The longest window in which something is counted."""


class Attempt(Base):
    """One counted attempt (« tentative »); the subject (address, account) is kept as a digest."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_digest: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def count(what: str, subject: str, *, at: datetime, limit: int, window: timedelta) -> None:
    """Count one attempt, in the caller's transaction.

    Raises:
        RuleBroken: there were already `limit` attempts in the window.
    """
    assert window <= LONGEST
    key = digest(f"{what}:{subject}")
    since = at - window
    recent = select(func.count()).where(Attempt.subject_digest == key, Attempt.at > since)
    if (db.session.scalar(recent) or 0) >= limit:
        minutes = max(1, round(window.total_seconds() / 60))
        raise RuleBroken(_("Trop d’essais. Attendez %(minutes)s minutes, puis recommencez.", minutes=minutes))
    db.session.add(Attempt(subject_digest=key, at=at))


def forget(what: str, subject: str) -> None:
    """Forget the attempts of a subject: it succeeded."""
    db.session.execute(delete(Attempt).where(Attempt.subject_digest == digest(f"{what}:{subject}")))


def sweep(at: datetime) -> None:
    """Erase the attempts that count in no window any more, in the caller's transaction."""
    db.session.execute(delete(Attempt).where(Attempt.at < at - LONGEST))


@jobs.periodic("limits.sweep", timedelta(hours=1))
def sweep_hourly() -> None:
    """The worker's round."""
    with unit_of_work():
        sweep(now())
