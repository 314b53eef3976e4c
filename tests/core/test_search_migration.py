"""The revision that brings the index: on filled tables, up and down, and whatever a later one rebuilds."""

import flask_migrate
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer, create_engine, inspect, select, text

import config
from programme import create_app
from programme.agreements.models import Partnership
from programme.core import search
from programme.core.search.words import LONGEST_TEXT
from programme.extensions import db as database
from tests.databases import database_url

SAID = {
    1: search.document("Pistes cyclables"),
    2: search.document("Navettes maritimes"),
    3: " " + "z" * 5000 + " piste ",  # Written before words were cut: PostgreSQL indexes none so long.
    4: " " + " ".join(f"mot{number:06}" for number in range(120_000)) + " ",
    5: "",
}


def fill():
    """Partnerships as the former revision knows them."""
    with database.engine.begin() as connection:
        for number, said in SAID.items():
            connection.execute(
                text(
                    "INSERT INTO organisation (id, slug, siret, name, sort_name, kind, vat_recoverable, is_demo, created_at) "
                    "VALUES (:n, :slug, :siret, 'Gap', 'gap', 'company', :no, :no, '2026-11-23 11:00:00')"
                ),
                {"n": number, "slug": f"o{number}", "siret": f"{number:014}", "no": False},
            )
            connection.execute(
                text(
                    "INSERT INTO partnership (id, organisation_id, status, changed_at, search_text) "
                    "VALUES (:n, :n, 'prospect', '2026-11-23 11:00:00', :said)"
                ),
                {"n": number, "said": said},
            )


def found(asked):
    with database.engine.connect() as connection:
        return set(connection.scalars(select(Partnership.id).where(search.matches(Partnership.search_text, asked))))


def texts():
    with database.engine.connect() as connection:
        return dict(connection.execute(text("SELECT id, search_text FROM partnership")).all())


def search_objects(engine):
    """What the search has made in the database, in the database's own words."""
    queries = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE name LIKE '%_search%' AND tbl_name NOT LIKE 'search_%'",
        "postgresql": (
            "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%search_vector%' UNION ALL "
            "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE proname = 'search_vector'"
        ),
    }
    with engine.connect() as connection:
        return {tuple(each) for each in connection.execute(text(queries[engine.dialect.name]))}


@pytest.mark.slow
def test_filled_tables_are_indexed_and_the_revision_goes_down_and_up(empty):
    flask_migrate.upgrade(revision="0005")
    fill()
    flask_migrate.upgrade(revision="0006")
    assert (found("piste"), found("navette"), found("mot000000"), found("z" * 100)) == ({1, 3}, {2}, {4}, {3})
    kept = texts()
    assert {number: kept[number] for number in (1, 2, 5)} == {number: SAID[number] for number in (1, 2, 5)}
    assert len(kept[4].encode()) <= LONGEST_TEXT + 2
    flask_migrate.downgrade(revision="0005")
    assert search_objects(database.engine) == set()
    assert texts() == kept
    flask_migrate.upgrade(revision="0006")
    assert found("piste") == {1, 3}


@pytest.mark.slow
def test_the_migrations_make_what_the_models_make(empty, tmp_path):
    flask_migrate.upgrade()
    migrated = search_objects(database.engine)
    assert len(migrated) > 2
    (tmp_path / "models").mkdir()
    with database_url(database.engine.dialect.name, tmp_path / "models") as url:
        engine = create_engine(url)
        database.metadata.create_all(engine)
        assert search_objects(engine) == migrated
        database.metadata.drop_all(engine)
        assert {name for name in inspect(engine).get_table_names() if search.is_of_an_index(name)} == set()
        engine.dispose()


@pytest.mark.slow
def test_a_table_that_a_later_revision_rebuilds_keeps_its_index(tmp_path):
    """On SQLite a rebuilt table loses its triggers: the entry of the migrations gives them back."""
    with database_url("sqlite", tmp_path) as url:
        app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=url, VAR=tmp_path)
        with app.app_context():
            flask_migrate.upgrade(revision="0006")
            fill()
            whole = search_objects(database.engine)
            with database.engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                raw.execute("PRAGMA foreign_keys=OFF")
                operations = Operations(MigrationContext.configure(connection))
                with operations.batch_alter_table("partnership", recreate="always") as batch:
                    batch.add_column(Column("extra", Integer))
                connection.execute(text("UPDATE partnership SET search_text = ' navet ' WHERE id = 1"))
                connection.commit()
                raw.execute("PRAGMA foreign_keys=ON")
            assert found("piste") == {1, 3}, "the control: nobody told the index"
            assert search_objects(database.engine) != whole
            flask_migrate.upgrade(revision="0007")
            assert (found("piste"), found("navette")) == ({3}, {1, 2})
            assert search_objects(database.engine) == whole
            with database.engine.begin() as connection:
                assert search.mend(connection) == []
            database.session.remove()
            database.engine.dispose()
