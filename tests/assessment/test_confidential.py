"""What is confidential is read by the Region alone, in every call; every kind of answer is read by those who may."""

import pytest
import time_machine

from programme.core.unit_of_work import unit_of_work
from tests.factories import calls
from tests.factories.assessment import LATER, assigned, officer, reader, under_review
from tests.factories.people import visitor_for
from tests.factories.questionnaires import ANSWERS, EACH_KIND

pytestmark = pytest.mark.db
SECRET = {"key": "secret", "label": "Vos difficultés", "kind": "table", "confidential": True, "required": False, "columns": [
    {"key": "what", "label": "Laquelle", "kind": "text"}]}  # fmt: skip
HIDDEN = {
    "key": "hidden",
    "label": "Votre dette",
    "kind": "markdown",
    "confidential": True,
    "show_if": ["health", "no"],
}


@pytest.fixture(autouse=True)
def _five_days_later(db):
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def read(app, db):
    """Makes a file being read: (its reader at the door, the officer, the evaluation's address, the file's)."""

    def make(**values):
        with unit_of_work():
            by = officer()
            strand = calls.definition()["strands"][0] | {"questions": [*EACH_KIND, SECRET, HIDDEN]}
            file = under_review(
                by,
                to=calls.open_call(strands=[strand], **values).sessions[0],
                answers=ANSWERS | {"secret": [{"what": "Un procès"}], "hidden": "Caché"},
            )
            person = reader(file, "Inès")
            number, reference = assigned(file, person, by).id, file.reference
        visitor = visitor_for(app, person)
        visitor.post(f"/evaluations/{number}/sans-conflit", {}, form=f"/evaluations/{number}")
        return visitor, visitor_for(app, by), f"/evaluations/{number}", f"/agents/dossiers/{reference}"

    return make


@pytest.mark.parametrize("blind", [True, False])
def test_a_reader_is_told_that_an_answer_is_for_the_region_and_nothing_of_it(read, blind):
    visitor, desk, evaluation, file = read(blind_reading=blind)
    page = visitor.get(evaluation)
    assert "Vos difficultés" in page.text
    assert "Un procès" not in page.body.decode()
    assert page.text.count("réservée à la Région") == 2
    answers = {each.text_content(): each.getnext().text_content() for each in page.tree.xpath("//dl/div/dt")}
    assert answers["Des personnes soignées y viennent-elles\u202f?"].strip() == "réservée à la Région"
    page = desk.get(file)
    assert "Un procès" in page.text, "the control: the Region reads it"
    assert "Confidentiel : lu par la Région seulement." in page.text


def test_an_answer_that_a_condition_hides_is_shown_to_nobody(read):
    visitor, desk, evaluation, file = read()
    for page in (visitor.get(evaluation), desk.get(file)):
        assert "Votre dette" not in page.text
        assert "Caché" not in page.body.decode()


def test_the_officer_and_the_reader_see_tables_totals_and_what_is_reckoned(read):
    visitor, desk, evaluation, file = read()
    for page in (visitor.get(evaluation), desk.get(file)):
        assert page.tree.xpath("//table[caption[text()='Les travaux']]//tfoot//td[contains(., '410,00')]")
        for words in ("20,00 €", "Commune : Gap (05061)", "12 500 par an", "120,50 m²", "Région Démonstration"):
            assert words in page.text, words
        assert page.tree.xpath("//dd//strong[text()='mesurer']")


def test_a_blind_reader_reads_them_through_the_mask(read):
    visitor, _desk, evaluation, _file = read(blind_reading=True)
    page = visitor.get(evaluation)
    assert "Commune : [masqué]" in page.text
    assert "05061" not in page.text, "its code says as much as its name"
    assert "Région Démonstration, SIRET" not in page.text
    assert page.tree.xpath("//table[caption[text()='Les travaux']]//tfoot")
