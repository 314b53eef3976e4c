"""The thread of a file in a real browser: what is typed outlives the tab, files come one by one, notes stay apart."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PERSON, OFFICER = "porteur@association.example", "instruction@region.example"
KEPT = re.compile("Gardé à")
TEXT = {"name": "relevé.txt", "mimeType": "text/plain", "buffer": b"Douze capteurs.\n"}


def composer(someone, email, address, **kwargs):
    page = someone(email, **kwargs)
    page.goto(f"{address}?ecrire=1")
    return page


def test_what_is_typed_and_joined_outlives_the_tab_then_leaves_in_one_message(someone, asked):
    address = f"{asked}/messages"
    page = composer(someone, PERSON, address)
    page.get_by_label("Votre message").fill("Douze écoles, la première année.")
    expect(page.locator(".sticky-bar [role=status]")).to_have_text(KEPT)
    page.get_by_label("Joindre un fichier").set_input_files(TEXT)
    expect(page.locator("#message-files")).to_contain_text("relevé.txt")
    page.close(run_before_unload=False)
    page = composer(someone, PERSON, address, script=False)
    expect(page.get_by_label("Votre message")).to_have_value("Douze écoles, la première année.")
    expect(page.locator("#message-files")).to_contain_text("relevé.txt")
    page.get_by_role("button", name="Envoyer à la Région").click()
    newest = page.locator(".exchange__message").first
    expect(newest).to_contain_text("Douze écoles, la première année.")
    expect(newest).to_contain_text("relevé.txt")


def test_by_keyboard_alone_an_officer_writes_a_note_that_the_carrier_never_meets(someone, asked):
    page = someone(OFFICER)
    page.goto(f"/agents{asked}/notes")
    page.locator("#ecrire > summary").focus()
    if page.locator("#ecrire").get_attribute("open") is None:
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Votre note")).to_be_focused()
    page.keyboard.type("Entre nous : à revoir.")
    button = page.get_by_role("button", name="Garder la note interne")
    for _step in range(6):
        page.keyboard.press("Tab")
        if button.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".exchange__message--internal").first).to_contain_text("Entre nous : à revoir.")
    other = someone(PERSON)
    other.goto(f"{asked}/messages")
    assert other.get_by_text("Entre nous").count() == 0
