"""The application under test: one instance for each database engine, kept for the whole run of a process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask

import config
from programme import create_app
from programme.extensions import db as database
from tests.databases import BACKENDS, TouchedTables, database_url


@pytest.fixture(scope="session")
def instances(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Flask]]:
    """One application for each engine, made at its first use: each test file goes through both."""
    made: dict[str, Flask] = {}
    with ExitStack() as stack:

        def of(backend: str) -> Flask:
            if backend not in made:
                made[backend] = stack.enter_context(_instance(backend, tmp_path_factory.mktemp(backend)))
            return made[backend]

        yield of


@contextmanager
def _instance(backend: str, folder: Path) -> Iterator[Flask]:
    with database_url(backend, folder) as url:
        made = create_app(
            config.Testing, SQLALCHEMY_DATABASE_URI=url, VAR=folder, STORAGE_FOLDER=str(folder / "files"),
            MAIL_FOLDER=str(folder / "mail"),
        )  # fmt: skip
        with made.app_context():
            database.create_all()
            made.config["TOUCHED"] = TouchedTables(database.engine, database.metadata)
        yield made
        with made.app_context():
            database.session.remove()
            database.engine.dispose()


@pytest.fixture(params=BACKENDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own without a table, for revisions."""
    with database_url(request.param, tmp_path) as url:
        app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=url, VAR=tmp_path)
        with app.app_context():
            yield app
            database.session.remove()
            database.engine.dispose()
