"""The append-only record of acts: who did what to which thing, when, from what to what."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from programme.core.columns import JSONDocument, UTCDateTime
from programme.extensions import Base, db


class Recordable(Protocol):
    """Anything with a table and a numeric identifier."""

    __tablename__: str
    id: Mapped[int] | int


class Actor(Protocol):
    """A person who acts."""

    id: Mapped[int] | int


class JournalEntry(Base):
    """One act (« écriture du journal »). `before` and `after` hold codes, dates and amounts, never personal values."""

    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    act: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)


def record(
    act: str,
    *,
    on: Any,
    by: Any | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> JournalEntry:
    """Add one entry in the caller's transaction; `by` is None when the machine acts by itself."""
    if on.id is None:
        db.session.flush()  # The entry names the row it is about: a new row has no number before.
    entry = JournalEntry(
        at=at,
        actor_id=None if by is None else by.id,
        act=act,
        subject_type=on.__tablename__,
        subject_id=on.id,
        before=before,
        after=after,
    )
    db.session.add(entry)
    return entry
