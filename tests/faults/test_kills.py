"""kill -9 under load: what was acknowledged is there, whole, once; its mail leaves and its document is printed.

Killed are the web processes, their master, the worker, the print process and PostgreSQL itself. The suite takes a bounded
number of kills; `make campaign NAME=kills` sets KILLS_SQLITE and KILLS_POSTGRESQL.
"""

import os
import random
import re
import shutil
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager

import pytest

from programme.core.jobs import MAX_ATTEMPTS
from programme.extensions import db as database
from tests.faults.cluster import cluster
from tests.faults.load import Ledger, Writer, people
from tests.faults.real_server import WEB_PROCESSES, running, server_of
from tests.faults.reckoning import (
    ask_for_documents,
    end_leases,
    half_files,
    lost,
    mails_lost,
    most_tries,
    not_printed,
    twice,
    wait_for_worker,
)

pytestmark = [pytest.mark.journey, pytest.mark.slow]
KILLS = {
    "sqlite": int(os.environ.get("KILLS_SQLITE", "60")),
    "postgresql": int(os.environ.get("KILLS_POSTGRESQL", "10")),
}
SORTS = {"web": 8, "worker": 3, "printer": 3, "master": 1}
"""How often each sort of process is chosen. One that is not there, or has just started, leaves its turn to the web."""
DATABASE = {"database": 4, "connection": 2}
WRITERS = 3
PATIENCE = 60


def kill_some(place, ledger, count, chance, server=None):
    """Kill one process after another at chance moments, each after something more was acknowledged."""
    sorts = SORTS | (DATABASE if server else {})
    done = Counter()
    first = chance.sample(sorted(sorts), len(sorts))
    for sort in [*first, *chance.choices(list(sorts), list(sorts.values()), k=count)][:count]:
        before, end = ledger.count, time.monotonic() + PATIENCE
        while ledger.count == before:
            assert time.monotonic() < end, "nothing is answered: " + (place.folder / "serve.log").read_text()[-2000:]
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.3))
        # A job that takes eight workers down is given up, as it should be: before that, its worker is left alone.
        if (sort == "worker" and most_tries() >= MAX_ATTEMPTS - 2) or not kill_one(place, sort, chance, server):
            sort = "web"
            while not place.kill(sort, chance):
                assert time.monotonic() < end, "no web process comes back"
                time.sleep(0.02)
        if sort == "worker":
            end_leases()
        done[sort] += 1
    return done


def kill_one(place, sort, chance, server):
    """One process of the sort, or all of PostgreSQL, which is then started again; False when there is none."""
    if sort == "database":
        server.kill_all()
        server.restart()
        return True
    if sort == "connection":  # PostgreSQL then ends all of them, and recovers by itself.
        serving = [each for each in server.processes()[1:] if "killed_" in " ".join(each.cmdline())]
        if serving:
            chance.choice(serving).kill()
        return bool(serving)
    return place.kill(sort, chance)


def under_load(place, count, server=None):
    """Several people write while the kills go on; at the end the worker is killed once more, with what it had begun."""
    ledger, stop, chance = Ledger(), threading.Event(), random.Random(count)
    ask_for_documents(1 + count // 12)
    writers = [Writer(place.root, people(count // 4 + 4), ledger, stop) for _ in range(WRITERS)]
    database.session.remove()
    for each in writers:
        each.start()
    try:
        done = kill_some(place, ledger, count - 1, chance, server)
    finally:
        stop.set()
        for each in writers:
            each.join(30)
    for each in place.alive("worker"):
        each.kill()
    end_leases()
    return ledger, done + Counter(worker=1)


@pytest.mark.parametrize("backend_name", list(KILLS))
def test_killed_under_load_it_loses_nothing_and_does_nothing_twice(backend_name, tmp_path):
    count = KILLS[backend_name]
    with ExitStack() as stack:
        server = stack.enter_context(cluster()) if backend_name == "postgresql" else None
        place = stack.enter_context(running(backend_name, tmp_path, url=server.database() if server else ""))
        began = time.monotonic()
        ledger, done = under_load(place, count, server)
        seconds = time.monotonic() - began
        wait_for_worker(120 + 10 * count)
        assert ledger.refused == []
        assert lost(ledger) == []
        assert half_files() == []
        assert twice() == []
        assert not_printed() == []
        assert mails_lost(tmp_path) == []
        assert [path for path in (tmp_path / "mail").iterdir() if path.stat().st_size == 0] == []
        assert ledger.count >= count - 1, "there was a load"
        assert ledger.drafts
        assert ledger.accounts
        assert server or not ledger.broken, "with its database there, the server says no 5xx"
        print(
            f"{backend_name}: {count} kills in {seconds:.0f} s ({', '.join(f'{each} {n}' for each, n in sorted(done.items()))}), "
            f"{WEB_PROCESSES} web processes, {len(ledger.drafts)} drafts and {len(ledger.accounts)} accounts acknowledged, "
            f"{ledger.unsure} answers that never came or said 5xx; lost 0, half files 0, twice 0, mails lost 0, "
            "documents missing 0"
        )


@contextmanager
def writing(place, *, until):
    """One person writes until the ledger satisfies `until`."""
    ledger, stop = Ledger(), threading.Event()
    writer = Writer(place.root, people(1), ledger, stop)
    writer.start()
    try:
        end = time.monotonic() + PATIENCE
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
        print(
            f"{backend_name}, control: {len(lost(ledger))} of {ledger.count} lost when the answer comes before the commit"
        )


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
