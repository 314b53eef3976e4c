"""The schema of a stored question accepts what the house reads, and refuses what it refuses for its shape."""

import copy
import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme.questionnaires.rules import bounds
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import FieldKind
from programme.questionnaires.rules.schema import QUESTION_SCHEMA
from tests.questionnaires.strategies import question, questionnaires

VALIDATOR = jsonschema.Draft202012Validator(QUESTION_SCHEMA)
MANY = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
CALLS = Path(__file__).resolve().parents[2] / "programme" / "cli" / "demo" / "calls"
# What a schema cannot say: codes that differ, limits in order, a formula and a day that read.
MEANING = r"share a code|over the maximum|formula|cannot be compared"


def accepted(stored) -> bool:
    return VALIDATOR.is_valid(stored)


def read(stored) -> str:
    """Why the house does not read it; empty when it does."""
    try:
        Question.from_json(stored)
    except ValueError as refusal:
        return str(refusal) or "refused"
    return ""


def test_it_is_a_schema_of_the_year_2020_without_references():
    jsonschema.Draft202012Validator.check_schema(QUESTION_SCHEMA)
    assert "$ref" not in json.dumps(QUESTION_SCHEMA)
    assert QUESTION_SCHEMA["type"] == "object"
    assert QUESTION_SCHEMA["additionalProperties"] is False


@pytest.mark.slow
@MANY
@given(questionnaires())
def test_what_the_house_writes_is_accepted(stored):
    for each in stored:
        assert accepted(each), each
        assert accepted(Question.from_json(each).to_json())


@pytest.mark.parametrize("file", sorted(CALLS.glob("*.toml")), ids=lambda each: each.stem)
def test_the_questions_of_the_demonstration_are_accepted(file):
    call = tomllib.loads(file.read_text(encoding="utf-8"))
    listed = [*call.get("questions", []), *(q for each in call["strands"] for q in each.get("questions", []))]
    assert [each["key"] for each in listed if not accepted(each)] == []


ODD = st.sampled_from([
    None, True, 0, -1, 1.5, 10**15, "", "x", "X", "é", "a" * 21_000, "a" * 41, [], ["a"], ["a", "b"], [["a", "A"]], {}, {"a": 1}, [[]], [{}],
    "yes", "1.00000", "2026-01-01", {"key": "a", "is": "b"}, {"all": []}, {"all": [["a", "b"]]}, ["department"], ["moon"],
    [{"code": "A"}], "sum(a.b)", [["a", "A", "B"]], [["", "A"]], {"key": "a", "is": "b", "is_not": "c"}, {"key": "A", "is": "b"},
    [{"key": "c", "label": "C", "kind": "choice"}], [{"key": "c", "label": "C", "kind": "day", "unit": "m"}], [{"key": "c", "label": "C", "kind": "stars"}],
    "text", "table",
])  # fmt: skip


def places(value, path=()):
    """Every place of a stored form, the whole one apart."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*path, key)
        yield from places(each, (*path, key))


@st.composite
def mutated(draw):
    """A question of which one place was dropped, replaced, or given a companion."""
    before = [draw(question(0, [])) | {"kind": "number"}] if draw(st.booleans()) else []
    stored = copy.deepcopy(draw(question(1, [each for each in before if set(each) <= {"key", "label", "kind"}])))
    path = draw(st.sampled_from(sorted(places(stored), key=str)))
    holder = stored
    for step in path[:-1]:
        holder = holder[step]
    act = draw(st.sampled_from(["drop", "replace", "replace", "add"]))
    if act == "drop":
        del holder[path[-1]]
    elif act == "replace":
        holder[path[-1]] = draw(ODD)
    else:
        name = draw(st.sampled_from(["colour", *QUESTION_SCHEMA["properties"]]))
        (holder if isinstance(holder, dict) else stored)[name] = draw(ODD)
    return stored


@pytest.mark.slow
@settings(MANY, max_examples=600)
@given(mutated())
def test_a_form_that_one_of_the_two_refuses_for_its_shape_the_other_refuses_too(stored):
    refusal = read(stored)
    if not refusal:
        assert accepted(stored), "the house reads it and the schema refuses it"
    elif accepted(stored):
        assert any(each in refusal for each in MEANING.split("|")), refusal


@pytest.mark.parametrize("kind", list(FieldKind))
def test_what_another_kind_alone_may_say_is_refused_by_both(kind):
    needed = {
        "choice": {"options": [["a", "A"]]}, "choices": {"options": [["a", "A"]]}, "calculated": {"formula": "1 + 1"},
        "table": {"columns": [{"key": "a", "label": "A", "kind": "text"}]}, "territory": {"levels": ["commune"]},
        "indicators": {"indicators": ["visits"]},
    }  # fmt: skip
    stored = {"key": "a", "label": "A", "kind": kind.value, **needed.get(kind.value, {})}
    assert accepted(stored)
    assert read(stored) == ""
    foreign = {"columns": needed["table"]["columns"]} if kind is not FieldKind.TABLE else {"levels": ["commune"]}
    assert not accepted(stored | foreign)
    assert read(stored | foreign)
    for name in needed.get(kind.value, {}):
        without = {key: value for key, value in stored.items() if key != name}
        assert not accepted(without)
        assert read(without)


@pytest.mark.parametrize(
    ("name", "most"),
    [("label", bounds.LABEL), ("hint", bounds.SENTENCE), ("example", bounds.SENTENCE), ("purpose", bounds.SENTENCE),
     ("section", bounds.SECTION), ("key", 40)],
)  # fmt: skip
def test_each_text_has_its_length(name, most):
    for length, fits in ((most, True), (most + 1, False)):
        stored = {"key": "a", "label": "A", "kind": "text", name: "a" * length}
        assert accepted(stored) is fits
        assert (read(stored) == "") is fits
