"""Each kind of answer: what is acceptable, and which part of it is at fault."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from programme.questionnaires.labels import place
from programme.questionnaires.rules.columns import Column, Measure
from programme.questionnaires.rules.conditions import condition_from
from programme.questionnaires.rules.fields import Question, asked, questions_from
from programme.questionnaires.rules.kinds import UNTYPED, FieldKind, Level
from programme.questionnaires.rules.samples import plausible
from programme.questionnaires.rules.territories import is_code
from programme.questionnaires.rules.validation import check, fault
from tests.factories.questionnaires import ANSWERS, EACH_KIND
from tests.questionnaires.strategies import questionnaires

ALL = {each.key: each for each in questions_from(EACH_KIND)}


def question(kind, **values):
    return Question.from_json({"key": "q", "label": "Q", "kind": kind, **values})


def wrong(given, answer):
    """The fault of this one question: (code, row, part)."""
    found = check([given], {given.key: answer}, {})
    return [(each.code, each.row, each.part) for each in found]


def test_the_factory_holds_every_kind_and_its_answers_are_right():
    assert {each.kind for each in ALL.values()} == set(FieldKind)
    assert check(ALL.values(), ANSWERS, {}) == []
    assert [each.key for each in asked(ALL.values(), ANSWERS, {})] == [key for key in ALL if key != "costly"]


@pytest.mark.parametrize("stored", EACH_KIND, ids=lambda each: each["key"])
def test_a_question_is_written_as_it_was(stored):
    assert Question.from_json(stored).to_json() == stored
    assert (
        Question.from_json(
            {**stored, "required": stored.get("required", True)} if "formula" not in stored else stored
        ).to_json()
        == stored
    )


# ---- numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "answer", "expected"),
    [
        ({"decimals": 2}, "12.50", None), ({"decimals": 2}, "12.5", None), ({"decimals": 2}, 12, None), ({"decimals": 2}, "12.505", "unreadable"),
        ({}, "12.5", "unreadable"), ({}, "1e3", "unreadable"), ({}, "NaN", "unreadable"), ({}, True, "unreadable"), ({}, 1.5, "unreadable"), ({}, "9" * 14, "unreadable"),
        ({"minimum": 1}, 0, "too_small"), ({"minimum": "0.5", "decimals": 1}, "0.4", "too_small"), ({"minimum": "0.5", "decimals": 1}, "0.5", None),
        ({"maximum": "10"}, 11, "too_large"), ({"maximum": 10}, 10, None), ({"minimum": "-2", "maximum": "-1"}, -3, "too_small"), ({"minimum": "-2"}, "-2", None),
    ],
)  # fmt: skip
def test_a_number_has_its_decimals_and_its_limits(values, answer, expected):
    assert fault(question("number", **values), answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"), [("50000.00", None), ("50000.01", "too_large"), ("10.005", "unreadable"), ("Infinity", "unreadable"), (100, None)]
)  # fmt: skip
def test_an_amount_has_its_limits_too(answer, expected):
    assert fault(question("money", maximum="50000"), answer) == expected


def test_limits_are_kept_as_text_and_whole_numbers_are_still_read():
    assert question("number", minimum=3).to_json()["minimum"] == "3"
    assert question("number", minimum="0.50").minimum == Decimal("0.5")
    with pytest.raises(ValueError, match="over the maximum"):
        question("number", minimum=3, maximum=2)


def test_what_is_reckoned_is_held_to_limits_and_is_never_missing():
    listed = questions_from([
        {"key": "a", "label": "A", "kind": "number"},
        {"key": "b", "label": "B", "kind": "calculated", "formula": "100 / a", "minimum": 20, "refusal": "Trop peu."},
    ])  # fmt: skip
    assert [(each.question.key, each.code) for each in check(listed, {}, {})] == [("a", "missing")]
    assert [(each.question.key, each.code, each.own_words) for each in check(listed, {"a": 10}, {})] == [("b", "too_small", "Trop peu.")]  # fmt: skip
    assert check(listed, {"a": 5}, {}) == []
    assert check(listed, {"a": 0}, {}) == []


# ---- tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([], [("missing", None, "")]), ([{}], [("missing", None, "")]), ([{"what": ""}, {"cost": None}], [("missing", None, "")]),
        ([{"what": "Capteurs", "count": 2, "cost": "3.00"}], []),
        ([{"what": "Capteurs", "count": 2, "cost": "3.00"}, {"what": "Câblage"}], [("missing", 2, "count")]),
        ([{"what": "Capteurs", "count": "2.5", "cost": "3.00"}], [("unreadable", 1, "count")]),
        ([{"what": "x" * 301, "count": 2, "cost": "3.00"}], [("too_long", 1, "what")]),
        ([{"what": "a", "count": 2, "cost": "3.00", "on": "2027-02-30"}], [("unreadable", 1, "on")]),
        ([{}, {"what": "a", "count": 2}], [("missing", 1, "cost")]),
        ([{"what": "a", "count": 2, "cost": "3.00"}] * 5, [("too_many", None, "")]),
        ("zz", [("unreadable", None, "")]), (["zz"], [("unreadable", None, "")]), ([{"zz": 1}], [("missing", 1, "what")]),
    ],
)  # fmt: skip
def test_a_row_typed_in_part_is_named_and_an_empty_one_is_none(answer, expected):
    assert wrong(ALL["works"], answer) == expected


def test_a_cell_of_a_choice_is_one_of_its_options():
    column = {"key": "c", "label": "C", "kind": "choice", "options": [["a", "A"]]}
    given = question("table", columns=[column, {"key": "y", "label": "Y", "kind": "yes_no", "required": False}])
    assert wrong(given, [{"c": "a"}]) == []
    assert wrong(given, [{"c": "b"}]) == [("unknown", 1, "c")]
    assert wrong(given, [{"c": "a", "y": "maybe"}]) == [("unknown", 1, "y")]


@pytest.mark.parametrize(
    "column",
    [{"kind": "long_text"}, {"kind": "table"}, {"kind": "choice"}, {"unit": "m"}, {"options": [["a", "A"]]}, {"colour": "red"}, {"required": 1}],
)  # fmt: skip
def test_a_malformed_column_is_refused(column):
    with pytest.raises(ValueError, match=r"column|object|true"):
        Column.from_json({"key": "c", "label": "C", "kind": "text", **column})


def test_two_columns_do_not_share_a_key():
    twice = [{"key": "c", "label": "C", "kind": "text"}] * 2
    with pytest.raises(ValueError, match="share a code"):
        question("table", columns=twice)


# ---- territories, organisations -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "code", "right"),
    [
        (Level.DEPARTMENT, "05", True), (Level.DEPARTMENT, "2A", True), (Level.DEPARTMENT, "974", True), (Level.DEPARTMENT, "5", False), (Level.DEPARTMENT, "2C", False),
        (Level.COMMUNE, "13055", True), (Level.COMMUNE, "2B033", True), (Level.COMMUNE, "1305", False), (Level.COMMUNE, "2C033", False), (Level.COMMUNE, "١٣٠٥٥", False),
        (Level.EPCI, "200054807", True), (Level.EPCI, "200054808", False), (Level.EPCI, "20005480", False),
    ],
)  # fmt: skip
def test_a_code_has_the_form_of_its_level(level, code, right):
    assert is_code(level, code) is right


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"level": "commune", "code": "05061", "name": "Gap"}, []), ({"level": "commune", "name": "Gap"}, [("missing", None, "code")]),
        ({"level": "commune", "code": "05061"}, [("missing", None, "name")]), ({"code": "05061", "name": "Gap"}, [("missing", None, "level")]),
        ({"level": "moon", "code": "05061", "name": "Gap"}, [("unknown", None, "level")]), ({"level": "epci", "code": "05061", "name": "Gap"}, [("unreadable", None, "code")]),
        ({"level": "commune", "code": "05061", "name": "G" * 301}, [("too_long", None, "name")]), ("Gap", [("missing", None, "level")]), ({}, [("missing", None, "")]),
    ],
)  # fmt: skip
def test_a_territory_has_its_level_its_code_and_its_name(answer, expected):
    assert wrong(ALL["where"], answer) == expected


def test_a_level_that_is_not_offered_is_refused():
    assert wrong(question("territory", levels=["department"]), {"level": "commune", "code": "05061", "name": "Gap"}) == [("unknown", None, "level")]  # fmt: skip


@pytest.mark.parametrize(
    ("siret_required", "answer", "expected"),
    [
        (True, {"siret": "23130002100012", "name": "Région"}, []), (True, {"name": "Région"}, [("missing", None, "siret")]), (False, {"name": "Région"}, []),
        (False, {"siret": "23130002100013", "name": "Région"}, [("unreadable", None, "siret")]), (True, {"siret": "23130002100012"}, [("missing", None, "name")]),
        (True, "zz", [("missing", None, "siret")]), (False, {"name": "R" * 301}, [("too_long", None, "name")]),
    ],
)  # fmt: skip
def test_an_organisation_has_a_name_and_a_siret_whose_key_is_right(siret_required, answer, expected):
    assert wrong(question("organisation", siret_required=siret_required), answer) == expected


# ---- data sets, indicators ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([{"title": "Arbres", "slug": "arbres"}, {"title": "Autre"}], []), ([{"title": "Arbres"}] * 4, [("too_many", None, "")]),
        ([{"slug": "arbres"}], [("missing", 1, "title")]), ([{"title": "x" * 301}], [("too_long", 1, "title")]), ("arbres", [("unreadable", None, "")]),
    ],
)  # fmt: skip
def test_data_sets_have_a_title(answer, expected):
    assert wrong(ALL["sources"], answer) == expected


@pytest.mark.parametrize(
    ("required", "answer", "expected"),
    [
        (True, {"visits": {"baseline": "0", "target": "5"}, "events": {"baseline": "1", "target": "2"}}, []),
        (True, {"visits": {"baseline": "0", "target": "5"}}, [("missing", None, "events.baseline")]),
        (True, {"visits": {"baseline": "0"}, "events": {"baseline": "1", "target": "2"}}, [("missing", None, "visits.target")]),
        (False, {"visits": {"target": "5"}}, []), (False, {"visits": {"target": "cinq"}}, [("unreadable", None, "visits.target")]),
        (True, "zz", [("unreadable", None, "")]), (True, {"visits": "zz"}, [("missing", None, "visits.baseline")]), (False, {}, []),
    ],
)  # fmt: skip
def test_indicators_say_where_one_starts_and_where_one_goes(required, answer, expected):
    given = question(
        "indicators", indicators=[{"code": "visits"}, {"code": "events", "label": "Rencontres"}], required=required
    )
    assert wrong(given, answer) == expected


def test_an_indicator_is_named_by_its_code_alone_or_has_words_of_its_own():
    assert Measure.from_json("open-data") == Measure("open-data")
    assert Measure.from_json({"code": "a", "label": "A", "unit": "m"}).to_json() == {
        "code": "a",
        "label": "A",
        "unit": "m",
    }
    for malformed in ("Open Data", {"label": "A"}, 3, {"code": "a", "colour": "red"}):
        with pytest.raises(ValueError, match=r"like|object"):
            Measure.from_json(malformed)


# ---- where, and what conditions see ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "answer", "words", "anchor"),
    [
        ("works", [{"what": "a", "count": 2}], "ligne 1, Coût", "q_works-0-c_cost"), ("works", [], "", "q_works-0-c_what"),
        ("where", {"level": "commune", "name": "Gap"}, "code", "q_where-code"), ("where", None, "", "q_where-level"),
        ("partner", {"siret": "1", "name": "A"}, "SIRET", "q_partner-siret"), ("partner", None, "", "q_partner-name"),
        ("sources", [{"title": "a"}, {"slug": "b"}], "ligne 2, nom du jeu de données", "q_sources-1-title"),
        ("goals", {"visits": {"baseline": "1"}}, "Visites, valeur visée", "q_goals-m_visits-target"), ("goals", {}, "", "q_goals-m_visits-baseline"),
        ("form", "zz", "", "q_form-0"), ("area", "zz", "", "q_area"),
    ],
)  # fmt: skip
def test_a_fault_says_where_it_is_and_leads_there(app, key, answer, words, anchor):
    [found] = check([ALL[key]], {key: answer}, {})
    with app.test_request_context():
        assert place(found) == words
    assert found.anchor == anchor


@pytest.mark.parametrize(
    ("key", "condition", "holds"),
    [
        ("works", {"key": "works", "at_least": "2"}, True), ("works", {"key": "works", "at_least": "3"}, False),
        ("where", {"key": "where", "is": "05061"}, True), ("partner", {"key": "partner", "is": "23130002100012"}, True),
        ("sources", {"key": "sources", "is": "Arbres d’alignement"}, True), ("goals", {"key": "goals", "is": "visits"}, True),
        ("goals", {"key": "goals", "answered": True}, True), ("price", {"key": "price", "at_least": "20"}, True),
        ("price", {"key": "price", "at_least": "20.01"}, False),
    ],
)  # fmt: skip
def test_a_condition_compares_an_answer_made_of_parts(key, condition, holds):
    last = {"key": "last", "label": "?", "kind": "text", "show_if": condition}
    assert condition_from(condition)
    shown = [each.key for each in asked(questions_from([*EACH_KIND, last]), ANSWERS, {})]
    assert ("last" in shown) is holds


# ---- samples -------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(questionnaires())
def test_a_sample_answers_each_question_rightly(stored):
    for each in questions_from(stored):
        assert each.kind in UNTYPED or fault(each, plausible(each)) is None, each
