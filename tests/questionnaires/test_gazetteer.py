"""The places of the Region are found by a few letters, a code or a postcode; a known code goes with its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.questionnaires.rules.fields import asked, questions_from
from programme.questionnaires.rules.gazetteer import SHOWN, around, find, fits, known, places
from programme.questionnaires.rules.kinds import Level
from programme.questionnaires.rules.territories import is_code, place_fault

COMMUNE, EPCI, DEPARTMENT = Level.COMMUNE, Level.EPCI, Level.DEPARTMENT


def names(text, *levels):
    return [each.name for each in find(text, levels or tuple(Level))]


def test_it_holds_the_communes_the_groupings_and_the_departments_of_the_region():
    counts = {level: sum(each.level is level for each in places()) for level in Level}
    assert counts == {DEPARTMENT: 6, EPCI: 52, COMMUNE: 946}
    assert all(is_code(each.level, each.code) for each in places())
    assert len({(each.level, each.code) for each in places()}) == len(places())


@pytest.mark.parametrize(
    ("typed", "first"),
    [("Gap", "Gap"), ("gap", "Gap"), ("05061", "Gap"), ("05000", "Gap"), ("marse", "Marseille"),
     ("aix", "Aix-en-Provence"), ("saint remy de pro", "Saint-Rémy-de-Provence"), ("st-remy de p", "Saint-Rémy-de-Provence"),
     ("ste maxime", "Sainte-Maxime"), ("LA SEYNE", "La Seyne-sur-Mer"), ("mees", "Les Mées"), ("eze", "Èze"),
     ("l’isle sur la sorgue", "L’Isle-sur-la-Sorgue"), ("210500617", None)],
)  # fmt: skip
def test_what_a_person_types_finds_the_commune(typed, first):
    assert (names(typed, COMMUNE) or [None])[0] == first


def test_digits_that_are_a_code_here_and_a_postcode_there_find_both():
    assert names("13013", COMMUNE)[:2] == ["Belcodène", "Marseille"]


def test_the_exact_comes_before_the_populated_and_the_populated_before_the_rest():
    assert names("nice", COMMUNE)[0] == "Nice"
    found = find("saint", {COMMUNE})
    assert [each.population for each in found] == sorted((each.population for each in found), reverse=True)
    assert len(found) == SHOWN


def test_a_grouping_is_found_by_what_names_it():
    assert names("gap tallard", EPCI) == ["CA Gap-Tallard-Durance"]
    assert names("serre poncon", EPCI)[0] == "CC Serre-Ponçon"
    [found] = find("200 067 825", {EPCI})
    assert found.name == "CA Gap-Tallard-Durance"
    assert names("var", DEPARTMENT) == ["Var"]


@pytest.mark.parametrize("nothing", ["", "  ", "-", "zzzz", "’", "00000"])
def test_nothing_is_found_of_nothing(nothing):
    assert find(nothing, tuple(Level)) == []


@given(st.text(max_size=40))
def test_whatever_is_typed_is_no_fault(text):
    assert len(find(text, tuple(Level))) <= SHOWN


@pytest.mark.parametrize(
    ("code", "name", "fit"),
    [("05061", "Gap", True), ("05061", "GAP", True), ("05061", "Ville de Gap", True), ("05061", "Marseille", False),
     ("13055", "Marseille 3e", True), ("13100", "St Rémy de Provence", True), ("05061", "Gap (Hautes-Alpes)", True), ("05061", "", True)],
)  # fmt: skip
def test_a_name_fits_its_code_however_it_is_written(code, name, fit):
    assert fits(known(COMMUNE, code), name) is fit


def test_a_known_code_with_another_name_is_a_fault_and_an_unknown_code_is_none():
    """Control: the same name under a code that this edition does not hold."""
    for code, fault in (("05061", ("mismatch", "name")), ("05999", None)):
        assert place_fault({"level": "commune", "code": code, "name": "Marseille"}, (COMMUNE,)) == fault


def test_a_commune_is_in_its_grouping_and_its_department_and_a_grouping_where_it_has_communes():
    assert around("05061") == ("05061", "05", "200067825")
    assert around("200067742") == ("200067742", "04", "05")
    assert around("05") == ("05",)
    assert (around("05999"), around("97105"), around("231300021")) == (
        ("05999", "05"),
        ("97105", "971"),
        ("231300021",),
    )
    for each in places():
        if each.level is COMMUNE:
            department, grouping = each.within
            assert known(DEPARTMENT, department)
            assert department in known(EPCI, grouping).within


@pytest.mark.parametrize(
    ("condition", "held"),
    [({"is": "05061"}, True), ({"is": "200067825"}, True), ({"one_of": ["13", "05"]}, True), ({"is_not": "05"}, False),
     ({"one_of": ["13", "200067742"]}, False), ({"is_not": "13"}, True)],
)  # fmt: skip
def test_a_question_is_shown_by_a_place_that_holds_the_answer(condition, held):
    asks = [
        {"key": "area", "label": "Où ?", "kind": "territory", "levels": ["commune"]},
        {"key": "why", "label": "Pourquoi là ?", "kind": "text", "show_if": {"key": "area", **condition}},
    ]
    answer = {"area": {"level": "commune", "code": "05061", "name": "Gap"}}
    assert [each.key for each in asked(questions_from(asks), answer, {})] == ["area", *(["why"] if held else [])]


# ---- at the door -----------------------------------------------------------------------------------------


def test_anybody_looks_for_a_place(visitor):
    answer = visitor().client.get("/territoires?q=gap&echelle=commune epci")
    assert [(each["level"], each["code"], each["name"], each["note"]) for each in answer.json][:2] == [
        ("commune", "05061", "Gap", "05000, Hautes-Alpes"),
        ("epci", "200067825", "CA Gap-Tallard-Durance", "Intercommunalité (EPCI)"),
    ]
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=" + "a" * 5000, "?echelle=moon&q=gap", "?q=gap&echelle=commune"])
def test_an_odd_question_has_an_answer(visitor, query):
    assert isinstance(visitor().client.get(f"/territoires{query}").json, list)
