"""A question is shown by comparisons joined by « and » and « or »: read, written back, and held as an independent reading says."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.questionnaires.rules.conditions import DEPTH, Comparison, Group, How, Joined, condition_from, keys_of
from programme.questionnaires.rules.fields import Question, asked, questions_from

HOLDS = [
    ({"key": "ai", "is": "yes"}, {"ai": "yes"}, True),
    ({"key": "ai", "is": "yes"}, {"ai": "no"}, False),
    ({"key": "ai", "is": "yes"}, {}, False),
    ({"key": "kinds", "is": "map"}, {"kinds": ["story", "map"]}, True),
    ({"key": "kinds", "is": "map"}, {"kinds": []}, False),
    ({"key": "ai", "is_not": "yes"}, {"ai": "no"}, True),
    ({"key": "ai", "is_not": "yes"}, {"ai": "yes"}, False),
    ({"key": "ai", "is_not": "yes"}, {}, False),  # What nobody said opens no question.
    ({"key": "kinds", "is_not": "map"}, {"kinds": ["story", "map"]}, False),
    ({"key": "kinds", "is_not": "map"}, {"kinds": ["story"]}, True),
    ({"key": "theme", "one_of": ["e-sante", "tiers-lieux"]}, {"theme": "tiers-lieux"}, True),
    ({"key": "theme", "one_of": ["e-sante", "tiers-lieux"]}, {"theme": "ports"}, False),
    ({"key": "requested_amount", "at_least": "50000"}, {"requested_amount": Decimal("50000.00")}, True),
    ({"key": "requested_amount", "at_least": "50000"}, {"requested_amount": Decimal("49999.99")}, False),
    ({"key": "requested_amount", "at_least": 50000}, {"requested_amount": "50000"}, True),
    ({"key": "requested_amount", "at_most": "20261124"}, {"requested_amount": Decimal(20261123)}, True),
    ({"key": "requested_amount", "at_least": "1"}, {"requested_amount": None}, False),
    ({"key": "starts", "at_least": "2026-11-24"}, {"starts": "2026-12-01"}, True),
    ({"key": "starts", "at_least": "2026-11-24"}, {"starts": "2026-11-23"}, False),
    ({"key": "starts", "at_least": "2026-11-24"}, {"starts": "99999999"}, False),
    ({"key": "count", "at_least": "3"}, {"count": "à voir"}, False),
    ({"key": "count", "at_least": "3"}, {"count": "NaN"}, False),
    ({"key": "partner", "answered": True}, {"partner": "Ville de Gap"}, True),
    ({"key": "partner", "answered": True}, {"partner": ""}, False),
    ({"key": "count", "answered": True}, {"count": 0}, True),
    ({"all": [["a", "yes"], ["b", "yes"]]}, {"a": "yes", "b": "yes"}, True),
    ({"all": [["a", "yes"], ["b", "yes"]]}, {"a": "yes"}, False),
    ({"any": [["a", "yes"], ["b", "yes"]]}, {"b": "yes"}, True),
    ({"any": [["a", "yes"], {"all": [["b", "yes"], ["c", "no"]]}]}, {"b": "yes", "c": "no"}, True),
    ({"any": [["a", "yes"], {"all": [["b", "yes"], ["c", "no"]]}]}, {"b": "yes", "c": "yes"}, False),
]


@pytest.mark.parametrize(("stored", "known", "held"), HOLDS)
def test_a_condition_holds_as_the_table_says(stored, known, held):
    assert condition_from(stored).holds(known) is held


def deep(levels):
    return {"all": [deep(levels - 1)]} if levels else ["a", "yes"]


@pytest.mark.parametrize(
    "wrong",
    [
        "ai", 3, None, {}, [], ["ai"], ["ai", "yes", "no"], {"key": "ai"}, {"is": "yes"}, {"key": 3, "is": "yes"},
        {"key": "ai", "is": "yes", "is_not": "no"}, {"key": "ai", "resembles": "yes"}, {"key": "ai", "is": ""},
        {"key": "ai", "is": True}, {"key": "ai", "is": ["yes"]}, {"key": "ai", "one_of": []}, {"key": "ai", "one_of": "yes"},
        {"key": "ai", "one_of": [1]}, {"key": "n", "at_least": "beaucoup"}, {"key": "n", "at_least": "2026-02-30"},
        {"key": "n", "at_most": "Infinity"}, {"key": "n", "answered": False}, {"all": []}, {"all": "ai"}, {"any": [["a"]]},
        {"all": [["a", "b"]], "any": [["a", "b"]]}, deep(DEPTH + 1),
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused(wrong):
    with pytest.raises(ValueError, match=r"condition|compar"):
        condition_from(wrong)


def test_groups_go_as_deep_as_is_said():
    assert condition_from(deep(DEPTH)).holds({"a": "yes"})


KEYS = st.sampled_from(["a", "b", "c"])
WORDS = st.sampled_from(["yes", "no", "map", "3", "12.50", "2026-11-24"])
LIMITS = st.sampled_from(["3", "12.50", "2026-11-24", "0"])
COMPARISONS = st.one_of(
    st.builds(Comparison, KEYS, st.sampled_from([How.IS, How.IS_NOT]), st.tuples(WORDS)),
    st.builds(Comparison, KEYS, st.just(How.ONE_OF), st.lists(WORDS, min_size=1, max_size=3).map(tuple)),
    st.builds(Comparison, KEYS, st.sampled_from([How.AT_LEAST, How.AT_MOST]), st.tuples(LIMITS)),
    st.builds(Comparison, KEYS, st.just(How.ANSWERED), st.just(())),
)


def groups(parts):
    return st.builds(Group, st.sampled_from(Joined), st.lists(parts, min_size=1, max_size=3).map(tuple))


CONDITIONS = st.one_of(COMPARISONS, groups(COMPARISONS), groups(st.one_of(COMPARISONS, groups(COMPARISONS))))
ANSWERS = st.dictionaries(KEYS, st.one_of(WORDS, st.just(""), st.lists(WORDS, max_size=2), st.none()))


@given(CONDITIONS)
def test_a_condition_is_written_as_it_is_read(condition):
    assert condition_from(condition.to_json()) == condition


def value(text):
    """A second reading of a limit, written apart."""
    if len(text) == 10 and text[4] == "-":
        return date(*map(int, text.split("-")))
    return Decimal(text) if text.replace(".", "", 1).isdigit() else None


def by_hand(stored, known):
    """The meaning of the stored form, written a second time and otherwise."""
    if "all" in stored:
        return not [each for each in stored["all"] if not by_hand(each, known)]
    if "any" in stored:
        return bool([each for each in stored["any"] if by_hand(each, known)])
    given = known.get(stored["key"])
    said = [each for each in (given if isinstance(given, list) else [given]) if each not in (None, "")]
    if not said:
        return False
    if "is" in stored:
        return stored["is"] in said
    if "is_not" in stored:
        return stored["is_not"] not in said
    if "one_of" in stored:
        return bool(set(stored["one_of"]) & set(said))
    if "answered" in stored:
        return True
    limit = value(stored.get("at_least") or stored["at_most"])
    same = [each for each in map(value, said) if type(each) is type(limit)]
    return any(each >= limit if "at_least" in stored else each <= limit for each in same)


@given(CONDITIONS, ANSWERS)
def test_a_condition_means_what_an_independent_reading_says(condition, known):
    assert condition.holds(known) is by_hand(condition.to_json(), known)


@given(CONDITIONS, ANSWERS, ANSWERS)
def test_only_what_a_condition_names_changes_it(condition, known, other):
    named = set(keys_of(condition))
    mixed = {
        **{key: each for key, each in other.items() if key not in named},
        **{k: known[k] for k in named & known.keys()},
    }
    assert condition.holds(mixed) is condition.holds(known)


def test_a_question_waits_for_all_that_its_condition_names():
    first = {"key": "ai", "label": "IA ?", "kind": "yes_no"}
    both = {"any": [["ai", "yes"], {"key": "requested_amount", "at_least": "100000"}]}
    second = {"key": "why", "label": "Pourquoi ?", "kind": "text", "show_if": both}
    questions = questions_from([first, second])
    assert [each.key for each in asked(questions, {}, {"requested_amount": Decimal(100_000)})] == ["ai", "why"]
    assert [each.key for each in asked(questions, {"ai": "no"}, {"requested_amount": Decimal(99_999)})] == ["ai"]
    with pytest.raises(ValueError, match="why depends on ai"):
        questions_from([second, first])


def test_a_question_with_a_wrong_condition_is_no_question():
    with pytest.raises(ValueError, match="not a condition"):
        Question.from_json({"key": "a", "label": "A", "kind": "text", "show_if": "toujours"})
