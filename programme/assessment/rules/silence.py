"""The clock of silence as a list draws it: which day of how many, running, suspended or near its end. Pure."""

from dataclasses import dataclass
from datetime import date

from programme.applications.rules.legal_clock import Clock
from programme.applications.rules.reminders import SILENCE, before_silence
from programme.applications.states import ApplicationState
from programme.core.periods import add_months

URGENT_DAYS = 7


@dataclass(frozen=True)
class Face:
    """What one reads on the clock: the day it stands at, its length in days, the day silence decides."""

    day: int
    length: int
    ends_on: date | None
    suspended: bool
    urgent: bool

    @property
    def fraction(self) -> float:
        """How far the hand is, from 0 to 1."""
        return self.day / self.length if self.length else 1.0

    def is_over(self, today: date) -> bool:
        """Whether silence has decided."""
        return self.ends_on is not None and self.ends_on < today


def face(clock: Clock, *, months: int, asked_on: date | None, today: date) -> Face:
    """Read the clock on a day; `asked_on` is the day of the request that suspends it.

    Suspended days count neither in the day reached nor in the length. Before its start the clock stands at 0.
    """
    start = clock.starts_on or today
    end = clock.silence_on or add_months(start, months)
    length = (end - start).days - (clock.suspended_days if clock.silence_on else 0)
    hand = asked_on if clock.suspended and asked_on is not None else today
    day = min(max((hand - start).days - clock.suspended_days, 0), length)
    left = clock.days_left(today)
    return Face(day, length, clock.silence_on, clock.suspended, left is not None and left < URGENT_DAYS)


PAST = 0
WINDOWS = (*sorted(SILENCE), PAST)
"""The groups of the board: days before silence decides, the nearest first, then what it has decided."""


def window(silence_on: date, today: date) -> int | None:
    """The group of a file: 7, 15 or 30 days, or `PAST`; None further away. The day of silence still belongs to the house."""
    return PAST if silence_on < today else before_silence(silence_on, today)


def stops(state: ApplicationState, *, suspended_by_request: bool, starts_when_complete: bool) -> tuple[str, ...]:
    """What the house can still do about the clock of a file, the nearest act first; nothing once silence has decided.

    A request for pieces suspends it and the declaration of completeness starts it again that day, as far as the call says
    so and the state allows; only the decision ends it.
    """
    acts = []
    if state is ApplicationState.SUBMITTED:
        acts += ["admit"] if starts_when_complete else []
        acts += ["request"] if suspended_by_request else []
    return (*acts, "decision")
