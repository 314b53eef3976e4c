"""The clock of these tests, and the officer who defines calls."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from programme.accounts.states import Role
from tests.factories.people import NOON, signed_in
from tests.pages import Visitor


@pytest.fixture
def freeze() -> Iterator[time_machine.Traveller]:
    """It is NOON, until the test says otherwise."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def agent(app: Any, db: Any) -> Visitor:
    """A programme officer, signed in."""
    return signed_in(app, Role.OFFICER_PROGRAMME)[0]
