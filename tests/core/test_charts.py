"""Charts: where things are drawn. Percentages across, pixels down, sums exact, what is missing is a gap."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.core import charts
from programme.core.charts import departments, lines

D = Decimal
DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0, 32000, "0 10000 20000 30000 40000"),
        (0, 7, "0 2 4 6 8"),
        (0, 100, "0 50 100"),
        (3, 4, "3.0 3.5 4.0"),
        (-12, 30, "-20 0 20 40"),
        (0, D("0.9"), "0.0 0.5 1.0"),
        (0, 0, "0 1"),
        (5, 5, "0 2 4 6"),
        (-5, -5, "-6 -4 -2 0"),
    ],
)
def test_marks_are_round_and_cover_the_values(low, high, wanted):
    assert [float(tick) for tick in charts.ticks(low, high)] == [float(each) for each in wanted.split()]


@given(st.decimals(-(10**9), 10**9, places=2), st.decimals(-(10**9), 10**9, places=2), st.integers(1, 10))
def test_whatever_the_values_marks_are_even_few_and_around_them(one, other, wanted):
    low, high = sorted((one, other))
    found = charts.ticks(low, high, wanted)
    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= wanted + 3
    assert len({b - a for a, b in itertools.pairwise(found)}) == 1


def test_an_axis_that_goes_down_is_refused():
    with pytest.raises(ValueError, match="goes up"):
        charts.ticks(2, 1)
    with pytest.raises(ValueError, match="forward"):
        charts.time_ticks(DAY, DAY - timedelta(days=1))


def test_zero_is_on_the_axis_unless_told_otherwise():
    assert charts.value_scale([D(50), None, D(62)]).low == 0
    assert charts.value_scale([D(50), D(62)], from_zero=False).low == 50
    assert charts.value_scale([]).ticks == (0, 1)


@pytest.mark.parametrize(
    ("days", "unit", "first"),
    [
        (3, "day", DAY),
        (9, "day", DAY),
        (30, "day", date(2026, 1, 5)),
        (100, "month", DAY),
        (400, "month", DAY),
        (800, "month", DAY),
        (1900, "year", DAY),
        (20000, "year", date(2040, 1, 1)),
    ],
)
def test_time_is_marked_at_whole_days_mondays_months_or_years(days, unit, first):
    found = charts.time_ticks(DAY, DAY + timedelta(days=days))
    assert {tick.unit for tick in found} <= {unit, f"{unit}_alone"}
    assert all((tick.day.month > 1 and tick != found[0]) for tick in found if tick.unit == "month_alone")
    assert found[0].day == first
    assert 2 <= len(found) <= 5
    assert all(tick.day.day == 1 for tick in found if unit != "day")
    assert all(tick.day.month == 1 for tick in found if unit == "year")


@given(st.integers(0, 40000), st.dates(date(1950, 1, 1), date(2050, 1, 1)))
def test_whatever_the_span_marks_of_time_are_few_and_within(days, first):
    found = charts.time_ticks(first, first + timedelta(days=days))
    assert 1 <= len(found) <= 5
    assert all(first <= tick.day <= first + timedelta(days=days) for tick in found)


def test_one_day_has_one_mark():
    assert charts.time_ticks(DAY, DAY) == (charts.TimeTick(DAY, "day"),)


def series(*values):
    return [(DAY + timedelta(days=30 * place), value) for place, value in enumerate(values)]


def test_a_line_goes_from_edge_to_edge_and_up_from_zero():
    chart = charts.line_chart({"Partenaires": series(D(50), D(60), D(100))}, height=200)
    line = chart.lines[0]
    assert [dot.x for dot in line.dots] == [0, 50, 100]
    assert line.dots[-1].y == lines.TOP
    assert line.dots[0].y == 200 - (200 - lines.TOP) / 2
    assert line.runs == ("M0 112L500 94.4L1000 24",)
    assert [(mark.y, mark.value) for mark in chart.values] == [(200, 0), (112, 50), (24, 100)]


def test_a_missing_value_is_a_gap_and_never_a_zero():
    chart = charts.line_chart({"x": series(D(1), D(2), None, D(3), D(4))})
    assert len(chart.lines[0].runs) == 2
    assert len(chart.lines[0].dots) == 4


def test_a_value_alone_between_two_gaps_is_a_dot():
    chart = charts.line_chart({"x": series(D(1), None, D(2), None, D(3), D(4))})
    assert len(chart.lines[0].runs) == 1
    assert len(chart.lines[0].shown) == 4


def test_the_order_of_what_is_given_does_not_matter():
    points = series(D(1), D(3), D(2))
    assert charts.line_chart({"x": points}) == charts.line_chart({"x": points[::-1]})


def test_one_value_stands_in_the_middle_with_its_day():
    chart = charts.line_chart({"x": series(D(5))})
    assert (chart.lines[0].dots[0].x, chart.lines[0].runs) == (50, ())
    assert [mark.day for mark in chart.days] == [DAY]


@pytest.mark.parametrize("points", [[], series(None, None)])
def test_without_a_value_there_is_nothing_to_draw(points):
    chart = charts.line_chart({"x": points})
    assert chart.is_empty
    assert chart.lines[0].last is None


def test_negative_values_go_under_the_line_of_zero():
    chart = charts.line_chart({"x": series(D(-10), D(20))}, height=200)
    zero = next(mark.y for mark in chart.values if mark.value == 0)
    assert chart.lines[0].dots[0].y > zero > chart.lines[0].dots[1].y


def test_a_hundred_values_keep_one_dot_the_last():
    chart = charts.line_chart({"x": series(*map(D, range(100)))})
    assert len(chart.lines[0].dots) == 100
    assert chart.lines[0].shown == (chart.lines[0].last,)


def test_names_of_lines_that_end_together_stand_apart_and_inside():
    chart = charts.line_chart({name: series(D(0), D(place)) for place, name in enumerate("abcd")}, height=100)
    places = sorted(line.name_y for line in chart.lines)
    assert all(b - a >= lines.NAME_GAP - 0.2 for a, b in itertools.pairwise(places))
    assert places[-1] <= 100


def test_words_of_time_stay_within_the_width():
    chart = charts.line_chart({"x": series(*map(D, range(5)))})
    assert chart.days[0].anchor == "start"
    assert all(0 <= mark.x <= 100 for mark in chart.days)


def test_bars_start_at_zero_and_the_longest_fills_the_width():
    chart = charts.bar_chart([("Var", D(30)), ("Gap", D(15)), ("Nice", D(0)), ("Arles", None)])
    assert [(bar.x, bar.width) for bar in chart.bars] == [(0, 100), (0, 50), (0, 0), (0, 0)]
    assert not chart.has_negative


def test_negative_bars_go_left():
    chart = charts.bar_chart([("a", D(30)), ("b", D(-10))])
    assert chart.zero == 25
    assert [(bar.x, bar.width) for bar in chart.bars] == [(25, 75), (0, 25)]
    assert chart.has_negative


@pytest.mark.parametrize("rows", [[], [("a", D(0))], [("a", None)]])
def test_bars_of_nothing_have_no_width(rows):
    assert all(bar.width == 0 for bar in charts.bar_chart(rows).bars)


@given(st.lists(st.decimals(0, 10**7, places=2), min_size=1, max_size=8), st.decimals(0, 10**7, places=2))
def test_parts_meet_and_their_sum_is_exact(values, other):
    names = [str(place) for place in range(len(values))]
    chart = charts.stacked_chart(names, [("a", values), ("b", [other, *values[1:]])])
    for stack, given_values in zip(chart.stacks, (values, [other, *values[1:]]), strict=True):
        assert stack.total == sum(given_values, D(0))
        for one, following in zip(stack.segments, stack.segments[1:], strict=False):
            assert round(one.x + one.width, 2) == following.x
        assert stack.segments[-1].x + stack.segments[-1].width <= 100.001


def test_shares_fill_the_width():
    chart = charts.stacked_chart(["a", "b"], [("x", [D(1), D(2)]), ("y", [D(0), D(0)])], shares=True)
    first, nothing = chart.stacks
    assert [segment.width for segment in first.segments] == [33.33, 66.67]
    assert [segment.width for segment in nothing.segments] == [0, 0]


@pytest.mark.parametrize("values", [[D(1)], [D(1), D(-2)]])
def test_parts_that_do_not_fit_are_refused(values):
    with pytest.raises(ValueError, match="one part for each name"):
        charts.stacked_chart(["a", "b"], [("x", values)])


SHAPES = {
    "13": charts.Shape("M0 0l9 9z", (0, 0, 100, 100), (40, 50)),
    "83": charts.Shape("M9 9l9 9z", (100, 20, 180, 120), (140, 60)),
    "44": charts.Shape("M1 1l9 9z", (-900, 0, -800, 60), (-850, 30)),
}
PLACES = [("44", "Loire-Atlantique"), ("13", "Bouches-du-Rhône"), ("83", "Var"), ("974", "La Réunion")]


def test_departments_that_touch_share_a_panel_and_the_one_with_most_comes_first():
    drawn = charts.department_map(SHAPES, PLACES, {"13": D(32000), "83": D(9000)})
    assert [[area.code for area in panel.areas] for panel in drawn.panels] == [["13", "83"], ["44"]]
    assert drawn.absent == ("La Réunion",)
    assert drawn.panels[0].view_box == "-6 -6 192 132"
    assert (drawn.panels[0].areas[0].x, drawn.panels[0].areas[0].y) == (24.0, 42.4)


def test_each_department_has_the_class_of_its_amount():
    drawn = charts.department_map(SHAPES, PLACES, {"13": D(32000), "83": D(10000)})
    assert [float(limit) for limit in drawn.limits] == [0, 10000, 40000]
    assert {area.code: area.level for panel in drawn.panels for area in panel.areas} == {"13": 2, "83": 1, "44": 0}


@pytest.mark.parametrize(
    ("amounts", "bounds", "levels"),
    [
        ("500 900 1200 3000 880000", "0 500 1200 3000 900000", "1 2 2 3 4"),
        ("32000 14000 47500", "0 14000 40000 50000", "2 1 3"),
        ("12 13 14 15 16 17 18 19", "0 13 15 17 20", "1 1 2 2 3 3 4 4"),
        ("5 5 5", "0 5", "1 1 1"),
    ],
)
def test_very_uneven_sums_do_not_fall_in_one_class_and_bounds_are_round(amounts, bounds, levels):
    given = [D(each) for each in amounts.split()]
    limits = departments.class_limits(given)
    assert [float(limit) for limit in limits] == [float(each) for each in bounds.split()]
    assert [departments.level(each, limits) for each in given] == [int(each) for each in levels.split()]


def test_without_amounts_every_department_is_of_no_class():
    drawn = charts.department_map(SHAPES, PLACES, {})
    assert drawn.limits == ()
    assert {area.level for panel in drawn.panels for area in panel.areas} == {0}


def test_without_outlines_there_is_no_map(tmp_path):
    assert charts.shapes_from(tmp_path / "missing.json") == {}
    assert charts.department_map({}, PLACES, {"13": D(1)}) is None


@given(st.lists(st.decimals(0, 10**8, places=2), min_size=1, max_size=20))
def test_every_amount_finds_a_class(amounts):
    limits = departments.class_limits(amounts)
    for amount in amounts:
        found = departments.level(amount, limits)
        assert (found == 0) == (amount == 0)
        assert found <= 4
        if found:
            assert limits[found - 1] < amount <= limits[found]


def test_the_built_outlines_hold_the_departments_of_the_demonstration(app):
    path = Path(app.static_folder) / "build" / "departments.json"
    if not path.is_file():
        pytest.skip("the outlines are not built here")
    shapes = charts.shapes_from(path)
    assert len(shapes) == 96
    for code in ("04", "13", "2A", "75", "44"):
        left, top, right, bottom = shapes[code].box
        assert left < shapes[code].label[0] < right
        assert top < shapes[code].label[1] < bottom
        assert shapes[code].path.startswith("M")
