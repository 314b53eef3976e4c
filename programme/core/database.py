"""How a connection is opened: safe SQLite settings, and a refusal of a PostgreSQL that may lose commits."""

from threading import Lock
from typing import Any

from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import Session

WRITING = "programme_writing"


class WeakDurability(RuntimeError):
    """The database server is set to answer before the data is on disk."""


def prepare(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Set every new connection of the engine as the house needs it.

    SQLite's driver must not open transactions by itself: a read-then-write transaction that starts
    deferred loses updates or fails as "locked". A writing transaction starts IMMEDIATE.

    SQLite's own waiting is no queue: who has waited long asks ten times a second, and newcomers pass. So the threads of a
    process stand in line here and one of them asks; otherwise some wait beyond the limit when hundreds of people write.
    """
    if engine.dialect.name != "sqlite":
        return
    turn = Lock()

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=15000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if not connection.get_execution_options().get(WRITING, False):
            connection.exec_driver_sql("BEGIN")
            return
        with turn:  # Until the transaction has begun, not until it ends: the next one waits in SQLite meanwhile.
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def in_turn(session: Session, choice: str) -> None:
    """Wait until nobody else makes the same choice; the turn lasts until the end of the transaction.

    For a choice that depends on what others chose, such as the next free address for a title: read after this, it sees
    theirs. On SQLite the writing transaction is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(choice, 0))))


def refuse_weak_durability(engine: Engine) -> None:
    """Stop at start when PostgreSQL acknowledges commits that a crash would lose.

    Raises:
        WeakDurability: `synchronous_commit` is off.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        level = connection.execute(text("SHOW synchronous_commit")).scalar_one()
    if level == "off":
        raise WeakDurability(
            "PostgreSQL a synchronous_commit=off : un dépôt confirmé pourrait être perdu. "
            "Remettez « on » (ALTER SYSTEM SET synchronous_commit = on), puis redémarrez."
        )
