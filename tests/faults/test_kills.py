"""kill -9 of the web and of the worker under load: what was acknowledged is there, whole, once, and its mail leaves.

The suite takes a bounded number of kills; `make campaign NAME=kills` sets KILLS_SQLITE and KILLS_POSTGRESQL.
"""

import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from email import message_from_bytes
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import func, select

import config
from programme import create_app
from programme.accounts.models import Account
from programme.core import storage
from programme.core.jobs import Job, JobState
from programme.core.mail import MessageState, OutboxMessage
from programme.core.storage import StoredFile
from programme.extensions import db as database
from programme.reuses.models import Reuse
from tests.databases import database_url
from tests.faults.load import Ledger, Writer, people
from tests.journeys.server import Instance

pytestmark = [pytest.mark.journey, pytest.mark.slow]
KILLS = {
    "sqlite": int(os.environ.get("KILLS_SQLITE", "12")),
    "postgresql": int(os.environ.get("KILLS_POSTGRESQL", "4")),
}
WRITERS = 3


@contextmanager
def running(backend, folder, *, start=True):
    """A migrated instance with its own database, and the same database seen from here."""
    with database_url(backend, folder) as url:
        place = Instance(folder, url)
        place.flask("db", "upgrade")
        app = create_app(
            config.Development, SQLALCHEMY_DATABASE_URI=url, VAR=folder, STORAGE_FOLDER=str(folder / "files"),
            MAIL_FOLDER=str(folder / "mail"),
        )  # fmt: skip
        with app.app_context():
            try:
                if start:
                    place.start()
                yield place
            finally:
                place.stop()
                database.session.remove()
                database.engine.dispose()


def victims(place):
    """The processes of the instance: those of the web, their master, the worker."""
    return psutil.Process(place.process.pid).children(recursive=True)


def kill_some(place, ledger, count, chance):
    """Kill one process after another at chance moments, each after something more was acknowledged."""
    for _ in range(count):
        before, end = ledger.count, time.monotonic() + 20
        while ledger.count == before and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 0.8))
        with suppress(psutil.NoSuchProcess):
            chance.choice(victims(place)).send_signal(signal.SIGKILL)
        end = time.monotonic() + 40
        while time.monotonic() < end:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{place.root}/connexion", timeout=2).status_code == 200:
                    break
            time.sleep(0.1)
        else:
            raise AssertionError("the server does not come back: " + (place.folder / "serve.log").read_text()[-2000:])


def under_load(place, count):
    ledger, stop = Ledger(), threading.Event()
    drafts_each = max(2, count // 4 + 1)
    writers = [Writer(place.root, people(drafts_each), ledger, stop) for _ in range(WRITERS)]
    for each in writers:
        each.start()
    try:
        kill_some(place, ledger, count, random.Random(count))
    finally:
        stop.set()
        for each in writers:
            each.join(30)
    return ledger


def wait_for_mails(seconds=60):
    """A killed worker's lease ends by itself; here it is ended at once, which is what time would do."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        database.session.rollback()
        with database.engine.begin() as connection:
            connection.execute(
                Job.__table__.update().where(Job.state == JobState.RUNNING).values(lease_until=None, state="queued")
            )
        waiting = database.session.scalar(select(func.count()).where(OutboxMessage.state == MessageState.WAITING))
        if not waiting:
            return
        time.sleep(1)
    raise AssertionError(f"{waiting} mails still wait")


def lost(ledger):
    """What the server acknowledged and does not have."""
    database.session.rollback()
    nonces = list(database.session.scalars(select(Reuse.nonce)))
    emails = set(database.session.scalars(select(Account.email)))
    return [each for each in ledger.drafts if each not in nonces] + [
        each for each in ledger.accounts if each not in emails
    ]


def half_files():
    """Rows whose file is not there whole, and drafts without the picture that they were acknowledged with."""
    wrong = []
    for row in database.session.scalars(select(StoredFile)):
        try:
            whole = hashlib.sha256(storage.read(row.key)).hexdigest() == row.sha256
        except OSError:
            whole = False
        wrong += [] if whole else [row.key]
    return wrong + list(database.session.scalars(select(Reuse.slug).where(Reuse.image_id.is_(None))))


def mails_lost(folder):
    """Accounts without their mail, and mails of which the row says that they left and that are nowhere."""
    database.session.rollback()
    written = {str(message_from_bytes(path.read_bytes())["Message-ID"]) for path in (folder / "mail").glob("*.eml")}
    rows = database.session.execute(
        select(OutboxMessage.message_id, OutboxMessage.recipient, OutboxMessage.state)
    ).all()
    told = {recipient for _number, recipient, _state in rows}
    opened = database.session.scalars(select(Account.email).where(Account.confirmed_at.is_(None)))
    return [number for number, _to, _state in rows if number not in written] + [
        each for each in opened if each not in told
    ]


@pytest.mark.parametrize("backend_name", list(KILLS))
def test_killed_under_load_it_loses_nothing_and_does_nothing_twice(backend_name, tmp_path):
    with running(backend_name, tmp_path) as place:
        ledger = under_load(place, KILLS[backend_name])
        wait_for_mails()
        nonces = list(database.session.scalars(select(Reuse.nonce)))
        assert ledger.refused == []
        assert lost(ledger) == []
        assert half_files() == []
        assert len(nonces) == len(set(nonces)), "twice after a retry with the same nonce"
        assert len(ledger.drafts) == len(set(ledger.drafts))
        assert mails_lost(tmp_path) == []
        assert [path for path in (tmp_path / "mail").iterdir() if path.stat().st_size == 0] == []
        assert ledger.count >= KILLS[backend_name], "there was a load"
        assert ledger.drafts
        assert ledger.accounts
        print(
            f"{backend_name}: {KILLS[backend_name]} kills, {len(ledger.drafts)} drafts and {len(ledger.accounts)} accounts "
            f"acknowledged, {ledger.unsure} answers that never came; lost 0, half files 0, twice 0, mails lost 0"
        )


@contextmanager
def server_of(source, place, folder, *before):
    """A web server of one process on an application made by this module, perhaps under another program."""
    (folder / "trial.py").write_text(source)
    path = f"{folder}{os.pathsep}{Path(config.__file__).parent}"
    server = subprocess.Popen(
        [*before, sys.executable, "-m", "gunicorn", "trial:app", "--bind", f"127.0.0.1:{place.port}", "--no-control-socket"],
        env=place.environment | {"PYTHONPATH": path}, cwd=folder, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield server
    finally:
        for each in [*psutil.Process(server.pid).children(recursive=True), server]:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        server.wait(20)


@contextmanager
def writing(place, *, until):
    """One person writes until the ledger satisfies `until`."""
    ledger, stop = Ledger(), threading.Event()
    writer = Writer(place.root, people(1), ledger, stop)
    writer.start()
    try:
        end = time.monotonic() + 60
        while not until(ledger) and time.monotonic() < end:
            time.sleep(0.1)
        yield ledger
    finally:
        stop.set()
        writer.join(30)


SOUND = "import programme\napp = programme.create_app()\n"
WEAK = "import programme\napp = programme.create_app(SQLITE_SYNCHRONOUS='NORMAL')\n"
# The answer leaves before the commit, and the server is killed in between.
EARLY = (
    SOUND
    + """
from sqlalchemy.orm import Session
commit = Session.commit

def later(session):
    if session.info.get("programme_unit_of_work"):
        session.flush()
        session.rollback()
    else:
        commit(session)

Session.commit = later
"""
)


@pytest.mark.parametrize("backend_name", list(KILLS))
def test_control_answering_before_the_commit_loses(backend_name, tmp_path):
    """The same ledger on a server whose commits are still to come when it is killed."""
    with (
        running(backend_name, tmp_path, start=False) as place,
        server_of(EARLY, place, tmp_path),
        writing(place, until=lambda ledger: ledger.accounts) as ledger,
    ):
        assert ledger.accounts
        assert lost(ledger) != []


STRACE = shutil.which("strace") or ""


def synced_writes(source, folder):
    """How many writes the server acknowledged, and how often it then asked the disk to keep what it was given."""
    trace = folder / "trace.txt"
    strace = (STRACE, "-f", "-qq", "-o", str(trace), "-e", "trace=fsync,fdatasync")
    with running("sqlite", folder, start=False) as place, server_of(source, place, folder, *strace):
        with writing(place, until=lambda ledger: len(ledger.accounts) >= 5) as ledger:
            pass
        return len(ledger.accounts) + len(ledger.drafts), len(re.findall(r"f(?:data)?sync\(", trace.read_text()))


@pytest.mark.skipif(not STRACE, reason="strace is not installed: see scripts/system-packages")
def test_each_acknowledged_write_was_asked_of_the_disk(tmp_path):
    (tmp_path / "sound").mkdir()
    (tmp_path / "weak").mkdir()
    writes, synced = synced_writes(SOUND, tmp_path / "sound")
    assert writes >= 5
    assert synced >= writes
    # The control: the same writes with synchronous=NORMAL. Only pictures and checkpoints reach the disk.
    weak_writes, weak = synced_writes(WEAK, tmp_path / "weak")
    assert weak / weak_writes < synced / writes / 2
    print(f"{writes} writes, {synced} syncs; with synchronous=NORMAL {weak_writes} writes, {weak} syncs")
