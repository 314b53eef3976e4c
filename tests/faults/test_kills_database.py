"""All processes of PostgreSQL killed at one instant while the application commits: nothing acknowledged is lost.

The control is the same with `synchronous_commit=off`, which the start refuses: it must lose. The suite kills twice;
`make campaign NAME=kills` sets KILLS_DATABASE.
"""

import os
import secrets
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, PendingRollbackError

import config
from programme import create_app
from programme.accounts.models import Account
from programme.core import journal
from programme.core.clock import now
from programme.core.database import WeakDurability, refuse_weak_durability
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories.people import account
from tests.faults.cluster import cluster

pytestmark = [pytest.mark.journey, pytest.mark.slow]
KILLS = int(os.environ.get("KILLS_DATABASE", "2"))
TRIES = max(KILLS, 8)
"""How often the control may be killed until it loses something: it depends on the moment."""
WRITERS, LOAD = 4, 0.6


@pytest.fixture(scope="module")
def server():
    with cluster() as started:
        yield started


@contextmanager
def application(url, folder):
    """The product on that database, from here: with its own way of committing, without its check at start."""
    app = create_app(config.Development, SQLALCHEMY_DATABASE_URI=url, VAR=folder, STORAGE_FOLDER=str(folder / "files"))
    with app.app_context():
        database.create_all()
        try:
            yield app
        finally:
            database.session.remove()
            database.engine.dispose()


def commit_until_killed(app, server, acknowledged):
    """Several writers, each act in a unit of work with its journal entry, until the database is no more."""
    stop = threading.Event()

    def write():
        with app.app_context():
            while not stop.is_set():
                email = f"{secrets.token_hex(8)}@exemple.fr"
                try:
                    with unit_of_work():
                        journal.record("test.opened", on=account(email=email), by=None, at=now())
                except (DBAPIError, PendingRollbackError):
                    break
                acknowledged.append(email)
            with suppress(DBAPIError, PendingRollbackError):
                database.session.remove()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for each in writers:
        each.start()
    before, end = len(acknowledged), time.monotonic() + 20
    while len(acknowledged) < before + WRITERS and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(LOAD)
    server.kill_all()
    stop.set()
    for each in writers:
        each.join(20)
    database.session.remove()
    database.engine.dispose()
    server.restart()


def lost(acknowledged):
    kept = set(database.session.scalars(select(Account.email)))
    database.session.rollback()
    return [each for each in acknowledged if each not in kept]


def test_postgresql_killed_while_it_commits_keeps_what_it_acknowledged(server, tmp_path):
    acknowledged = []
    with application(server.database(), tmp_path) as app:
        refuse_weak_durability(database.engine)
        for _kill in range(KILLS):
            commit_until_killed(app, server, acknowledged)
        assert len(acknowledged) >= WRITERS * KILLS
        assert lost(acknowledged) == []
    print(
        f"synchronous_commit=on: {KILLS} kills of all of PostgreSQL, {len(acknowledged)} commits acknowledged, lost 0"
    )


def test_control_with_synchronous_commit_off_it_loses(server, tmp_path):
    acknowledged, kills = [], 0
    server.settings(synchronous_commit="off")
    try:
        with application(server.database(), tmp_path) as app:
            with pytest.raises(WeakDurability):
                refuse_weak_durability(database.engine)
            while kills < TRIES and (kills < KILLS or not lost(acknowledged)):
                commit_until_killed(app, server, acknowledged)
                kills += 1
            missing = len(lost(acknowledged))
    finally:
        server.settings(synchronous_commit="on")
    print(f"synchronous_commit=off, control: {kills} kills, {missing} of {len(acknowledged)} acknowledged commits lost")
    assert missing > 0
