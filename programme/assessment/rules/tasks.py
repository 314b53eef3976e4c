"""What awaits an officer on each file, and how urgent it is. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from programme.applications.states import ApplicationState as S


class Urgency(StrEnum):
    """When the next act is due."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


@dataclass(frozen=True)
class Progress:
    """How the evaluations of a file stand; `due_on` is the nearest date given to a reader who has not answered."""

    assigned: int = 0
    handed_in: int = 0
    wanted: int = 2
    due_on: date | None = None


PRESSING = (Urgency.LATE, Urgency.TODAY, Urgency.WEEK)
"""What the mail of the morning speaks of, the most urgent first."""
HOUSE_DAYS = {
    "check": 15, "received": 7, "review": 7, "assign": 14, "agreement": 10, "reuse": 7, "registration": 5, "partner": 15,
    "message": 7, "ownership": 10,
}  # fmt: skip
"""Delays that the house gives itself, in days from the arrival of what waits. The law's own date stands on the clock."""


def house_date(code: str, arrived_on: date | None, legal: date | None = None) -> date | None:
    """The day by which the house wants it done: its own delay, or the law's date when that comes first."""
    own = None if arrived_on is None or code not in HOUSE_DAYS else arrived_on + timedelta(days=HOUSE_DAYS[code])
    known = [each for each in (own, legal) if each is not None]
    return min(known) if known else None


def task(state: S, *, due_on: date | None, today: date, progress: Progress, answered: bool = False) -> str | None:
    """The code of the next act of the house on a file in this state; None when nothing awaits it."""
    if state is S.SUBMITTED and answered:
        return "received"
    if state is S.INFO_REQUESTED:
        return "overdue" if due_on is not None and due_on < today else "waiting"
    if state is S.SCORING:
        done = progress.assigned > 0 and progress.handed_in >= progress.assigned
        return "close_scoring" if done and progress.assigned >= progress.wanted else "scoring"
    return {
        S.SUBMITTED: "check",
        S.ADMISSIBLE: "review",
        S.UNDER_REVIEW: "assign",
        S.COMMITTEE_READY: "committee",
        S.DEFERRED: "committee",
    }.get(state)


def urgency(deadline: date | None, today: date) -> Urgency:
    """How near a deadline is."""
    if deadline is None:
        return Urgency.LATER
    if deadline < today:
        return Urgency.LATE
    if deadline == today:
        return Urgency.TODAY
    return Urgency.WEEK if deadline <= today + timedelta(days=7) else Urgency.LATER
