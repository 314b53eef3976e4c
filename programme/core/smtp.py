"""The conversation with the mail server: every step has a time limit, the whole has one, every failure has a name.

`smtplib` counts its limit from the last byte received, so that a server that drips holds it for ever; here each answer has
one deadline, and a timer cuts the connection when the whole lasts too long.
"""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from threading import Timer
from typing import Any

MAX_REPLY = 64 * 1024
"""Bytes of one answer; a server that says more is not listened to."""
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f<>()\[\],;:\\\"]")


class MailFault(StrEnum):
    """Why a mail did not leave, or came back."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    CUT = "cut"
    INSECURE = "insecure"
    LATER = "later"
    SERVER = "server"
    ADDRESS = "address"
    BOUNCE = "bounce"
    TIRED = "tired"


class Undelivered(Exception):
    """The server did not take the mail. `fault` says why, `reply` is its answer (no address in it)."""

    def __init__(self, fault: MailFault, reply: str = "") -> None:
        super().__init__(f"{fault} {reply}".strip())
        self.fault = fault
        self.reply = reply


@dataclass(frozen=True)
class Server:
    """The mail server of the instance, and the name under which we greet it; limits in seconds."""

    host: str
    port: int
    name: str
    tls: bool = False
    ssl: bool = False
    username: str | None = None
    password: str | None = None
    step: float = 10
    total: float = 60
    ca_file: str | None = None


class _Replies:
    """Reads the lines of one answer before a deadline; smtplib uses it as its file."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self.connection = connection
        self.deadline = deadline
        self.buffer = b""
        self.read = 0

    def readline(self, limit: int) -> bytes:
        """One line, its end included; shorter when the connection ends or the line is too long."""
        while b"\n" not in self.buffer and len(self.buffer) < limit:
            left = self.deadline - time.monotonic()
            if left <= 0 or self.read > MAX_REPLY:
                raise TimeoutError("answer too slow or too long")
            self.connection.settimeout(left)
            piece = self.connection.recv(4096)
            if not piece:
                break
            self.read += len(piece)
            self.buffer += piece
        end = self.buffer.find(b"\n") + 1 or len(self.buffer)
        line, self.buffer = self.buffer[: min(end, limit)], self.buffer[min(end, limit) :]
        return line

    def close(self) -> None:
        """Nothing of its own to close."""


class _Client(smtplib.SMTP):
    """smtplib's commands under our clock and our idea of TLS: the server's certificate is always checked."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.late = False
        super().__init__(local_hostname=server.name, timeout=server.step)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # type: ignore[override]
        self.sock: Any = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return self._secured() if self.server.ssl else self.sock  # type: ignore[no-any-return]

    def _secured(self) -> Any:
        context = ssl.create_default_context(cafile=self.server.ca_file)
        self.sock = context.wrap_socket(self.sock, server_hostname=self.server.host, do_handshake_on_connect=False)
        self.sock.settimeout(self.server.step)
        self.sock.do_handshake()
        return self.sock

    def getreply(self) -> tuple[int, bytes]:
        self.file: Any = _Replies(self.sock, time.monotonic() + self.server.step)
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as failure:
            # smtplib turns a time-out into a disconnection; they are told apart for the person who reads the failure.
            self.late = self.late or isinstance(failure.__context__, TimeoutError)
            raise

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.server.step)
        super().send(s)

    def secure(self) -> None:
        """STARTTLS. What the server said in clear before is forgotten."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise Undelivered(MailFault.INSECURE)
        _expect(self.docmd("STARTTLS"), 220)
        self._secured()
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features, self.does_esmtp = {}, False

    def cut(self) -> None:
        """End the connection from another thread."""
        self.late = True
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def spoken(address: str) -> str:
    """The address as SMTP commands say it: the name before the at sign in ASCII, the domain in its ASCII form.

    Raises:
        Undelivered: it cannot be said, or would be read as something else than one address.
    """
    name, _at, domain = address.rpartition("@")
    try:
        said = f"{name.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise Undelivered(MailFault.ADDRESS) from None
    if not name or not domain or _NOT_IN_ADDRESS.search(said):
        raise Undelivered(MailFault.ADDRESS)
    return said


def deliver(server: Server, *, sender: str, recipient: str, content: bytes) -> None:
    """Hand one mail over; returns only when the server answered 250 to its text.

    Raises:
        Undelivered: with `MailFault.ADDRESS` when the server will never take a mail for this address, with another fault
            when a later attempt may succeed.
    """
    client = _Client(server)
    try:
        with _in_words(client, recipient), _within(server.total, client):
            _converse(client, sender, recipient, content)
    finally:
        _leave(client)


def _converse(client: _Client, sender: str, recipient: str, content: bytes) -> None:
    server = client.server
    _expect(client.connect(server.host, server.port), 220)
    if server.tls:
        client.secure()
    client.ehlo_or_helo_if_needed()
    if server.username and server.password:
        client.login(server.username, server.password)
    _expect(client.mail(sender), 250)
    code, words = client.rcpt(recipient)
    if 500 <= code < 600:
        raise Undelivered(MailFault.ADDRESS, _readable(code, words))
    _expect((code, words), 250, 251)
    # Line ends of the standard everywhere: a bare one could end the text early for some servers.
    _expect(client.data(re.sub(rb"\r\n|\r|\n", b"\r\n", content)), 250)


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    code, words = answer
    if code not in codes:
        raise Undelivered(MailFault.LATER if 400 <= code < 500 else MailFault.SERVER, _readable(code, words))


def _readable(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(f"{code} {text}".split())[:400].replace("\x00", "")


@contextmanager
def _in_words(client: _Client, recipient: str) -> Iterator[None]:
    """Every failure of the conversation as `Undelivered`, without the recipient's address in the server's words."""
    try:
        yield
    except Undelivered as known:
        raise Undelivered(known.fault, known.reply.replace(recipient, "…")) from None
    except smtplib.SMTPResponseException as failure:
        fault = MailFault.LATER if 400 <= failure.smtp_code < 500 else MailFault.SERVER
        raise Undelivered(fault, _readable(failure.smtp_code, failure.smtp_error).replace(recipient, "…")) from None
    except ssl.SSLError as failure:
        raise Undelivered(MailFault.TIMEOUT if client.late else MailFault.INSECURE, failure.reason or "") from None
    except (OSError, ValueError, smtplib.SMTPException) as failure:
        raise Undelivered(_fault(failure, client), type(failure).__name__) from None


def _fault(failure: Exception, client: _Client) -> MailFault:
    if client.late or isinstance(failure, TimeoutError):
        return MailFault.TIMEOUT
    if isinstance(failure, smtplib.SMTPServerDisconnected | ConnectionResetError | BrokenPipeError):
        return MailFault.CUT
    return MailFault.UNREACHABLE if isinstance(failure, OSError) else MailFault.SERVER


@contextmanager
def _within(seconds: float, client: _Client) -> Iterator[None]:
    timer = Timer(seconds, client.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _leave(client: _Client) -> None:
    """Say goodbye without waiting for the answer: what counts was answered already."""
    if client.sock is not None:
        with suppress(OSError, smtplib.SMTPException):
            client.sock.settimeout(1)
            client.sock.sendall(b"QUIT\r\n")
    client.close()
