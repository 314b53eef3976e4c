"""When silence decides: the legal clock of an application, in whole days of the Region's zone. Pure.

Sources: CRPA L231-4, 3° (a financial request: two months of silence mean refusal), L112-3 and R112-5 (what the
receipt says), L114-5 (the time given to complete suspends it). Length, meaning, start and suspension are settings
of the call. A period in months runs from day to day of the month (« de quantième à quantième »), the first day not
counted; a month without that day ends it on its last day. The period of an appeal is another one, franc: CJA R421-1,
and article 642 of the Code de procédure civile as the Conseil d’État applies it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from programme.core.periods import add_months
from programme.core.working_days import next_working_day

APPEAL_MONTHS = 2
"""Months to bring a decision before the administrative judge (Code de justice administrative, R421-1)."""


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


def appeal_until(notified_on: date, months: int = APPEAL_MONTHS) -> date:
    """The last day on which an appeal is in time, to its end (24 h), whether the decision was told or is born of silence.

    The period is franc: neither the day of the decision nor the last one counts, so that a decision of 5 March may be
    brought before the judge until 6 May; a Saturday, a Sunday or a public holiday takes it to the next working day. It
    is an aid, and no promise: where an assembly decides, a refusal by silence closes nothing (R421-3, 1°), and a
    receipt without the routes of appeal opens no period (CRPA L112-6).
    """
    return next_working_day(add_months(notified_on, months) + timedelta(days=1))
