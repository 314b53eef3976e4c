"""The map of the Region: its departments, shaded by class, grouped in panels when they do not touch.

The outlines come from a file that `scripts/build_map.py` makes at set-up; without it there is no map and the table
beside says everything.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path

from programme.core.charts.scales import Value

# Two departments whose boxes are nearer than this (units of the file) are of the same panel.
NEAR, MARGIN = 24, 6
CLASSES = 4
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Shape:
    """The outline of a department: path data, its box (left, top, right, bottom) and the place for its figure."""

    path: str
    box: Box
    label: tuple[int, int]


@dataclass(frozen=True)
class Area:
    """A department on the map; `level` 0 when it has nothing, else its class from 1; label placed in percent."""

    code: str
    name: str
    value: Decimal
    level: int
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Panel:
    """Departments that touch, in one frame; all panels have the same scale."""

    view_box: str
    width: int
    height: int
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class DepartmentMap:
    """What the macro draws, the panel with most first. `limits`: bounds of the classes, the first is zero. `absent`: names without an outline."""

    panels: tuple[Panel, ...]
    limits: tuple[Decimal, ...]
    absent: tuple[str, ...]


@lru_cache(maxsize=4)
def _read(path: str, _changed: int) -> dict[str, Shape]:
    kept = json.loads(Path(path).read_text(encoding="utf-8"))
    return {
        code: Shape(each["path"], tuple(each["box"]), tuple(each["label"]))  # type: ignore[arg-type]
        for code, each in kept["departments"].items()
    }


def shapes_from(path: Path) -> dict[str, Shape]:
    """The outlines by department code; none when the file is not built."""
    return _read(str(path), path.stat().st_mtime_ns) if path.is_file() else {}


def department_map(
    shapes: Mapping[str, Shape], places: Sequence[tuple[str, str]], values: Mapping[str, Value]
) -> DepartmentMap | None:
    """Place the departments (code, name) that have an outline; None when no one has.

    Values are amounts or counts, never negative; a department that has none counts as zero.
    """
    found = [(code, name, shapes[code]) for code, name in places if code in shapes]
    if not found:
        return None
    amounts = {code: Decimal(values.get(code, 0)) for code, _name, _shape in found}
    limits = class_limits(amounts.values())
    panels = []
    for group in _groups([(code, shape) for code, _name, shape in found]):
        members = [each for each in found if each[0] in group]
        box = _around([shape.box for _code, _name, shape in members])
        width, height = box[2] - box[0], box[3] - box[1]
        panels.append(
            Panel(
                f"{box[0]} {box[1]} {width} {height}", width, height,
                tuple(
                    Area(
                        code, name, amounts[code], level(amounts[code], limits), shape.path,
                        round(100 * (shape.label[0] - box[0]) / width, 1), round(100 * (shape.label[1] - box[1]) / height, 1),
                    )
                    for code, name, shape in members
                ),
            )
        )  # fmt: skip
    panels.sort(key=lambda panel: (-sum(area.value for area in panel.areas), -panel.width * panel.height))
    return DepartmentMap(tuple(panels), limits, tuple(name for code, name in places if code not in shapes))


def class_limits(values: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Bounds of four classes at most, the first is zero; none when all is zero.

    The sums of departments are very uneven: classes of equal width would put all but one together. These are the natural
    breaks of the amounts by their ratios (Jenks, on logarithms); each bound is rounded up, short of the next class.
    """
    ordered = sorted({each for each in values if each > 0})
    if not ordered:
        return ()
    cuts = [*_breaks([math.log(each) for each in ordered], min(CLASSES, len(ordered))), len(ordered)]
    after = [*ordered, None]
    return (Decimal(0), *(_round_bound(ordered[cut - 1], after[cut]) for cut in cuts))


def _breaks(points: Sequence[float], wanted: int) -> tuple[int, ...]:
    """Where to cut sorted points so that each class is as close to its mean as can be."""

    def spread(cuts: tuple[int, ...]) -> float:
        parts = [points[start:end] for start, end in pairwise((0, *cuts, len(points)))]
        return sum(sum((each - sum(part) / len(part)) ** 2 for each in part) for part in parts)

    return min(combinations(range(1, len(points)), wanted - 1), key=spread)


def _round_bound(value: Decimal, next_value: Decimal | None) -> Decimal:
    """The roundest bound from a value to the one after it, left out: one figure, else two, else the value itself."""
    for figures in (1, 2):
        step = Decimal(1).scaleb(value.adjusted() - figures + 1)
        rounded = (value / step).to_integral_value(ROUND_CEILING) * step
        if rounded * 4 <= value * 5 and (next_value is None or rounded < next_value):
            return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded
    return value


def level(value: Decimal, limits: Sequence[Decimal]) -> int:
    """The class of a value, from 1; 0 for nothing. A value on a bound belongs to the class under it."""
    if value <= 0:
        return 0
    return next((number for number, bound in enumerate(limits) if value <= bound), max(len(limits) - 1, 0))


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes) - MARGIN, min(box[1] for box in boxes) - MARGIN,
        max(box[2] for box in boxes) + MARGIN, max(box[3] for box in boxes) + MARGIN,
    )  # fmt: skip


def _near(one: Box, other: Box) -> bool:
    return (
        one[0] - NEAR <= other[2]
        and other[0] - NEAR <= one[2]
        and one[1] - NEAR <= other[3]
        and other[1] - NEAR <= one[3]
    )


def _groups(shapes: Sequence[tuple[str, Shape]]) -> list[set[str]]:
    """The codes of departments that touch, group by group, in the order of their first member."""
    boxes = {code: shape.box for code, shape in shapes}
    groups: list[set[str]] = []
    for code, box in boxes.items():
        touched = [group for group in groups if any(_near(box, boxes[each]) for each in group)]
        groups = [group for group in groups if group not in touched]
        groups.append({code}.union(*touched))
    return groups
