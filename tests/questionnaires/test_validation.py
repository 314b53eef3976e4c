"""The same pure rule while one types, at submission, and years later."""

import pytest

from programme.questionnaires.rules.fields import Question, questions_from
from programme.questionnaires.rules.validation import check, fault, kept


def question(kind: str, **values) -> Question:
    return Question.from_json({"key": "q", "label": "Q", "kind": kind, **values})


@pytest.mark.parametrize(
    ("kind", "values", "answer", "expected"),
    [
        ("text", {}, "", "missing"),
        ("text", {}, None, "missing"),
        ("text", {"required": False}, "", None),
        ("text", {"max_length": 3}, "abcd", "too_long"),
        ("text", {"max_length": 4}, "abcd", None),
        ("long_text", {}, "Une phrase.", None),
        ("yes_no", {}, "yes", None),
        ("yes_no", {}, "perhaps", "unknown"),
        ("yes_no", {"must_be": "yes"}, "no", "refused"),
        ("yes_no", {"must_be": "no"}, "no", None),
        ("choice", {"options": [["a", "A"]]}, "a", None),
        ("choice", {"options": [["a", "A"]]}, "b", "unknown"),
        ("choices", {"options": [["a", "A"], ["b", "B"]]}, ["a", "b"], None),
        ("choices", {"options": [["a", "A"]]}, ["a", "z"], "unknown"),
        ("choices", {"options": [["a", "A"]]}, [], "missing"),
        ("number", {}, 12, None),
        ("number", {}, 0, None),
        ("number", {}, "douze", "unreadable"),
        ("number", {"minimum": 1}, 0, "too_small"),
        ("number", {"minimum": 1}, 1, None),
        ("money", {}, "1500.00", None),
        ("money", {}, "à voir", "unreadable"),
        ("money", {"minimum": 0}, "-1.00", "too_small"),
        ("day", {}, "2027-03-01", None),
        ("day", {}, "01/03/2027", "unreadable"),
    ],
)
def test_why_an_answer_is_not_acceptable(kind, values, answer, expected):
    assert fault(question(kind, **values), answer) == expected


QUESTIONS = questions_from(
    [
        {"key": "ai", "label": "IA ?", "kind": "yes_no"},
        {"key": "ethics", "label": "Éthique ?", "kind": "text", "show_if": ["ai", "yes"]},
    ]
)


def test_a_hidden_question_is_never_missing():
    assert check(QUESTIONS, {"ai": "no"}, {}) == []
    assert [(each.question.key, each.code) for each in check(QUESTIONS, {"ai": "yes"}, {})] == [("ethics", "missing")]


def test_the_answer_to_a_hidden_question_does_not_count():
    assert kept(QUESTIONS, {"ai": "no", "ethics": "Une personne décide."}, {}) == {"ai": "no"}
