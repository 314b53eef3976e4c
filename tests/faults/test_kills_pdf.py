"""The print process killed in the middle of a batch, then all of PostgreSQL: no document twice, none missing, none in part.

The suite kills three times; `make campaign NAME=kills` sets KILLS_PDF.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from programme.core.documents import IssuedDocument
from programme.extensions import db as database
from tests.faults.cluster import cluster
from tests.faults.real_server import running
from tests.faults.reckoning import ask_for_documents, end_leases, half_files, not_printed, twice, wait_for_worker
from tests.journeys.server import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.slow]
KILLS = int(os.environ.get("KILLS_PDF", "3"))
EACH, PATIENCE = 3, 120


def printed():
    with suppress(DBAPIError):
        database.session.rollback()
        return database.session.scalar(select(func.count(IssuedDocument.id)).where(IssuedDocument.file_id.is_not(None)))
    return -1


def printers(worker):
    """The print processes that are at work now."""
    found = []
    for each in psutil.Process(worker.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if any(word.endswith("printer.py") for word in each.cmdline()):
                found.append(each)
    return found


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def kill_in_the_middle(worker, server, kills):
    """By turns the print process and, every third time, PostgreSQL; each time while something is left to print."""
    done = []
    for turn in range(kills):
        wait_until(lambda: printers(worker), "nothing is printed any more")
        before = printed()
        if turn % 3 == 2:
            server.kill_all()
            server.restart()
            end_leases()  # Of the job whose worker was cut off from the database; it claims it again.
            done.append("database")
        else:
            printers(worker)[0].kill()
            done.append("printer")
        wait_until(lambda before=before: printed() > before, "it goes on")
    return done


def test_killed_in_the_middle_of_a_batch_each_document_is_printed_once(tmp_path):
    with cluster() as server, running("postgresql", tmp_path, start=False, url=server.database()) as place:
        ask_for_documents(KILLS, EACH)
        database.session.remove()
        with (tmp_path / "worker.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, env=place.environment, stdout=log,
                stderr=log,
            )  # fmt: skip
        try:
            done = kill_in_the_middle(worker, server, KILLS)
            wait_for_worker(PATIENCE + 20 * KILLS)
        finally:
            worker.kill()
            worker.wait(20)
        database.session.rollback()
        assert not_printed() == []
        assert twice() == []
        assert half_files() == []
        print(
            f"{EACH * KILLS} documents in {KILLS} batches, {done.count('printer')} kills of the print process and "
            f"{done.count('database')} of PostgreSQL in the middle: twice 0, missing 0, in part 0"
        )
