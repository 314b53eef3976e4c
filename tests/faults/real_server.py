"""The real server of four web processes and a worker, with a name for each sort of process that one can kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

import config
from programme import create_app
from programme.extensions import db as database
from tests.databases import database_url
from tests.journeys.server import Instance, wait_for

WEB_PROCESSES = 4
STEADY = 6.0
"""Seconds: `flask serve` gives up a program that thrice in a row lives less than five."""


class RealServer(Instance):
    """`flask serve --workers 4` on a database and a folder of its own."""

    workers = WEB_PROCESSES

    def stop(self) -> None:
        """Without ceremony: what is kept was committed long ago."""
        if self.process is None:
            return
        with suppress(psutil.NoSuchProcess):
            for each in [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    each.kill()
        self.process.wait(20)

    def alive(self, kind: str) -> list[psutil.Process]:
        """The processes of a sort: `master`, `web`, `worker`, `printer`."""
        assert self.process is not None
        found = []
        for each in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if self._kind(each) == kind:
                    found.append(each)
        return found

    def _kind(self, process: psutil.Process) -> str:
        words = process.cmdline()
        if any(word.endswith("printer.py") for word in words):
            return "printer"
        if "gunicorn" in words:
            assert self.process is not None
            return "master" if process.ppid() == self.process.pid else "web"
        return "worker" if "worker" in words else ""

    def kill(self, kind: str, chance: object) -> bool:
        """kill -9 of one process of the sort; False when there is none, or only one that has just started."""
        found = self.alive(kind)
        if kind in ("master", "worker"):
            found = [each for each in found if time.time() - each.create_time() > STEADY]
        if not found:
            return False
        with suppress(psutil.NoSuchProcess):
            chance.choice(found).send_signal(signal.SIGKILL)  # type: ignore[attr-defined]
        return True


@contextmanager
def running(backend: str, folder: Path, *, start: bool = True, url: str = "") -> Iterator[RealServer]:
    """A server with its own database (or the one given), and the same database seen from here."""
    with ExitStack() as stack:
        url = url or stack.enter_context(database_url(backend, folder))
        place = RealServer(folder, url)
        app = create_app(
            config.Development, SQLALCHEMY_DATABASE_URI=url, VAR=folder, STORAGE_FOLDER=str(folder / "files"),
            MAIL_FOLDER=str(folder / "mail"),
        )  # fmt: skip
        with app.app_context():
            try:
                if start:
                    place.start(90)  # It also brings the database up to date.
                else:
                    database.create_all()
                yield place
            finally:
                place.stop()
                database.session.remove()
                database.engine.dispose()


@contextmanager
def server_of(source: str, place: RealServer, folder: Path, *before: str, workers: int = 1) -> Iterator[None]:
    """A web server on an application made by this source, perhaps under another program: for controls."""
    (folder / "trial.py").write_text(source)
    path = f"{folder}{os.pathsep}{Path(config.__file__).parent}"
    log = folder / "trial.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [
                *before, sys.executable, "-m", "gunicorn", "trial:app", "--bind", f"127.0.0.1:{place.port}", "--workers",
                str(workers), "--threads", "8", "--worker-class", "gthread", "--preload", "--no-control-socket",
            ],
            env=place.environment | {"PYTHONPATH": path}, cwd=folder, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        wait_for(place.root, server, 60, log)
        yield
    finally:
        for each in [*psutil.Process(server.pid).children(recursive=True), server]:
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                each.kill()
        server.wait(20)
