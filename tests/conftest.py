"""The suite's ground: one application for each database engine, emptied after each test; a clock one can set."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

import config
from programme import create_app
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.databases import BACKENDS, TouchedTables, database_url
from tests.pages import Visitor

pytest_plugins = ["tests.browsers"]
REFERENCE = Path(os.environ.get("REFERENCE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--backends", default=",".join(BACKENDS), help="Database engines, separated by commas.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        backends = metafunc.config.getoption("--backends").split(",")
        if not metafunc.definition.get_closest_marker("db"):
            backends = backends[:1]
        metafunc.parametrize("backend", backends, indirect=True, scope="session")


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def app(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp(backend)
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


@pytest.fixture
def db(app: Flask) -> Iterator[Any]:
    """The database inside an application context; what the test writes is gone afterwards."""
    with app.app_context():
        yield database
        database.session.rollback()
        database.session.remove()
        app.config["TOUCHED"].empty()


@pytest.fixture
def unit(db: Any) -> Callable[[], AbstractContextManager[Any]]:
    """The writing transaction."""
    return unit_of_work


@pytest.fixture
def visitor(app: Flask, db: Any) -> Callable[[], Visitor]:
    """Makes people in front of the application, each with their own cookies."""
    return lambda: Visitor(app)


@pytest.fixture
def count_queries(db: Any) -> Callable[[int], AbstractContextManager[None]]:
    """`with count_queries(n)`: exactly n statements are sent; transaction control does not count."""

    @contextmanager
    def counting(expected: int) -> Iterator[None]:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.split(None, 1)[0].upper() not in {"BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK"}:
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert len(seen) == expected, "\n".join([f"{len(seen)} statements instead of {expected}:", *seen])

    return counting


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference data."""
    if not REFERENCE.is_dir():
        pytest.skip(f"reference data not found at {REFERENCE}")
    return REFERENCE
