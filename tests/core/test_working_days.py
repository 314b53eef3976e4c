"""Public holidays and working days of France. Source: Code du travail, article L3133-1."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.core.working_days import easter, is_working_day, next_working_day, public_holidays

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 1))
YEARS = st.integers(1900, 2199)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (1818, 3, 22), (2285, 3, 22),  # the earliest that there is
        (1943, 4, 25), (2038, 4, 25),  # the latest
        (1961, 4, 2), (2000, 4, 23), (2008, 3, 23), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28),
        (2028, 4, 16), (2029, 4, 1), (2030, 4, 21), (2031, 4, 13), (2032, 3, 28), (2033, 4, 17), (2034, 4, 9),
        (2035, 3, 25), (2036, 4, 13), (2049, 4, 18), (2076, 4, 19),
    ],
)  # fmt: skip
def test_easter_is_known(year, month, day):
    assert easter(year) == date(year, month, day)


@given(YEARS)
def test_easter_is_a_sunday_between_its_two_bounds(year):
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_the_holidays_of_a_year_are_the_eleven_of_the_law():
    assert sorted(public_holidays(2027)) == [
        date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 8), date(2027, 5, 17),
        date(2027, 7, 14), date(2027, 8, 15), date(2027, 11, 1), date(2027, 11, 11), date(2027, 12, 25),
    ]  # fmt: skip


def test_two_holidays_may_be_one_day():
    assert date(2008, 5, 1) in public_holidays(2008), "1 May and the Ascension"
    assert len(public_holidays(2008)) == 10


@pytest.mark.parametrize(
    ("day", "then"),
    [
        (date(2026, 11, 26), date(2026, 11, 26)),  # a Thursday
        (date(2026, 11, 28), date(2026, 11, 30)),  # Saturday
        (date(2026, 11, 29), date(2026, 11, 30)),  # Sunday
        (date(2027, 3, 27), date(2027, 3, 30)),  # Saturday, Easter, its Monday
        (date(2018, 7, 14), date(2018, 7, 16)),  # 14 July on a Saturday
        (date(2023, 7, 14), date(2023, 7, 17)),  # on a Friday
        (date(2026, 12, 25), date(2026, 12, 28)),  # Christmas on a Friday
        (date(2027, 12, 31), date(2027, 12, 31)),  # a Friday
        (date(2028, 1, 1), date(2028, 1, 3)),  # New Year on a Saturday
        (date(2028, 2, 29), date(2028, 2, 29)),  # a Tuesday that most years lack
        (date(2027, 5, 6), date(2027, 5, 7)),  # the Ascension: Friday is worked, whoever takes the bridge
        (date(2027, 5, 15), date(2027, 5, 18)),  # Saturday, Sunday, Whit Monday
        (date(2026, 4, 3), date(2026, 4, 3)),  # Good Friday is worked outside Alsace and Moselle
        (date(2026, 12, 24), date(2026, 12, 24)),
    ],
)
def test_the_next_working_day_is_known(day, then):
    assert next_working_day(day) == then


@given(DAYS)
def test_the_next_working_day_is_one_and_none_was_skipped(day):
    found = next_working_day(day)
    assert is_working_day(found)
    assert all(not is_working_day(day + timedelta(days=each)) for each in range((found - day).days))
    assert (found - day).days <= 4, "Saturday to Tuesday with a holiday on each side, never more"


@given(DAYS, st.integers(0, 60))
def test_a_later_day_never_comes_first(day, more):
    assert next_working_day(day) <= next_working_day(day + timedelta(days=more))


@given(YEARS)
def test_every_holiday_is_closed_and_in_its_year(year):
    found = public_holidays(year)
    assert {each.year for each in found} == {year}
    assert len(found) in (10, 11)
    assert not any(is_working_day(each) for each in found)
