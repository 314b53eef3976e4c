"""Who is let in at the doors of applications and of their assessment."""

import pytest

from tests.matrix.table import lines, share, tries, wrong

pytestmark = pytest.mark.slow
ROOMS = ("applications", "assessment")


def test_everybody_gets_the_written_answer(world):
    every = list(tries(world, {each.endpoint for each in lines() if each.endpoint.split(".")[0] in ROOMS}))
    chosen = share(every)
    assert len(chosen) > 2000
    print(f"{len(chosen)} pairs of {len(every)}")
    assert wrong(world, chosen) == []
