"""When silence decides. Sources: CRPA L231-4, L114-5, R112-5, R112-11-1."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.applications.rules.legal_clock import ClockRules, Suspension, run

RULES = ClockRules(months=2, silence_accepts=False, starts_when_complete=True, suspended_by_request=True)
DEPOSIT = date(2026, 11, 23)


def clock(submitted=DEPOSIT, complete=None, suspensions=(), rules=RULES):
    return run(
        rules, submitted_on=submitted, complete_on=complete, suspensions=[Suspension(*each) for each in suspensions]
    )


@pytest.mark.parametrize(
    ("submitted", "silence"),
    [
        (date(2026, 11, 23), date(2027, 1, 23)),
        (date(2026, 12, 31), date(2027, 2, 28)),  # a month of 28 days
        (date(2027, 12, 31), date(2028, 2, 29)),  # a month of 29 days
        (date(2027, 2, 28), date(2027, 4, 28)),
        (date(2027, 7, 31), date(2027, 9, 30)),  # a month of 30 days
        (date(2027, 6, 30), date(2027, 8, 30)),  # 31 days, but the same day of the month
        (date(2027, 1, 1), date(2027, 3, 1)),
        (date(2028, 2, 29), date(2028, 4, 29)),
    ],
)
def test_two_months_run_from_day_to_day(submitted, silence):
    assert clock(submitted).silence_on == silence


@pytest.mark.parametrize(
    ("months", "silence"), [(1, date(2026, 12, 23)), (4, date(2027, 3, 23)), (12, date(2027, 11, 23))]
)
def test_the_length_is_a_setting_of_the_call(months, silence):
    assert clock(rules=ClockRules(months, False, True, True)).silence_on == silence


def test_the_clock_starts_again_when_the_file_is_complete():
    found = clock(complete=date(2026, 12, 10))
    assert (found.starts_on, found.silence_on) == (date(2026, 12, 10), date(2027, 2, 10))


def test_it_starts_at_the_deposit_when_the_call_says_so():
    rules = ClockRules(2, False, starts_when_complete=False, suspended_by_request=True)
    found = clock(complete=date(2026, 12, 10), rules=rules)
    assert (found.starts_on, found.silence_on) == (DEPOSIT, date(2027, 1, 23))


def test_a_running_request_leaves_no_date():
    found = clock(suspensions=[(date(2026, 12, 1), None)])
    assert (found.silence_on, found.suspended) == (None, True)
    assert found.days_left(date(2026, 12, 2)) is None


def test_the_days_of_a_request_are_added():
    found = clock(suspensions=[(date(2026, 12, 1), date(2026, 12, 11))])
    assert (found.silence_on, found.suspended_days) == (date(2027, 2, 2), 10)


def test_a_request_answered_the_same_day_adds_nothing():
    assert clock(suspensions=[(date(2026, 12, 1), date(2026, 12, 1))]).silence_on == date(2027, 1, 23)


def test_a_request_before_completeness_does_not_count_after_it():
    found = clock(complete=date(2026, 12, 11), suspensions=[(date(2026, 12, 1), date(2026, 12, 11))])
    assert (found.silence_on, found.suspended_days) == (date(2027, 2, 11), 0)


def test_a_request_across_completeness_counts_from_it():
    found = clock(complete=date(2026, 12, 6), suspensions=[(date(2026, 12, 1), date(2026, 12, 11))])
    assert (found.silence_on, found.suspended_days) == (date(2027, 2, 11), 5)


def test_a_request_after_completeness_counts():
    found = clock(complete=date(2026, 12, 1), suspensions=[(date(2026, 12, 20), date(2027, 1, 4))])
    assert (found.silence_on, found.suspended_days) == (date(2027, 2, 16), 15)


@pytest.mark.parametrize(
    "suspensions",
    [
        [(date(2026, 12, 1), date(2026, 12, 11)), (date(2026, 12, 6), date(2026, 12, 16))],
        [(date(2026, 12, 6), date(2026, 12, 16)), (date(2026, 12, 1), date(2026, 12, 11))],
        [(date(2026, 12, 1), date(2026, 12, 16)), (date(2026, 12, 5), date(2026, 12, 9))],
        [(date(2026, 12, 1), date(2026, 12, 11)), (date(2026, 12, 11), date(2026, 12, 16))],
    ],
)
def test_overlapping_requests_count_each_day_once(suspensions):
    assert clock(suspensions=suspensions).suspended_days == 15


def test_a_call_may_let_the_clock_run_during_a_request():
    rules = ClockRules(2, False, True, suspended_by_request=False)
    found = clock(suspensions=[(date(2026, 12, 1), None)], rules=rules)
    assert (found.silence_on, found.suspended) == (date(2027, 1, 23), False)


def test_days_left_go_below_zero_once_silence_has_decided():
    found = clock()
    assert [found.days_left(day) for day in (date(2027, 1, 16), date(2027, 1, 23), date(2027, 1, 24))] == [7, 0, -1]


@given(
    start=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    spans=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90)), max_size=5),
)
def test_suspended_days_are_the_days_covered_after_the_start(start, spans):
    listed = [(start + timedelta(days=a - 50), start + timedelta(days=a - 50 + length)) for a, length in spans]
    covered = {asked + timedelta(days=k) for asked, answered in listed for k in range((answered - asked).days)}
    found = clock(start, suspensions=listed)
    assert found.suspended_days == sum(day >= start for day in covered)
