"""A question is data: its kind, its limits, and when it is asked."""

import pytest

from programme.questionnaires.rules.fields import FieldKind, Question, asked, questions_from

AI = {"key": "ai", "label": "Utilisez-vous l’IA ?", "kind": "yes_no"}
PURPOSE = {"key": "purpose", "label": "Pour quoi ?", "kind": "text", "show_if": ["ai", "yes"]}
MODEL = {"key": "model", "label": "Lequel ?", "kind": "text", "show_if": ["purpose", "trier"]}


def test_a_question_is_read_from_its_stored_form():
    question = Question.from_json({**AI, "section": "Éthique", "must_be": "no", "refusal": "Pas d’IA ici."})
    assert question.kind is FieldKind.YES_NO
    assert (question.section, question.must_be, question.required) == ("Éthique", "no", True)


@pytest.mark.parametrize("wrong", [{"label": "x", "kind": "text"}, {**AI, "colour": "red"}])
def test_a_malformed_question_is_refused(wrong):
    with pytest.raises(ValueError, match="not a question"):
        Question.from_json(wrong)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="stars"):
        Question.from_json({**AI, "kind": "stars"})


def test_two_questions_do_not_share_a_key():
    with pytest.raises(ValueError, match="share the key ai"):
        questions_from([AI, AI])


def test_a_condition_names_an_earlier_question_or_the_context():
    with pytest.raises(ValueError, match="depends on ai"):
        questions_from([PURPOSE, AI])
    assert len(questions_from([{**PURPOSE, "show_if": ["theme", "e-sante"]}])) == 1


def keys(answers, context=None):
    return [each.key for each in asked(questions_from([AI, PURPOSE, MODEL]), answers, context or {})]


def test_a_question_appears_with_the_answer_that_opens_it():
    assert keys({}) == ["ai"]
    assert keys({"ai": "no"}) == ["ai"]
    assert keys({"ai": "yes"}) == ["ai", "purpose"]
    assert keys({"ai": "yes", "purpose": "trier"}) == ["ai", "purpose", "model"]


def test_an_old_answer_to_a_hidden_question_opens_nothing():
    assert keys({"ai": "no", "purpose": "trier"}) == ["ai"]


def test_one_choice_among_several_opens_a_question():
    question = Question.from_json({**PURPOSE, "show_if": ["kinds", "map"]})
    assert question.is_asked({"kinds": ["story", "map"]})
    assert not question.is_asked({"kinds": ["story"]})


def test_the_context_opens_a_question():
    question = Question.from_json({**PURPOSE, "show_if": ["theme", "e-sante"]})
    assert question.is_asked({"theme": "e-sante"})
    assert not question.is_asked({"theme": "ports-intelligents"})
    assert not question.is_asked({})
