"""Our side of the wall: starts print processes, gives them documents one by one, ends and replaces those that die.

A print process is a mother, which loads the engine and reads nothing, and one child at a time, which prints: a document
that fails ends the child, and the next document meets a fresh one.
"""

import atexit
import contextlib
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

PRINTER = Path(__file__).with_name("printer.py")
SECONDS = 40
"""Of the processor, for one document; a busy machine may take longer by the clock."""
PATIENCE = 90
"""Seconds by the clock for one document; under the lease of a job, so that a slow one is not taken for a dead worker."""
MEMORY_BYTES = 1024 * 1024 * 1024
IDLE_SECONDS = 120
"""An idle print process leaves by itself: eighty megabytes are not kept for nothing."""
KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "PYTHONPATH", "FONTCONFIG_FILE", "XDG_CACHE_HOME")
"""What a print process inherits: no secret of ours, no address of a database."""
Key = TypeVar("Key")


class Cause(StrEnum):
    """Why a document could not be printed."""

    TIME = "time"
    MEMORY = "memory"
    REFUSED = "refused"
    ENGINE = "engine"


class RenderFailed(RuntimeError):
    """The document could not be made; nothing was kept. `cause` says why in one word, the message in detail."""

    def __init__(self, message: str, cause: Cause = Cause.ENGINE) -> None:
        super().__init__(message)
        self.cause = cause


class Press:
    """One print process that prints many documents, each within its own limits; replaced after any failure.

    `seconds` are of the processor and `patience` by the clock, for one document; `memory` is in bytes for the process;
    `niceness` makes a batch give way to the people who are waiting for a page.
    """

    def __init__(
        self, *, seconds: int = SECONDS, patience: float = PATIENCE, memory: int = MEMORY_BYTES, niceness: int = 0
    ) -> None:
        self.seconds, self.patience, self.memory, self.niceness = seconds, patience, memory, niceness
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._turn = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The number of the process, when there is one."""
        return None if self._process is None else self._process.pid

    def render(self, html: str) -> bytes:
        """The PDF of a document, the same bytes for the same HTML, fonts and version of WeasyPrint.

        Raises:
            RenderFailed: too long, too large, an address outside our assets, or WeasyPrint is not installed.
        """
        with self._turn:
            try:
                answer = self._asked(html.encode())
            except BaseException:
                self.close()
                raise
            return self._read(answer)

    def _asked(self, html: bytes) -> bytes:
        for _attempt in range(2):
            answer, late = self._exchange(html)
            if answer:
                return answer
            code = self._ended()
            if late or code not in (0, -signal.SIGKILL):
                raise self._death(code, late)
            # It was leaving, idle, while we spoke to it; or somebody killed it, which says nothing of the document.
        raise RenderFailed("the print process ends before it answers, twice")

    def _exchange(self, html: bytes) -> tuple[bytes, bool]:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.terminate()  # Its child first: whoever is killed with its parent is left to nobody.

        watch = threading.Timer(self.patience, stop)
        watch.daemon = True
        watch.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(struct.pack(">Q", len(html)) + html)
                process.stdin.flush()
            head = process.stdout.read(9)
            body = process.stdout.read(struct.unpack(">Q", head[1:])[0]) if len(head) == 9 else b""
            whole = len(head) == 9 and len(body) == struct.unpack(">Q", head[1:])[0]
        finally:
            watch.cancel()
        return (head[:1] + body if whole else b""), late.is_set()

    def _read(self, answer: bytes) -> bytes:
        if answer[:1] == b"+" and answer[1:6] == b"%PDF-":
            return answer[1:]
        word, _, detail = answer[1:].decode(errors="replace").partition("\n")
        raise RenderFailed(detail[-2000:], Cause(word) if word in set(Cause) else Cause.ENGINE)

    def _death(self, code: int | None, late: bool) -> RenderFailed:
        if late:
            return RenderFailed(f"no PDF after {self.patience} s", Cause.TIME)
        if code == -signal.SIGXCPU:
            return RenderFailed(f"no PDF after {self.seconds} s of the processor", Cause.TIME)
        return RenderFailed(f"the print process ended with {code}", Cause.ENGINE)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._folder = tempfile.mkdtemp(prefix="programme-pdf-")
            limits = (self.seconds, self.memory, self.niceness, IDLE_SECONDS)
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(PRINTER), *map(str, limits)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self._folder,
                env={key: os.environ[key] for key in KEPT if key in os.environ}
                | {"SOURCE_DATE_EPOCH": "0", "TMPDIR": self._folder},
            )  # fmt: skip
        return self._process

    def _ended(self) -> int | None:
        assert self._process is not None
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:  # It closed its end and stays: not one to keep.
            self._process.terminate()
            code = self._process.wait()
        self.close()
        return code

    def close(self) -> None:
        """End the process, and remove its folder."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


_shared: dict[int, Press] = {}


def render(html: str) -> bytes:
    """The PDF of one document, by a print process that this process keeps for the next one.

    Raises:
        RenderFailed: as `Press.render`.
    """
    if os.getpid() not in _shared:  # A child of a fork has its own: two may not speak to the same one.
        _shared.clear()
        press = _shared[os.getpid()] = Press()
        atexit.register(press.close)
    return _shared[os.getpid()].render(html)


def print_all(
    documents: Iterable[tuple[Key, str]], *, processes: int, niceness: int = 0
) -> Generator[tuple[Key, bytes | RenderFailed], None, None]:
    """Print many documents with several processes, and give them back in order, the failed ones with their failure.

    Few documents are ahead of the one given back, so that memory does not grow with the batch.
    """
    presses = [Press(niceness=niceness) for _ in range(processes)]
    free = deque(presses)
    waiting: deque[tuple[Key, Future[bytes]]] = deque()

    def printed(html: str) -> bytes:
        press = free.popleft()  # There are as many threads as presses: one is always free.
        try:
            return press.render(html)
        finally:
            free.append(press)

    with ThreadPoolExecutor(processes) as threads:
        try:
            for key, html in documents:
                waiting.append((key, threads.submit(printed, html)))
                if len(waiting) > 2 * processes:
                    yield _outcome(*waiting.popleft())
            while waiting:
                yield _outcome(*waiting.popleft())
        finally:
            for _key, future in waiting:
                future.cancel()
            threads.shutdown(wait=True)
            for press in presses:
                press.close()


def _outcome(key: Key, future: Future[bytes]) -> tuple[Key, bytes | RenderFailed]:
    try:
        return key, future.result()
    except RenderFailed as failure:
        return key, failure


def available() -> bool:
    """Whether WeasyPrint and its system libraries can be loaded (tried in a separate process)."""
    tried = subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True, check=False)
    return tried.returncode == 0
