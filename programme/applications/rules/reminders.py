"""On which day somebody is reminded of a date, once for each threshold. Pure, in whole days of the Region's zone."""

from collections.abc import Sequence
from datetime import date, time, timedelta

SILENCE = (30, 15, 7)
"""Days before silence decides at which the house is told."""
CLOSING = (14, 3, 1)
"""Days before the closing of a session at which those who hold a draft are told."""
MORNING = time(7)
"""Nobody is reminded of anything at night: the round of the day starts at this hour of the Region."""
ROOM = 40
"""Files that one mail lists; the others are on the page it leads to."""


def reached(days_left: int, thresholds: Sequence[int]) -> int | None:
    """The threshold that has come: the smallest that is not below the days left; None before the first and after the day.

    A day without a round is caught up the next one; thresholds that passed unseen are not said one after the other.
    """
    return None if days_left < 0 else min((each for each in thresholds if days_left <= each), default=None)


def before_silence(silence_on: date, today: date) -> int | None:
    """The threshold before silence decides that has come today."""
    return reached((silence_on - today).days, SILENCE)


def before_closing(closes_on: date, begun_on: date, today: date) -> int | None:
    """The threshold before the closing that has come today, for a draft begun that day.

    Somebody who began after the threshold knows the date: they are told at the next one.
    """
    threshold = reached((closes_on - today).days, CLOSING)
    return None if threshold is None or begun_on > closes_on - timedelta(days=threshold) else threshold
