"""While a question is written, what the applicant will see follows; without script a button shows it; two tabs never overwrite each other."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]
AGENT = "agent@region.example"


@pytest.fixture
def place(someone):
    """The address of a new question of a draft call."""
    page = someone(AGENT)
    page.goto("/agents/appels/jumeaux-du-littoral/liste/questions")
    return page.get_by_role("link", name="Ajouter une question").get_attribute("href")


def test_the_preview_follows_what_is_typed_and_the_kind_brings_its_settings(someone, place):
    page = someone(AGENT)
    page.goto(place)
    preview = page.locator("#question-preview")
    page.get_by_label("La question").fill("Quels capteurs ?")
    expect(preview.get_by_text("Quels capteurs ?")).to_be_visible()
    expect(page.get_by_role("button", name="Montrer les réglages de cette nature")).to_be_hidden()
    page.get_by_label("Nature de la réponse").select_option("choices")
    expect(page.get_by_label("Choix proposés")).to_be_visible()
    page.get_by_label("Choix proposés").fill("Bruit\nChaleur")
    expect(preview.get_by_label("Chaleur")).to_be_visible()
    expect(page.get_by_label("Nature de la réponse")).to_have_value("choices")
    assert page.url.endswith(place.split("?")[0].rsplit("/", 1)[-1] + "?" + place.split("?")[1])


def test_what_is_typed_while_the_preview_is_away_stays(someone, place):
    page = someone(AGENT)
    page.goto(place)
    page.route(
        "**/liste/questions/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.get_by_label("La question").fill("Sans réseau, toujours là ?")
    page.get_by_label("Nature de la réponse").select_option("choice")
    page.wait_for_timeout(900)
    expect(page.get_by_label("La question")).to_have_value("Sans réseau, toujours là ?")


def test_without_script_a_button_shows_the_settings_and_the_question(someone, place):
    page = someone(AGENT, script=False)
    page.goto(place)
    page.get_by_label("La question").fill("Quels capteurs ?")
    page.get_by_label("Nature de la réponse").select_option("choice")
    with page.expect_navigation():
        page.get_by_role("button", name="Montrer les réglages de cette nature").click()
    page.get_by_label("Choix proposés").fill("Bruit\nChaleur")
    page.set_viewport_size({"width": 320, "height": 640})
    with page.expect_navigation():
        page.get_by_role("button", name="Voir", exact=True).click()
    expect(page.locator("#question-preview").get_by_label("Chaleur")).to_be_in_viewport()


def test_a_row_is_moved_by_the_keyboard_and_the_page_comes_back_to_it(someone):
    page = someone(AGENT)
    page.goto("/agents/appels/jumeaux-du-littoral/liste/conditions")
    second = page.locator("#row-1 .definition__name").inner_text()
    button = page.locator("#row-1").get_by_role("button", name="Monter")
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#row-0 .definition__name")).to_have_text(second.replace("2. ", ""), use_inner_text=False)
    assert page.url.endswith("#row-0")
    with page.expect_navigation():
        page.locator("#row-0").get_by_role("button", name="Descendre").click()


def test_two_tabs_do_not_overwrite_each_other(someone):
    mine, theirs = someone(AGENT), someone(AGENT)
    for page in (mine, theirs):
        page.goto("/agents/appels/jumeaux-du-littoral/definition/textes")
    theirs.get_by_label("La promesse, en une phrase").fill("Pour un littoral vivant.")
    with theirs.expect_navigation():
        theirs.get_by_role("button", name="Enregistrer").click()
    mine.get_by_label("La promesse, en une phrase").fill("Pour un littoral partagé.")
    with mine.expect_navigation():
        mine.get_by_role("button", name="Enregistrer").click()
    expect(mine.locator("#error-summary")).to_contain_text("Cette partie a changé")
    expect(mine.locator("main")).to_contain_text("Pour un littoral vivant.")
    expect(mine.get_by_label("La promesse, en une phrase")).to_have_value("Pour un littoral partagé.")
