"""Bars beside their figures, and bars made of parts. Widths are percentages; boundaries are rounded, never widths, so
that the parts of a bar meet and end where their sum ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from programme.core.charts.scales import Value


@dataclass(frozen=True)
class Bar:
    """One bar from `x`, `width` long, in percent; a missing value has no bar."""

    label: str
    value: Decimal | None
    x: float
    width: float


@dataclass(frozen=True)
class BarChart:
    """Bars on one scale; `zero` is where they start, in percent."""

    bars: tuple[Bar, ...]
    zero: float

    @property
    def has_negative(self) -> bool:
        """Whether some bars go to the left of zero."""
        return self.zero > 0


@dataclass(frozen=True)
class Segment:
    """A part of a bar; `mark` is its place among the parts, from 0, the same on every bar."""

    name: str
    value: Decimal | None
    x: float
    width: float
    mark: int


@dataclass(frozen=True)
class Stack:
    """A bar made of parts; `total` is their exact sum."""

    label: str
    total: Decimal
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class StackedChart:
    """Bars made of the same parts, `names` in order."""

    names: tuple[str, ...]
    stacks: tuple[Stack, ...]


def bar_chart(rows: Iterable[tuple[str, Value | None]]) -> BarChart:
    """One bar for each (label, value), in the order given; zero is always on the scale."""
    kept = [(label, None if value is None else Decimal(value)) for label, value in rows]
    known = [value for _label, value in kept if value is not None]
    low, high = min([*known, Decimal(0)]), max([*known, Decimal(0)])
    zero = _percent(-low, high - low)
    bars = []
    for label, value in kept:
        edge = zero if value is None else _percent(value - low, high - low)
        bars.append(Bar(label, value, min(zero, edge), round(abs(edge - zero), 2)))
    return BarChart(tuple(bars), zero)


def stacked_chart(
    names: Sequence[str], rows: Iterable[tuple[str, Sequence[Value | None]]], *, shares: bool = False
) -> StackedChart:
    """A bar of parts for each (label, values), one value for each name.

    Args:
        names: of the parts.
        rows: label and values; None is a part that is not known.
        shares: every bar fills the width, to compare compositions rather than sums.

    Raises:
        ValueError: a part is negative, or a row has not one value for each name.
    """
    kept = [(label, [None if value is None else Decimal(value) for value in values]) for label, values in rows]
    for label, values in kept:
        if len(values) != len(names) or any(value is not None and value < 0 for value in values):
            raise ValueError(f"{label}: one part for each name, none negative")
    totals = [sum((value or Decimal(0) for value in values), Decimal(0)) for _label, values in kept]
    top = max(totals, default=Decimal(0))
    stacks = [
        Stack(label, total, _segments(names, values, total if shares else top))
        for (label, values), total in zip(kept, totals, strict=True)
    ]
    return StackedChart(tuple(names), tuple(stacks))


def _segments(names: Sequence[str], values: Sequence[Decimal | None], whole: Decimal) -> tuple[Segment, ...]:
    segments, reached = [], Decimal(0)
    for mark, (name, value) in enumerate(zip(names, values, strict=True)):
        start = _percent(reached, whole)
        reached += value or Decimal(0)
        segments.append(Segment(name, value, start, round(_percent(reached, whole) - start, 2), mark))
    return tuple(segments)


def _percent(part: Decimal, whole: Decimal) -> float:
    return round(float(100 * part / whole), 2) if whole else 0.0
