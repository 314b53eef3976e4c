"""Every state behind the front is accessible, valid, whole at 320 px and with text twice as large, and silent."""

import pytest

from tests.screens.checks import examine, looks
from tests.screens.states import BACK

pytestmark = [pytest.mark.screens, pytest.mark.slow]


@pytest.mark.parametrize(
    ("state", "width", "mode"),
    [
        pytest.param(each, *look, id=f"{each.name}-{look[0]}-{look[1]}")
        for at, each in enumerate(BACK)
        for look in looks(at)
    ],
)
def test_a_state_has_no_fault(stage, state, width, mode):
    assert examine(stage, state, width, mode) == []
