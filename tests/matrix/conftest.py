"""The filled database is made once for the whole run, whatever the number of processes; each has its own copy."""

import fcntl
import os
from collections.abc import Iterator

import pytest

from tests.matrix.world import World, build, opened


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent
    folder = root / "matrix"
    folder.mkdir(exist_ok=True)
    with (root / "matrix.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = folder / "ready"
        if not ready.exists():
            build(folder)
            ready.touch()
    with opened(folder / "filled.sqlite3", tmp_path_factory.mktemp("matrix-copy")) as made:
        yield made
