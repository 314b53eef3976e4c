"""How long an answer takes, from the files that were answered before: two figures that hold, never a promise. Pure.

One figure alone misleads: a mean hides the long waits, and the ninth decile alone announces months to people who will wait
weeks. Half and nine in ten are said together, or nothing is said while too few files were decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 10
"""Decided files under which nothing is said: nine in ten of fewer would be the longest of them."""
NEWEST = 200
YEARS = 3
"""The files that are looked at: the newest, decided in the last years."""
_DAYS_TO, _WEEKS_TO = 14, 10
_DAYS_IN_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Said:
    """A length as a person says it: a whole number of `day`, `week` or `month`."""

    count: int
    unit: str


@dataclass(frozen=True)
class Delays:
    """Half of the files were answered within `half`, nine in ten within `most`; `files` were counted."""

    half: Said
    most: Said
    files: int


def delays(lengths: Sequence[int]) -> Delays | None:
    """What the lengths in days, from the deposit to the decision, let one say; None when there are fewer than `ENOUGH`."""
    if len(lengths) < ENOUGH:
        return None
    return Delays(said(within(lengths, 5)), said(within(lengths, 9)), len(lengths))


def within(lengths: Sequence[int], tenths: int) -> int:
    """The shortest of the lengths within which this many tenths of the files were answered.

    One file that took ten years moves it by one rank at most, and is never itself the answer while there are `ENOUGH`.

    Raises:
        ValueError: there are no lengths, or the tenths are not between 1 and 10.
    """
    if not lengths or not 1 <= tenths <= 10:
        raise ValueError(tenths)
    return sorted(lengths)[-(-tenths * len(lengths) // 10) - 1]


def said(days: int) -> Said:
    """The length in the largest unit that people use for it, rounded up, so that what is said stays true.

    Days under two weeks, weeks under ten, months above; a file answered the same day took a day.
    """
    if days < _DAYS_TO:
        return Said(max(days, 1), "day")
    weeks = -(-days // 7)
    if weeks < _WEEKS_TO:
        return Said(weeks, "week")
    return Said(-int(-days // _DAYS_IN_A_MONTH), "month")
