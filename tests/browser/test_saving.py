"""A long form saves itself while one writes: works, fails well, and the same act works without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, drafts_in_browser, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PERSON = "porteur@association.example"
SUMMARY = "Le projet en deux phrases"
SAVED = re.compile("Enregistré à")
AWAY = re.compile("la connexion est coupée. Nouvel essai dans 10")


def state_line(page):
    return page.locator(".sticky-bar [role=status]")


def opened(someone, draft, step="projet", **kwargs):
    page = someone(PERSON, **kwargs)
    page.goto(f"{draft}/{step}")
    return page


def written(someone, draft):
    """What the server has, read by a browser that has no script."""
    page = opened(someone, draft, script=False)
    return page.get_by_label(SUMMARY).input_value()


def try_now(page):
    """What the browser says when the network is back."""
    page.evaluate("dispatchEvent(new Event('online'))")


def test_what_is_typed_is_saved_and_the_bar_says_when(someone, draft):
    page = opened(someone, draft)
    page.get_by_label(SUMMARY).fill("Le bruit, mesuré par les habitants.")
    expect(state_line(page)).to_have_text("Modifications en cours…")
    expect(state_line(page)).to_have_text(SAVED)
    assert drafts_in_browser(page) == 0
    assert written(someone, draft) == "Le bruit, mesuré par les habitants."


def test_without_script_the_button_saves_and_nothing_of_the_script_shows(someone, draft):
    page = opened(someone, draft, script=False)
    page.get_by_label(SUMMARY).fill("Sans script.")
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer sans continuer").click()
    expect(page.get_by_label(SUMMARY)).to_have_value("Sans script.")
    assert page.get_by_text("Reprendre ce texte").count() == 0


def test_leaving_the_field_saves_at_once_and_keeps_focus_where_it_went(someone, draft):
    page = opened(someone, draft)
    page.get_by_label(SUMMARY).fill("Quitté par la touche de tabulation.")
    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=1200):
        page.get_by_label(SUMMARY).press("Tab")
    expect(page.locator("#description")).to_be_focused()
    expect(state_line(page)).to_have_text(SAVED)


def test_the_network_dies_at_23_50_and_nothing_is_lost(someone, draft):
    page = opened(someone, draft)
    page.context.set_offline(True)
    page.get_by_label(SUMMARY).fill("Écrit dans le train.")
    expect(state_line(page)).to_have_text(AWAY)
    assert drafts_in_browser(page) == 1
    page.get_by_label(SUMMARY).fill("Écrit dans le train, puis dans le tunnel.")
    page.context.set_offline(False)
    expect(state_line(page)).to_have_text(SAVED)
    expect(page.locator("form[data-dirty]")).to_have_count(0)
    assert written(someone, draft) == "Écrit dans le train, puis dans le tunnel."
    assert drafts_in_browser(page) == 0


def test_a_server_in_trouble_is_named_and_asked_again(someone, draft):
    page = opened(someone, draft)
    page.route("**/projet", lambda route: route.fulfill(status=500, body="<h1>500</h1>", content_type="text/html"))
    page.get_by_label(SUMMARY).fill("Le serveur tombe.")
    expect(state_line(page)).to_have_text(re.compile("le serveur ne répond pas. Nouvel essai"))
    page.unroute("**/projet")
    try_now(page)
    expect(state_line(page)).to_have_text(SAVED)


def test_after_a_crash_the_text_is_offered_back(someone, draft):
    page = opened(someone, draft)
    page.context.set_offline(True)
    page.get_by_label(SUMMARY).fill("Avant la panne de batterie.")
    expect(state_line(page)).to_have_text(AWAY)
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{draft}/projet")
    assert again.get_by_label(SUMMARY).input_value() != "Avant la panne de batterie."
    again.get_by_role("button", name="Reprendre ce texte").click()
    expect(state_line(again)).to_have_text(SAVED)
    expect(again.get_by_label(SUMMARY)).to_have_value("Avant la panne de batterie.")
    assert drafts_in_browser(again) == 0


def test_nothing_is_left_after_sign_out_nor_for_the_next_person(someone, draft):
    page = someone(PERSON, own=True)
    page.goto(f"{draft}/projet")
    page.context.set_offline(True)
    page.get_by_label(SUMMARY).fill("Sur l’ordinateur de la mairie.")
    expect(state_line(page)).to_have_text(AWAY)
    context = page.context
    page.close()
    context.set_offline(False)
    last = context.new_page()
    last.goto("/mes-dossiers")
    assert drafts_in_browser(last) == 1
    last.locator(".account summary").click()
    last.get_by_role("button", name="Se déconnecter").click()
    last.wait_for_url("**/")
    assert drafts_in_browser(last) == 0


def test_requests_never_overlap_and_the_last_word_is_kept(someone, draft):
    page = opened(someone, draft)
    running, most = 0, 0

    def slowly(route):
        nonlocal running, most
        running += 1
        most = max(most, running)
        page.wait_for_timeout(700)
        answer = route.fetch()
        running -= 1
        route.fulfill(response=answer)

    page.route("**/projet", lambda route: slowly(route) if route.request.method == "POST" else route.continue_())
    for text in ("Un.", "Un, deux.", "Un, deux, trois."):
        page.get_by_label(SUMMARY).fill(text)
        page.get_by_label(SUMMARY).blur()
        page.wait_for_timeout(300)
    expect(state_line(page)).to_have_text(SAVED)
    expect(page.locator("form[data-autosave]")).not_to_have_attribute("data-dirty", "")
    page.wait_for_timeout(2500)
    expect(state_line(page)).to_have_text(SAVED)
    assert most == 1
    assert written(someone, draft) == "Un, deux, trois."


def test_an_answer_lost_on_the_way_is_no_conflict(someone, draft):
    page = opened(someone, draft)

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/projet", lose, times=1)
    page.get_by_label(SUMMARY).fill("Reçu, mais l’accusé s’est perdu.")
    expect(state_line(page)).to_have_text(AWAY)
    page.get_by_label(SUMMARY).fill("Reçu, mais l’accusé s’est perdu. Et la suite.")
    try_now(page)
    expect(state_line(page)).to_have_text(SAVED)
    assert written(someone, draft) == "Reçu, mais l’accusé s’est perdu. Et la suite."


def test_a_colleague_who_saved_is_named_and_the_ordinary_page_shows_both_texts(someone, draft):
    mine, theirs = opened(someone, draft), opened(someone, draft)
    theirs.get_by_label(SUMMARY).fill("Le texte de la collègue.")
    expect(state_line(theirs)).to_have_text(SAVED)
    mine.get_by_label(SUMMARY).fill("Mon texte.")
    expect(state_line(mine)).to_have_text(re.compile("Cette page a été enregistrée ailleurs entre-temps"))
    assert mine.get_by_label(SUMMARY).input_value() == "Mon texte."
    mine.get_by_role("button", name="Enregistrer et continuer").click()
    expect(mine.locator("main")).to_contain_text("Le texte de la collègue.")
    expect(mine.get_by_label(SUMMARY)).to_have_value("Mon texte.")
    with mine.expect_navigation():
        mine.get_by_role("button", name="Enregistrer et continuer").click()
    assert written(someone, draft) == "Mon texte."


def test_a_session_that_is_over_keeps_the_text_until_one_signs_in_again(someone, draft):
    page = someone(PERSON, own=True)
    page.goto(f"{draft}/projet")
    page.context.clear_cookies()
    page.get_by_label(SUMMARY).fill("La session est finie, pas le texte.")
    link = state_line(page).get_by_role("link", name="Se connecter dans un nouvel onglet")
    with page.context.expect_page() as tab:
        link.click()
    sign_in(tab.value, PERSON)
    tab.value.close()
    try_now(page)
    expect(state_line(page)).to_have_text(SAVED)
    assert written(someone, draft) == "La session est finie, pas le texte."


def test_the_button_pressed_after_the_end_of_the_session_leads_back_to_the_page_and_its_text(someone, draft):
    page = someone(PERSON, own=True)
    page.goto(f"{draft}/projet")
    page.context.clear_cookies()
    page.get_by_label(SUMMARY).fill("Le bouton pressé trop tard.")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_url(re.compile("/connexion"))
    page.locator("main input[type=email]").fill(PERSON)
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(re.compile("/projet$"))
    page.get_by_role("button", name="Reprendre ce texte").click()
    expect(state_line(page)).to_have_text(SAVED)
    expect(page.get_by_label(SUMMARY)).to_have_value("Le bouton pressé trop tard.")


def test_without_a_network_the_button_keeps_the_page_and_says_why(someone, draft):
    page = opened(someone, draft)
    page.context.set_offline(True)
    page.get_by_label(SUMMARY).fill("Écrit sans réseau.")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(state_line(page)).to_have_text(re.compile("la connexion est coupée"))
    assert page.url.endswith("/projet")
    page.context.set_offline(False)
    expect(state_line(page)).to_have_text(SAVED)
    assert written(someone, draft) == "Écrit sans réseau."


def test_back_after_going_on_shows_what_is_saved_and_goes_on_saving(someone, draft):
    page = opened(someone, draft)
    page.get_by_label(SUMMARY).fill("Avant de continuer.")
    expect(state_line(page)).to_have_text(SAVED)
    page.get_by_label(SUMMARY).fill("Avant de continuer, un mot de plus.")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_url("**/questions")
    page.go_back()
    expect(page.get_by_label(SUMMARY)).to_have_value("Avant de continuer, un mot de plus.")
    page.get_by_label(SUMMARY).fill("Après le retour.")
    expect(state_line(page)).to_have_text(SAVED)
    assert page.get_by_text("Reprendre ce texte").count() == 0
    assert written(someone, draft) == "Après le retour."


def test_an_amount_that_cannot_be_read_is_named_and_the_rest_is_kept(someone, draft):
    page = opened(someone, draft, "budget")
    page.locator("[name='lines-0-label']").fill("Relevés de l’été")
    page.locator("[name='lines-0-amount']").fill("à voir")
    page.locator("[name='lines-1-label']").focus()
    expect(state_line(page)).to_have_text(re.compile(r"Pas gardé\s: Montant.*poste 1"))
    expect(page.locator("[name='lines-1-label']")).to_be_focused()
    expect(page.locator("#lines-0-amount-error")).to_contain_text("Écrivez un montant en chiffres")
    page.locator("[name='lines-0-amount']").fill("6 400,00")
    page.locator("[name='lines-1-label']").focus()
    expect(state_line(page)).to_have_text(re.compile(r"Enregistré à [^:]*$"))
    expect(page.locator("#lines-0-amount-error")).to_have_count(0)
    page.reload()
    assert page.locator("[name='lines-0-label']").input_value() == "Relevés de l’été"


def test_an_answer_to_the_region_is_kept_and_not_sent(someone, asked):
    page = someone(PERSON)
    page.goto(f"{asked}/complements")
    page.locator("#answer").fill("Nous cherchons la lettre.")
    expect(state_line(page)).to_have_text(SAVED)
    plain = someone(PERSON, script=False)
    plain.goto(f"{asked}/complements")
    assert plain.locator("#answer").input_value() == "Nous cherchons la lettre."
    assert plain.url.endswith("/complements")


def grid(page):
    """The first grid that this reader may fill in, if any."""
    page.goto("/evaluations")
    paths = page.eval_on_selector_all("main a[href^='/evaluations/']", "e => e.map(x => x.getAttribute('href'))")
    for path in dict.fromkeys(paths):
        page.goto(path)
        if page.get_by_role("button", name="Ouvrir le dossier").count():
            with page.expect_navigation():
                page.get_by_role("button", name="Ouvrir le dossier").click()
        if page.locator("form[data-autosave]").count():
            return page
    return None


def test_a_reader_sees_marks_and_total_kept_while_scoring(someone):
    page = next(page for number in (3, 4, 5, 6, 1, 2) if (page := grid(someone(f"jury{number}@region.example"))))
    mark = page.locator(".scores").first.locator("label:not(:has(:checked)) input").last
    chosen = f"[id='{mark.get_attribute('id')}']"
    page.locator(f"label:has({chosen})").click()
    expect(state_line(page)).to_have_text(SAVED)
    page.reload()
    expect(page.locator(chosen)).to_be_checked()


# ---- leaving, staying --------------------------------------------------------------------------------


def test_leaving_a_long_form_asks_once_it_is_changed_and_never_after_sending(someone):
    page = someone("reutilisateur@startup.example")
    asked_to_stay = []
    page.on("dialog", lambda dialog: (asked_to_stay.append(dialog.type), dialog.accept()))
    page.goto("/reutilisations/proposer")
    page.goto("/donnees")
    assert asked_to_stay == []
    page.goto("/reutilisations/proposer")
    page.locator("form[data-unsaved] textarea:visible, form[data-unsaved] input[type=text]:visible").first.fill(
        "Mon texte"
    )
    page.goto("/donnees")
    assert asked_to_stay == ["beforeunload"]


def test_the_end_of_the_session_is_announced_and_one_stays_by_one_press(someone):
    page = someone(PERSON)
    page.clock.install()
    page.goto("/compte")
    page.clock.fast_forward("11:40:00")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.clock.fast_forward("00:16:00")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Votre session finit dans")
    expect(dialog.get_by_role("button", name="Rester connecté")).to_be_focused()
    dialog.get_by_role("button", name="Rester connecté").click()
    expect(dialog).to_have_count(0)
    page.clock.fast_forward("00:10:00")
    expect(dialog).to_have_count(0)


def test_staying_in_one_tab_is_staying_in_all(someone):
    page = someone(PERSON)
    page.clock.install()
    page.goto("/compte")
    page.clock.fast_forward("11:56:00")
    expect(page.locator("dialog[open]")).to_have_count(1)
    other = page.context.new_page()
    other.goto("/mes-dossiers")
    page.evaluate(
        "dispatchEvent(new StorageEvent('storage', {key: 'session-ends', newValue: String(Date.now() + 4e7)}))"
    )
    expect(page.locator("dialog[open]")).to_have_count(0)
