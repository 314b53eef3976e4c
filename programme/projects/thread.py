"""The thread's timeline: each room registers how it adds its own parts, for the reader that asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
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
    """One knot of the thread: what, when, and where to read it. `at` orders the knots (None: to come).

    The project's own page tells more of each knot: its `stage` in a word, its `name` without that word, one
    `figure`, one `image` as (address, what it shows), and `links` as (words, address).
    """

    label: str
    at: datetime | None
    state: StepState
    href: str | None = None
    note: str | None = None
    when: str | None = None
    stage: str | None = None
    name: str | None = None
    figure: str | None = None
    image: tuple[str, str] | None = None
    links: tuple[tuple[str, str], ...] = ()


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


def with_place(found: list[Step]) -> list[Step]:
    """The same knots; when none is « here », the first one to come is: it is what the project waits for."""
    if any(step.state is StepState.HERE for step in found):
        return found
    place = next((index for index, step in enumerate(found) if step.state is StepState.TODO), None)
    return [replace(step, state=StepState.HERE) if index == place else step for index, step in enumerate(found)]
