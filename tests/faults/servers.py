"""A mail server on the loopback that speaks SMTP over a real socket and fails where it is told to."""

import email
import email.policy
import itertools
import socket
import ssl
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any, Self

STEPS = ("connect", "ehlo", "mail", "rcpt", "data", "text")
ANSWERS = {
    "connect": "220 ready",
    "ehlo": "250 loopback",
    "mail": "250 ok",
    "rcpt": "250 ok",
    "data": "354 go on",
    "text": "250 kept",
}
WAYS = ("later", "never", "hang", "drip", "cut", "garbage")
# After the text a server may have kept the mail whatever it answers, or may have lost the connection before its end.
AT_THE_END = ("later", "never", "hang", "drip", "cut", "cut-before", "cut-after-answer")
FAULTS = [
    *itertools.product(STEPS[:-1], WAYS),
    *(("text", way) for way in AT_THE_END),
]


@dataclass
class Conversation:
    """What was said on one connection."""

    fault: tuple[str, str] | None
    recipients: list[str] = field(default_factory=list)
    letter: Any = None
    answered: bool = False
    secure: bool = False


class PostOffice:
    """The server. `plan` holds the faults of the next connections, in order; without one it does its work."""

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        self.plan: list[tuple[str, str]] = []
        self.conversations: list[Conversation] = []
        self.certificate = certificate
        self._over = Event()
        self._threads: list[Thread] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.settimeout(0.1)
        self.port = self._door.getsockname()[1]

    def __enter__(self) -> Self:
        self._threads.append(Thread(target=self._open))
        self._threads[0].start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(10)
        self._door.close()

    @property
    def letters(self) -> list[Conversation]:
        """The conversations whose mail the server kept, whether or not it could say so."""
        return [each for each in self.conversations if each.letter is not None]

    def _open(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                line, _address = self._door.accept()
                line.settimeout(5)
                talk = Conversation(self.plan.pop(0) if self.plan else None)
                self.conversations.append(talk)
                self._threads.append(Thread(target=self._serve, args=(line, talk)))
                self._threads[-1].start()

    def _serve(self, opened: socket.socket, talk: Conversation) -> None:
        line = _Line(opened, talk, self._over)
        with suppress(OSError, _Cut):
            self._talk(line, talk)
        line.socket.close()  # After STARTTLS it is another than the one that was opened.

    def _talk(self, line: "_Line", talk: Conversation) -> None:
        line.answer("connect")
        while said := line.read():
            verb = said.split(None, 1)[0].upper()
            if verb == b"EHLO" and self.certificate and not talk.secure:
                line.send(b"250-loopback\r\n250 STARTTLS\r\n")
            elif verb in (b"EHLO", b"MAIL"):
                line.answer(verb.decode().lower())
            elif verb == b"RCPT":
                talk.recipients.append(said.decode().partition("<")[2].partition(">")[0])
                line.answer("rcpt")
            elif verb == b"STARTTLS" and self.certificate:
                self._secure(line, talk)
            elif verb == b"DATA":
                self._letter(line, talk)
            else:
                line.send(b"221 bye\r\n" if verb == b"QUIT" else b"502 what?\r\n")

    def _secure(self, line: "_Line", talk: Conversation) -> None:
        line.send(b"220 go\r\n")
        if talk.fault == ("tls", "hang"):
            line.wait()
        assert self.certificate is not None
        line.socket = self.certificate.wrap_socket(line.socket, server_side=True)
        talk.secure = True

    def _letter(self, line: "_Line", talk: Conversation) -> None:
        line.answer("data")
        text = line.read(until=b"\r\n.\r\n", stop=10 if talk.fault == ("text", "cut-before") else None)
        if not text or talk.fault == ("text", "cut-before"):
            line.cut()
        if talk.fault not in (("text", "later"), ("text", "never")):
            talk.letter = email.message_from_bytes(text, policy=email.policy.default)
        line.answer("text")
        talk.answered = True
        if talk.fault == ("text", "cut-after-answer"):
            line.cut()


class _Cut(Exception):
    pass


class _Line:
    def __init__(self, line: socket.socket, talk: Conversation, over: Event) -> None:
        self.socket = line
        self.talk = talk
        self.over = over
        self.rest = b""

    def read(self, until: bytes = b"\r\n", stop: int | None = None) -> bytes:
        while until not in self.rest:
            piece = self.socket.recv(65536)
            if not piece or (stop and len(self.rest) > stop):
                return b""
            self.rest += piece
        said, _end, self.rest = self.rest.partition(until)
        return said

    def send(self, text: bytes) -> None:
        self.socket.sendall(text)

    def answer(self, step: str) -> None:
        """The answer of a step, or its fault."""
        way = self.talk.fault[1] if self.talk.fault and self.talk.fault[0] == step else ""
        if way == "hang":
            self.wait()
        elif way == "cut":
            self.cut()
        elif way == "drip":
            for sign in f"{ANSWERS[step][:3]}-{'slow ' * 200}\r\n".encode():
                self.send(bytes([sign]))
                if self.over.wait(0.02):
                    raise _Cut
        elif way == "garbage":
            self.send(b"\xff\xfe not a code\r\n")
        else:
            answers = {"later": "451 4.3.0 try again later", "never": "550 5.1.1 no such person"}
            self.send(answers.get(way, ANSWERS[step]).encode() + b"\r\n")

    def wait(self) -> None:
        """Say nothing more until the other side leaves or the test ends."""
        self.over.wait(2)
        raise _Cut

    def cut(self) -> None:
        """End the connection at once, as a crash does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise _Cut
