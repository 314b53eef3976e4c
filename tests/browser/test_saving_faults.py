"""Saving under faults at every keystroke: what was typed is in the database, or the page says why not and still has it.

A script fills in every sort of field; a fault comes at a key, one more key is typed while it lasts. In the suite the faults
come in turn; `make campaign NAME=typing` sets TYPING_FULL, which brings each of them at each key, on both engines.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, repeat

import pytest
from playwright.sync_api import Error

from tests.browser.typist import World, empty, end_session, new_session, script, world

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FULL = bool(os.environ.get("TYPING_FULL"))
ENGINES = ("sqlite", "postgresql") if FULL else ("sqlite",)
PATH = "**/dossiers/*/questions"  # The step itself, not the question who else is there.
THEIRS = "Le texte de Sacha"


def posts(handler):
    """Only what is sent meets the fault; the page itself is read as ever."""
    return lambda route: handler(route) if route.request.method == "POST" else route.continue_()


def failing(status):
    def begin(there):
        there.page.route(
            PATH, posts(lambda route: route.fulfill(status=status, body="<h1>…</h1>", content_type="text/html"))
        )

    return begin


def offline(there):
    there.context.set_offline(True)


def online(there):
    there.context.set_offline(False)


def reset(there):
    there.page.route(PATH, posts(lambda route: route.abort("connectionreset")))


def reached(route):
    """What the server answers; a connection that it had just closed for lack of use is opened again, as browsers do."""
    return route.fetch(max_retries=3)


def lost_answer(there):
    """The server commits; its answer never comes."""

    def lose(route):
        reached(route)
        route.abort("connectionreset")

    there.page.route(PATH, posts(lose), times=1)


def slow(there):
    """The server commits at once; its answer takes three seconds, and one goes on typing."""
    there.held = []
    there.page.route(PATH, posts(lambda route: there.held.append((route, reached(route)))), times=1)


def answer_slowly(there):
    for _turn in range(4000):
        if there.held:
            break
        there.page.wait_for_timeout(5)
    assert there.held, "nothing was sent"
    there.pass_by(3000)
    for route, answer in there.held:
        route.fulfill(response=answer)


def nothing(_there):
    """The fault is over by itself."""


def mended(there):
    there.page.unroute(PATH)


def colleague(key):
    return lambda there: there.save_beside(f"{THEIRS} {there.again()}", key)


def show_both(there):
    there.both_texts(THEIRS)


def crash(there):
    """The browser dies on the very key: nothing is said to the page."""
    killed(there)
    come_back(there, "")


def killed(there):
    """The process of the page ends between two instructions."""
    with there.page.expect_event("crash"), suppress(Error):
        there.page.goto("chrome://crash")
    there.page.close()


def come_back(there, theirs):
    """A new tab offers the text; where a save was on its way at the end, the page may ask to choose between the two."""
    there.reopened()
    if there.settle() == "halted":
        there.both_texts(theirs)


def closed(there):
    """The tab is closed by the person, who says yes to the question."""
    there.page.on("dialog", lambda dialog: dialog.accept())
    with there.page.expect_event("close"):
        there.page.close(run_before_unload=True)
    come_back(there, "")


def other_tab(there):
    """Another tab of the same browser saves the same step."""
    other = there.context.new_page()
    other.goto(there.address)
    other.locator("[name=q_colleague]").fill(f"{THEIRS} {there.again()}")
    there.page, mine = other, there.page
    assert there.settle() == "ok"
    other.close()
    there.page = mine


def other_tab_then_crash(there):
    """The other tab is acknowledged while this one has something to say, then this one dies."""
    other_tab(there)
    killed(there)
    come_back(there, THEIRS)


@dataclass(frozen=True)
class Fault:
    """How it begins, what the bar says while it lasts, how it ends; whether a key can still be typed meanwhile."""

    begin: Callable[[World], None]
    said: tuple[str, ...]
    end: Callable[[World], None]
    typing: bool = True


FAULTS = {
    "network cut": Fault(offline, ("err",), online),
    "connection reset": Fault(reset, ("err",), mended),
    "500": Fault(failing(500), ("err",), mended),
    "503": Fault(failing(503), ("err",), mended),
    "answer after 3 s": Fault(slow, ("saving",), answer_slowly),
    "answer lost after the commit": Fault(lost_answer, ("err",), mended),
    "session over": Fault(end_session, ("err",), new_session),
    "token renewed": Fault(new_session, ("ok", "dirty", "saving"), nothing),
    "colleague, same field": Fault(colleague("story"), ("halted",), show_both),
    "colleague, other field": Fault(colleague("colleague"), ("halted",), show_both),
    "tab closed": Fault(nothing, ("dirty", "saving", "ok"), closed),
    "browser killed": Fault(nothing, ("dirty",), crash, typing=False),
    "two tabs": Fault(other_tab, ("halted",), show_both),
    "two tabs, the one cut off is killed": Fault(reset, ("err",), other_tab_then_crash),
}


@dataclass
class Reckoning:
    """How many cases, and what was lost: fault, key, what was typed and what there is."""

    cases: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    lost: list = field(default_factory=list)

    def add(self, name, rank, there):
        """Look at the database and at the page after one case."""
        self.cases[name] += 1
        end = there.settle()
        if end == "ok" and there.stored() == there.expected():
            return
        if end in ("halted", "warn", "err") and there.on_page() == there.expected():
            self.refused[name] += 1
            return
        self.lost.append((name, rank, end, there.expected(), there.stored()))


def meet(there, fault, key, after):
    """The fault comes before one key, and is still there at the next."""
    fault.begin(there)
    there.press(key)
    if fault.said != ("dirty",):
        there.pass_by(1600)
        there.until(*fault.said, "ok")
    if after is not None and fault.typing:
        there.press(after)
    fault.end(there)


def play(there, names, reckoning, *, start=0, keys=None):
    """The script from an empty draft; from the key `start` on, a fault of the list comes at one key and lasts till the next."""
    keys = script()[:keys]
    empty(there)
    for each in keys[:start]:
        there.press(each)
    rank = start
    while rank < len(keys):
        assert there.settle() in ("ok", "dirty")
        name = next(names)
        fault = FAULTS[name]
        after = keys[rank + 1] if rank + 1 < len(keys) and fault.typing else None
        meet(there, fault, keys[rank], after)
        reckoning.add(name, rank, there)
        rank += 1 if after is None else 2


def rounds():
    """The lists of faults and the first keys: all in turn over one script, or each at every key of its own."""
    if not FULL:
        return [(cycle(FAULTS), 0)]
    return [(repeat(name), start) for name, fault in FAULTS.items() for start in range(1 + fault.typing)]


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_typed_is_lost_whatever_fault_comes_at_whatever_key(engine, tmp_path, chromium):
    reckoning, began = Reckoning(), time.monotonic()
    with world(engine, tmp_path, chromium) as there:
        for names, start in rounds():
            play(there, names, reckoning, start=start)
    said = "; ".join(f"{name} {count}" for name, count in reckoning.cases.items())
    print(
        f"{engine}: {len(script())} keys, {len(FAULTS)} faults, {reckoning.cases.total()} cases in "
        f"{time.monotonic() - began:.0f} s ({said}); lost {len(reckoning.lost)}"
    )
    assert reckoning.lost == []
    assert set(reckoning.cases) == set(FAULTS)


def test_a_row_that_was_taken_away_stays_away_when_the_text_is_taken_up_again(tmp_path, chromium):
    keys = script()
    place = next(rank for rank, key in enumerate(keys) if "remove" in key.place)
    with world("sqlite", tmp_path, chromium) as there:
        empty(there)
        for each in keys[:place]:
            there.press(each)
        there.pass_by(1600)
        there.until("ok")
        there.page.close()
        there.reopened()  # As many rows as were saved.
        there.press(keys[place])
        crash(there)
        assert there.settle() == "ok"
        assert there.stored() == there.on_page() == there.expected()


# The same page with a script that does not keep the text in the browser, or that forgets what was sent and not answered.
WEAK = {
    "browser killed": ("function backUp() {", "function backUp() { return;"),
    "network cut": (
        "function retry(text, more, delay) {",
        "function retry() { pending = null; say('', 'status--ok'); return;",
    ),
    "500": ("function retry(text, more, delay) {", "function retry() { pending = null; say('', 'status--ok'); return;"),
}


def weakened(sound, weak):
    """Serves the script with a part of it changed."""

    def serve(route):
        text = reached(route).text()
        assert sound in text
        route.fulfill(body=text.replace(sound, weak), content_type="text/javascript")

    return serve


def test_control_a_script_that_keeps_nothing_back_loses(tmp_path, chromium):
    with world("sqlite", tmp_path, chromium) as there:
        for name, change in WEAK.items():
            there.context.route("**/programme.js*", weakened(*change))
            reckoning = Reckoning()
            play(there, repeat(name), reckoning, keys=3)
            there.context.unroute("**/programme.js*")
            assert reckoning.lost, name
            print(f"control, {name}: {len(reckoning.lost)} of {reckoning.cases.total()} lost")
