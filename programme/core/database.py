"""How a connection is opened: safe SQLite settings, and a refusal of a PostgreSQL that may lose commits."""

from typing import Any

from sqlalchemy import Engine, event, text

WRITING = "programme_writing"


class WeakDurability(RuntimeError):
    """The database server is set to answer before the data is on disk."""


def prepare(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Set every new connection of the engine as the house needs it.

    SQLite's driver must not open transactions by itself: a read-then-write transaction that starts
    deferred loses updates or fails as "locked". A writing transaction starts IMMEDIATE.
    """
    if engine.dialect.name != "sqlite":
        return

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
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


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
