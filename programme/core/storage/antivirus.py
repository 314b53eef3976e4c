"""The antivirus: a small client of clamd's INSTREAM command, which asks for no file shared with the scanner."""

import re
import socket
import struct
from dataclasses import dataclass

_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096
_ANSWER = re.compile(r"stream: (?:(?P<safe>OK)|(?P<threat>.{1,200}) FOUND)\Z")
_ADDRESS = re.compile(r"tcp://(?P<host>\[[0-9a-fA-F:]+\]|[^:/\s]+):(?P<port>\d{1,5})\Z|unix://(?P<path>/.+)\Z")


class ScannerUnavailable(RuntimeError):
    """No verdict: stopped, silent, cut off, or refused. The file stays pending and is tried again."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner says of a file: the threat's name, or None when it found nothing."""

    threat: str | None

    @property
    def is_safe(self) -> bool:
        """Whether nothing was found."""
        return self.threat is None


def is_address(text: str) -> bool:
    """Whether a setting names a scanner: `tcp://host:port` or `unix:///path`."""
    return _ADDRESS.match(text) is not None


def scan(data: bytes, *, address: str, seconds: float) -> Verdict:
    """Ask clamd about these bytes; each step of the connection may last `seconds` at most.

    Protocol: `zINSTREAM`, then chunks preceded by their length (4 bytes, network order), then a length of zero; the
    answer ends with a NUL sign. An answer that is cut off, or of another form, is no verdict.

    Raises:
        ScannerUnavailable: no verdict; the reason is for the operator.
    """
    try:
        with _connected(address, seconds) as connection:
            _send(connection, data)
            return _verdict(_received(connection))
    except OSError as fault:
        raise ScannerUnavailable(f"clamd: {fault}") from fault


def _connected(address: str, seconds: float) -> socket.socket:
    found = _ADDRESS.match(address)
    if found is None:
        raise ScannerUnavailable(f"not an address of a scanner: {address}")
    if found["path"] is None:
        return socket.create_connection((found["host"].strip("[]"), int(found["port"])), timeout=seconds)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(found["path"])
    except BaseException:
        connection.close()
        raise
    return connection


def _send(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK]
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        return  # It stopped listening: its answer says why, for instance that its own size limit is passed.


def _received(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0"):
        part = connection.recv(_LONGEST_ANSWER)
        answer += part
        if not part or len(answer) > _LONGEST_ANSWER:
            raise ScannerUnavailable(f"clamd: the answer is cut off or too long: {answer[:80]!r}")
    return answer[:-1].decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Verdict:
    found = _ANSWER.match(answer)
    if found is None:
        raise ScannerUnavailable(f"clamd: {answer[:200]}")
    return Verdict(found["threat"])
