"""The migrations make exactly the models' tables, go down to nothing and up again, on both engines."""

import flask_migrate
import pytest
from sqlalchemy import create_engine, inspect

import config
from programme import create_app
from programme.core import search
from programme.extensions import db as database
from tests.databases import BACKENDS, database_url


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        names = inspect(engine).get_table_names()
        return {name for name in names if name != "alembic_version" and not search.is_of_an_index(name)}
    finally:
        engine.dispose()


def checks(engine) -> set[tuple[str, str, str]]:
    """Every CHECK of every table, with its text."""
    found = inspect(engine)
    return {
        (table, str(check["name"]), "".join(check["sqltext"].split()))
        for table in found.get_table_names()
        for check in found.get_check_constraints(table)
    }


@pytest.mark.slow
@pytest.mark.parametrize("backend_name", BACKENDS)
def test_the_checks_are_those_of_the_models(backend_name, tmp_path):
    """Alembic does not compare CHECKs: a code added to a state would be refused by a migrated database only."""
    with database_url(backend_name, tmp_path) as url:
        app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=url, VAR=tmp_path)
        with app.app_context():
            database.create_all()
            wanted = checks(database.engine)
            database.drop_all()
            flask_migrate.upgrade()
            assert checks(database.engine) == wanted
            assert len(wanted) > 50
            database.engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("backend_name", BACKENDS)
def test_up_down_up(backend_name, tmp_path):
    with database_url(backend_name, tmp_path) as url:
        app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=url, VAR=tmp_path)
        with app.app_context():
            flask_migrate.upgrade()
            assert tables(url) == set(database.metadata.tables)
            flask_migrate.check()  # Exits when a model and its table differ.
            flask_migrate.downgrade(revision="base")
            assert tables(url) == set()
            flask_migrate.upgrade()
            assert tables(url) == set(database.metadata.tables)
            database.engine.dispose()


@pytest.mark.slow
def test_control_a_forgotten_column_is_seen(tmp_path):
    """The same check fails when a table lacks a column of its model."""
    with database_url("sqlite", tmp_path) as url:
        app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=url, VAR=tmp_path)
        with app.app_context():
            flask_migrate.upgrade()
            with database.engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                raw.execute("ALTER TABLE call_strand DROP COLUMN summary")
            with pytest.raises(SystemExit):
                flask_migrate.check()
            database.engine.dispose()
