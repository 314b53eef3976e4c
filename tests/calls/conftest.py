"""The clock of these tests."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories.people import NOON


@pytest.fixture
def freeze() -> Iterator[time_machine.Traveller]:
    """It is NOON, until the test says otherwise."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
