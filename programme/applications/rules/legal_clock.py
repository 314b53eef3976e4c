"""When silence decides: the legal clock of an application, in whole days of the Region's zone. Pure.

Sources: CRPA L231-4, 3° (a financial request: two months of silence mean refusal), L112-3 and R112-5 (what the
receipt says), L114-5 (the time given to complete suspends it). Length, meaning, start and suspension are settings
of the call. A period in months runs from day to day of the month (« de quantième à quantième »), the first day not
counted; a month without that day ends it on its last day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from programme.core.periods import add_months


@dataclass(frozen=True)
class ClockRules:
    """The settings of a call: months of silence, what silence means, when it starts, whether a request suspends it."""

    months: int
    silence_accepts: bool
    starts_when_complete: bool
    suspended_by_request: bool


@dataclass(frozen=True)
class Suspension:
    """The time given to complete: from the day of the request to the day of the answer (None: still running)."""

    asked_on: date
    answered_on: date | None


@dataclass(frozen=True)
class Clock:
    """State of the clock on a day: `silence_on` is None while it is suspended or has not started."""

    starts_on: date | None
    silence_on: date | None
    suspended: bool
    suspended_days: int

    def days_left(self, today: date) -> int | None:
        """Days until silence decides, negative when it has; None while no date is known."""
        return None if self.silence_on is None else (self.silence_on - today).days


def run(rules: ClockRules, *, submitted_on: date, complete_on: date | None, suspensions: Iterable[Suspension]) -> Clock:
    """The clock of an application.

    While a request for pieces runs, no silence date can be given. The days between a request and its answer are
    added to the period, each day once even when two requests overlap. A clock that starts only when the application
    is declared complete starts that day, and what was suspended before it does not count; until then the receipt
    gives the date « provided the request is complete » (R112-11-1), counted from the deposit.
    """
    listed = list(suspensions) if rules.suspended_by_request else []
    starts_on = submitted_on if complete_on is None or not rules.starts_when_complete else complete_on
    days = _suspended_days(listed, starts_on)
    if any(each.answered_on is None for each in listed):
        return Clock(starts_on, None, True, days)
    return Clock(starts_on, add_months(starts_on, rules.months) + timedelta(days=days), False, days)


def _suspended_days(suspensions: Iterable[Suspension], starts_on: date) -> int:
    """Days from request to answer after the start, each counted once."""
    total, counted_to = 0, starts_on
    for each in sorted(suspensions, key=lambda each: each.asked_on):
        if each.answered_on is not None:
            total += max(0, (each.answered_on - max(each.asked_on, counted_to)).days)
            counted_to = max(counted_to, each.answered_on)
    return total
