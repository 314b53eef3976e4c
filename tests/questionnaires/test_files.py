"""A question that asks for a file: its settings, its families of formats, what counts as an answer."""

import pytest

from programme.core import storage
from programme.core.storage.content import ENDINGS
from programme.questionnaires.labels import file_limits
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.formats import TYPES, types_of
from programme.questionnaires.rules.kinds import Format
from programme.questionnaires.rules.validation import found

STORED = {"key": "plan", "label": "Le plan", "kind": "file", "formats": ["pdf", "image"], "max_megabytes": 5}
HELD = {"name": "plan.pdf", "size": 214_000, "sha256": "0" * 64}


def test_the_families_of_formats_hold_all_that_the_store_takes_and_nothing_else():
    named = [each for family in Format for each in TYPES[family]]
    assert sorted(named) == sorted(storage.ACCEPTED)
    assert len(named) == len(set(named)), "a type belongs to one family"
    assert set(ENDINGS) == set(storage.ACCEPTED)


def test_a_question_without_formats_takes_them_all():
    assert set(types_of(())) == set(storage.ACCEPTED)
    assert types_of((Format.PDF, Format.IMAGE)) == ("application/pdf", "image/png", "image/jpeg", "image/webp")


def test_it_is_written_as_it_is_read_and_says_nothing_that_goes_without_saying():
    assert Question.from_json(STORED).to_json() == STORED
    assert Question.from_json({**STORED, "max_megabytes": 20}).to_json() == {
        key: value for key, value in STORED.items() if key != "max_megabytes"
    }


@pytest.mark.parametrize(
    "wrong",
    [{"formats": []}, {"formats": ["exe"]}, {"formats": ["pdf", "pdf"]}, {"max_megabytes": 21}, {"max_megabytes": 0}],
)
def test_what_the_store_would_not_take_is_no_setting(wrong):
    with pytest.raises(ValueError, match=r"not|formats|code|valid"):
        Question.from_json({**STORED, **wrong})


def test_another_kind_says_nothing_of_formats():
    with pytest.raises(ValueError, match="not a question"):
        Question.from_json({"key": "k", "label": "L", "kind": "text", "formats": ["pdf"]})


@pytest.mark.parametrize("typed", [None, "", "plan.pdf", {"name": "plan.pdf"}, ["x"], {"sha256": ""}])
def test_only_a_file_that_was_handed_in_answers(typed):
    """Control: with the print of a file, the same question finds no fault."""
    question = Question.from_json(STORED)
    assert found(question, typed).code == "missing"
    assert found(question, HELD) is None
    assert found(Question.from_json({**STORED, "required": False}), typed) is None


def test_its_limits_are_said_in_words(app):
    with app.test_request_context():
        assert file_limits(Question.from_json(STORED)) == "PDF, image, 5 Mo au plus."
        assert "CSV, JSON ou GeoJSON, 20 Mo" in file_limits(
            Question.from_json({"key": "k", "label": "L", "kind": "file"})
        )
