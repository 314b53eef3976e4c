"""Six writers, sixty changes of state each: none lost and none failed, on both engines; the naive shape loses."""

import sqlite3
from itertools import pairwise
from threading import Thread

import pytest
from sqlalchemy import select

from programme.accounts.models import Account
from programme.accounts.states import AccountState
from programme.core import journal
from programme.core.clock import now
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories.people import account

WRITERS, ROUNDS = 6, 60
TURN = {AccountState.ACTIVE: AccountState.CLOSED, AccountState.CLOSED: AccountState.ACTIVE}


def chain_is_whole(states, expected):
    """Each change starts from where the former one ended: no update was lost."""
    return len(states) == expected and all(before[1] == after[0] for before, after in pairwise(states))


def together(work):
    threads = [Thread(target=work) for _ in range(WRITERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)


@pytest.mark.db
@pytest.mark.slow
def test_state_changes_inside_the_unit_of_work_are_never_lost(app, db):
    with unit_of_work():
        number = account().id
    failures: list[Exception] = []

    def writer() -> None:
        with app.app_context():
            for _ in range(ROUNDS):
                try:
                    with unit_of_work() as session:
                        row = session.scalars(select(Account).where(Account.id == number).with_for_update()).one()
                        before, row.state = row.state, TURN[row.state]
                        journal.record(
                            "test.turned",
                            on=row,
                            by=None,
                            at=now(),
                            before={"state": before},
                            after={"state": row.state},
                        )
                except Exception as error:
                    failures.append(error)
            database.session.remove()

    together(writer)
    db.session.rollback()
    entries = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    states = [(each.before["state"], each.after["state"]) for each in entries if each.act == "test.turned"]
    assert failures == []
    assert chain_is_whole(states, WRITERS * ROUNDS)


@pytest.mark.slow
def test_control_the_naive_shape_loses_or_fails(tmp_path):
    """Read first, then write, in a transaction that begins deferred: the test above would see it."""
    path = tmp_path / "naive.sqlite3"
    with sqlite3.connect(path) as setting:
        setting.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE thing (state TEXT); INSERT INTO thing VALUES ('active');"
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, before TEXT, after TEXT);"
        )
    setting.close()
    failures: list[Exception] = []

    def writer() -> None:
        connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        for _ in range(ROUNDS):
            try:
                connection.execute("BEGIN")
                [(before,)] = connection.execute("SELECT state FROM thing").fetchall()
                after = "closed" if before == "active" else "active"
                connection.execute("UPDATE thing SET state = ?", (after,))
                connection.execute("INSERT INTO entry (before, after) VALUES (?, ?)", (before, after))
                connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                failures.append(error)
                connection.execute("ROLLBACK")
        connection.close()

    together(writer)
    with sqlite3.connect(path) as reading:
        states = reading.execute("SELECT before, after FROM entry ORDER BY id").fetchall()
    reading.close()
    assert failures or not chain_is_whole(states, WRITERS * ROUNDS)
