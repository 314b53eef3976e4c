"""What a request of the Region opens again in a file that was handed in: some pieces, some answers, perhaps the budget. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

BUDGET = "budget"
_PIECE, _FRESH, _QUESTION = "piece-", "fresh-", "question-"


@dataclass(frozen=True)
class Reopened:
    """What may be changed, and nothing else: pieces by their number, questions by their key, the budget as a whole.

    `fresh`: the pieces that had lapsed, and must be good on the day of the answer; the others on the day of the deposit.
    """

    pieces: frozenset[int] = frozenset()
    fresh: frozenset[int] = frozenset()
    questions: frozenset[str] = frozenset()
    budget: bool = False

    @classmethod
    def of(cls, names: Iterable[str]) -> "Reopened":
        """Read from the names that a request holds; others say nothing."""
        given = list(names)

        def after(start: str) -> list[str]:
            return [each.removeprefix(start) for each in given if each.startswith(start)]

        pieces, fresh = (frozenset(map(int, after(start))) for start in (_PIECE, _FRESH))
        return cls(pieces, fresh, frozenset(after(_QUESTION)), BUDGET in given)

    @property
    def corrects(self) -> bool:
        """Whether something that was written may be corrected, besides the pieces."""
        return self.budget or bool(self.questions)


def piece(number: int) -> str:
    """The name of a piece in a request."""
    return f"{_PIECE}{number}"


def fresh(number: int) -> str:
    """What a request says besides of a piece that had lapsed."""
    return f"{_FRESH}{number}"


def question(key: str) -> str:
    """The name of a question in a request."""
    return f"{_QUESTION}{key}"
