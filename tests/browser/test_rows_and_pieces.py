"""Rows of the budget and pieces of the file: in place with script, by the ordinary buttons without."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PERSON = "porteur@association.example"
TEXT = {"name": "piece.txt", "mimeType": "text/plain", "buffer": "Une pièce.\n".encode() * 200}


@pytest.fixture
def budget(someone, draft):
    page = someone(PERSON)
    page.goto(f"{draft}/budget")
    return page


def names(page):
    return page.eval_on_selector_all("[data-rows=lines] [name$='-label']", "e => e.map(x => x.name)")


def test_a_row_is_added_with_focus_in_it_and_numbers_in_order(budget):
    before = len(names(budget))
    budget.get_by_role("button", name="Ajouter un poste").click()
    assert names(budget) == [f"lines-{place}-label" for place in range(before + 1)]
    expect(budget.locator(f"[name='lines-{before}-label']")).to_be_focused()
    expect(budget.get_by_label(f"Poste {before + 1}", exact=True)).to_be_focused()


def test_a_removed_row_comes_back_in_its_place(budget):
    first = budget.locator("[name='lines-0-label']").input_value()
    before = len(names(budget))
    budget.locator("[data-rows=lines] [data-remove-row]").first.click()
    assert len(names(budget)) == before - 1
    assert names(budget)[0] == "lines-0-label"
    expect(budget.locator("[name='lines-0-label']")).to_be_focused()
    budget.get_by_role("button", name="Annuler").click()
    assert budget.locator("[name='lines-0-label']").input_value() == first
    assert len(names(budget)) == before
    expect(budget.locator("[name='lines-0-label']")).to_be_focused()


def test_the_sums_follow_exactly_and_the_server_agrees(budget, draft):
    for place in range(len(names(budget))):
        budget.locator(f"[name='lines-{place}-amount']").fill("")
    budget.locator("[name='lines-0-amount']").fill("0,1")
    budget.locator("[name='lines-1-amount']").fill("10 000 000,20 €")
    total = budget.locator("[data-total=cost]")
    expect(total).to_have_text("10\u202f000\u202f000,30\u202f€")
    sentence = budget.locator("#balance .balance > :first-child").inner_text()
    budget.locator("[name='lines-0-label']").focus()
    expect(budget.locator(".sticky-bar [role=status]")).to_have_text(re.compile("Enregistré à"))
    budget.reload()
    expect(budget.locator("[data-total=cost]")).to_have_text("10\u202f000\u202f000,30\u202f€")
    assert budget.locator("#balance .balance > :first-child").inner_text() == sentence


def test_without_script_a_row_is_added_by_the_server(someone, draft):
    page = someone(PERSON, script=False)
    page.goto(f"{draft}/budget")
    before = page.locator("[data-rows=lines] tbody tr").count()
    assert page.get_by_role("button", name="Retirer").count() == 0
    for place in range(before):
        page.locator(f"[name='lines-{place}-label']").fill(f"Poste d’essai {place}")
    with page.expect_navigation():
        page.get_by_role("button", name="Ajouter un poste").click()
    expect(page.locator("[data-rows=lines] tbody tr")).to_have_count(before + 1)
    expect(page.locator("[name='lines-0-label']")).to_have_value("Poste d’essai 0")


# ---- pieces ------------------------------------------------------------------------------------------


@pytest.fixture
def pieces(someone, draft):
    page = someone(PERSON)
    page.goto(f"{draft}/pieces")
    return page


def awaited(page, rank=-1):
    inputs = page.locator("input[type=file]:visible")
    place = inputs.nth(rank if rank >= 0 else inputs.count() + rank)
    chosen = place.get_attribute("id")
    return page.locator(f"#{chosen}"), page.locator(f"#{place.get_attribute('data-upload')}")


def test_a_piece_leaves_when_chosen_and_its_row_shows_it(pieces):
    field, row = awaited(pieces)
    field.set_input_files(TEXT)
    expect(row).to_contain_text("piece.txt")
    expect(row).to_contain_text(re.compile("reçue le"))
    expect(row).to_be_focused()
    row.get_by_role("button", name="Retirer").click()
    expect(pieces.locator(f"#{row.get_attribute('id')}")).not_to_contain_text("piece.txt")


def test_a_file_too_large_or_of_another_kind_is_refused_before_it_leaves(pieces):
    sent = []
    pieces.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    field, row = awaited(pieces)
    field.set_input_files({"name": "film.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"})
    expect(row.locator(".error")).to_contain_text("n’est pas d’un type accepté")
    pieces.locator("template[data-upload-words]").evaluate("e => { e.dataset.most = '1000' }")
    field.set_input_files(TEXT)
    expect(row.locator(".error")).to_contain_text("dépasse 20 Mo")
    assert sent == []


def test_a_cut_network_keeps_the_row_and_a_second_try_succeeds(pieces):
    field, row = awaited(pieces)
    pieces.route("**/pieces/*", lambda route: route.abort())
    field.set_input_files(TEXT)
    expect(row.locator(".error")).to_contain_text("la connexion est coupée")
    pieces.unroute("**/pieces/*")
    row.get_by_role("button", name="Réessayer").click()
    expect(row).to_contain_text(re.compile("reçue le"))
    row.get_by_role("button", name="Retirer").click()


def test_a_content_that_the_server_refuses_says_so_in_its_row(pieces):
    field, row = awaited(pieces)
    field.set_input_files({"name": "faux.pdf", "mimeType": "application/pdf", "buffer": b"\x00\x01\x02" * 50})
    expect(row.locator(".error")).to_contain_text("n’est pas d’un type accepté")


def test_sending_can_be_cancelled(pieces):
    field, row = awaited(pieces)
    pieces.route("**/pieces/*", lambda route: None)
    field.set_input_files(TEXT)
    row.get_by_role("button", name="Annuler l’envoi").click()
    expect(row.locator("progress")).to_have_count(0)
    expect(field).to_be_focused()
    pieces.unroute("**/pieces/*")


def test_without_script_the_piece_is_sent_by_its_button(someone, draft):
    page = someone(PERSON, script=False)
    page.goto(f"{draft}/pieces")
    field, row = awaited(page)
    field.set_input_files(TEXT)
    row.get_by_role("button", name="Ajouter").click()
    expect(row).to_contain_text("piece.txt")
    row.get_by_role("button", name="Retirer").click()
