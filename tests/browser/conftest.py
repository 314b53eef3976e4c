"""A demonstration on a real server and people in Chromium, with script or without; problems of a page fail its test."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.demonstration import demonstration

PASSWORD = "Demo-programme-2026"


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demonstration of this run's own; BROWSER_ROOT names one that runs already, while writing tests."""
    if given := os.environ.get("BROWSER_ROOT"):
        yield given
        return
    instance = demonstration(tmp_path_factory, "browser")
    try:
        instance.start()
        yield instance.root
    finally:
        instance.stop()


def sign_in(page: Any, email: str) -> None:
    """Sign in by the form, which works with and without script."""
    page.goto("/connexion")
    page.locator("main input[type=email]").fill(email)
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/connexion" not in address)


@pytest.fixture(scope="session")
def cookies(chromium: Any, root: str) -> Callable[[str], Any]:
    """The session of a person, opened once for the whole run."""
    known: dict[str, Any] = {}

    def of(email: str) -> Any:
        if email not in known:
            context = chromium.new_context(base_url=root, locale="fr-FR")
            sign_in(context.new_page(), email)
            known[email] = context.storage_state()
            context.close()
        return known[email]

    return of


@pytest.fixture
def someone(chromium: Any, root: str, cookies: Any) -> Iterator[Callable[..., Any]]:
    """`someone(email, script=True, own=False)`: a page of that person's browser; own: a session nobody else uses."""
    opened: list[Any] = []
    problems: list[str] = []

    def make(email: str | None = None, *, script: bool = True, own: bool = False) -> Any:
        state = cookies(email) if email and not own else None
        context = chromium.new_context(
            base_url=root, locale="fr-FR", java_script_enabled=script, storage_state=state, reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        context.on("page", lambda page: page.on("pageerror", lambda error: problems.append(str(error))))
        opened.append(context)
        page = context.new_page()
        if email and own:
            sign_in(page, email)
        return page

    yield make
    for context in opened:
        context.set_offline(
            True
        )  # A closing page saves what it still holds, and the next test may have the same draft.
        context.close()
    assert problems == []


@pytest.fixture(scope="session")
def draft(chromium: Any, root: str, cookies: Any) -> str:
    """The address of a draft of the association, without its step."""
    return _found(chromium, root, cookies("porteur@association.example"), "/projet")


@pytest.fixture(scope="session")
def asked(chromium: Any, root: str, cookies: Any) -> str:
    """The address of an application of the association to which pieces are asked."""
    context = chromium.new_context(base_url=root, storage_state=cookies("porteur@association.example"))
    page = context.new_page()
    page.goto("/mes-dossiers")
    for path in page.eval_on_selector_all("main a[href^='/dossiers/']", "e => e.map(x => x.getAttribute('href'))"):
        if context.request.get(f"{root}{path}/complements").ok:
            context.close()
            return str(path)
    raise AssertionError("no application with a request for pieces in the demonstration")


def _found(chromium: Any, root: str, state: Any, end: str) -> str:
    context = chromium.new_context(base_url=root, storage_state=state)
    page = context.new_page()
    page.goto("/mes-dossiers")
    for path in page.eval_on_selector_all("main a[href^='/dossiers/']", "e => e.map(x => x.getAttribute('href'))"):
        page.goto(path)
        if page.url.endswith(end):
            context.close()
            return re.sub(r"/\w+$", "", str(path)) if path.endswith(end) else str(path)
    raise AssertionError("no draft in the demonstration")


def drafts_in_browser(page: Any) -> int:
    """How many texts this browser keeps because the server has not acknowledged them."""
    return int(page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('draft:')).length"))
