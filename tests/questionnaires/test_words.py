"""Answers in words, for the pages and the PDF; and the same for machines."""

from decimal import Decimal

import pytest

from programme.questionnaires import documents
from programme.questionnaires.rules.fields import Question, answered, questions_from
from tests.factories.questionnaires import ANSWERS, EACH_KIND

LISTED = {each.key: each for each in questions_from(EACH_KIND)}


@pytest.fixture
def told(app):
    with app.test_request_context():
        yield {each.label: each for each in documents.printed(answered(LISTED.values(), ANSWERS, {}))}


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Surface", "120,50\u202fm²"), ("Loyer annuel", "12\u202f000,00\u202f€"), ("Ouverture", "1er septembre 2027"), ("Forme du rendu", "Une carte"),
        ("Publics", "Une carte, Un récit"), ("Coût au mètre carré", "20,00\u202f€"), ("Où ?", "Commune : Gap (05061)"),
        ("Le partenaire principal", "Région Démonstration, SIRET 231\u00a0300\u00a0021\u00a000012"), ("Les données utilisées", "Arbres d’alignement"),
        ("Vos objectifs", "Visites : départ 0\u202fpar an, cible 12\u202f500\u202fpar an\nRencontres : départ 2, cible 12,5"),
        ("Les travaux", "Poste : Capteurs ; Nombre : 12\u202fpièces ; Coût : 1\u202f800,00\u202f€ ; Livré le : 1er mars 2027\nPoste : Câblage ; Nombre : 1\u202fpièces ; Coût : 610,00\u202f€"),
    ],
)  # fmt: skip
def test_each_kind_in_words(told, label, text):
    assert told[label].text == text


def test_a_table_has_its_totals(told):
    grid = told["Les travaux"].grid
    assert grid.headings == [("Poste", False), ("Nombre", True), ("Coût", True), ("Livré le", False)]
    assert list(grid.foot) == ["", "13\u202fpièces", "2\u202f410,00\u202f€", ""]
    assert grid.rows[1] == ["Câblage", "1\u202fpièces", "610,00\u202f€", ""]
    only_text = Question.from_json(
        {"key": "t", "label": "T", "kind": "table", "columns": [{"key": "a", "label": "A", "kind": "text"}]}
    )
    assert documents.totals(only_text, [{"a": "x"}]) == []


def test_markdown_is_drawn_and_kept_as_typed(told):
    answer = told["La méthode"]
    assert answer.text == ANSWERS["method"]
    assert "<strong>mesurer</strong>" in answer.html
    assert answer.is_rich


def test_what_was_not_answered_says_nothing(app):
    with app.test_request_context():
        assert {each.text for each in documents.printed([(each, None) for each in LISTED.values()])} == {""}


@pytest.mark.parametrize(
    "answer", ["zz", 3.5, ["z"], [{"zz": 1}], {"zz": {"a": 1}}, [["a"]], {"level": 3, "name": ["a"]}, "9" * 30]
)
def test_whatever_was_stored_is_shown_rather_than_lost(app, answer):
    with app.test_request_context():
        for each in documents.printed([(each, answer) for each in LISTED.values() if not each.formula]):
            assert isinstance(each.text, str)
            assert each.text or each.grid


def test_a_mask_goes_over_every_text(told):
    for each in told.values():
        masked = each.masked(lambda _text: "–")
        assert masked.text == "–"
        assert all(cell == "–" for row in (masked.grid.rows if masked.grid else []) for cell in row)
        assert all(link == ("–", None) for link in masked.links)
        held = each.withheld()
        assert (held.text, held.grid, held.links, held.is_withheld, held.label) == ("", None, (), True, each.label)


def test_machines_read_the_stored_answers_in_the_order_of_the_page(app):
    told = documents.data(answered(LISTED.values(), ANSWERS, {}))
    assert [each["key"] for each in told] == [key for key in LISTED if key != "costly"]
    found = {each["key"]: each["answer"] for each in told}
    assert found["works"] == ANSWERS["works"]
    assert found["price"] == "20.00"
    assert Decimal(found["price"]) == 20


def test_an_organisation_always_says_who(app):
    given = Question.from_json({"key": "o", "label": "O", "kind": "organisation"})
    with app.test_request_context():
        [answer] = documents.printed([(given, {"name": "Région"})])
        assert answer.bears_identity
        [other] = documents.printed([(LISTED["name"], "Région")])
        assert not other.bears_identity
