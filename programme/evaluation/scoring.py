"""Exact weighted totals: pure. Computed once, stored on the evaluation; SQL only sorts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MARK_MAX = 5
"""The best mark of a grid that says nothing else."""
SCALE_LEAST, SCALE_MOST = 3, 20
CENT = Decimal("0.01")


class IncompleteScores(ValueError):
    """Some criteria have no mark; a missing mark is never a zero."""

    def __init__(self, criteria: set[str]) -> None:
        super().__init__(f"no mark for {sorted(criteria)}")
        self.criteria = criteria


@dataclass(frozen=True)
class Weighted:
    """One criterion of a grid: its weight, and the mark under which the file is out (None: no floor)."""

    code: str
    weight: Decimal
    floor: int | None = None


def weighted_score(marks: Mapping[str, int], criteria: Sequence[Weighted], scale: int = MARK_MAX) -> Decimal:
    """Weighted mean of marks from 0 to `scale`, brought to 100, to two places.

    Raises:
        IncompleteScores: a criterion has no mark, or a mark no criterion.
        ValueError: a mark outside 0..scale.
    """
    weights = {each.code: each.weight for each in criteria}
    if marks.keys() != weights.keys():
        raise IncompleteScores(set(marks.keys() ^ weights.keys()))
    if any(not 0 <= mark <= scale for mark in marks.values()):
        raise ValueError(f"a mark is between 0 and {scale}")
    total = sum((marks[code] * weights[code] for code in weights), Decimal(0))
    return (100 * total / (scale * sum(weights.values()))).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class SoFar:
    """An unfinished grid: points of 100 given, points that the marked criteria could give, criteria without a mark."""

    points: Decimal
    possible: Decimal
    missing: int


def so_far(marks: Mapping[str, int], criteria: Sequence[Weighted], scale: int = MARK_MAX) -> SoFar:
    """What the marks already given are worth, to one place: a criterion without a mark counts nowhere."""
    whole = sum((each.weight for each in criteria), Decimal(0))
    marked = [each for each in criteria if each.code in marks]
    given = sum((marks[each.code] * each.weight for each in marked), Decimal(0))
    possible = sum((each.weight for each in marked), Decimal(0))
    tenth = Decimal("0.1")
    return SoFar(
        (100 * given / (scale * whole)).quantize(tenth, ROUND_HALF_UP),
        (100 * possible / whole).quantize(tenth, ROUND_HALF_UP), len(criteria) - len(marked),
    )  # fmt: skip


def mean(scores: Sequence[Decimal]) -> Decimal:
    """Mean of the readers' totals, to two places.

    Raises:
        ValueError: there is none.
    """
    if not scores:
        raise ValueError("no score")
    return (sum(scores, Decimal(0)) / len(scores)).quantize(CENT, ROUND_HALF_UP)


def spread(scores: Sequence[Decimal]) -> Decimal:
    """Largest gap between two readers, in points of 100; zero for one reader."""
    return max(scores) - min(scores) if scores else Decimal(0)


def below_floor(points: Mapping[str, tuple[int, int]], criteria: Sequence[Weighted]) -> list[str]:
    """The criteria whose mean mark over the readers is under their floor.

    `points` gives for a criterion the sum of its marks and how many there are.
    """
    failed = []
    for each in criteria:
        total, marks = points.get(each.code, (0, 0))
        if each.floor is not None and marks and total < each.floor * marks:
            failed.append(each.code)
    return failed
