"""States and the verbs that lead from one to another, as a table one can read and test."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from programme.core.errors import IllegalTransition


@dataclass(frozen=True)
class Transition:
    """One verb: from which states (`of`) it may be said, and the state it leads to."""

    verb: str
    of: frozenset[StrEnum]
    to: StrEnum


def transition(verb: str, *, of: Iterable[StrEnum], to: StrEnum) -> Transition:
    """A transition; `of` is any iterable of states."""
    return Transition(verb, frozenset(of), to)


class StateMachine:
    """The whole life of one kind of object.

    A verb may appear in several transitions provided that no state is in two of them.
    """

    def __init__(self, *transitions: Transition) -> None:
        self.transitions = transitions
        self._target: dict[tuple[str, str], StrEnum] = {}
        for each in transitions:
            for state in each.of:
                if (state, each.verb) in self._target:
                    raise ValueError(f"{each.verb} from {state} is declared twice")
                self._target[state, each.verb] = each.to

    @property
    def verbs(self) -> list[str]:
        """Every verb once, in order of declaration."""
        return list(dict.fromkeys(each.verb for each in self.transitions))

    def allows(self, state: StrEnum, verb: str) -> bool:
        """Whether the verb may be said in this state."""
        return (state, verb) in self._target

    def target(self, state: StrEnum, verb: str) -> StrEnum:
        """The state that the verb leads to.

        Raises:
            IllegalTransition: the verb may not be said in this state.
        """
        try:
            return self._target[state, verb]
        except KeyError:
            raise IllegalTransition(state, verb) from None

    def allowed(self, state: StrEnum) -> list[str]:
        """The verbs that may be said in this state, in order of declaration."""
        return [verb for verb in self.verbs if self.allows(state, verb)]

    def __iter__(self) -> Iterator[Transition]:
        return iter(self.transitions)
