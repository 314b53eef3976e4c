"""Filters without reload, acts that ask first, one press that counts once, errors that lead to their fields."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COUNT = re.compile(r"\d+ réutilisations?")


@pytest.fixture
def gallery(someone):
    page = someone()
    page.goto("/reutilisations")
    page.evaluate("window.sameDocument = true")
    return page


def is_same(page):
    return page.evaluate("window.sameDocument === true")


def boxes(page):
    return page.locator("form[data-filters] input[type=checkbox]:visible")


def test_a_filter_replaces_the_results_and_the_address_without_reload(gallery):
    before = gallery.locator("#results").inner_text()
    boxes(gallery).first.check()
    expect(gallery.locator("#results")).not_to_have_text(before)
    assert "?" in gallery.url
    assert is_same(gallery)
    expect(gallery.locator("form[data-filters] input:checked").first).to_be_focused()
    expect(gallery.locator("#content > [role=status]")).to_have_text(COUNT)
    gallery.go_back()
    expect(gallery.locator("#results")).to_have_text(before)
    assert is_same(gallery)
    expect(gallery.locator("form[data-filters] input:checked")).to_have_count(0)


def test_typing_waits_then_searches_and_keeps_the_field(gallery):
    sent = []
    gallery.on("request", lambda request: sent.append(request.url) if "q=" in request.url else None)
    gallery.locator("#q").press_sequentially("arbres", delay=40)
    expect(gallery).to_have_url(re.compile("q=arbres"))
    expect(gallery.locator("#q")).to_be_focused()
    assert gallery.locator("#q").input_value() == "arbres"
    assert len(sent) <= 2
    assert is_same(gallery)


def test_turning_the_page_leads_to_the_top_of_the_list(someone):
    page = someone()
    page.goto("/donnees")
    page.evaluate("window.sameDocument = true")
    page.locator(".pagination a[rel=next]").click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.locator("#resultats")).to_be_focused()
    assert is_same(page)


def test_a_slow_network_says_that_it_searches(gallery):
    gallery.route("**/reutilisations?*", lambda route: (gallery.wait_for_timeout(900), route.continue_()))
    boxes(gallery).first.check()
    expect(gallery.locator("form[data-filters] [role=status]")).to_have_text("Recherche…")
    expect(gallery).to_have_url(re.compile(r"\?"))
    expect(gallery.locator("form[data-filters] [role=status]")).to_have_text("")


def test_a_failure_falls_back_to_an_ordinary_visit(gallery):
    refused = []

    def once(route):
        if refused:
            return route.continue_()
        refused.append(route.request.url)
        return route.fulfill(status=500, body="panne")

    gallery.route("**/reutilisations?*", once)
    boxes(gallery).first.check()
    gallery.wait_for_url(re.compile(r"\?"))
    expect(gallery.locator("#results")).to_be_visible()
    assert refused
    assert not is_same(gallery)


def test_without_script_the_button_applies_the_filters(someone):
    page = someone(script=False)
    page.goto("/reutilisations")
    if not page.get_by_role("button", name="Appliquer les filtres").is_visible():
        page.get_by_text("Filtrer", exact=False).first.click()
    boxes(page).first.check()
    page.get_by_role("button", name="Appliquer les filtres").click()
    expect(page).to_have_url(re.compile(r"\?"))
    expect(page.locator("#results")).to_have_text(COUNT)


def test_with_script_the_button_that_applies_is_put_away(gallery):
    expect(gallery.get_by_role("button", name="Appliquer les filtres")).to_be_hidden()


def test_the_agents_lists_filter_in_place_too(someone):
    page = someone("instruction@region.example")
    page.goto("/agents/dossiers")
    page.evaluate("window.sameDocument = true")
    page.locator("thead a").first.click()
    expect(page).to_have_url(re.compile("tri="))
    assert is_same(page)


# ---- acts --------------------------------------------------------------------------------------------


@pytest.fixture
def membership(someone):
    """The page of the programme's administrator on one account."""
    page = someone("admin@region.example")
    page.goto("/agents/comptes?q=participant")
    page.locator("main tbody a").first.click()
    return page


def test_an_act_without_return_asks_and_nothing_is_sent_when_one_says_no(membership):
    sent = []
    membership.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    membership.get_by_role("button", name="Fermer le compte").click()
    dialog = membership.locator("dialog[open]")
    expect(dialog).to_contain_text("ne pourra plus se connecter")
    expect(dialog.get_by_role("button", name="Revenir sans rien changer")).to_be_focused()
    membership.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(membership.get_by_role("button", name="Fermer le compte")).to_be_focused()
    assert sent == []


def test_saying_yes_does_it_and_without_script_the_button_does_it_too(membership, someone):
    membership.get_by_role("button", name="Fermer le compte").click()
    membership.locator("dialog[open] button[value=yes]").click()
    expect(membership.get_by_role("button", name="Rouvrir le compte")).to_be_visible()
    plain = someone("admin@region.example", script=False)
    plain.goto(membership.url)
    plain.get_by_role("button", name="Rouvrir le compte").click()
    plain.get_by_role("button", name="Fermer le compte").click()  # The browser asks for the box first.
    expect(plain.get_by_role("button", name="Rouvrir le compte")).to_have_count(0)
    plain.get_by_role("checkbox", name="ne pourra plus se connecter").check()
    plain.get_by_role("button", name="Fermer le compte").click()
    plain.get_by_role("button", name="Rouvrir le compte").click()
    expect(plain.get_by_role("button", name="Fermer le compte")).to_be_visible()


def pressed_twice(page):
    """An impatient person: the network holds the first sending, the button is pressed again. How many were sent."""
    held = []

    def hold(route):
        held.append(route)

    page.route("**/compte/nom", hold)
    button = page.locator("form[action$='/compte/nom'] button[type=submit]")
    button.evaluate("e => { e.click(); setTimeout(() => e.click(), 300) }")
    page.wait_for_timeout(800)
    count = len(held)
    held[-1].continue_()
    expect(page.get_by_text("Votre nom est enregistré.")).to_be_visible()
    return count


def test_two_presses_send_once(someone):
    page = someone("porteur@association.example")
    page.goto("/compte")
    assert pressed_twice(page) == 1


def test_the_control_without_the_guard_two_presses_send_twice(someone):
    page = someone("porteur@association.example")
    page.route("**/programme.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/compte")
    assert pressed_twice(page) == 2


def test_an_act_that_lacks_a_required_answer_says_so_without_asking_first(someone, draft):
    page = someone("porteur@association.example")
    page.goto(f"{draft}/relecture")
    act = page.get_by_role("button", name="Déposer le dossier")
    act.evaluate("button => { button.dataset.confirm = 'Sans retour.'; }")
    act.click()
    expect(page.locator("#error-summary")).to_be_focused()
    act.evaluate("button => { button.dataset.confirm = 'Sans retour.'; }")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    act.click()
    expect(page.locator("dialog[open]")).to_contain_text("Sans retour.")


def test_what_opens_a_part_stands_under_its_title_on_a_phone(someone):
    page = someone()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/appels/donnees-du-territoire")
    title = page.get_by_role("heading", name="Les relèves suivantes").bounding_box()
    opener = page.locator("summary", has_text="Voir leurs dates").bounding_box()
    assert title["y"] < opener["y"] < title["y"] + 100


# ---- errors, long texts ------------------------------------------------------------------------------


def test_the_summary_takes_focus_and_its_links_lead_into_the_fields(someone):
    page = someone()
    page.goto("/inscription")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("#error-summary")).to_be_focused()
    link = page.locator("#error-summary a").first
    target = link.get_attribute("href")
    link.click()
    expect(page.locator(f"[id='{target[1:]}']")).to_be_focused()


def test_near_its_limit_a_text_says_what_is_left(someone, draft):
    page = someone("porteur@association.example")
    page.goto(f"{draft}/projet")
    count = page.locator("[data-counter-for=summary]")
    expect(count).to_contain_text("400 signes au plus")
    page.get_by_label("Le projet en deux phrases").fill("a" * 390)
    expect(count).to_have_text("Il reste 10 signes.")
    page.get_by_label("Le projet en deux phrases").fill("Court.")
    expect(count).to_contain_text("400 signes au plus")


LIST = "/agents/exports?liste=events.registrations&format=xlsx&parametres=%7B%22event%22%3A%22ombre-et-fraicheur%22%7D"


def test_what_the_worker_makes_appears_without_reload(someone):
    page = someone("agent@region.example")
    page.goto(LIST)
    with page.expect_navigation():
        page.get_by_role("button", name="Préparer le fichier Excel").click()
    page.evaluate("window.sameDocument = true")
    ready = page.get_by_role("link", name=re.compile("Ombre et fraîcheur.*Excel"))
    expect(ready).to_be_visible(timeout=30_000)
    assert is_same(page)
    with page.expect_download() as download:
        ready.click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_without_script_the_page_leads_to_itself(someone):
    page = someone("agent@region.example", script=False)
    page.goto(LIST)
    with page.expect_navigation():
        page.get_by_role("button", name="Préparer le fichier Excel").click()
    again = page.get_by_role("link", name="Voir où en est la préparation")
    ready = page.get_by_role("link", name=re.compile("Ombre et fraîcheur.*Excel")).first
    for _turn in range(30):
        if not again.count():
            break
        with page.expect_navigation():
            again.click()
        page.wait_for_timeout(500)
    expect(ready).to_be_visible()
