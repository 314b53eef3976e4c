"""« Chercher » in a real browser, with script: the answer comes without a reload, and nothing that was typed moves."""

import re

import pytest
from playwright.sync_api import expect

from tests.demonstration import demonstration
from tests.factories.people import siret
from tests.organisations.fake_registry import Mood, registry

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "Demo-programme-2026"


@pytest.fixture(scope="module")
def asked():
    with registry() as opened:
        yield opened


@pytest.fixture(scope="module")
def root(tmp_path_factory, asked):
    """A demonstration that has this registry to ask."""
    instance = demonstration(tmp_path_factory, "registry")
    instance.environment |= {"COMPANY_REGISTRY_URL": asked.address, "OUTGOING_SECONDS": "0.5"}
    try:
        instance.start()
        yield instance.root
    finally:
        instance.stop()


@pytest.fixture
def page(chromium, root, asked):
    """The page of a person who enters an organisation; a reload would lose the mark that it bears."""
    asked.mood = Mood.SOUND
    context = chromium.new_context(base_url=root, locale="fr-FR", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    opened, problems = context.new_page(), []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.goto("/connexion")
    opened.locator("main input[type=email]").fill("participant@ecole.example")
    opened.locator("main input[type=password]").fill(PASSWORD)
    opened.locator("main button[type=submit]").first.click()
    opened.wait_for_url(lambda address: "/connexion" not in address)
    opened.goto("/compte/organismes/nouveau")
    opened.evaluate("() => { document.body.dataset.mark = 'kept'; }")
    yield opened
    opened.evaluate(
        "() => { for (const each of document.querySelectorAll('[data-dirty]')) delete each.dataset.dirty; }"
    )
    context.close()
    assert problems == []


def is_the_same_page(page):
    return page.evaluate("() => document.body.dataset.mark") == "kept"


def test_the_answer_comes_in_place_and_fills_what_is_empty(page, asked):
    asked.knows(siret(701), "COMMUNE DE GAP")
    page.get_by_label("SIRET", exact=True).fill(siret(701))
    page.get_by_label("Commune du siège").fill("Ailleurs")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("#registre")).to_contain_text("COMMUNE DE GAP")
    assert page.get_by_label("Nom de l’organisme").input_value() == "COMMUNE DE GAP"
    assert page.get_by_label("Nature de l’organisme").input_value() == "local_authority"
    assert page.get_by_label("Commune du siège").input_value() == "Ailleurs"
    expect(page.get_by_role("button", name="Chercher")).to_be_focused()
    assert page.locator("#registre").get_attribute("role") == "status"
    assert is_the_same_page(page)


def test_enter_in_the_siret_looks_it_up(page, asked):
    asked.knows(siret(702), "COMMUNE DE GAP")
    page.get_by_label("SIRET", exact=True).fill(siret(702))
    page.get_by_label("SIRET", exact=True).press("Enter")
    expect(page.locator("#registre")).to_contain_text("COMMUNE DE GAP")
    assert is_the_same_page(page)


def test_what_is_wrong_with_the_number_is_said_in_place(page, asked):
    asked.asked.clear()
    page.get_by_label("SIRET", exact=True).fill("23130002100013")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("#registre")).to_contain_text(re.compile("ce SIRET n’existe pas"))
    assert is_the_same_page(page)
    assert asked.asked == []


def test_a_silent_registry_is_said_and_enter_in_another_field_sends_the_form(page, asked):
    asked.mood = Mood.SLOW
    page.get_by_label("SIRET", exact=True).fill(siret(703))
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("#registre")).to_contain_text("Recherche…")
    expect(page.locator("#registre")).to_contain_text("écrivez le nom vous-même")
    assert is_the_same_page(page)
    page.get_by_label("Nature de l’organisme").select_option("association")
    page.get_by_label("Commune du siège").fill("Gap")
    page.get_by_label("Département du siège").select_option("05")
    page.get_by_label("Nom de l’organisme").fill("Les Amis du parc")
    page.get_by_label("Nom de l’organisme").press("Enter")
    page.wait_for_url("**/compte/organismes/les-amis-du-parc")
    expect(page.get_by_text("Votre organisme est inscrit.")).to_be_visible()


def test_a_connection_that_is_cut_is_said_and_nothing_is_lost(page, asked):
    page.get_by_label("SIRET", exact=True).fill(siret(704))
    page.get_by_label("Nom de l’organisme").fill("Les Amis")
    page.context.set_offline(True)
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("#registre")).to_contain_text("La recherche n’a pas abouti")
    assert page.get_by_label("Nom de l’organisme").input_value() == "Les Amis"
    assert is_the_same_page(page)
