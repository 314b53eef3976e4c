"""One Playwright and one Chromium a process: two of them in one process refuse each other.

The headless shell is the same engine without a window's machinery: a page state costs a third less than in the whole browser,
which serves where the shell is not packaged.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

BROWSERS = ("chromium-headless-shell", "chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--hide-scrollbars", "--lang=fr-FR",
]  # fmt: skip


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # Only tests in a browser pay for it.

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Any) -> Iterator[Any]:
    """Debian's Chromium, in French."""
    browser = playwright.chromium.launch(
        executable_path=os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None), args=QUIET,
        env={**os.environ, "LANGUAGE": "fr", "LANG": "fr_FR.UTF-8"},
    )  # fmt: skip
    yield browser
    browser.close()
