"""Each revision, down and up again on a database that is full: not a cell of what both revisions have may differ.

MIGRATIONS_APPLICATIONS=10000 in the campaign: so many applications and reuses beside the demonstration, and every
revision. The suite takes a small filling and the last three.
"""

import contextlib
import hashlib
import json
import os
from datetime import UTC, datetime

import flask_migrate
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect, text

import config
from programme import create_app
from programme.cli import demonstration, seed
from programme.extensions import db as database
from tests.databases import BACKENDS, database_url

FULL = "MIGRATIONS_APPLICATIONS" in os.environ
APPLICATIONS = int(os.environ.get("MIGRATIONS_APPLICATIONS", "25"))
LAST = None if FULL else 3
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=BACKENDS)
def filled(request, tmp_path_factory):
    """A database at the last revision, full, in an application context."""
    folder = tmp_path_factory.mktemp(request.param)
    with database_url(request.param, folder) as url:
        app = create_app(
            config.Testing, SQLALCHEMY_DATABASE_URI=url, VAR=folder, STORAGE_FOLDER=str(folder / "files"),
            MAIL_FOLDER=str(folder / "mail"),
        )  # fmt: skip
        with app.app_context():
            try:
                flask_migrate.upgrade()
                if FULL:
                    demonstration.fill()
                seed.fill(APPLICATIONS, at=NOON)
                database.session.remove()
                yield request.param
            finally:
                database.session.remove()
                database.engine.dispose()


def revisions():
    """The revisions, the last one first, each with the one below it."""
    folder = current_app.extensions["migrate"].directory
    every = list(ScriptDirectory(str(folder)).walk_revisions())
    return [(each.revision, each.down_revision) for each in every if each.down_revision][:LAST]


# ---- what is in a database ------------------------------------------------------------------------


def tables(connection):
    """Ordinary tables with their columns and keys; the files of a full-text index are checked otherwise."""
    found, indexes = inspect(connection), full_text(connection)
    for name in sorted(found.get_table_names()):
        if name != "alembic_version" and not any(name == each or name.startswith(f"{each}_") for each in indexes):
            key = found.get_pk_constraint(name)["constrained_columns"]
            yield name, [column["name"] for column in found.get_columns(name)], key


def full_text(connection):
    """The full-text indexes of SQLite."""
    if connection.dialect.name != "sqlite":
        return []
    query = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
    return [row[0] for row in connection.execute(text(query))]


def snapshot():
    """Table -> column -> digest of its cells in the order of the key; `#` is the number of rows."""
    content = {}
    with database.engine.connect() as connection:
        for table, columns, key in tables(connection):
            listed, order = (", ".join(f'"{each}"' for each in names) for names in (columns, key or columns))
            digests, count = [hashlib.sha256() for _ in columns], 0
            rows = connection.execution_options(yield_per=2000).execute(
                text(f'SELECT {listed} FROM "{table}" ORDER BY {order}')
            )
            for row in rows:
                count += 1
                for digest, cell in zip(digests, row, strict=True):
                    digest.update(json.dumps(cell, default=repr, sort_keys=True).encode() + b"\n")
            content[table] = {"#": count} | {
                column: digest.hexdigest() for column, digest in zip(columns, digests, strict=True)
            }
    return content


def differences(one, other):
    """The columns that both have and that do not hold the same."""
    return [
        f"{table}.{column}"
        for table in sorted(one.keys() & other.keys())
        for column in sorted(one[table].keys() & other[table].keys())
        if one[table][column] != other[table][column]
    ]


def furniture():
    """Triggers, indexes and constraints, which a rebuilt table may lose."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT type, name, tbl_name, CASE type WHEN 'table' THEN '' ELSE sql END FROM sqlite_master"
        else:
            query = (
                "SELECT 'trigger', tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
                "UNION ALL SELECT 'index', indexname, tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' "
                "UNION ALL SELECT 'constraint', conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE connamespace = 'public'::regnamespace AND contype <> 'n'"  # NOT NULL has no name of ours.
            )
        return {tuple(row) for row in connection.execute(text(query))}


def sound():
    """Foreign keys lead somewhere and a full-text index holds what its table says."""
    with database.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            return
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        raw = connection.connection.dbapi_connection
        for name in full_text(connection):
            raw.execute(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)")


NO_WORD_BELOW = {
    "0010": {"call.state"}, "0016": {"application.state", "criterion.floor"}, "0021": {"grant_award.eligible_cost"},
}  # fmt: skip
"""The columns that hold a code which the release below does not know: a draft that was given up is a draft again for it, a
file that was invited is led elsewhere, marks are from 0 to 5, and a prize has a cost. A small filling need not hold them all."""


# ---- the walk ------------------------------------------------------------------------------------


def test_each_revision_down_and_up_again_keeps_every_cell(filled):
    walked, cells = [], 0
    for revision, below in revisions():
        before, kept = snapshot(), furniture()
        flask_migrate.downgrade(revision=below)
        under = snapshot()
        assert set(differences(before, under)) <= NO_WORD_BELOW.get(revision, set()), f"{revision} down"
        sound()
        flask_migrate.upgrade(revision=revision)
        again = snapshot()
        assert differences(under, again) == [], f"{revision} up again"
        assert furniture() == kept, f"{revision}: what the tables carry is not what it was"
        sound()
        cells += sum(len(under[table]) for table in under)
        walked.append(revision)
        flask_migrate.downgrade(revision=below)
    with database.engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM application")).scalar_one()
    print(f"{filled}: revisions {walked} on {count} applications, {cells} columns compared, 0 differ")
    flask_migrate.upgrade()
    assert count >= APPLICATIONS


def test_the_amount_of_a_year_is_that_of_each_year_of_a_vote_and_comes_back(filled):
    def run(statement):
        with database.engine.connect().execution_options(programme_writing=True) as connection:
            found = connection.execute(text(statement))
            rows = found.all() if found.returns_rows else []
            connection.commit()
            return rows

    flask_migrate.downgrade(revision="0020")
    [[votes]] = run(
        "SELECT count(DISTINCT substr(CAST(vote_on AS VARCHAR), 1, 4)) FROM call_session "
        "WHERE call_id = (SELECT id FROM call WHERE code = 'PERM-DATA')"
    )
    run("UPDATE call SET annual_envelope = 48000001 WHERE code = 'PERM-DATA'")
    flask_migrate.upgrade(revision="0021")
    [[said]] = run("SELECT annual_envelopes FROM call WHERE code = 'PERM-DATA'")
    said = json.loads(said) if isinstance(said, str) else said
    assert len(said) == votes > 1
    assert set(said.values()) == {"480000.01"}
    flask_migrate.downgrade(revision="0020")
    assert run("SELECT annual_envelope FROM call WHERE code = 'PERM-DATA'") == [(48000001,)]
    flask_migrate.upgrade()


# ---- controls -----------------------------------------------------------------------------------


def parent_that_cascades(connection):
    """A table whose only children go away with it, and that has some."""
    found = inspect(connection)
    ties = [(each, tie) for each in found.get_table_names() for tie in found.get_foreign_keys(each)]
    for parent in found.get_table_names():
        own = [(child, tie) for child, tie in ties if tie["referred_table"] == parent]
        if own and all(tie["options"].get("ondelete") == "CASCADE" for _child, tie in own):
            child, tie = own[0]
            if connection.execute(text(f'SELECT count("{tie["constrained_columns"][0]}") FROM "{child}"')).scalar():
                return parent
    raise AssertionError("no table to try it on")


@contextlib.contextmanager
def rebuilding(*, keys):
    """A connection on which tables may be rebuilt, foreign keys on or off; undone afterwards."""
    with database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute(f"PRAGMA foreign_keys={'ON' if keys else 'OFF'}")
        try:
            yield connection, Operations(MigrationContext.configure(connection))
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


def rebuilt(*, keys):
    """What differs once a parent was rebuilt and nothing else was asked."""
    before = snapshot()
    with database.engine.connect() as connection:
        parent = parent_that_cascades(connection)
    with rebuilding(keys=keys) as (connection, operations):
        with operations.batch_alter_table(parent, recreate="always"):
            pass
        connection.commit()
    return differences(before, snapshot())


ON_SQLITE = pytest.mark.parametrize("filled", ["sqlite"], indirect=True)
"""PostgreSQL rebuilds no table."""


@pytest.fixture
def broken_copy(filled, tmp_path):
    """The control breaks a copy: the others still need the database."""
    copy = tmp_path / "copy.sqlite3"
    with database.engine.connect() as connection:
        connection.connection.dbapi_connection.execute(f"VACUUM INTO '{copy}'")
    app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=f"sqlite:///{copy}", VAR=tmp_path)
    with app.app_context():
        yield
        database.engine.dispose()


@ON_SQLITE
def test_a_table_is_rebuilt_without_a_loss_when_keys_are_off(broken_copy):
    assert rebuilt(keys=False) == []


@ON_SQLITE
def test_control_a_rebuilt_table_that_takes_its_children_with_it_is_caught(broken_copy):
    assert any(each.endswith(".#") for each in rebuilt(keys=True))


@ON_SQLITE
def test_control_one_changed_cell_is_caught(broken_copy):
    before = snapshot()
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE application SET title = title || ' ' WHERE id = (SELECT max(id) FROM application)")
        )
    assert differences(before, snapshot()) == ["application.title"]
