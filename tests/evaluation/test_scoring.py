"""Totals are exact, a missing mark is an error and never a zero."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.evaluation.scoring import (
    SCALE_LEAST,
    SCALE_MOST,
    IncompleteScores,
    Weighted,
    below_floor,
    mean,
    so_far,
    spread,
    weighted_score,
)

GRID_A = [
    Weighted("interest", Decimal(15)), Weighted("value", Decimal(25), 2), Weighted("uses", Decimal(20)),
    Weighted("pooling", Decimal(15)), Weighted("feasibility", Decimal(15)), Weighted("lasting", Decimal(10)),
]  # fmt: skip


def test_full_marks_make_a_hundred():
    assert weighted_score({each.code: 5 for each in GRID_A}, GRID_A) == Decimal("100.00")


def test_weights_count():
    marks = {"interest": 3, "value": 4, "uses": 5, "pooling": 2, "feasibility": 3, "lasting": 1}
    # 15*3 + 25*4 + 20*5 + 15*2 + 15*3 + 10*1 = 330, brought to 100 by /5.
    assert weighted_score(marks, GRID_A) == Decimal("66.00")


def test_half_cents_round_up():
    thirds = [Weighted("a", Decimal(1)), Weighted("b", Decimal(1)), Weighted("c", Decimal(1))]
    assert weighted_score({"a": 1, "b": 0, "c": 0}, thirds) == Decimal("6.67")


@pytest.mark.parametrize("marks", [{}, {"interest": 3}, {**{e.code: 3 for e in GRID_A}, "other": 1}])
def test_a_missing_or_unknown_criterion_is_an_error(marks):
    with pytest.raises(IncompleteScores):
        weighted_score(marks, GRID_A)


@pytest.mark.parametrize("mark", [-1, 6])
def test_a_mark_outside_the_scale_is_an_error(mark):
    with pytest.raises(ValueError, match="between 0 and 5"):
        weighted_score({each.code: mark for each in GRID_A}, GRID_A)


@given(st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_the_total_stays_between_0_and_100_and_grows_with_each_mark(marks):
    codes = [each.code for each in GRID_A]
    total = weighted_score(dict(zip(codes, marks, strict=True)), GRID_A)
    assert 0 <= total <= 100
    for index, mark in enumerate(marks):
        if mark < 5:
            better = [*marks[:index], mark + 1, *marks[index + 1 :]]
            assert weighted_score(dict(zip(codes, better, strict=True)), GRID_A) > total


@given(st.integers(SCALE_LEAST, SCALE_MOST), st.data())
def test_on_any_scale_the_total_is_the_exact_share_of_the_best_marks(scale, data):
    marks = {each.code: data.draw(st.integers(0, scale)) for each in GRID_A}
    exact = sum(Fraction(marks[each.code] * int(each.weight), scale) for each in GRID_A)  # The weights make 100.
    total = weighted_score(marks, GRID_A, scale)
    assert abs(Fraction(total) - exact) <= Fraction(1, 200)
    assert (total == 100) == (set(marks.values()) == {scale})
    assert so_far(marks, GRID_A, scale).possible == 100


@given(st.integers(1, 4), st.data())
def test_marks_and_scale_multiplied_together_make_the_same_total(times, data):
    marks = {each.code: data.draw(st.integers(0, 5)) for each in GRID_A}
    larger = {code: mark * times for code, mark in marks.items()}
    assert weighted_score(larger, GRID_A, 5 * times) == weighted_score(marks, GRID_A)


@pytest.mark.parametrize("mark", [-1, 11])
def test_control_a_mark_of_another_scale_is_an_error(mark):
    with pytest.raises(ValueError, match="between 0 and 10"):
        weighted_score({each.code: mark for each in GRID_A}, GRID_A, 10)


def test_mean_and_spread_of_readers():
    assert mean([Decimal("60.00"), Decimal("65.01")]) == Decimal("62.51")
    assert spread([Decimal(60), Decimal(81)]) == 21
    assert spread([]) == 0
    with pytest.raises(ValueError, match="no score"):
        mean([])


def test_a_floor_is_judged_on_the_mean_of_the_readers():
    assert below_floor({"value": (3, 2)}, GRID_A) == ["value"]
    assert below_floor({"value": (4, 2)}, GRID_A) == []
    assert below_floor({}, GRID_A) == []


def test_an_unfinished_grid_tells_what_is_given_and_what_is_missing():
    kept = so_far({"interest": 4, "value": 5}, GRID_A)
    assert (kept.points, kept.possible, kept.missing) == (Decimal("37.0"), Decimal("40.0"), 4)
    nothing = so_far({}, GRID_A)
    assert (nothing.points, nothing.possible, nothing.missing) == (0, 0, 6)


def test_a_finished_grid_is_worth_its_weighted_score():
    marks = {"interest": 3, "value": 4, "uses": 5, "pooling": 2, "feasibility": 3, "lasting": 1}
    kept = so_far(marks, GRID_A)
    assert (kept.points, kept.possible, kept.missing) == (weighted_score(marks, GRID_A), 100, 0)
