"""The suite's ground: one application for each database engine, emptied after each test; a clock one can set."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.pages import Visitor

pytest_plugins = ["tests.browsers", "tests.certificates", "tests.databases", "tests.instances"]
LONG = ("journey", "screens", "browser", "slow")
REFERENCE = Path(os.environ.get("REFERENCE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that drive a browser or a server, or are slow, take minutes: they go first, so that no worker ends alone."""
    items.sort(key=lambda item: next((i for i, name in enumerate(LONG) if item.get_closest_marker(name)), len(LONG)))


@pytest.fixture(scope="session")
def app(backend: str, instances: Callable[[str], Flask]) -> Flask:
    return instances(backend)


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
