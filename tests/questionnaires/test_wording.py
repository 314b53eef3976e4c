"""What a person reads of a question in the editor and sends back untouched is the question; what is changed keeps what it can."""

import re

import pytest

from programme.questionnaires.rules import wording
from programme.questionnaires.rules.columns import Measure


@pytest.mark.parametrize(
    ("label", "taken", "code"),
    [
        ("Quelle licence ?", [], "quelle_licence"), ("Quelle licence ?", ["quelle_licence"], "quelle_licence_2"),
        ("Œuvre d’été", [], "oeuvre_d_ete"), ("2027", [], "q_2027"), ("x" * 90, [], "x" * 36),
        ("x" * 90, ["x" * 36], "x" * 36 + "_2"),
    ],
)  # fmt: skip
def test_a_code_comes_from_the_words_and_is_alone(label, taken, code):
    assert wording.code_of(label, taken) == code


@pytest.mark.parametrize(
    ("text", "stored"),
    [("1 500,5", "1500.5"), ("-3", "-3"), ("12,34 €", "12.34"), ("50 %", "50"), ("1\u202f000", "1000")],
)
def test_a_number_is_read_as_people_write_it(text, stored):
    assert wording.number(text) == stored


@pytest.mark.parametrize(
    ("text", "stored"), [("1/3/2027", "2027-03-01"), (" 2027-03-01 ", "2027-03-01"), ("12,5", "12.5")]
)
def test_a_bound_is_a_day_or_a_number(text, stored):
    assert wording.bound(text) == stored


@pytest.mark.parametrize("text", ["30/02/2027", "2027-02-30", "demain", ""])
def test_what_is_neither_is_refused(text):
    with pytest.raises(ValueError, match=r"^$|day|demain"):
        wording.bound(text)


@pytest.mark.parametrize("text", ["", "beaucoup", "1,23456", "1e3", "NaN", "1.2.3", "9" * 13, "٣"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        wording.number(text)


def test_choices_that_keep_their_words_keep_their_codes_in_any_order():
    former = [["a", "Un"], ["b", "Deux"]]
    assert wording.coded(["Trois", "Deux", "Un"], former) == [["trois", "Trois"], ["b", "Deux"], ["a", "Un"]]


def test_a_new_choice_takes_no_code_of_an_old_one():
    assert wording.coded(["A", "Autre"], [["a", "Autre"]]) == [["a_2", "A"], ["a", "Autre"]]


COLUMNS = [
    {"key": "poste", "label": "Poste", "kind": "text"},
    {"key": "v", "label": "Visites", "kind": "number", "unit": "par mois", "decimals": 2},
    {
        "key": "p",
        "label": "Public",
        "kind": "choice",
        "options": [["j", "Jeunes"], ["f", "Familles"]],
        "required": False,
    },
    {"key": "q", "label": "Lieu : précis", "kind": "choice", "options": [["x", "Un, deux"], ["y", "Trois"]]},
]


def test_columns_sent_back_untouched_stay_as_they_are_even_with_commas_in_their_choices():
    assert wording.columns([wording.column_words(each) for each in COLUMNS], COLUMNS) == COLUMNS


def test_a_column_that_changes_keeps_its_key_and_what_its_kind_keeps():
    assert wording.columns(["Visites : nombre par an", "Public (facultatif) : choix Familles, Aînés"], COLUMNS) == [
        {"key": "v", "label": "Visites", "kind": "number", "unit": "par an", "decimals": 2},
        {
            "key": "p",
            "label": "Public",
            "kind": "choice",
            "options": [["f", "Familles"], ["aines", "Aînés"]],
            "required": False,
        },
    ]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("Poste : texte", {"key": "poste", "label": "Poste", "kind": "text"}),
        ("Poste (facultatif) : texte", {"key": "poste", "label": "Poste", "kind": "text", "required": False}),
        ("Poste (Facultative): nombre m²", {"key": "poste", "label": "Poste", "kind": "number", "unit": "m²", "required": False}),
        ("Poste (2027) : date", {"key": "poste_2027", "label": "Poste (2027)", "kind": "day"}),
        ("Poste : choix Oui, en partie ; Non", {"key": "poste", "label": "Poste", "kind": "choice", "options": [["oui_en_partie", "Oui, en partie"], ["non", "Non"]]}),
    ],
)  # fmt: skip
def test_a_line_says_whether_a_column_may_stay_empty(line, column):
    assert wording.columns([line], ()) == [column]
    assert wording.columns([wording.column_words(column)], ()) == [column]


def test_a_column_becomes_facultative_and_mandatory_again_under_its_key():
    [free] = wording.columns(["Poste (facultatif) : texte"], COLUMNS)
    assert free == {**COLUMNS[0], "required": False}
    assert wording.columns(["Poste : texte"], [free]) == COLUMNS[:1]


@pytest.mark.parametrize("line", ["Poste", "Poste :", "Poste : couleur", ": texte", "Poste texte"])
def test_a_line_that_is_no_column_is_named(line):
    with pytest.raises(ValueError, match="^" + line.replace("?", ".") + "$"):
        wording.columns([line], ())


def test_indicators_are_codes_of_the_strategy_or_words_with_a_unit():
    former = [{"code": "m1", "label": "Visites du site", "unit": "par mois"}]
    assert wording.measures(["jeux_ouverts", "Visites du site (par mois)", "Personnes formées"], former) == [
        {"code": "jeux_ouverts"}, former[0], {"code": "personnes_formees", "label": "Personnes formées"},
    ]  # fmt: skip
    assert wording.measure_words(Measure("x", "Visites", "par an")) == "Visites (par an)"
