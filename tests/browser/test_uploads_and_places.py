"""A large file goes on after a cut instead of beginning again; a place is found by a few letters, with a keyboard or a finger."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PERSON = "porteur@association.example"
PART = 512 * 1024
SIZE = 5 * PART + 1000
OFFSET = re.compile(rb'name="offset"\r\n\r\n(\d+)\r\n')


@pytest.fixture
def large(tmp_path):
    """A PDF of several parts, on the disk: its last change stays the same."""
    file = tmp_path / "releves.pdf"
    file.write_bytes(b"%PDF-1.7\n" + b"%" * (SIZE - 15) + b"%%EOF\n")
    return file


class Line:
    """The line between a browser and the server: it says which bytes went through, and can be cut in the middle."""

    def __init__(self, page):
        self.page, self.arrived, self.cut_at = page, [], None
        page.route("**/envoi", self.carry)

    def carry(self, route):
        body = route.request.post_data_buffer
        offset, length = int(OFFSET.search(body)[1]), len(body) - body.index(b"application/octet-stream") - 28
        if self.cut_at is not None and len(self.arrived) >= self.cut_at:
            return route.abort("connectionreset")
        if length > 1000 or offset + 1000 == SIZE:
            self.arrived.append(offset)
        return route.continue_()


@pytest.fixture
def question(someone, draft):
    page = someone(PERSON)
    page.goto(f"{draft}/questions")
    yield page
    for button in page.get_by_role("button", name="Retirer Un extrait des données").all():
        button.click()


def row_of(page):
    field = page.get_by_label("Fichier : Un extrait des données, ou leur schéma")
    return field, page.locator(f"#{field.get_attribute('data-upload')}")


def test_a_cut_in_the_middle_sends_no_byte_twice(question, large):
    line = Line(question)
    line.cut_at = 2
    field, row = row_of(question)
    field.set_input_files(large)
    expect(row.locator("[data-state]")).to_contain_text("reprendra où il en est")
    assert line.arrived == [0, PART]
    line.cut_at = None
    expect(row).to_contain_text("releves.pdf", timeout=20_000)
    expect(row).to_contain_text(re.compile("reçue le"))
    assert line.arrived == [place * PART for place in range(6)], "what came before the cut was not sent again"


def test_even_the_page_may_be_left_and_come_back_to(question, large):
    line = Line(question)
    line.cut_at = 3
    field, row = row_of(question)
    field.set_input_files(large)
    expect(row.locator("[data-state]")).to_contain_text("reprendra où il en est")
    question.reload()
    line.cut_at = None
    field, row = row_of(question)
    field.set_input_files(large)
    expect(row).to_contain_text(re.compile("reçue le"), timeout=20_000)
    assert line.arrived == [place * PART for place in range(6)]


def test_a_line_that_stays_cut_says_so_and_another_try_goes_on(question, large):
    question.clock.install()
    line = Line(question)
    line.cut_at = 1
    field, row = row_of(question)
    field.set_input_files(large)
    for _again in range(4):
        expect(row.locator("[data-state]")).to_contain_text("reprendra où il en est")
        question.clock.run_for(15_000)
    expect(row.locator(".error")).to_contain_text("la connexion est coupée")
    line.cut_at = None
    row.get_by_role("button", name="Réessayer").click()
    expect(row).to_contain_text(re.compile("reçue le"), timeout=20_000)
    assert line.arrived == [place * PART for place in range(6)]


def test_the_words_of_the_page_stay_while_a_file_is_sent(question, large):
    area = question.get_by_label("Quelles données publiez-vous, où, quand et sous quelle licence ?")
    before = area.input_value()
    area.press("End")
    area.press_sequentially(" Et les relevés.")
    field, row = row_of(question)
    field.set_input_files(large)
    expect(row).to_contain_text(re.compile("reçue le"), timeout=20_000)
    expect(question.locator(".sticky-bar [role=status]")).to_have_text(re.compile("Enregistré à"))
    question.reload()
    after = question.get_by_label("Quelles données publiez-vous, où, quand et sous quelle licence ?")
    assert "Et les relevés." in after.input_value()
    after.fill(before)
    expect(question.locator(".sticky-bar [role=status]")).to_have_text(re.compile("Enregistré à"))


def test_without_script_the_file_leaves_with_the_words(someone, draft):
    page = someone(PERSON, script=False)
    page.goto(f"{draft}/questions")
    field, row = row_of(page)
    field.set_input_files({"name": "extrait.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"})
    row.get_by_role("button", name="Joindre Un extrait des données").click()
    _field, row = row_of(page)
    expect(row).to_contain_text("extrait.csv")
    row.get_by_role("button", name="Retirer Un extrait des données").click()
    expect(page.get_by_text("extrait.csv")).to_have_count(0)


# ---- places --------------------------------------------------------------------------------------------


def place(page):
    group = page.get_by_role("group", name=re.compile("Quelle commune ou quelle intercommunalité commence"))
    return group, group.get_by_role("combobox", name=re.compile("Nom de la commune"))


def test_a_place_is_found_with_the_keyboard_alone(question):
    group, field = place(question)
    field.fill("")
    field.press_sequentially("gap")
    found = question.get_by_role("listbox")
    expect(found.get_by_role("option").first).to_contain_text("Gap")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    expect(question.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    field.press("Enter")
    expect(found).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_value("CA Gap-Tallard-Durance")
    expect(group.get_by_label("Échelle")).to_have_value("epci")
    expect(group.get_by_label(re.compile("Code INSEE"))).to_have_value("200067825")
    expect(question.locator(".sticky-bar [role=status]")).to_have_text(re.compile("Enregistré à"))


def test_a_place_is_found_by_its_postcode_with_a_finger_and_escape_leaves_what_is_typed(question):
    group, field = place(question)
    field.fill("")
    field.press_sequentially("05100")
    question.get_by_role("option", name=re.compile("Briançon")).click()
    expect(field).to_have_value("Briançon")
    expect(group.get_by_label(re.compile("Code INSEE"))).to_have_value("05023")
    field.press_sequentially("nais")
    field.press("Escape")
    expect(question.get_by_role("listbox")).to_have_count(0)
    expect(field).to_have_value("Briançonnais")


def test_another_name_than_that_of_the_code_is_said_and_kept_on_the_page(question):
    group, field = place(question)
    group.get_by_label("Échelle").select_option("commune")
    group.get_by_label(re.compile("Code INSEE")).fill("05061")
    field.fill("Marseille")
    question.locator("textarea").first.focus()
    expect(group).to_contain_text("Le code 05061 est celui de « Gap »".replace("« Gap »", "«\u202fGap\u202f»"))
    expect(field).to_have_value("Marseille")
    field.fill("Gap")
    question.locator("textarea").last.focus()
    expect(question.locator(".sticky-bar [role=status]")).to_have_text(re.compile("Enregistré à"))
