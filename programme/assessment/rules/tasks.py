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
    """How the evaluations of a file stand."""

    assigned: int = 0
    handed_in: int = 0
    wanted: int = 2


def task(state: S, *, due_on: date | None, today: date, progress: Progress) -> str | None:
    """The code of the next act of the house on a file in this state; None when nothing awaits it."""
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
