"""Our server and the bare one, started alike: gunicorn, threads, two workers; their time and memory read from the system."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import load

TICK = os.sysconf("SC_CLK_TCK")
SERVE = ("--worker-class", "gthread", "--threads", "8", "--graceful-timeout", "20", "--no-control-socket", "--preload")
"""As `flask serve` starts it, but for the renewal of the workers, which only the rush keeps."""
RENEWED = ("--max-requests", "5000", "--max-requests-jitter", "500")


@dataclass
class Server:
    """One that runs."""

    process: subprocess.Popen[bytes]
    port: int
    started: float

    def workers(self) -> list[int]:
        """Its worker processes."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(each) for each in listed.split()]

    def cpu(self) -> float:
        """Seconds of processor used so far by the workers."""
        return sum(map(_cpu, self.workers()))

    def memory(self) -> float:
        """Proportional set size of one worker, in MB, the mean of them all."""
        found = [_pss(each) for each in self.workers()]
        return sum(found) / len(found)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextmanager
def running(
    target: str, address: str, *, folder: Path | None = None, more: tuple[str, ...] = (), **settings: str
) -> Iterator[Server]:
    """A server of `wsgi:app` or `bench.bare:app` on a database; stopped at the end."""
    port = _free_port()
    var = folder or Path(tempfile.mkdtemp(prefix="bench-server-"))
    environment = (
        os.environ
        | {"DATABASE_URL": address, "PROGRAMME_VAR": str(var), "STORAGE_FOLDER": str(var / "files")}
        | settings
    )
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        target,
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        *SERVE,
        *more,
    ]
    begun = time.perf_counter()
    with (
        (var / "server.log").open("ab") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _answering(process, port)
            yield Server(process, port, time.perf_counter() - begun)
        finally:
            process.terminate()
            process.wait(40)


def _answering(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            load.one(port, load.get("/sante"))
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the server does not answer: see server.log in its folder")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
