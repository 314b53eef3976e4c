"""A company registry on the loopback: it answers in the recorded format, and fails where it is told to."""

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

LONG = 4
"""Seconds that its slow ways take in all; far above the limit of the tests, which is `LIMIT`."""
LIMIT = 0.3


class Mood(StrEnum):
    """How it behaves."""

    SOUND = "sound"
    SLOW = "slow"  # Says nothing for a while, then answers well.
    DRIPPING = "dripping"  # Answers well, a few bytes at a time.
    DRIPPING_HEADERS = "dripping headers"
    CUT = "cut"  # Hangs up without a word.
    SHORT = "short"  # Hangs up in the middle of its answer.
    BUSY = "busy"  # 429, with the time to wait.
    BROKEN = "broken"  # 500.
    PAGE = "page"  # 200 with HTML, as a proxy that has something to say.
    GARBAGE = "garbage"  # JSON of another form.
    LARGE = "large"  # 10 MB.
    MOVED = "moved"  # A redirection to `elsewhere`.
    OTHER = "other"  # Knows another establishment than the one asked.


OUTAGES = [each for each in Mood if each not in (Mood.SOUND, Mood.OTHER)]
"""The moods in which no answer can be used."""


def establishment(siret: str, name: str, **values: Any) -> dict[str, Any]:
    """One result of a search, with the keys that the product reads, in the form of a recorded answer.

    `values` replace those of the undertaking; those of `place` replace those of its establishment.
    """
    place = {
        "siret": siret, "adresse": "8 RUE DES TOHAGUES 05000 GAP", "code_postal": "05000", "commune": "05061",
        "libelle_commune": "GAP", "etat_administratif": "A", "est_siege": True,
    } | values.pop("place", {})  # fmt: skip
    return {
        "siren": siret[:9], "nom_complet": name, "nom_raison_sociale": name, "nature_juridique": "7210",
        "etat_administratif": "A", "statut_diffusion": "O", "siege": place, "matching_etablissements": [place],
        "dirigeants": [{"nom": "SECRET", "prenoms": "ANNE", "annee_de_naissance": "1970"}],
    } | values  # fmt: skip


def whole(*results: dict[str, Any]) -> dict[str, Any]:
    """A whole answer."""
    return {"results": list(results), "total_results": len(results), "page": 1, "per_page": 10, "total_pages": 1}


class FakeRegistry(ThreadingHTTPServer):
    """The server. `known` holds what it knows by SIRET, `asked` the questions and their headers."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mood = Mood.SOUND
        self.known: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.elsewhere = ""
        self.closing = Event()
        self.body: bytes | None = None
        self.status = 200

    @property
    def address(self) -> str:
        """What the configuration would say."""
        return f"http://127.0.0.1:{self.server_port}"

    def knows(self, siret: str, name: str, **values: Any) -> None:
        """Enter an establishment."""
        self.known[siret] = whole(establishment(siret, name, **values))

    def answer(self, asked: str) -> bytes:
        """The body of a sound answer."""
        if self.body is not None:
            return self.body
        if self.mood is Mood.OTHER:
            return json.dumps(whole(establishment("20006541500016", "COMMUNE DE LA HAGUE"))).encode()
        return json.dumps(self.known.get(asked, whole())).encode()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asks leaves at its limit: no fault of the suite."""


class _Session(BaseHTTPRequestHandler):
    server: FakeRegistry

    def do_GET(self) -> None:
        question = parse_qs(urlsplit(self.path).query).get("q", [""])[0]
        self.server.asked.append((self.path, dict(self.headers)))
        with suppress(OSError):
            self._speak(self.server.mood, question)
        self.close_connection = True

    def _speak(self, mood: Mood, question: str) -> None:
        body = self.server.answer(question)
        match mood:
            case Mood.SLOW:
                self.server.closing.wait(LONG)
                self._send(self.server.status, body)
            case Mood.DRIPPING:
                self._drip(b"", body)
            case Mood.DRIPPING_HEADERS:
                self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 60 + b"\r\n\r\n", b"")
            case Mood.CUT:
                pass
            case Mood.SHORT:
                self._send(200, body[: len(body) // 2], announced=len(body))
            case Mood.BUSY:
                self._send(429, b"{}", {"Retry-After": "5"})
            case Mood.BROKEN:
                self._send(500, b"<h1>Erreur</h1>")
            case Mood.PAGE:
                self._send(200, b"<!DOCTYPE html><title>Maintenance</title>")
            case Mood.GARBAGE:
                self._send(200, b'{"results": "none", "erreur": [[1]]}')
            case Mood.LARGE:
                self._send(200, b'"' + b"x" * 10_000_000 + b'"')
            case Mood.MOVED:
                self._send(302, b"", {"Location": f"{self.server.elsewhere}{self.path}"})
            case _:
                self._send(self.server.status, body)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None, announced: int = 0) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(announced or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, head: bytes, body: bytes) -> None:
        if body:
            self.send_response(200)
            self.end_headers()
        text = head + body
        step = max(1, len(text) // 20)
        for start in range(0, len(text), step):
            self.wfile.write(text[start : start + step])
            self.wfile.flush()
            if self.server.closing.wait(LONG / 20):
                return

    def log_message(self, *_args: object) -> None:
        """Nothing on the terminal of the suite."""


@contextmanager
def registry(certificate: ssl.SSLContext | None = None) -> Iterator[FakeRegistry]:
    """A running registry, stopped at the end whatever it was doing."""
    server = FakeRegistry()
    if certificate is not None:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def lasts(at_most: float) -> Iterator[None]:
    """What is inside ends in time; seconds."""
    began = time.perf_counter()
    yield
    spent = time.perf_counter() - began
    assert spent < at_most, f"{spent:.2f} s"
