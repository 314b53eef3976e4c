"""The demonstration filled once for the whole run, its documents made; each server that shows it gets a copy."""

import fcntl
import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.journeys.server import Instance

DATABASE = "demonstration.sqlite3"


def demonstration(factory: pytest.TempPathFactory, name: str) -> Instance:
    """A demonstration of one's own in a folder of this name, not started yet: filling one takes half a minute, copying it none."""
    root = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent
    filled, folder = root / "demonstration", factory.mktemp(name)
    with (root / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if filled.exists():
            shutil.copytree(filled, folder, dirs_exist_ok=True)
        else:
            _fill(folder)
            shutil.copytree(folder, filled)
    return _instance(folder)


def _instance(folder: Path) -> Instance:
    return Instance(folder, f"sqlite:///{folder / DATABASE}", demo=True)


def _fill(folder: Path) -> None:
    """By the operator's commands; the documents do not wait for their turn."""
    made = _instance(folder)
    made.flask("db", "upgrade")
    made.flask("demo", "load", seconds=600)
    with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        connection.execute("UPDATE job SET run_at = created_at")
    with ThreadPoolExecutor(2) as both:  # Two workers share the printing.
        list(both.map(lambda _each: made.flask("worker", "--once", seconds=600), range(2)))
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
