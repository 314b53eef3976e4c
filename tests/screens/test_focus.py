"""The focus ring is seen at each stop of the keyboard, on every ground; the edges of controls stand out."""

import pytest

from tests.screens.stage import State
from tests.screens.states import ALL

pytestmark = [pytest.mark.screens, pytest.mark.slow]
STOPS = 120
BY_NAME = {each.name: each for each in ALL}
WALKS = (
    ("home", 1440, "light"), ("home", 320, "dark"), ("call-open", 1440, "dark"), ("call-open", 320, "light"),
    ("gallery", 1440, "light"), ("sign-in-errors", 320, "dark"), ("step-project", 320, "light"),
    ("step-budget", 1440, "dark"), ("desk", 1440, "light"), ("ranking-held", 768, "dark"),
    ("evaluate-in-progress", 1440, "light"), ("evaluate-in-progress", 320, "dark"), ("event-registrations", 1440, "dark"),
)  # fmt: skip


def walk(stage, page, stops=STOPS):
    """Tab through the page from its start; the faults of each stop."""
    page.evaluate(stage.measures)
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    faults, met = [], []
    for _stop in range(stops):
        page.keyboard.press("Tab")
        here = page.evaluate("screens.ring()")
        if here is None:
            if met:
                break
            continue
        met.append(here["key"])
        faults += [f"{each}: {here['key']}" for each in here["faults"]]
    return met, faults


@pytest.mark.parametrize(("name", "width", "mode"), WALKS, ids=str)
def test_the_ring_is_whole_and_clear_at_each_stop(stage, name, width, mode):
    sight = stage.open(BY_NAME[name], width, mode)
    try:
        met, faults = walk(stage, sight.page)
        assert len(met) > 5
        assert faults == []
    finally:
        sight.close()


def shown(stage, body, *, width=1440, mode="light"):
    """A window with a page written here, under the product's own sheet."""
    sight = stage.look("", width, mode)
    page = f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Essai</title></head><body>{body}</body></html>'
    sight.page.route("**/__trial", lambda route: route.fulfill(body=page, content_type="text/html; charset=utf-8"))
    sight.page.goto(f"{stage.instance.root}/__trial")
    sight.page.evaluate(stage.measures)
    return sight


TRIALS = {
    "a ring of the ground's colour": '<a href="/a" style="outline:3px solid #fefefe">a</a>',
    "no ring": '<style>a:focus{outline:none}</style><a href="/a">a</a>',
    "a ring under a bar": '<p style="height:3000px">x</p><a href="/a" style="display:block;outline:3px solid #000">a</a>'
    '<div style="position:fixed;bottom:0;left:0;right:0;height:300px;background:#fff">barre</div>',
}


@pytest.mark.parametrize("body", TRIALS.values(), ids=TRIALS)
def test_a_ring_that_is_hidden_is_seen_to_be(stage, body):
    sight = shown(stage, body)
    try:
        assert walk(stage, sight.page, 3)[1] != []
    finally:
        sight.close()


@pytest.mark.parametrize(
    ("colour", "weak"),
    [("#dddddd", 1), ("oklch(0.9 0.01 200)", 1), ("color-mix(in oklab, #000 45%, #fff)", 0), ("#738487", 0)],
)
def test_the_edge_of_a_field_is_measured_whatever_its_notation(stage, colour, weak):
    sight = shown(stage, f'<input aria-label="a" style="background:#fff;border:1px solid {colour}">')
    try:
        assert len(sight.page.evaluate("screens.edges()")) == weak
    finally:
        sight.close()


def test_contrast_is_that_of_the_recommendation(stage):
    sight = shown(stage, "<p>x</p>")
    try:
        for one, other, ratio in (("#000", "#fff", 21), ("#777777", "#ffffff", 4.48), ("#19282c", "#f9f7f4", 14.2)):
            assert sight.page.evaluate(f"screens.contrast('{one}', '{other}')") == pytest.approx(ratio, abs=0.15)
    finally:
        sight.close()


BROKEN = {
    "an input without a label": ('<main><h1>Essai</h1><input type="text"></main>', "label"),
    "an image without a text": ('<main><h1>Essai</h1><img src="/a.png"></main>', "image-alt"),
    "pale words": ('<main><h1>Essai</h1><p style="color:#bbb;background:#fff">pâle</p></main>', "color-contrast"),
    "something too wide": (
        '<main><h1>Essai</h1><div style="width:400px;height:9px">large</div></main>',
        "scrolls sideways",
    ),
    "the same id twice": ('<main><h1>Essai</h1><p id="a">a</p><p id="a">b</p></main>', "id twice: a"),
}


@pytest.mark.parametrize(("body", "fault"), BROKEN.values(), ids=BROKEN)
def test_a_broken_page_is_found_broken(stage, body, fault):
    from tests.screens.checks import measure

    sight = shown(stage, body, width=320)
    try:
        assert [each for each in measure(stage, sight.page) if fault in each] != []
    finally:
        sight.close()


def test_html_codesniffer_and_html_validate_find_their_own(stage):
    from tests.screens.checks import measure

    sight = shown(stage, '<main><h1>Essai</h1><form action="/a"><input type="text" name="b"></form></main>')
    try:
        assert [each for each in measure(stage, sight.page) if each.startswith("HTMLCS")] != []
    finally:
        sight.close()
    assert stage.validator.errors("trial", "<!doctype html><html lang=fr><title>a</title><p><div>b</div></p>") != []


def test_an_error_of_the_console_is_a_fault(stage):
    from tests.screens.checks import console

    sight = shown(stage, "<p>x</p>")
    try:
        sight.page.evaluate("console.error('une faute')")
        assert console(sight, State("trial", "/")) != []
    finally:
        sight.close()
