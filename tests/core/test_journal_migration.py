"""Revision 0002 chains the journal that is there, in the order of its numbers, and goes down and up again."""

import flask_migrate
import pytest
from sqlalchemy import create_engine, inspect, text

from programme.core.journal_verification import ChainBroken, verify
from programme.extensions import db as database
from tests.databases import database_url

OLD = (
    """INSERT INTO journal_entry (id, at, act, subject_type, subject_id, "before", "after") """
    """VALUES ({id}, '2026-11-2{day} 09:00:00.123456{zone}', 'account.trial', 'account', {id}, {before}, {after})"""
)
VALUES = ("'null'", "NULL", '\'{"b": 1.0, "a": "é"}\'', '\'{"amount": "14000.00", "roles": ["dpo"]}\'')
TABLES = ("journal_entry", "journal_head", "consultation")


def run(statements):
    with database.engine.begin() as connection:
        return [connection.execute(text(each)) for each in statements]


def shape(engine):
    """Columns, constraints, indexes and triggers of the tables of this revision."""
    found = inspect(engine)
    columns = {
        (table, each["name"], str(each["type"]), each["nullable"])
        for table in TABLES
        for each in found.get_columns(table)
    }
    rules = {
        (table, each["name"])
        for table in TABLES
        for kind in (
            found.get_check_constraints,
            found.get_unique_constraints,
            found.get_indexes,
            found.get_foreign_keys,
        )
        for each in kind(table)
    }
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'journal%'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname, pg_get_triggerdef(t.oid) || p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid "
        "WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        triggers = {tuple(each) for each in connection.execute(text(query))}
    return columns, rules, triggers


@pytest.mark.slow
def test_what_is_there_is_chained_and_the_revision_goes_down_and_up(empty):
    flask_migrate.upgrade(revision="0001")
    zone = "+00" if database.engine.dialect.name == "postgresql" else ""
    numbers = [2, 3, 7, 8, 40]
    run(
        OLD.format(id=number, day=index, zone=zone, before=VALUES[index % 4], after=VALUES[(index + 1) % 4])
        for index, number in enumerate(numbers)
    )
    flask_migrate.upgrade(revision="0002")
    assert verify(database.session()).entries == len(numbers)
    [rows] = run(["SELECT id FROM journal_entry ORDER BY sequence"])
    assert rows.scalars().all() == numbers
    database.session.rollback()
    flask_migrate.downgrade(revision="0001")
    assert "journal_head" not in inspect(database.engine).get_table_names()
    run([OLD.format(id=41, day=9, zone=zone, before="NULL", after="'{}'")])
    flask_migrate.upgrade(revision="0002")
    assert verify(database.session()).entries == len(numbers) + 1


@pytest.mark.slow
def test_control_a_migrated_entry_that_is_altered_is_seen(empty):
    flask_migrate.upgrade(revision="0001")
    zone = "+00" if database.engine.dialect.name == "postgresql" else ""
    run([OLD.format(id=5, day=1, zone=zone, before="NULL", after=VALUES[2])])
    flask_migrate.upgrade(revision="0002")
    with pytest.raises(Exception, match="append-only"):
        run(["UPDATE journal_entry SET subject_id = 6"])
    off = "DROP TRIGGER journal_entry_unchanged" if not zone else "ALTER TABLE journal_entry DISABLE TRIGGER USER"
    run([off, "UPDATE journal_entry SET subject_id = 6"])
    with pytest.raises(ChainBroken, match="altered at 1"):
        verify(database.session())


@pytest.mark.slow
def test_the_revision_makes_what_the_models_make(empty, tmp_path):
    flask_migrate.upgrade(revision="0002")
    migrated = shape(database.engine)
    (tmp_path / "models").mkdir()
    with database_url(database.engine.dialect.name, tmp_path / "models") as url:
        engine = create_engine(url)
        database.metadata.create_all(engine)
        assert shape(engine) == migrated
        engine.dispose()
