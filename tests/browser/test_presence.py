"""Two browsers on one draft: each says where the other writes, aloud once; a third person is shown nothing."""

import pytest
from playwright.sync_api import expect

from programme.core.unit_of_work import unit_of_work
from tests.browser.typist import world
from tests.factories.people import account, member, organisation
from tests.faults.crowd import key_of, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = "modifie cette étape, depuis"


def browser_of(chromium, there, person, **size):
    context = chromium.new_context(base_url=there.place.root, locale="fr-FR", **size)
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "session", "value": key_of(person), "url": there.place.root}])
    context.clock.install()
    page = context.new_page()
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { window.said = []; document.addEventListener('announce', e => said.push(e.detail)) })"
    )
    return page


def test_two_people_at_once_see_each_other_and_a_third_does_not(chromium, tmp_path):
    with world("sqlite", tmp_path, chromium) as there:
        with unit_of_work():
            stranger = account(name="Alex")
            member(stranger, organisation("Nice"))
            sign_in([stranger])
            number = stranger.id
        mine, theirs = (
            browser_of(chromium, there, there.me),
            browser_of(chromium, there, there.colleague, viewport={"width": 320, "height": 640}),
        )
        mine.goto(there.address)
        expect(mine.locator("#presence")).to_be_hidden()
        theirs.goto(there.address)
        expect(theirs.locator("#presence")).to_contain_text(f"Camille Roux {HERE}")
        assert theirs.evaluate("document.scrollingElement.scrollWidth") <= 320
        # Nobody types: the page asks every twenty seconds, and says it aloud once.
        for _turn in range(2):
            with mine.expect_response("**/presence/questions"):
                mine.clock.run_for(20_000)
        expect(mine.locator("#presence")).to_contain_text(f"Sacha Petit {HERE}")
        expect(mine.locator(".steps-open #presence-questions")).to_have_text("Sacha Petit modifie")
        assert [HERE in each for each in mine.evaluate("said")] == [True]
        # What is saved brings it too, and says it no more.
        mine.locator("[name=q_name]").fill("Gap")
        with mine.expect_response("**/questions"):
            mine.clock.run_for(2000)
        expect(mine.locator("#presence")).to_contain_text(f"Sacha Petit {HERE}")
        assert len(mine.evaluate("said")) == 1
        third = browser_of(chromium, there, number)
        assert third.goto(there.address).status == 404
        assert "Camille" not in third.content()
        for page in (mine, theirs, third):
            page.context.set_offline(True)
            page.context.close()
