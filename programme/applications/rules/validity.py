"""How old a piece may be: from the day it bears to the day on which it is judged. Pure.

A call asks for a piece « de moins de trois mois au jour du dépôt »: it is judged on that day and on no later one, but a
piece that has lapsed since, or that will have before the committee, is worth knowing of. The day of its limit still counts.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from programme.core.periods import add_months


class Age(StrEnum):
    """What is to be said of the date of a piece (« âge de la pièce »)."""

    UNDATED = "undated"
    TOO_OLD = "too_old"
    LAPSED = "lapsed"
    LAPSES = "lapses"
    GOOD = "good"


@dataclass(frozen=True)
class Validity:
    """The verdict on a piece, and the last day on which it is good; None while no date is known."""

    age: Age
    good_until: date | None = None


def good_from(day: date, months: int) -> date:
    """The earliest date that a piece may bear to be good on a day."""
    found = add_months(day, -months)
    return found if add_months(found, months) >= day else found + timedelta(days=1)


def is_good(dated_on: date | None, months: int, day: date) -> bool:
    """Whether a piece that bears this date is good on a day."""
    return dated_on is not None and good_from(day, months) <= dated_on


def judge(dated_on: date | None, months: int, given_on: date, today: date, later: date | None) -> Validity:
    """A piece given on a day, as it is read today; `later`: the day on which it will be needed again, if it is known."""
    if dated_on is None:
        return Validity(Age.UNDATED)
    until = add_months(dated_on, months)
    if until < given_on:
        return Validity(Age.TOO_OLD, until)
    if until < today:
        return Validity(Age.LAPSED, until)
    return Validity(Age.LAPSES if later is not None and until < later else Age.GOOD, until)
