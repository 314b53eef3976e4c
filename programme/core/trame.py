"""« La trame »: a line drawing that belongs to one record, made from its identifier.

The same key gives the same drawing for ever, on any machine: SHA-256 of the key seeds the generator, and
renaming a record keeps its drawing because titles never enter. The drawing carries no colour (classes take
the theme's) and no meaning (it is hidden from screen readers). One line, « le fil », crosses it edge to edge.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

Point = tuple[float, float]
Relief = Callable[[float, float], float]

# Raising the version redraws every record: old documents keep their bytes, pages take the new drawing.
VERSION = "1"

FAMILIES: dict[str, str] = {
    "Mer, littoral et montagne": "cote",
    "Environnement et climat": "relief",
    "Culture, patrimoine et tourisme": "relief",
    "Imagerie et occupation du sol": "parcelle",
    "Aménagement et urbanisme": "parcelle",
    "Limites administratives et référentiels": "parcelle",
    "Équipements, bâtiments et logement": "parcelle",
    "Mobilité et transports": "reseau",
    "Énergies et réseaux": "reseau",
    "Sciences, recherche et innovation": "reseau",
    "Agriculture, sylviculture et pêche": "sillon",
    "Économie et entreprises": "sillon",
    "Formation, éducation et emploi": "sillon",
    "Citoyenneté et démocratie": "ronde",
    "Administration et action publique": "ronde",
    "Social, santé et sports": "ronde",
}
"""Family of drawing by French label of the theme."""

DEFAULT_FAMILY = "relief"


# --- writing paths


def _path(points: Iterable[Point], css_class: str = "", *, closed: bool = False) -> str:
    """Return a <path> in whole relative steps, about six bytes a point; empty when too short to draw."""
    rounded = [(round(x), round(y)) for x, y in points]
    kept = [point for index, point in enumerate(rounded) if index == 0 or point != rounded[index - 1]]
    if len(kept) < 2:
        return ""
    steps = " ".join(f"{x2 - x1} {y2 - y1}" for (x1, y1), (x2, y2) in pairwise(kept))
    data = f"M{kept[0][0]} {kept[0][1]}l{steps}".replace(" -", "-")
    attribute = f' class="{css_class}"' if css_class else ""
    return f'<path{attribute} d="{data}{"z" if closed else ""}"/>'


# --- a hidden relief, and its lines of equal height


def _relief(chance: random.Random, width: float, height: float, count: int) -> Relief:
    """Return a smooth hidden relief: a sum of Gaussian hills and hollows, some outside the frame."""
    span = max(width, 0.3 * height)  # hills keep their size on a tall margin
    bumps = []
    for _ in range(count):
        at_x, at_y = chance.uniform(-0.1, 1.1) * width, chance.uniform(-0.2, 1.2) * height
        wide = chance.uniform(0.07, 0.24) * span
        bumps.append((at_x, at_y, 2 * wide * wide, chance.choice((1, 1, -1)) * chance.uniform(0.5, 1)))

    def altitude(x: float, y: float) -> float:
        return sum(
            [high * math.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / spread) for at_x, at_y, spread, high in bumps]
        )

    return altitude


GRID_COLUMNS = 44
SMALLEST_CELL = 7


@dataclass(frozen=True)
class _Grid:
    """Altitudes of a relief at the corners of square cells, read once and cut at many levels."""

    cell: float
    values: list[list[float]]

    @classmethod
    def over(cls, relief: Relief, width: float, height: float) -> _Grid:
        cell = max(width / GRID_COLUMNS, SMALLEST_CELL)
        columns, rows = int(width / cell) + 1, int(height / cell) + 1
        return cls(cell, [[relief(i * cell, j * cell) for i in range(columns + 1)] for j in range(rows + 1)])

    def isolines(self, level: float) -> list[tuple[list[Point], bool]]:
        """Return the lines at one level as (points, closed): marching squares, then segments chained."""
        neighbours: dict[Point, list[Point]] = {}
        for start, end in self._segments(level):
            neighbours.setdefault(start, []).append(end)
            neighbours.setdefault(end, []).append(start)
        return _chain(neighbours)

    def _segments(self, level: float) -> Iterable[tuple[Point, Point]]:
        above = [[value > level for value in row] for row in self.values]
        for j, (upper, lower) in enumerate(pairwise(above)):
            for i in range(len(upper) - 1):
                if upper[i] == upper[i + 1] == lower[i] == lower[i + 1]:
                    continue  # The line passes through few cells.
                corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
                crossings = [
                    self._crossing(one, other, level)
                    for one, other in zip(corners, (*corners[1:], corners[0]), strict=True)
                    if above[one[1]][one[0]] != above[other[1]][other[0]]
                ]
                yield from zip(crossings[::2], crossings[1::2], strict=True)

    def _crossing(self, one: tuple[int, int], other: tuple[int, int], level: float) -> Point:
        # Edges are read the same way round, so that two cells agree on the point to the last digit.
        (i1, j1), (i2, j2) = sorted((one, other))
        before, after = self.values[j1][i1] - level, self.values[j2][i2] - level
        share = before / (before - after)
        return (
            round((i1 + (i2 - i1) * share) * self.cell, 2),
            round((j1 + (j2 - j1) * share) * self.cell, 2),
        )


SHORTEST_LINE = 4


def _chain(neighbours: dict[Point, list[Point]]) -> list[tuple[list[Point], bool]]:
    """Chain segments into lines, open ends first; crumbs are dropped."""
    lines: list[tuple[list[Point], bool]] = []
    seen: set[Point] = set()
    for start in sorted(neighbours, key=lambda point: (len(neighbours[point]), point)):
        if start in seen:
            continue
        line, current = [start], start
        seen.add(start)
        while following := [point for point in neighbours[current] if point not in seen]:
            current = following[0]
            seen.add(current)
            line.append(current)
        if len(line) >= SHORTEST_LINE:
            lines.append((line, len(line) > SHORTEST_LINE and start in neighbours[current]))
    return lines


# --- the six families: each returns the elements of one drawing

Family = Callable[[random.Random, float, float], list[str]]

# Water-lines of an engraved chart: closer near the shore.
SHORE_LEVELS = (0, 0.06, 0.13, 0.21, 0.30, 0.41, 0.54, 0.69, 0.86)


def _coast(chance: random.Random, width: float, height: float) -> list[str]:
    """A coast and the water-lines on one side of it."""
    hills = _relief(chance, width, height, 11)
    seaward = chance.choice((-1, 1))

    def altitude(x: float, y: float) -> float:
        slope = seaward * (y / height - 0.5) * 1.1 + (x / width - 0.5) * 0.5
        return hills(x, y) * 0.55 + slope

    grid = _Grid.over(altitude, width, height)
    return [
        _path(line, "t-strong" if level == 0 else "", closed=closed)
        for level in SHORE_LEVELS
        for line, closed in grid.isolines(level)
    ]


def _contours(chance: random.Random, width: float, height: float) -> list[str]:
    """All the contour lines of a relief, each fifth one heavy."""
    grid = _Grid.over(_relief(chance, width, height, 10), width, height)
    return [
        _path(line, "t-strong" if rank % 5 == 0 else "", closed=closed)
        for rank in range(-7, 9)
        for line, closed in grid.isolines(rank * 0.13 + 0.01)
    ]


SMALLEST_PLOT = 16


def _plots(chance: random.Random, width: float, height: float) -> list[str]:
    """A land register: a sheared field cut again and again across its longer side, some plots hatched."""
    elements: list[str] = []
    shear = chance.uniform(-0.35, 0.35)

    def warp(x: float, y: float) -> Point:
        return (
            x + shear * (y - height / 2) + 7 * math.sin(y / 47 + shear),
            y + 9 * math.sin(x / 83 + shear * 9),
        )

    def draw(left: float, top: float, right: float, bottom: float) -> None:
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        elements.append(_path([warp(*corner) for corner in corners], closed=True))
        if chance.random() < 0.22:
            count = max(2, int((right - left) / 8))
            for rank in range(1, count):
                x = left + (right - left) * rank / count
                elements.append(_path([warp(x, top + 3), warp(x, bottom - 3)], "t-fine"))

    def cut(left: float, top: float, right: float, bottom: float, depth: int) -> None:
        wide, high = right - left, bottom - top
        if depth == 0 or (depth < 4 and chance.random() < 0.12) or min(wide, high) < SMALLEST_PLOT:
            draw(left, top, right, bottom)
            return
        share = chance.uniform(0.34, 0.66)
        lane = 1.5 if depth > 4 else 0  # the first cuts leave a lane between the plots
        if wide > high * chance.uniform(0.8, 1.2):
            middle = left + wide * share
            cut(left, top, middle - lane, bottom, depth - 1)
            cut(middle + lane, top, right, bottom, depth - 1)
        else:
            middle = top + high * share
            cut(left, top, right, middle - lane, depth - 1)
            cut(left, middle + lane, right, bottom, depth - 1)

    cut(-60, -20, width + 60, height + 20, 6)
    return elements


def _network(chance: random.Random, width: float, height: float) -> list[str]:
    """Stations joined to their nearest by lines at 0, 45 or 90 degrees."""
    cell = width / 12
    places: dict[tuple[int, int], Point] = {
        (column, row): (column * cell, row * cell - cell / 2)
        for column in range(13)
        for row in range(int(height / cell) + 2)
        if chance.random() < 0.6
    }
    elements: list[str] = []
    joined: set[tuple[Point, Point]] = set()
    for place, station in places.items():
        for other in _nearest(places, place, 3 if chance.random() < 0.4 else 2, cell):
            first, last = sorted((station, other))
            if (first, last) in joined:
                continue
            joined.add((first, last))
            across, down = last[0] - first[0], last[1] - first[1]
            diagonal = min(abs(across), abs(down))
            bend = (first[0] + math.copysign(diagonal, across), first[1] + math.copysign(diagonal, down))
            elements.append(_path([first, bend, last], "t-strong" if chance.random() < 0.18 else ""))
    return elements + [
        f'<circle class="t-node" cx="{x:.0f}" cy="{y:.0f}" r="{chance.choice((3, 3, 4.5)):g}"/>'
        for x, y in places.values()
    ]


def _nearest(places: dict[tuple[int, int], Point], place: tuple[int, int], count: int, cell: float) -> list[Point]:
    """The stations nearest to one, the nearest first: looked for three cells around it, then everywhere if that settles nothing."""
    span, (column, row) = range(-3, 4), place
    around = [(column + x, row + y) for x in span for y in span]
    for looked in (around, list(places)):
        there = [places[each] for each in looked if each in places and each != place]
        found = sorted((math.dist(places[place], other), other) for other in there)[:count]
        if len(found) == count and found[-1][0] <= 3 * cell:
            break
    return [other for _distance, other in found]


FURROWS = 19


def _furrows(chance: random.Random, width: float, height: float) -> list[str]:
    """Furrows: parallel lines lifted by one hidden relief; they also read as series of figures."""
    altitude = _relief(chance, width, height, 9)
    elements: list[str] = []
    for rank in range(FURROWS):
        base = height * (rank + 0.5) / FURROWS
        columns = [step * width / 40 for step in range(41)]
        line = [(x, base - 34 * altitude(x, base)) for x in columns]
        elements.append(_path(line, "t-strong" if rank % 6 == 2 else ""))
    return elements


def _assembly(chance: random.Random, width: float, height: float) -> list[str]:
    """Seats of an assembly: arcs of short strokes round a centre near the bottom edge, some left empty."""
    centre_x, centre_y = width * chance.uniform(0.3, 0.7), height * chance.uniform(1.0, 1.15)
    seat = width / 46
    elements: list[str] = []
    for row in range(3, 17):
        radius, seats = row * width / 28, int(5 + row * 3.2)
        empty = {chance.randrange(seats) for _ in range(seats // 5)}
        strokes = []
        for rank in range(seats):
            if rank in empty:
                continue
            angle = math.pi + math.pi * (rank + 0.5) / seats
            cos, sin = math.cos(angle), math.sin(angle)
            start = f"M{centre_x + radius * cos:.0f} {centre_y + radius * sin:.0f}"
            strokes.append(f"{start}l{cos * seat:.0f} {sin * seat:.0f}")
        attribute = ' class="t-strong"' if row % 5 == 0 else ""
        elements.append(f'<path{attribute} d="{"".join(strokes)}"/>')
    return elements


_DRAWINGS: dict[str, Family] = {
    "cote": _coast,
    "relief": _contours,
    "parcelle": _plots,
    "reseau": _network,
    "sillon": _furrows,
    "ronde": _assembly,
}


def _thread(chance: random.Random, width: float, height: float) -> list[str]:
    """Le fil: one calm S from edge to edge through two waypoints, with a knot on one of them.

    On a sheet taller than wide (the margin of a printed agreement) it runs from top to bottom.
    """
    upright = height > width
    long, short = (height, width) if upright else (width, height)
    side = [short * chance.uniform(0.25, 0.75) for _ in range(4)]
    ahead = [-4.0, long * chance.uniform(0.25, 0.4), long * chance.uniform(0.6, 0.75), long + 4]
    pull = (ahead[2] - ahead[1]) / 2

    def at(forward: float, across: float) -> str:
        return f"{across:.0f} {forward:.0f}" if upright else f"{forward:.0f} {across:.0f}"

    curve = f"M{at(ahead[0], side[0])}C{at(ahead[0] + pull, side[0])} {at(ahead[1] - pull, side[1])} "
    curve += at(ahead[1], side[1])
    for rank in (2, 3):
        curve += f"S{at(ahead[rank] - pull, side[rank])} {at(ahead[rank], side[rank])}"
    knot = chance.choice((1, 2))
    x, y = at(ahead[knot], side[knot]).split()
    return [
        f'<path class="t-casing" d="{curve}"/><path class="t-thread" d="{curve}"/>',
        f'<circle class="t-knot" cx="{x}" cy="{y}" r="7"/>',
    ]


def family_of(theme_label: str | None) -> str:
    """Return the family that draws a theme, or the default one for a theme of the Region's own."""
    return FAMILIES.get(theme_label or "", DEFAULT_FAMILY)


@lru_cache(maxsize=512)
def _drawn(version: int, key: str, family: str, width: int, height: int, *, thread: bool) -> str:
    """Kept, since a drawing never changes: a page that draws its record pays its tens of milliseconds once a process."""
    if family not in _DRAWINGS:
        message = f"unknown family {family!r}; one of {', '.join(_DRAWINGS)}"
        raise ValueError(message)
    seed = hashlib.sha256(f"{version}:{key}".encode()).digest()[:8]
    chance = random.Random(int.from_bytes(seed, "big"))
    elements = _DRAWINGS[family](chance, width, height)
    if thread:
        elements += _thread(chance, width, height)
    return "".join(elements)


def trame(
    key: str,
    family: str,
    width: int = 400,
    height: int = 225,
    *,
    css_class: str = "trame",
    thread: bool = True,
) -> str:
    """Return the drawing of one record as an inline SVG, without any colour.

    `key` is the slug of a public record or the reference of another; `family` one of the values of FAMILIES;
    sizes are in drawing units (the SVG fills its box). Raises ValueError for an unknown family.
    """
    return (
        f'<svg class="{css_class} t-{family}" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">'
        f"{_drawn(VERSION, key, family, width, height, thread=thread)}</svg>"
    )


def printed_trame(
    key: str, family: str, width: int = 120, height: int = 1188, *, line: str, thread: str, casing: str
) -> str:
    """Return the drawing for a printed margin (30 × 297 mm), its colours written in it as « #rrggbb ».

    The PDF engine gives neither the page's style sheet nor variables to an inline SVG.
    """
    style = (
        f"path,circle{{fill:none;stroke:{line};stroke-width:.9}}.t-strong{{stroke-width:1.7}}"
        f".t-casing{{stroke:{casing};stroke-width:7}}.t-thread{{stroke:{thread};stroke-width:4.4}}"
        f".t-knot{{fill:{thread};stroke:{casing};stroke-width:2.4}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="xMidYMid slice" aria-hidden="true"><style>{style}</style>'
        f"{_drawn(VERSION, key, family, width, height, thread=True)}</svg>"
    )
