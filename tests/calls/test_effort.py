"""How long a file takes is reckoned from what its call asks, never written by hand."""

import pytest

from programme.calls import services
from programme.calls.labels import takes
from programme.calls.rules.effort import BUDGET, Effort, effort
from programme.core.unit_of_work import unit_of_work
from programme.questionnaires.rules.fields import questions_from
from tests.factories import calls

ASKED = questions_from(
    [
        {"key": "ai", "label": "Une IA ?", "kind": "yes_no"},
        {"key": "why", "label": "Pourquoi ?", "kind": "long_text", "show_if": ["ai", "yes"]},
        {"key": "cost", "label": "Coût", "kind": "number"},
        {"key": "double", "label": "Double", "kind": "calculated", "formula": "cost * 2"},
    ]
)


def test_each_part_of_a_file_adds_to_it_and_what_waits_for_a_condition_does_not():
    least = effort([], 0, asks_data=False, money=0, asks_aid=False)
    assert least == Effort(4, 0, 0, 60)
    asked = effort(ASKED, 3, asks_data=True, money=BUDGET, asks_aid=True)
    assert (asked.steps, asked.questions, asked.pieces) == (7, 2, 3)
    assert asked.minutes == 150  # 30 + 10 + 10 + 45 + 15 of the parts, 4 of the two questions, 15 of the pieces.
    many = [*ASKED, *questions_from([{"key": f"t{n}", "label": "Texte", "kind": "long_text"} for n in range(10)])]
    assert effort(many, 3, asks_data=True, money=BUDGET, asks_aid=True).minutes == 270


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(30, "une demi-heure"), (60, "une heure"), (90, "une heure et demie"), (120, "deux heures"), (270, "quatre heures et demie")],
)  # fmt: skip
def test_it_is_said_in_words(app, minutes, words):
    with app.test_request_context("/"):
        assert takes(Effort(4, 0, 0, minutes)) == words


@pytest.mark.db
def test_the_page_counts_the_longest_strand_and_the_pieces_of_everybody(db, visitor, freeze):
    one = calls.definition()["strands"][0]
    texts = [{"key": f"t{n}", "label": "Texte", "kind": "long_text"} for n in range(12)]
    documents = [
        {"code": "rib", "label": "RIB"}, {"code": "statutes", "label": "Statuts", "carriers": ["association"]},
        {"code": "photo", "label": "Photo", "mandatory": False},
    ]  # fmt: skip
    with unit_of_work():
        made = calls.open_call(strands=[one, {**one, "code": "B", "questions": texts}], documents=documents)
        found = services.effort_of(made)
        slug = made.slug
    assert (found.steps, found.questions, found.pieces) == (6, 12, 1)
    text = visitor().get(f"/appels/{slug}").text
    assert "Quatre heures et demie environsix étapes, 12 questions, 1 pièce au moins" in text
    assert "Comptez quatre heures et demie." in text
    assert "Aucun projet encore" in text
