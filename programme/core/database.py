"""How a connection is opened: safe SQLite settings, and a refusal of a PostgreSQL that may lose commits."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event, func, select, text
from sqlalchemy.orm import Session

WRITING = "programme_writing"
PATIENCE = 15.0
"""Seconds that a thread waits in line for the others of its process, and SQLite for another process."""


class WeakDurability(RuntimeError):
    """The database server is set to answer before the data is on disk."""


def prepare(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Set every new connection of the engine as the house needs it.

    SQLite's driver must not open transactions by itself: a read-then-write transaction that starts
    deferred loses updates or fails as "locked". A writing transaction starts IMMEDIATE.
    """
    if engine.dialect.name != "sqlite":
        return
    _lines[engine] = line = Line(engine.url.database)
    event.listen(engine, "engine_disposed", lambda _engine: line.close())

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            f"busy_timeout={PATIENCE * 1000:.0f}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class Line:
    """Who writes in a SQLite database waits here for the one before, so that each is let in at once and in turn.

    SQLite's own waiting is no queue: who finds the database taken sleeps, longer each time, while newcomers pass. The
    threads of a process wait for a lock, and one of them at most for a lock on a file that the other processes share.
    The line is a courtesy: what keeps two writers apart is SQLite, whoever comes without standing in it.
    """

    def __init__(self, database: str | None) -> None:
        self._turn = Lock()
        self._path = Path(f"{database}-line") if database else None
        self._file, self._process = -1, 0

    @contextmanager
    def wait(self) -> Iterator[None]:
        """The turn, until the end of the block."""
        if not self._turn.acquire(timeout=PATIENCE):
            yield  # Something holds the line up: SQLite says in its turn whether one may write.
            return
        try:
            with self._others():
                yield
        finally:
            self._turn.release()

    @contextmanager
    def _others(self, how: int = fcntl.LOCK_EX) -> Iterator[None]:
        if self._path is None:
            yield
            return
        if self._process != os.getpid():  # A file that was opened before a fork would be one lock for all of them.
            self.close()
            self._file, self._process = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600), os.getpid()
        fcntl.flock(self._file, how)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    @contextmanager
    def if_free(self) -> Iterator[bool]:
        """The turn when nobody has it, and False without waiting when somebody does."""
        if not self._turn.acquire(blocking=False):
            yield False
            return
        try:
            with suppress(BlockingIOError), self._others(fcntl.LOCK_EX | fcntl.LOCK_NB):
                yield True
                return
            yield False
        finally:
            self._turn.release()

    def close(self) -> None:
        """Let go of the file; it is opened again when somebody writes."""
        if self._process:
            os.close(self._file)
        self._file, self._process = -1, 0


_lines: "WeakKeyDictionary[Engine, Line]" = WeakKeyDictionary()
"""The line of each SQLite database that this process opened."""


def turn(engine: Engine) -> Any:
    """Stand in line to write; nothing to wait for on PostgreSQL, which lets many write at once."""
    line = _lines.get(engine)
    return line.wait() if line else nullcontext()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A short writing transaction beside the session's, committed at the end."""
    with turn(engine), engine.execution_options(**{WRITING: True}).begin() as connection:
        yield connection


@contextmanager
def writing_if_free(engine: Engine) -> Iterator[Connection | None]:
    """As `writing` for what is better not written than late: None when somebody else writes."""
    line = _lines.get(engine)
    with line.if_free() if line else nullcontext(True) as free:
        if not free:
            yield None
            return
        with engine.execution_options(**{WRITING: True}).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
            yield connection


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
