"""Writing in the chain: one line behind another under six threads, refused changes, savepoints, the price of an act."""

from threading import Thread

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from programme.accounts.models import Account
from programme.core import journal
from programme.core.database import WRITING
from programme.core.journal import JournalEntry, JournalHead
from programme.core.journal_verification import ChainBroken, verify
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.core.test_journal_chain import guards_off
from tests.factories.people import NOON, account

pytestmark = pytest.mark.db
WRITERS, ROUNDS = 6, 40


def made(name="Camille"):
    with unit_of_work():
        return account(name=name).id


def act(number, rank=0):
    with unit_of_work() as session:
        person = session.get_one(Account, number)
        journal.record("account.trial", on=person, by=person, at=NOON, after={"rank": rank})


def together(app, number):
    """Six writers who all lock one row, half of them before they record and half after; what failed."""
    failures = []

    def write(writer):
        locked = select(Account).where(Account.id == number).with_for_update()
        with app.app_context():
            for rank in range(ROUNDS):
                try:
                    with unit_of_work() as session:
                        person = session.get_one(Account, number)
                        if writer % 2:
                            session.scalars(locked).one()
                        journal.record("account.trial", on=person, by=None, at=NOON, after={"of": [writer, rank]})
                        session.scalars(locked).one()
                except Exception as error:
                    failures.append(error)
            database.session.remove()

    threads = [Thread(target=write, args=(each,)) for each in range(WRITERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    database.session.rollback()
    return failures


@pytest.mark.slow
def test_six_writers_make_one_chain_without_gap_or_loss(app, db):
    assert together(app, made()) == []
    assert verify(db.session()).entries == WRITERS * ROUNDS
    entries = db.session.scalars(select(JournalEntry).order_by(JournalEntry.sequence)).all()
    assert [each.sequence for each in entries] == list(range(1, WRITERS * ROUNDS + 1))
    assert [each.id for each in entries] == sorted(each.id for each in entries)
    told = {tuple(each.after["of"]) for each in entries}
    assert told == {(writer, rank) for writer in range(WRITERS) for rank in range(ROUNDS)}


@pytest.mark.slow
def test_control_without_the_lock_on_the_head_acts_are_refused(app, db, monkeypatch):
    """On PostgreSQL two writers then take the same number. On SQLite the whole transaction is the lock."""
    number = made()
    act(number)

    def unlocked(session):
        return session.execute(select(JournalHead.sequence, JournalHead.digest)).one()

    def write(rounds):
        with app.app_context():
            for _ in range(rounds):
                try:
                    with unit_of_work() as session:
                        person = session.get_one(Account, number)
                        journal.record("account.trial", on=person, by=None, at=NOON)
                except DBAPIError as error:
                    failures.append(error)
            database.session.remove()

    failures: list[Exception] = []
    monkeypatch.setattr(journal, "_locked_head", unlocked)
    threads = [Thread(target=write, args=(ROUNDS,)) for _ in range(WRITERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    assert bool(failures) == (db.engine.dialect.name == "postgresql")


def test_an_act_costs_two_statements_more_whatever_their_number(db, count_queries):
    number = made()
    act(number)
    for count in (1, 5):
        with unit_of_work() as session:
            person = session.get_one(Account, number)
            for rank in range(count):
                journal.record("account.trial", on=person, by=None, at=NOON, after={"rank": rank})
            inserts = count if db.engine.dialect.name == "sqlite" else 1  # As before the chain.
            with count_queries(1 + inserts + 1):  # The head, the entries, the head again.
                session.commit()


def test_what_a_savepoint_undoes_is_not_recorded(db):
    number = made()
    with unit_of_work() as session:
        person = session.get_one(Account, number)
        journal.record("account.before", on=person, by=None, at=NOON)
        with pytest.raises(KeyError), session.begin_nested():
            journal.record("account.undone", on=person, by=None, at=NOON)
            raise KeyError
        with session.begin_nested():
            journal.record("account.inside", on=person, by=None, at=NOON)
        journal.record("account.after", on=person, by=None, at=NOON)
    acts = db.session.scalars(select(JournalEntry.act).order_by(JournalEntry.sequence)).all()
    assert acts == ["account.before", "account.inside", "account.after"]
    assert verify(db.session()).entries == 3


def test_a_rolled_back_act_leaves_no_gap(db):
    number = made()
    act(number)
    with pytest.raises(KeyError), unit_of_work() as session:
        journal.record("account.lost", on=session.get_one(Account, number), by=None, at=NOON)
        raise KeyError
    act(number)
    assert verify(db.session()).entries == 2


CHANGES = [
    "UPDATE journal_entry SET act = 'account.forged'",
    "UPDATE journal_entry SET actor_id = NULL",
    "UPDATE journal_entry SET salt = NULL",
    'UPDATE journal_entry SET "after" = NULL',
    "UPDATE journal_entry SET sequence = sequence + 5",
    "DELETE FROM journal_entry",
    "UPDATE journal_head SET sequence = sequence - 1",
    f"UPDATE journal_head SET digest = '{'d' * 64}'",
    "DELETE FROM journal_head",
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_itself_refuses_to_change_the_journal(db, change):
    act(made(), rank=3)
    db.session.rollback()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.connection(execution_options={WRITING: True}).execute(text(change))
    db.session.rollback()
    assert verify(db.session()).entries == 1


@pytest.mark.parametrize("change", CHANGES)
def test_control_without_the_guards_the_same_changes_pass(db, change):
    act(made(), rank=3)
    with guards_off() as connection:
        assert connection.execute(text(change)).rowcount == 1
        with pytest.raises(ChainBroken):
            verify(db.session())


def test_the_salt_and_the_values_may_go_together(db):
    act(made(), rank=3)
    with unit_of_work() as session:
        entry = session.scalars(select(JournalEntry)).one()
        journal.erase_values([entry], by=None, at=NOON)
    assert verify(db.session()).erased == 1
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(update(JournalEntry.__table__).values(salt="00" * 16, after={"rank": 4}))


def test_the_command_says_that_the_chain_holds_and_gives_the_head_to_note(app, db):
    number = made()
    act(number)
    act(number)
    answer = app.test_cli_runner().invoke(args=["journal", "verify"])
    assert answer.exit_code == 0
    assert "Journal intact : 2 écriture(s)" in answer.output
    noted = answer.output.split("Tête à noter : ")[1].strip()
    assert app.test_cli_runner().invoke(args=["journal", "verify", "--noted", noted]).exit_code == 0
    wrong = f"2:{'e' * 64}"
    answer = app.test_cli_runner().invoke(args=["journal", "verify", "--noted", wrong])
    assert answer.exit_code == 1
    assert "L’écriture n° 2 n’a pas l’empreinte que vous aviez notée." in answer.output
    assert app.test_cli_runner().invoke(args=["journal", "verify", "--noted", "2"]).exit_code == 2


def test_the_command_names_the_first_bad_entry(app, db):
    number = made()
    for _ in range(4):
        act(number)
    with guards_off() as connection:
        connection.execute(text("DELETE FROM journal_entry WHERE sequence = 3"))
        answer = app.test_cli_runner().invoke(args=["journal", "verify"])
        assert answer.exit_code == 1
        assert answer.output.strip() == "L’écriture n° 3 manque."
