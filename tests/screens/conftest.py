"""One demonstration and one browser for all the states that a process looks at."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.demonstration import demonstration
from tests.screens.stage import NODE_MODULES, Stage
from tests.screens.states import ALL


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Stage]:
    assert (NODE_MODULES / "axe-core").is_dir(), "the checkers are missing: sh scripts/setup.sh test"
    made = Stage(demonstration(tmp_path_factory, "screens"), chromium)
    made.learn(state.path for state in ALL if not state.mail)
    yield made
    made.close()
