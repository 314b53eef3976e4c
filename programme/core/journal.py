"""The append-only record of acts: who did what to which thing, when, from what to what; each entry seals the former.

An entry waits in the session until the commit: the head of the chain is the last lock taken, held for the shortest
time, and no two transactions can wait for each other because of it (docs/decisions/0009-journal-chain.md).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, event, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from programme.core import chain
from programme.core.columns import JSONDocument, UTCDateTime
from programme.extensions import Base, db

ERASED = "journal_entry.erased"
"""The act that must go with the erasure of an entry's values."""
_PENDING = "programme_journal"


class Recordable(Protocol):
    """Anything with a table and a numeric identifier."""

    __tablename__: str
    id: Mapped[int] | int


class Actor(Protocol):
    """A person who acts."""

    id: Mapped[int] | int


class JournalEntry(Base):
    """One act (« écriture du journal »). `before` and `after` hold codes, dates and amounts, never personal values.

    `digest` covers everything but these two, for which it commits to `content_digest`, keyed by `salt`: erasing the
    salt and the values leaves a chain that still verifies and says nothing of them.
    """

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
    sequence: Mapped[int] = mapped_column(unique=True)
    previous_digest: Mapped[str] = mapped_column(String(64))
    content_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(32))

    @property
    def is_erased(self) -> bool:
        """Whether the values are gone: the screen then says « effacé »."""
        return self.salt is None


class JournalHead(Base):
    """The last entry of the chain (« tête du journal »): the one row that whoever appends locks."""

    __tablename__ = "journal_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


def record(
    act: str,
    *,
    on: Any,
    by: Any | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> JournalEntry:
    """Add one entry in the caller's transaction; `by` is None when the machine acts by itself.

    It takes its place in the chain, and its number, when the transaction commits.
    """
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
    session = db.session()
    session.info.setdefault(_PENDING, []).append((entry, session.get_nested_transaction()))
    return entry


def erase_values(entries: Iterable[JournalEntry], *, by: Any | None, at: datetime) -> int:
    """Erase the values of entries with their salt, and say so by one act each; the number erased is returned.

    The chain still verifies; nobody can find the values again, even by trying every one (GDPR, article 17).
    """
    done = 0
    for entry in entries:
        if entry.is_erased:
            continue
        statement = update(JournalEntry).where(JournalEntry.id == entry.id)
        db.session.execute(statement.values(salt=None, before=null(), after=null()))
        record(ERASED, on=entry, by=by, at=at)
        done += 1
    return done


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Chain what the transaction recorded, after everything else it wrote and just before it commits."""
    if session.in_nested_transaction() or not session.info.get(_PENDING):
        return
    session.flush()
    entries = [entry for entry, _nested in session.info.pop(_PENDING)]
    sequence, digest = _locked_head(session)
    for entry in entries:
        sequence += 1
        digest = _chain(entry, sequence, digest)
    session.add_all(entries)
    session.flush()
    session.execute(update(JournalHead.__table__).values(sequence=sequence, digest=digest))  # type: ignore[arg-type]


def _chain(entry: JournalEntry, sequence: int, previous: str) -> str:
    entry.salt = chain.new_salt()
    entry.sequence, entry.previous_digest = sequence, previous
    entry.content_digest = chain.content_digest(entry.salt, entry.before, entry.after)
    entry.digest = chain.entry_digest(
        sequence, entry.at, entry.actor_id, entry.act, (entry.subject_type, entry.subject_id),
        content=entry.content_digest, previous=previous,
    )  # fmt: skip
    return entry.digest


def _locked_head(session: Session) -> tuple[int, str]:
    """The head, locked until the commit (on SQLite the whole transaction already is)."""
    asked = select(JournalHead.sequence, JournalHead.digest).with_for_update()
    head = session.execute(asked).first()
    if head is None:  # The very first act; two at once both come here, and one waits for the other.
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        first = insert(JournalHead).values(id=1, sequence=0, digest=chain.GENESIS)
        session.execute(first.on_conflict_do_nothing())
        head = session.execute(asked).one()
    return head[0], head[1]


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    """What was recorded in a transaction, or in a savepoint, goes with it."""
    if pending := session.info.get(_PENDING):
        kept = [each for each in pending if undone.nested and each[1] is not undone]
        session.info[_PENDING] = kept


_FIXED = (
    "id", "at", "actor_id", "act", "subject_type", "subject_id", "sequence", "previous_digest", "content_digest",
    "digest",
)  # fmt: skip
_GONE = 'NEW.salt IS NULL AND NEW."before" IS NULL AND NEW."after" IS NULL'
_REFUSED = "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
_FUNCTION = "() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
_RAISE = "RAISE EXCEPTION 'the journal is append-only'; END $guard$"
GUARDS = {
    "journal_entry": {
        "sqlite": (
            f"CREATE TRIGGER journal_entry_stays BEFORE DELETE ON journal_entry {_REFUSED}",
            (
                "CREATE TRIGGER journal_entry_unchanged BEFORE UPDATE ON journal_entry WHEN NOT "
                f"({' AND '.join(f'NEW.{name} IS OLD.{name}' for name in _FIXED)} AND {_GONE}) {_REFUSED}"
            ),
        ),
        "postgresql": (
            (
                f"CREATE OR REPLACE FUNCTION journal_entry_guard{_FUNCTION}IF TG_OP = 'UPDATE' THEN "
                f"IF ({', '.join(f'NEW.{name}' for name in _FIXED)}) IS NOT DISTINCT FROM "
                f"({', '.join(f'OLD.{name}' for name in _FIXED)}) AND {_GONE} THEN RETURN NEW; END IF; END IF; {_RAISE}"
            ),
            (
                "CREATE TRIGGER journal_entry_stays BEFORE UPDATE OR DELETE ON journal_entry "
                "FOR EACH ROW EXECUTE FUNCTION journal_entry_guard()"
            ),
        ),
    },
    "journal_head": {
        "sqlite": (
            f"CREATE TRIGGER journal_head_stays BEFORE DELETE ON journal_head {_REFUSED}",
            (
                "CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head "
                f"WHEN NEW.sequence <= OLD.sequence {_REFUSED}"
            ),
        ),
        "postgresql": (
            (
                f"CREATE OR REPLACE FUNCTION journal_head_guard{_FUNCTION}IF TG_OP = 'UPDATE' THEN "
                f"IF NEW.sequence > OLD.sequence THEN RETURN NEW; END IF; END IF; {_RAISE}"
            ),
            (
                "CREATE TRIGGER journal_head_stays BEFORE UPDATE OR DELETE ON journal_head "
                "FOR EACH ROW EXECUTE FUNCTION journal_head_guard()"
            ),
        ),
    },
}
"""The database's own refusal: nothing chained changes or goes; only the salt and the values may, together."""


def _guard(table: Any) -> None:
    for dialect, statements in GUARDS[table.name].items():
        for statement in statements:
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


_guard(JournalEntry.__table__)
_guard(JournalHead.__table__)
