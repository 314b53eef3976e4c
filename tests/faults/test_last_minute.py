"""The last minute of a session: everybody sends a piece and hands in, and the server's clock says who came in time.

The rule, as the last page of a draft says it: the hour of a deposit is that at which it arrives on the server, whatever the
server has to do before it is served. The suite takes fewer people and seconds; `make campaign NAME=last_minute` sets
LAST_MINUTE_PEOPLE and LAST_MINUTE_SECONDS.
"""

import asyncio
import hashlib
import os
import random
import re
import secrets
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import select, update

from programme.applications.models import Application, Piece
from programme.applications.states import PieceState
from programme.calls.models import CallSession
from programme.core import storage
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import applications, calls
from tests.factories.people import account, member, organisation
from tests.faults.crowd import form_token, key_of, sign_in
from tests.faults.real_server import RealServer, running, server_of

pytestmark = [pytest.mark.journey, pytest.mark.slow]
PEOPLE = int(os.environ.get("LAST_MINUTE_PEOPLE", "40"))
SECONDS = float(os.environ.get("LAST_MINUTE_SECONDS", "6"))
BACKENDS = ("sqlite", "postgresql")
BURST, LATE = 0.3, 0.1
"""Shares of the people who press the button in the very last second, and after it."""
LOOP = 0.4
"""Seconds that may pass between the sending and the server's note of the arrival, on a busy machine of two cores."""
SOUND = "import programme\napp = programme.create_app()\n"


@dataclass
class Applicant:
    """One person with a draft that lacks its piece, and what became of it; instants in seconds of the one clock."""

    number: int
    reference: str
    piece: int
    file: bytes
    starts: float = 0
    hands_in: float = 0
    sent: float = 0
    received: float = 0
    status: int = 0
    receipt: str = ""


def applicants(count, closes_at):
    """So many people signed in, each with a draft of one session that lacks one piece. Their order is that of the drafts."""
    made = []
    with unit_of_work():
        at = now()
        session = calls.open_call(opens_at=at - timedelta(days=9), closes_at=closes_at).sessions[0]
        for _each in range(count):
            person, of = account(), organisation()
            member(person, of)
            draft = applications.ready_draft(by=person, of=of, to=session, at=at)
            piece = draft.pieces[0]
            piece.state, piece.file, piece.provided_at = PieceState.EXPECTED, None, None
            sign_in([person])
            body = applications.PDF + b"%" + secrets.token_hex(12_000).encode()
            made.append(Applicant(person.id, draft.reference, piece.id, body))
        return made, session.id


def closing(session_id, closes_at):
    """The filling took its time: the session closes then."""
    with unit_of_work():
        database.session.execute(update(CallSession).where(CallSession.id == session_id).values(closes_at=closes_at))


def planned(people, begins, closes, chance):
    """When each sends the piece and hands in: along the minute, in a burst in its last second, or too late."""
    for rank, each in enumerate(people):
        share = rank / len(people)
        each.starts = begins + chance.uniform(0, 0.7) * (closes - begins)
        if share < LATE:
            each.hands_in = closes + chance.uniform(0.05, 1)
        elif share < LATE + BURST:
            each.hands_in = closes - chance.uniform(0.6, 1)
        else:
            each.hands_in = each.starts
    return people


async def _until(instant):
    await asyncio.sleep(max(0.0, instant - time.time()))


async def _ask(root, person, path, body=b"", kind=""):
    """One request over a connection of its own: when it was sent, its status, where it leads to, its text."""
    address = urlsplit(root)
    head = f"{'POST' if kind else 'GET'} {path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: session={key_of(person.number)}\r\nConnection: close\r\n"
    if kind:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        sent = time.time()
        writer.write(head.encode() + b"\r\n" + body)
        answer = await asyncio.wait_for(reader.read(), 300)
    finally:
        writer.close()
    top, _sign, text = answer.partition(b"\r\n\r\n")
    lines = top.decode().split("\r\n")
    location = next((line.partition(": ")[2] for line in lines if line.lower().startswith("location: ")), "")
    return sent, int(lines[0].split()[1]), location, text.decode(errors="replace")


def _upload(person, token):
    """The form of the piece."""
    edge = "last-minute-7f1c"
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--{edge}\r\nContent-Disposition: '
        f'form-data; name="file-{person.piece}"; filename="rib.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    )
    return head.encode() + person.file + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


async def _one(root, person, token):
    await _until(person.starts)
    path = f"/dossiers/{person.reference}"
    _sent, status, _location, text = await _ask(root, person, f"{path}/pieces/{person.piece}", *_upload(person, token))
    assert status == 302, text[:300]
    await _until(person.hands_in)
    body = urlencode({"csrf_token": token, "commitments": "y"}).encode()
    person.sent, person.status, location, _text = await _ask(
        root, person, f"{path}/relecture", body, "application/x-www-form-urlencoded"
    )
    person.received = time.time()
    if person.status == 302:
        _sent, status, _location, text = await _ask(root, person, location)
        found = re.search(r"AR-\d{4}-\d{5}", text)
        person.receipt = found.group() if status == 200 and found else ""


def rush(root, people):
    """Everybody, each at the instants planned."""
    token = form_token()

    async def together():
        await asyncio.gather(*(_one(root, each, token) for each in people))

    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(together())).result()


@dataclass
class Verdict:
    """What went wrong, by sort; all empty: the rule was kept."""

    lost: list
    files: list
    too_late: list
    in_time_refused: list
    numbers: list
    order: list
    odd: list


def judged(people, closes):
    """The acknowledgements against the database and against the clock."""
    database.session.rollback()
    statement = select(Application.reference, Application.receipt_number, Application.submitted_at)
    held = {ref: (number, at) for ref, number, at in database.session.execute(statement)}
    accepted = [each for each in people if each.status == 302]
    numbers = [each.receipt for each in accepted]
    deposits = sorted((held[each.reference][1].timestamp(), each) for each in accepted if held[each.reference][1])
    return Verdict(
        lost=[each.reference for each in accepted if not each.receipt or held[each.reference][0] != each.receipt],
        files=[each.reference for each in people if not _file_is_whole(each)],
        too_late=[each.reference for each in accepted if each.sent >= closes]
        + [each.reference for at, each in deposits if at >= closes],
        in_time_refused=[each.reference for each in people if each.status != 302 and each.sent < closes - LOOP],
        numbers=[each for each in set(numbers) if numbers.count(each) > 1],
        order=[
            (one.receipt, two.receipt)
            for one in accepted for two in accepted
            if one.received < two.sent and one.receipt > two.receipt
        ],
        odd=[(each.status, each.reference) for each in people if each.status not in (302, 422)]
        + [each.reference for at, each in deposits if not each.sent - 0.01 <= at <= each.received],
    )  # fmt: skip


def _file_is_whole(person):
    key = database.session.scalar(select(Piece).where(Piece.id == person.piece)).file
    return key is not None and hashlib.sha256(storage.read(key.key)).digest() == hashlib.sha256(person.file).digest()


@contextmanager
def standing(backend, folder, source):
    """A server of two processes: the real one, or one of this source under a plain worker."""
    RealServer.workers, before = 2, RealServer.workers
    try:
        with ExitStack() as stack:
            place = stack.enter_context(running(backend, folder, start=not source))
            if source:
                stack.enter_context(server_of(source, place, folder))
            yield place
    finally:
        RealServer.workers = before


def played(backend, folder, count, seconds, source=""):
    """The last minute, and its verdict."""
    with standing(backend, folder, source) as place:
        people, session_id = applicants(count, now() + timedelta(days=1))
        begins = time.time() + 0.5
        closes = begins + seconds
        closing(session_id, datetime.fromtimestamp(closes, UTC))
        rush(place.root, planned(people, begins, closes, random.Random(count)))
        verdict = judged(people, closes)
    return people, closes, verdict


@pytest.mark.parametrize("backend_name", BACKENDS)
def test_who_hands_in_during_the_last_minute_is_in_and_who_comes_after_is_told(backend_name, tmp_path):
    people, closes, verdict = played(backend_name, tmp_path, PEOPLE, SECONDS)
    accepted = [each for each in people if each.receipt]
    waits = sorted(1000 * (each.received - each.sent) for each in people)
    flight = [each for each in accepted if each.received > closes]
    points = ", ".join(
        f"p{share} {waits[min(len(waits) - 1, len(waits) * share // 100)]:.0f} ms" for share in (50, 95, 99)
    )
    print(
        f"{backend_name}: {len(people)} people in {SECONDS:.0f} s, 2 processes: {len(accepted)} deposits accepted, "
        f"{len(people) - len(accepted)} refused, all of them sent after the closing; {len(flight)} arrived before it and were "
        f"answered after, the last {max((each.received - closes for each in flight), default=0):.1f} s after; deposit {points}, "
        f"median {statistics.median(waits):.0f} ms; lost 0, files changed 0, numbers given twice 0"
    )
    assert verdict == Verdict([], [], [], [], [], [], [])
    assert accepted
    assert len(accepted) < len(people), "some came too late"


# Judged when the work is done; judged when a thread is free, by a server of eight that notes nothing before; not judged at all;
# acknowledged before the commit.
AT_THE_END = (
    SOUND
    + """
import time
from programme.applications.views import deposit
from programme.core.clock import now

def late():
    time.sleep(1.5)
    return now()

deposit.arrived_at = late
"""
)
IN_THE_QUEUE = (
    SOUND
    + """
import time
from flask import request
before = app.preprocess_request

def slow():
    answer = before()
    time.sleep(1.5 if request.path.endswith("/relecture") else 0)
    return answer

app.preprocess_request = slow
"""
)
NEVER = SOUND + "from programme.calls.models import CallSession\nCallSession.accepts_at = lambda self, instant: True\n"
EARLY = (
    SOUND
    + """
from flask import request
from sqlalchemy.orm import Session
commit = Session.commit

def later(session):
    if session.info.get("programme_unit_of_work") and request.path.endswith("/relecture"):
        session.flush()
        session.rollback()
    else:
        commit(session)

Session.commit = later
"""
)


@pytest.mark.parametrize(
    ("source", "people", "wrong"),
    [
        pytest.param(AT_THE_END, 12, "in_time_refused", id="judged at the end of the request"),
        pytest.param(IN_THE_QUEUE, 40, "in_time_refused", id="judged when a thread is free"),
        pytest.param(NEVER, 12, "too_late", id="judged by nothing"),
        pytest.param(EARLY, 12, "lost", id="acknowledged before the commit"),
    ],
)
def test_control_a_server_that_judges_otherwise_is_found_out(source, people, wrong, tmp_path):
    _people, _closes, verdict = played("sqlite", tmp_path, people, 3, source)
    found = getattr(verdict, wrong)
    assert found
    print(f"control: {len(found)} of {people} {wrong.replace('_', ' ')}")
