"""Lines over time: one or several series, a missing value is a gap, each line is named at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from programme.core.charts.scales import Scale, TimeTick, Unit, Value, time_ticks, value_scale

Points = Sequence[tuple[date, Value | None]]

# Room above the plot for the highest mark's figure, and between two names at the end of lines (pixels).
TOP, NAME_GAP = 24.0, 18.0
# Width of the box in which paths are drawn; the macro stretches it to the whole width.
BOX = 1000
DOTS_SHOWN = 24


@dataclass(frozen=True)
class Dot:
    """One value: `x` in percent of the width, `y` in pixels from the top."""

    x: float
    y: float
    day: date
    value: Decimal


@dataclass(frozen=True)
class Line:
    """One series. `runs`: path data in a box `BOX` wide, one for each stretch without a gap; `mark`: its place, from 0."""

    name: str
    mark: int
    runs: tuple[str, ...]
    dots: tuple[Dot, ...]
    name_y: float

    @property
    def last(self) -> Dot | None:
        """The value at the end of the line."""
        return self.dots[-1] if self.dots else None

    @property
    def shown(self) -> tuple[Dot, ...]:
        """The dots to draw: all when they are few, else those that no stretch shows and the last."""
        return self.dots if len(self.dots) <= DOTS_SHOWN else self.dots[-1:]


@dataclass(frozen=True)
class ValueMark:
    """A line of the ground with its figure."""

    y: float
    value: Decimal


@dataclass(frozen=True)
class DayMark:
    """A mark of the time axis; `anchor` keeps its words within the width."""

    x: float
    day: date
    unit: Unit
    anchor: str


@dataclass(frozen=True)
class LineChart:
    """What the macro draws. `height` in pixels, axis of time not counted."""

    height: int
    lines: tuple[Line, ...]
    values: tuple[ValueMark, ...]
    days: tuple[DayMark, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(line.dots for line in self.lines)


def line_chart(
    series: Mapping[str, Points], *, height: int = 220, from_zero: bool = True, wanted: int = 4, top: float = TOP
) -> LineChart:
    """Place each series on the same two axes.

    Args:
        series: by name, (day, value) in any order; None is a value that is missing that day.
        height: of the plot in pixels.
        from_zero: whether zero stands on the axis of values.
        wanted: how many steps of values, about.
        top: room above the highest mark in pixels; a small line without axes needs little.
    """
    ordered = {name: sorted(points, key=lambda point: point[0]) for name, points in series.items()}
    days = [day for points in ordered.values() for day, value in points if value is not None]
    if not days:
        return LineChart(height, tuple(Line(name, mark, (), (), 0.0) for mark, name in enumerate(ordered)), (), ())
    scale = value_scale(
        (value for points in ordered.values() for _day, value in points), from_zero=from_zero, wanted=wanted
    )
    place = _Place(scale, min(days), max(days), height, top)
    lines = [_line(name, mark, points, place) for mark, (name, points) in enumerate(ordered.items())]
    return LineChart(
        height,
        _named_apart(lines, height),
        tuple(ValueMark(place.y(tick), tick) for tick in scale.ticks),
        tuple(place.day_mark(tick) for tick in time_ticks(place.first, place.last)),
    )


@dataclass(frozen=True)
class _Place:
    """From a day and a value to a place."""

    scale: Scale
    first: date
    last: date
    height: int
    top: float

    def x(self, day: date) -> float:
        span = (self.last - self.first).days
        return round(100 * (day - self.first).days / span, 2) if span else 50.0

    def y(self, value: Value) -> float:
        return round(self.height - float(self.scale.share(value)) * (self.height - self.top), 1)

    def day_mark(self, tick: TimeTick) -> DayMark:
        x = self.x(tick.day)
        anchor = "start" if x < 8 else "end" if x > 92 else "middle"
        return DayMark(x, tick.day, tick.unit, anchor)


def _line(name: str, mark: int, points: Points, place: _Place) -> Line:
    runs: list[list[Dot]] = [[]]
    for day, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(Dot(place.x(day), place.y(value), day, Decimal(value)))
    dots = tuple(dot for run in runs for dot in run)
    paths = tuple(_path(run) for run in runs if len(run) > 1)
    return Line(name, mark, paths, dots, dots[-1].y if dots else 0.0)


def _path(run: Sequence[Dot]) -> str:
    return "M" + "L".join(f"{round(dot.x * BOX / 100, 1):g} {dot.y:g}" for dot in run)


def _named_apart(lines: Sequence[Line], height: int) -> tuple[Line, ...]:
    """Move the names of lines that end close to each other, so that each can be read."""
    placed = {line.mark: line for line in lines}
    floor = float("-inf")
    for line in sorted((each for each in lines if each.dots), key=lambda each: each.name_y):
        floor = max(line.name_y, floor + NAME_GAP)
        placed[line.mark] = replace(line, name_y=floor)
    spill = max(floor - height, 0.0)
    return tuple(replace(line, name_y=round(line.name_y - spill, 1)) for line in placed.values())
