"""A scanner that speaks clamd's INSTREAM protocol on loopback, and that can be as faulty as a real one."""

import contextlib
import socket
import socketserver
import struct
import threading
from enum import StrEnum
from io import BytesIO
from zipfile import BadZipFile, ZipFile

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


class Mood(StrEnum):
    """How it behaves."""

    SOUND = "sound"
    SLOW = "slow"  # Reads everything, answers too late.
    TRUNCATED = "truncated"  # Its answer stops in the middle.
    CUT = "cut"  # Hangs up without a word, as one that is killed while it reads.
    SMALL = "small"  # Its own limit is 1,000 bytes.
    FAULTY = "faulty"  # Answers an error of its own.
    CHATTY = "chatty"  # Never ends its answer.


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        server = self.server
        server.asked += 1
        if self.exactly(10) != b"zINSTREAM\0":
            self.request.sendall(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while length := struct.unpack("!L", self.exactly(4))[0]:
            if server.mood is Mood.CUT:
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            data += self.exactly(length)
            if server.mood is Mood.SMALL and len(data) > 1000:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.answer(data)

    def answer(self, data):
        server = self.server
        server.read.append(data)
        if server.mood is Mood.SLOW:
            server.released.wait(5)
        said = {
            Mood.TRUNCATED: b"stream: O", Mood.FAULTY: b"stream: Can't allocate memory ERROR\0",
            Mood.CHATTY: b"stream: " + b"A" * 20_000,
        }.get(server.mood)  # fmt: skip
        with contextlib.suppress(OSError):
            self.request.sendall(
                said or (b"stream: Eicar-Test-Signature FOUND\0" if holds_eicar(data) else b"stream: OK\0")
            )

    def exactly(self, length):
        data = b""
        while len(data) < length:
            part = self.request.recv(length - len(data))
            if not part:
                raise ConnectionResetError
            data += part
        return data


def holds_eicar(data):
    if EICAR in data:
        return True
    try:
        with ZipFile(BytesIO(data)) as archive:
            return any(holds_eicar(archive.read(each)) for each in archive.namelist())
    except (BadZipFile, RuntimeError, NotImplementedError):
        return False


class _Manners:
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, _request, _address):
        """A client that leaves is no fault of the suite."""


class OnPort(_Manners, socketserver.ThreadingTCPServer):
    pass


class OnPath(_Manners, socketserver.ThreadingUnixStreamServer):
    pass


@contextlib.contextmanager
def clamd(place=("127.0.0.1", 0), mood=Mood.SOUND):
    """A running scanner; `address` is what the configuration would say."""
    server = (OnPath if isinstance(place, str) else OnPort)(place, Session)
    server.mood, server.asked, server.read, server.released = mood, 0, [], threading.Event()
    server.address = f"unix://{place}" if isinstance(place, str) else f"tcp://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
