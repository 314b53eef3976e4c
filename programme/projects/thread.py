"""The thread's timeline: each room registers how it adds its own parts, for the reader that asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from programme.accounts.models import Account
from programme.projects.models import Project


class StepState(StrEnum):
    """How a part of the thread stands."""

    DONE = "done"
    HERE = "here"
    TODO = "todo"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Step:
    """One knot of the thread: what, when, and where to read it. `at` orders the knots (None: to come)."""

    label: str
    at: datetime | None
    state: StepState
    href: str | None = None
    note: str | None = None
    when: str | None = None


Contributor = Callable[[Project, Account | None], Iterable[Step]]
_contributors: list[tuple[int, Contributor]] = []


def contribute(order: int) -> Callable[[Contributor], Contributor]:
    """Register a room's contribution; `order` settles equal dates and the order of what is to come."""

    def register(function: Contributor) -> Contributor:
        _contributors.append((order, function))
        return function

    return register


def steps(project: Project, viewer: Account | None) -> list[Step]:
    """The knots that this reader may see: what is done by date, then what is to come in the order of the rooms."""
    gathered = [
        (step.at is None, step.at.timestamp() if step.at else 0.0, order, index, step)
        for order, function in sorted(_contributors, key=lambda each: each[0])
        for index, step in enumerate(function(project, viewer))
    ]
    return [entry[-1] for entry in sorted(gathered, key=lambda entry: entry[:-1])]
