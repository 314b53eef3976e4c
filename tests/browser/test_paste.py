"""Cells of a spreadsheet pasted in the budget: in place with script, by a page without; both understood by the server."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PERSON = "porteur@association.example"
CELLS = "Capteurs\t1 234,56 €\nÉtude\tbeaucoup\nTotal\t3"
PASTE = """(element, text) => {
  const cells = new DataTransfer();
  cells.setData("text/plain", text);
  return element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: cells, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def budget(someone, draft):
    page = someone(PERSON)
    page.goto(f"{draft}/budget")
    return page


def labels(page):
    return page.eval_on_selector_all("[data-rows=lines] [name$='-label']", "e => e.map(x => x.value)")


def paste(page, text):
    return page.locator("[name='lines-0-label']").evaluate(PASTE, text)


def test_rows_are_filled_what_is_wrong_is_flagged_and_one_button_undoes_it(budget):
    before = labels(budget)
    assert paste(budget, CELLS) is False
    line = budget.locator("[data-rows=lines] [data-removed-row]")
    expect(line).to_contain_text(
        "2 lignes collées. Laissé de côté : Total | 3. 1 montant à corriger. Vérifiez les natures."
    )
    assert labels(budget)[len([each for each in before if each]) :][:2] == ["Capteurs", "Étude"]
    place = labels(budget).index("Capteurs")
    expect(budget.locator(f"[name='lines-{place}-amount']")).to_have_value("1\u202f234,56")
    expect(budget.locator(f"[name='lines-{place}-category']")).to_have_value("equipment")
    expect(budget.locator(f"[name='lines-{place + 1}-amount']")).to_have_value("beaucoup")
    expect(budget.locator(f"[name='lines-{place + 1}-amount']")).to_have_attribute("aria-invalid", "true")
    line.get_by_role("button", name="Annuler").click()
    assert labels(budget) == before
    expect(budget.locator(".sticky-bar [role=status]")).to_have_text(re.compile("Enregistré à"))
    budget.reload()
    assert [each for each in labels(budget) if each] == [each for each in before if each]


def test_one_cell_is_pasted_as_any_text(budget):
    assert paste(budget, "Une étude\n") is True
    expect(budget.locator("[data-removed-row]")).to_have_count(0)


def test_nothing_is_lost_when_the_connection_is_cut(budget):
    before = labels(budget)
    budget.context.set_offline(True)
    paste(budget, CELLS)
    expect(budget.locator("[data-removed-row]")).to_have_text(re.compile("Rien n’est collé"))
    assert labels(budget) == before
    budget.context.set_offline(False)


def test_more_rows_than_the_table_holds_leave_it_as_it_was(budget):
    before = labels(budget)
    paste(budget, "poste\t1\n" * 60)
    expect(budget.locator("[data-removed-row]")).to_have_text(re.compile("le tableau tient 60 lignes"))
    assert labels(budget) == before


def test_without_script_the_same_cells_go_through_a_page(someone, draft):
    page = someone(PERSON, script=False)
    page.goto(f"{draft}/budget")
    page.get_by_role("button", name="Coller depuis un tableur").first.click()
    page.get_by_label("Les cellules copiées").fill(CELLS)
    page.get_by_role("button", name="Voir ce qui a été compris").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 lignes comprises")
    expect(page.get_by_text("Ligne 3, total")).to_be_visible()
    page.locator("[name='rows-1-take']").uncheck()
    page.get_by_role("button", name="Mettre dans le budget").click()
    assert "Capteurs" in labels(page)
    assert "Étude" not in labels(page)
