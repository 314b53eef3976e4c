"""The journal's chain: whoever alters, reorders, drops, inserts or cuts is seen, and the first bad entry is named."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from programme.core import chain, journal, journal_verification
from programme.core.database import WRITING
from programme.core.journal import JournalEntry
from programme.core.journal_verification import ChainBroken, ChainFault, verify
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories.people import NOON, account

pytestmark = pytest.mark.db
SIZE = 12
F = ChainFault
FIELDS = {
    "act": "'account.forged'", "at": "'2020-01-01 00:00:00+00:00'", "actor_id": "NULL", "subject_type": "'agreement'",
    "subject_id": "subject_id + 1", '"before"': "'{\"state\": \"forged\"}'", '"after"': "'{\"rank\": 999}'",
    "salt": "'00112233445566778899aabbccddeeff'", "content_digest": f"'{'a' * 64}'", "previous_digest": f"'{'b' * 64}'",
    "digest": f"'{'c' * 64}'",
}  # fmt: skip


@pytest.fixture
def log(db):
    """A journal of SIZE entries, two a transaction; the number of who acts."""
    with unit_of_work():
        person = account()
        number = person.id
    for index in range(0, SIZE, 2):
        with unit_of_work() as session:
            person = session.get_one(type(person), number)
            for rank in (index, index + 1):
                journal.record(
                    "account.trial", on=person, by=person, at=NOON + timedelta(minutes=rank), before={"state": "é"},
                    after={"rank": rank, "rate": 2.0, "roles": ["b", "a"], "none": None},
                )  # fmt: skip
    return number


@contextmanager
def guards_off():
    """A writing transaction in which the database refuses nothing; undone afterwards."""
    session = database.session()
    session.rollback()
    connection = session.connection(execution_options={WRITING: True})
    if connection.dialect.name == "postgresql":
        for table in ("journal_entry", "journal_head"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    else:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    try:
        yield connection
    finally:
        session.rollback()


def alter(connection, number, **values):
    changed = ", ".join(f"{name} = {value}" for name, value in values.items())
    run(connection, f"UPDATE journal_entry SET {changed} WHERE sequence = {number}")


def run(connection, statement):
    connection.exec_driver_sql(statement)


def entry(connection, number):
    columns = JournalEntry.__table__.c
    return connection.execute(JournalEntry.__table__.select().where(columns.sequence == number)).one()


def sealed(row, sequence, previous):
    return chain.entry_digest(
        sequence,
        row.at,
        row.actor_id,
        row.act,
        (row.subject_type, row.subject_id),
        content=row.content_digest,
        previous=previous,
    )


def shift(connection, first, step):
    """Renumber what follows, as somebody who hides their trace would."""
    run(connection, f"UPDATE journal_entry SET sequence = -(sequence + {step}) WHERE sequence >= {first}")
    run(connection, "UPDATE journal_entry SET sequence = -sequence WHERE sequence < 0")


def verdict(noted=None):
    try:
        verify(database.session(), noted)
    except ChainBroken as broken:
        return broken.fault, broken.sequence
    return None


def altered_and_sealed(connection, number):
    alter(connection, number, subject_id="subject_id + 7")
    row = entry(connection, number)
    alter(connection, number, digest=f"'{sealed(row, row.sequence, row.previous_digest)}'")
    return F.ALTERED, number


def swapped_with_next(connection, number):
    if number == SIZE:
        return altered_and_sealed(connection, number)
    run(connection, f"UPDATE journal_entry SET sequence = -{number} WHERE sequence = {number}")
    run(connection, f"UPDATE journal_entry SET sequence = {number} WHERE sequence = {number + 1}")
    run(connection, f"UPDATE journal_entry SET sequence = {number + 1} WHERE sequence = -{number}")
    return F.ALTERED, number


def dropped(connection, number):
    run(connection, f"DELETE FROM journal_entry WHERE sequence = {number}")
    return (F.MISSING if number < SIZE else F.TRUNCATED), number


def dropped_and_renumbered(connection, number):
    run(connection, f"DELETE FROM journal_entry WHERE sequence = {number}")
    shift(connection, number + 1, -1)
    return (F.ALTERED if number < SIZE else F.TRUNCATED), number


def inserted(connection, number):
    """Between two entries, sealed as the house seals, those after it renumbered."""
    shift(connection, number, 1)
    previous = chain.GENESIS if number == 1 else entry(connection, number - 1).digest
    pattern = entry(connection, number + 1)
    values = {**pattern._mapping, "id": 900_000, "sequence": number, "previous_digest": previous}
    values["digest"] = sealed(pattern, number, previous)
    connection.execute(JournalEntry.__table__.insert().values(values))
    return F.INSERTED, number


def cut(connection, number):
    run(connection, f"DELETE FROM journal_entry WHERE sequence >= {number}")
    return F.TRUNCATED, number


TAMPERINGS = [altered_and_sealed, swapped_with_next, dropped, dropped_and_renumbered, inserted, cut]


def test_an_untouched_chain_holds(log):
    found = verify(database.session())
    assert (found.entries, found.erased) == (SIZE, 0)
    assert verdict((found.entries, found.digest)) is None


def test_an_empty_journal_holds(db):
    assert verify(database.session()).entries == 0


@pytest.mark.slow
@pytest.mark.parametrize("field", FIELDS)
def test_each_altered_field_of_each_entry_is_seen(log, field):
    for number in range(1, SIZE + 1):
        with guards_off() as connection:
            alter(connection, number, **{field: FIELDS[field]})
            assert verdict() == (F.ALTERED, number)
    assert verdict() is None, "the tampering was undone"


@pytest.mark.slow
@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda each: each.__name__)
def test_each_tampering_of_each_entry_is_seen_and_the_first_bad_one_named(log, tampering):
    for number in range(1, SIZE + 1):
        with guards_off() as connection:
            expected = tampering(connection, number)
            assert verdict() == expected
    assert verdict() is None, "the tampering was undone"


def test_an_entry_put_at_the_end_is_seen(log):
    with guards_off() as connection:
        last = entry(connection, SIZE)
        values = {**last._mapping, "id": 900_000, "sequence": SIZE + 1, "previous_digest": last.digest}
        values["digest"] = sealed(last, SIZE + 1, last.digest)
        connection.execute(JournalEntry.__table__.insert().values(values))
        assert verdict() == (F.INSERTED, SIZE + 1)


def test_everything_taken_away_is_seen_by_the_head(log):
    with guards_off() as connection:
        run(connection, "DELETE FROM journal_entry")
        assert verdict() == (F.TRUNCATED, 1)
    with guards_off() as connection:
        run(connection, "DELETE FROM journal_head")
        assert verdict() == (F.HEAD_LOST, SIZE)


def test_who_rewrites_everything_head_included_is_seen_by_a_head_noted_elsewhere(log):
    found = verify(database.session())
    noted = (found.entries, found.digest)
    with guards_off() as connection:
        previous = entry(connection, 4).digest
        alter(connection, 5, subject_id="subject_id + 7")
        for number in range(5, SIZE + 1):
            digest = sealed(entry(connection, number), number, previous)
            alter(connection, number, previous_digest=f"'{previous}'", digest=f"'{digest}'")
            previous = digest
        run(connection, f"UPDATE journal_head SET digest = '{previous}'")
        assert verdict() is None, "control: nothing inside the database can tell"
        assert verdict(noted) == (F.HEAD_UNKNOWN, SIZE)
        run(connection, f"DELETE FROM journal_entry WHERE sequence > {SIZE - 3}")
        run(
            connection,
            f"UPDATE journal_head SET sequence = {SIZE - 3}, digest = '{entry(connection, SIZE - 3).digest}'",
        )
        assert verdict() is None
        assert verdict(noted) == (F.TRUNCATED, SIZE - 2)


@pytest.mark.parametrize("tampering", [altered_and_sealed, swapped_with_next], ids=lambda each: each.__name__)
def test_control_without_the_chains_check_nothing_is_seen(log, tampering, monkeypatch):
    """The same readings with the comparison taken out: the tests above fail."""

    def only_count(row, reading):
        reading.expected, reading.last = reading.expected + 1, row.head_digest

    monkeypatch.setattr(journal_verification, "_check", only_count)
    seen = []
    for number in range(1, SIZE + 1):
        with guards_off() as connection:
            tampering(connection, number)
            seen.append(verdict())
    assert seen == [None] * SIZE


def test_control_the_order_of_numbers_alone_sees_no_altered_field(log):
    """What the journal was before: rows that follow each other, all readable."""
    with guards_off() as connection:
        alter(connection, 5, **{'"after"': "'{\"rank\": 999}'"})
        rows = connection.execute(JournalEntry.__table__.select().order_by(JournalEntry.id)).all()
        assert [each.sequence for each in rows] == list(range(1, SIZE + 1))


def test_erased_values_leave_a_chain_that_verifies(log):
    with unit_of_work() as session:
        entries = session.query(JournalEntry).filter(JournalEntry.sequence.in_([3, 4])).all()
        assert journal.erase_values(entries, by=None, at=NOON) == 2
    found = verify(database.session())
    assert (found.entries, found.erased) == (SIZE + 2, 2)
    with unit_of_work() as session:
        gone = session.query(JournalEntry).filter_by(sequence=3).one()
        assert (gone.before, gone.after, gone.is_erased) == (None, None, True)
        assert journal.erase_values([gone], by=None, at=NOON) == 0


def test_an_erasure_that_no_act_says_is_seen(log):
    with guards_off() as connection:
        alter(connection, 7, salt="NULL", **{'"before"': "NULL", '"after"': "NULL"})
        assert verdict() == (F.ERASED_UNSAID, 7)
    with guards_off() as connection:
        alter(connection, 7, salt="NULL")
        assert verdict() == (F.ALTERED, 7)


def test_the_digest_left_says_nothing_of_the_values(log):
    """Two entries of the same values commit to different digests: guessing needs the salt that is gone."""
    with unit_of_work() as session:
        person = session.get_one(type(account()), log)
        journal.record("account.trial", on=person, by=None, at=NOON, after={"siret": "1"})
        journal.record("account.trial", on=person, by=None, at=NOON, after={"siret": "1"})
    first, second = database.session.query(JournalEntry).order_by(JournalEntry.sequence.desc()).limit(2)
    assert first.content_digest != second.content_digest
    assert len(first.salt) == 32


@pytest.mark.parametrize(
    "value",
    [{"a": 2.0, "b": [1e3, 0.1, -0.0, True]}, {"é": "«\u202f»", "z": None, "": {}}, {"n": 9007199254740993}, []],
)
def test_the_canonical_form_is_that_of_what_the_database_gives_back(db, value):
    with unit_of_work():
        thing = account()
        journal.record("account.trial", on=thing, by=None, at=NOON, after=value)
    database.session.expire_all()
    assert verdict() is None
    assert chain.canonical({"b": 1, "a": 2}) == chain.canonical({"a": 2.0, "b": 1}) == '{"a":2,"b":1}'
