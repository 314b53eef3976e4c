"""Formulas of calculated questions: a closed language, decimal reckoning, no value rather than a wrong one."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.questionnaires.rules.fields import answered, questions_from
from programme.questionnaires.rules.formulas import DEPTH, LARGEST, Need, formula, sum_of
from programme.questionnaires.rules.values import decimal

KNOWN = {
    Need("a"): Decimal(6),
    Need("b"): Decimal("2.50"),
    Need("t", "cost"): Decimal("610.10"),
    Need("zero"): Decimal(0),
}


@pytest.mark.parametrize(
    ("text", "decimals", "value"),
    [
        ("a + b * 2", 2, "11.00"), ("(a + b) * 2", 0, "17"), ("sum(t.cost) / a", 2, "101.68"), ("-b", 1, "-2.5"), ("+b", 1, "2.5"),
        ("0.1 + 0.2 + a - a", 1, "0.3"), ("a / zero", 2, None), ("missing + a", 2, None), ("sum(t.nothing) + a", 0, "6"),
        ("sum(t.nothing)", 0, None), ("missing", 0, None), ("1 / 3", 4, "0.3333"), ("b / 4 + 0 * a", 1, "0.6"), ("2.5 * a / a", 0, "3"),
        ("0 * a - 0.001", 2, "0.00"), ("a\n+\tb", 1, "8.5"), ("12.50", 2, "12.50"), ("zero / zero", 2, None),
    ],
)  # fmt: skip
def test_a_formula_is_reckoned_exactly_and_rounded_half_up(text, decimals, value):
    found = formula(text).value(KNOWN, decimals)
    assert (None if found is None else format(found, "f")) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "a +", "a ** 2", "a // 2", "a % 2", "a if b else a", "a and b", "not a", "a < b", "f(a)", "sum(a)", "sum(t.cost, 1)", "sum(*t)",
        "sum(t.cost.x)", "max(t.cost)", "t.cost", "a[0]", "[a]", "{a}", "(a, b)", "'a'", "f'{a}'", "a := 2", "lambda: a", "__import__('os')",
        "a.__class__", "A", "é", "1e3", "0x10", "1_000", "1j", "True", "None", "...", "~a", "sum(t.__class__)", "a; b", "a # b\n", "sum(a=t.cost)",
        "1234567890.12345678", "x" * 41, "a" * 201, "await a", "yield", "a b", "0.00001",
    ],
)  # fmt: skip
def test_whatever_is_not_of_the_language_is_refused(text):
    with pytest.raises(ValueError, match=r"formula|signs|like"):
        formula(text)


def test_a_formula_is_bounded():
    assert formula(" + ".join("a" * 49)).value(KNOWN, 0) == 294
    nested = "a" + "-(a" * DEPTH + ")" * DEPTH
    with pytest.raises(ValueError, match="deep"):
        formula(nested)
    with pytest.raises(ValueError, match="formula"):
        formula("(" * 99 + "a" + ")" * 99 + "+")


def test_what_no_question_could_hold_is_no_value():
    high = {Need("a"): LARGEST}
    assert formula("a").value(high, 0) == LARGEST
    assert formula("a * 2").value(high, 0) is None
    assert formula("*".join("a" * 99)).value({Need("a"): Decimal(10) ** 14}, 0) is None
    assert formula("a / 0.0001").value({Need("a"): Decimal(10) ** 14}, 0) is None


TREES = st.recursive(
    st.sampled_from(["a", "b", "2", "0.5"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})"), max_leaves=6,
)  # fmt: skip


@given(TREES, st.integers(-9, 9), st.integers(1, 90))
def test_a_formula_means_what_fractions_say(text, whole, tenths):
    known = {Need("a"): Decimal(whole), Need("b"): Decimal(tenths) / 10}
    try:
        # The control reckons with Python's own fractions; a lone number is one too.
        words = text.replace("0.5", "Fraction(1, 2)").replace("(2", "(Fraction(2)").replace(" 2", " Fraction(2)")
        exact = eval(words, {"Fraction": Fraction, "a": Fraction(whole), "b": Fraction(tenths, 10)})  # our own text
    except ZeroDivisionError:
        exact = None
    needs = formula(text).needs
    found = formula(text).value(known, 4)
    if exact is None:
        assert found is None or not needs
    else:
        assert found is not None
        assert abs(Fraction(found) - exact) <= Fraction(1, 20_000) + Fraction(1, 10**12)


def test_the_sum_of_a_column_is_that_of_the_cells_that_are_numbers():
    rows = [{"c": "1.50"}, {"c": 2}, {"c": "à voir"}, {"d": 9}, "zz", {"c": None}]
    assert sum_of(rows, "c", decimal) == Decimal("3.50")
    assert sum_of([{"d": 1}], "c", decimal) is None
    assert sum_of(None, "c", decimal) is None
    assert sum_of("zz", "c", decimal) is None


STORED = [
    {"key": "own", "label": "Fonds propres", "kind": "money"},
    {"key": "gifts", "label": "Dons", "kind": "money", "show_if": {"key": "own", "at_most": "1000"}},
    {"key": "works", "label": "Travaux", "kind": "table", "columns": [{"key": "cost", "label": "Coût", "kind": "money"}]},
    {"key": "share", "label": "Part", "kind": "calculated", "formula": "own * 100 / sum(works.cost)", "unit": "%", "decimals": 1},
    {"key": "left", "label": "Reste", "kind": "calculated", "formula": "100 - share"},
    {"key": "why", "label": "Pourquoi ?", "kind": "text", "show_if": {"key": "left", "at_least": "50"}},
    {"key": "all", "label": "Apports", "kind": "calculated", "formula": "own + gifts"},
]  # fmt: skip


def reckoned(**answers):
    return {each.key: answer for each, answer in answered(questions_from(STORED), answers, {})}


def test_what_is_reckoned_is_used_in_formulas_and_conditions_as_it_is_shown():
    found = reckoned(own="250.00", works=[{"cost": "600.00"}, {"cost": "150.00"}])
    assert (found["share"], found["left"], "why" in found) == (Decimal("33.3"), Decimal(67), True)
    found = reckoned(own="500.00", works=[{"cost": "750.00"}])
    assert (found["share"], "why" in found) == (Decimal("66.7"), False)


def test_an_answer_that_is_hidden_is_not_counted():
    assert reckoned(own="250.00", gifts="100.00")["all"] == 350
    assert reckoned(own="2500.00", gifts="100.00")["all"] is None


def test_a_value_that_is_sent_for_what_is_reckoned_is_not_taken():
    assert reckoned(own="250.00", share="99", works=[{"cost": "500.00"}])["share"] == 50


@pytest.mark.parametrize(
    "text", ["later", "name", "works", "sum(works.what)", "sum(own.cost)", "theme", "requested_amount"]
)
def test_a_formula_names_what_earlier_questions_count(text):
    listed = [
        *STORED[:1], {**STORED[2], "columns": [*STORED[2]["columns"], {"key": "what", "label": "Poste", "kind": "text"}]},
        {"key": "name", "label": "Nom", "kind": "text"}, {"key": "n", "label": "N", "kind": "calculated", "formula": text},
        {"key": "later", "label": "Plus tard", "kind": "number"},
    ]  # fmt: skip
    with pytest.raises(ValueError, match="reckons with"):
        questions_from(listed)
    listed[3]["formula"] = "sum(works.cost) + own"
    assert len(questions_from(listed)) == 5
