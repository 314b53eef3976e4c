"""The one door to other machines: hosts of the configuration only, one limit of time and of size, faults with names.

`http.client` counts its limit from the last byte received, so that a server that drips holds it for ever, and a name that
is looked up has no limit at all. Here the exchange happens in a thread of its own: at the end of the time the caller goes
on and the connection is cut. A host that failed several times in a row is left alone for a while, whichever of our
processes asked it: the failures are counted in the database.
"""

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from flask import current_app
from sqlalchemy import delete, select

from programme.core.clock import now
from programme.core.identifiers import digest
from programme.core.limits import Attempt
from programme.core.unit_of_work import unit_of_work

LARGEST = 1024 * 1024
"""Bytes of one answer; more is not read."""
FAILURES = 3
"""Failures in a row, within `WINDOW`, after which a host is left alone."""
WINDOW = timedelta(seconds=60)
REST = timedelta(seconds=30)
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class OutsideFault(Exception):
    """Another machine gave no answer that can be used. `is_outage` says whether the machine is at fault, not the question."""

    is_outage = True


class Unreachable(OutsideFault):
    """No answer: no connection, too late, cut off, or not even asked because the host failed several times in a row."""


class Refused(OutsideFault):
    """Another answer than 200. `status` is its number, `retry_after` the seconds it asks to wait, when it says so."""

    def __init__(self, status: int, retry_after: int | None = None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after
        self.is_outage = not 400 <= status < 500 or status == http.client.TOO_MANY_REQUESTS


class Unreadable(OutsideFault):
    """An answer that is no JSON, or too large."""


class NotAllowed(RuntimeError):
    """The address is none of the configuration's, or not a safe one: a fault of the code or of the settings."""


def get_json(address: str, query: Mapping[str, str]) -> Any:
    """The JSON value that a service of the configuration answers; `address` begins with its base address.

    It lasts `OUTGOING_SECONDS` at most, whatever the other machine does. Redirections are not followed.

    Raises:
        Unreachable, Refused, Unreadable: all of them `OutsideFault`.
        NotAllowed: nothing was asked.
        WriteOutsideUnitOfWork: a unit of work is open: nobody waits for another machine with a transaction open.
    """
    target = _target(f"{address}?{urlencode(query)}")
    key = digest(f"http:{target.netloc}")
    failed = _failures_of(key)
    try:
        value = _read(_fetch(target, current_app.config["OUTGOING_SECONDS"]))
    except OutsideFault as fault:
        current_app.logger.warning("outgoing call to %s: %s %s", target.hostname, type(fault).__name__, fault)
        if fault.is_outage:
            _note_failure(key)
        raise
    if failed:
        with unit_of_work() as session:
            session.execute(delete(Attempt).where(Attempt.subject_digest == key))
    return value


def _target(address: str) -> SplitResult:
    """The parts of an address that may be asked."""
    target = urlsplit(address)
    settings = current_app.config
    known = {_origin(settings[name]) for name in settings["OUTGOING_ADDRESSES"] if settings[name]}
    if _origin(address) not in known or "@" in target.netloc:
        raise NotAllowed("this host is in no setting")
    in_clear = target.scheme == "http" and target.hostname in _LOOPBACK and settings["LOOPBACK_IN_CLEAR"]
    if target.scheme != "https" and not in_clear:
        raise NotAllowed("only https")
    return target


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port


# ---- a host that fails --------------------------------------------------------------------------


def _failures_of(key: str) -> int:
    """How many failures in a row the host has; the session holds no transaction afterwards.

    Raises:
        Unreachable: too many, and the last one is recent.
    """
    at = now()
    with unit_of_work() as session:
        recent = select(Attempt.at).where(Attempt.subject_digest == key, Attempt.at > at - WINDOW)
        failed = session.scalars(recent.order_by(Attempt.at)).all()
    if len(failed) >= FAILURES and failed[-1] > at - REST:
        raise Unreachable("left alone after several failures")
    return len(failed)


def _note_failure(key: str) -> None:
    at = now()
    with unit_of_work() as session:
        session.execute(delete(Attempt).where(Attempt.subject_digest == key, Attempt.at <= at - WINDOW))
        session.add(Attempt(subject_digest=key, at=at))


# ---- the exchange -------------------------------------------------------------------------------


class _Connection(http.client.HTTPConnection):
    """A connection that another thread may cut, wherever it stands."""

    def __init__(self, target: SplitResult, seconds: float) -> None:
        super().__init__(target.hostname or "", target.port or self.default_port, timeout=seconds)
        self.line: socket.socket | None = None
        self.late = False

    def connect(self) -> None:
        """Connect, unless the time was over before the host was found."""
        super().connect()
        self.line = self.sock
        if self.late:
            self.cut()

    def cut(self) -> None:
        """End the connection. http.client forgets its socket once the headers are read: it is kept here."""
        self.late = True
        if self.line is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.line, socket.SHUT_RDWR)


class _SecureConnection(_Connection):
    """The same under TLS; the certificate is always checked."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connect, then agree on the keys."""
        super().connect()
        context = ssl.create_default_context()
        self.sock = self.line = context.wrap_socket(self.sock, server_hostname=self.host)


class _Exchange(Thread):
    """One question and its answer, or the failure; nobody waits for it longer than they want."""

    def __init__(self, target: SplitResult, seconds: float, agent: str) -> None:
        super().__init__(daemon=True)
        kind = _SecureConnection if target.scheme == "https" else _Connection
        self.connection = kind(target, seconds)
        self.path = f"{target.path or '/'}?{target.query}"
        self.headers = {"Accept": "application/json", "User-Agent": agent, "Connection": "close"}
        self.body = b""
        self.failure: Exception | None = None

    def run(self) -> None:
        """Ask; the connection is closed whatever happens."""
        try:
            self.connection.request("GET", self.path, headers=self.headers)
            with self.connection.getresponse() as answer:
                self.body = _body(answer)
        except Exception as failure:  # It is the waiting thread that says it.
            self.failure = failure
        finally:
            self.connection.close()


def _body(answer: http.client.HTTPResponse) -> bytes:
    if answer.status != http.client.OK:
        raise Refused(answer.status, _seconds(answer.headers.get("Retry-After", "")))
    body = answer.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Unreadable(f"more than {LARGEST} bytes")
    return body


def _fetch(target: SplitResult, seconds: float) -> bytes:
    exchange = _Exchange(target, seconds, f"Programme (+{current_app.config['PUBLIC_URL']})")
    exchange.start()
    exchange.join(seconds)
    if exchange.is_alive():
        exchange.connection.cut()
        raise Unreachable(f"no whole answer in {seconds:g} s")
    match exchange.failure:
        case None:
            return exchange.body
        case OutsideFault() as fault:
            raise fault
        case OSError() as failure:
            raise Unreachable(type(failure).__name__) from failure
        case http.client.HTTPException() | ValueError() as failure:
            raise Unreadable(type(failure).__name__) from failure
        case failure:
            raise failure


def _seconds(text: str) -> int | None:
    """What « Retry-After » asks: seconds, or a date; None when it cannot be read."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    try:
        return max(0, round((parsedate_to_datetime(text) - now()).total_seconds()))
    except (TypeError, ValueError, OverflowError):
        return None


def _read(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as failure:
        raise Unreadable(type(failure).__name__) from failure


def _no_number(name: str) -> None:
    raise ValueError(name)
