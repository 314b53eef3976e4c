"""Many people in front of a real server at once: signed in beforehand, each with a form that is sent at the same time."""

import asyncio
import hmac
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha1
from urllib.parse import urlencode, urlsplit

from flask import current_app

from programme.accounts.models import Account
from programme.core.clock import now
from programme.core.identifiers import digest
from programme.core.sessions import WebSession
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from tests.factories.people import account

SEED = "0" * 40
PATIENCE = 300.0


@dataclass(frozen=True)
class Form:
    """A form that a person sends; it leaves when `after` others have been answered."""

    person: int
    path: str
    values: dict[str, str]
    after: int = 0


@dataclass(frozen=True)
class Answer:
    """What came back: the status, where to, and when it was sent and received on one clock."""

    form: Form
    status: int
    location: str
    sent: float
    received: float


def key_of(person: int) -> str:
    """The session cookie of a person."""
    return f"crowd-{person}"


def crowd(count: int) -> list[int]:
    """So many people, signed in. Outside a unit of work."""
    with unit_of_work():
        made = [account() for _ in range(count)]
        sign_in(made)
        return [each.id for each in made]


def sign_in(people: Sequence[Account]) -> None:
    """An open session for each, with a token that `send` knows. Inside a unit of work."""
    at = now()
    for each in people:
        content = json.dumps({"csrf": SEED, "_user_id": str(each.id), "_fresh": True})
        opened = WebSession(
            key_digest=digest(key_of(each.id)), account_id=each.id, content=content, created_at=at, seen_at=at,
            expires_at=at + timedelta(hours=12),
        )  # fmt: skip
        db.session.add(opened)


def form_token() -> str:
    """The token that the forms of these people carry."""
    return "##" + hmac.new(current_app.config["SECRET_KEY"].encode(), SEED.encode(), sha1).hexdigest()


def send(root: str, forms: Sequence[Form]) -> list[Answer]:
    """Every form over a connection of its own; those that wait for nobody leave together. The answers, in the forms' order."""
    token = form_token()
    with ThreadPoolExecutor(1) as apart:  # A browser that the same process drives holds the loop of this thread.
        return apart.submit(lambda: asyncio.run(_send(root, forms, token))).result()


class _Answered:
    """How many were answered so far."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = asyncio.Condition()

    async def reach(self, count: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.count >= count)

    async def add(self) -> None:
        async with self.changed:
            self.count += 1
            self.changed.notify_all()


async def _send(root: str, forms: Sequence[Form], token: str) -> list[Answer]:
    answered = _Answered()
    return await asyncio.gather(*(_one(root, form, token, answered) for form in forms))


async def _one(root: str, form: Form, token: str, answered: _Answered) -> Answer:
    address = urlsplit(root)
    body = urlencode(form.values | {"csrf_token": token}).encode()
    head = (
        f"POST {form.path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: session={key_of(form.person)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    await answered.reach(form.after)
    sent = time.monotonic()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(head.encode() + body)
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
    finally:
        writer.close()
    received = time.monotonic()
    await answered.add()
    lines = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    location = next((line.partition(": ")[2] for line in lines if line.lower().startswith("location: ")), "")
    return Answer(form, int(lines[0].split()[1]), location, sent, received)
