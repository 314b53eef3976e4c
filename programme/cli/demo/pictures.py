"""Pictures of some demonstration reuses, drawn by the house: the same bytes each time, light, without any text."""

import math
import random
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 540
SCALE = 2
"""Drawn twice as large, then reduced: edges come out smooth."""
SIZE = (720, 405)
COLOURS = 28
PAPER, SEA, INK, WHITE = "#eef1ea", "#a9cfdc", "#1d3a40", "#ffffff"
GOOD, FAIR, POOR, BAD = "#7fb88b", "#e3d06a", "#e29a4c", "#c4503f"

Point = tuple[float, float]


class _Sheet:
    """A sheet to draw on, in final pixels."""

    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), ground)
        self.draw = ImageDraw.Draw(self.image)

    def polygon(self, points: list[Point], fill: str, outline: str | None = None, width: float = 1) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.polygon(scaled, fill=fill, outline=outline, width=round(width * SCALE) if outline else 1)

    def line(self, points: list[Point], fill: str, width: float) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, fill=fill, width=round(width * SCALE), joint="curve")

    def disc(self, x: float, y: float, radius: float, fill: str, outline: str | None = None) -> None:
        box = [each * SCALE for each in (x - radius, y - radius, x + radius, y + radius)]
        self.draw.ellipse(box, fill=fill, outline=outline, width=3 * SCALE if outline else 0)

    def box(self, x: float, y: float, w: float, h: float, fill: str) -> None:
        self.draw.rounded_rectangle([x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE], 3 * SCALE, fill=fill)

    def webp(self) -> bytes:
        small = self.image.resize(SIZE, Image.Resampling.LANCZOS)
        flat = small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        out = BytesIO()
        flat.convert("RGB").save(out, "WEBP", lossless=True, method=6)
        return out.getvalue()


def _blob(x: float, y: float, radius: float, waves: tuple[float, ...], stretch: float) -> list[Point]:
    """A smooth closed shore around a centre."""
    turns = [2 * math.pi * step / 160 for step in range(160)]
    lengths = [
        radius * (1 + sum(wave * math.sin((rank + 2) * turn + 1.3 * rank) for rank, wave in enumerate(waves)))
        for turn in turns
    ]
    return [
        (x + stretch * far * math.cos(turn), y + far * math.sin(turn)) for turn, far in zip(turns, lengths, strict=True)
    ]


def _air(chance: random.Random) -> bytes:
    """The lagoon, the air around it in hexagons, the schools as points."""
    sheet = _Sheet(PAPER)
    sources = [(150.0, 120.0, 1.0), (840.0, 400.0, 1.25), (760.0, 90.0, 0.55)]
    shades = ("#d9e8d6", "#cfe0c1", "#e9e2b4", "#f0d3a0", "#eabf9b", "#dfa18a")
    side = 27.0
    for row in range(14):
        for column in range(22):
            x, y = column * side * math.sqrt(3) + (row % 2) * side * math.sqrt(3) / 2, row * side * 1.5
            level = sum(force * math.exp(-(((x - sx) / 230) ** 2 + ((y - sy) / 190) ** 2)) for sx, sy, force in sources)
            corners = [
                (x + (side - 1.5) * math.sin(math.pi * k / 3), y + (side - 1.5) * math.cos(math.pi * k / 3))
                for k in range(6)
            ]
            sheet.polygon(corners, shades[min(5, int(5.2 * level))])
    for points in ([(0, 300), (220, 330), (330, 470), (520, 540)], [(960, 210), (700, 190), (560, 60), (420, 0)]):
        sheet.line([(float(x), float(y)) for x, y in points], WHITE, 7)
    sheet.polygon(_blob(455, 285, 150, (0.16, 0.1, 0.05), 1.45), SEA, "#7fb2c4", 2.5)
    for x, y in ((95, 210), (205, 70), (170, 420), (300, 495), (560, 505), (690, 465), (790, 330), (885, 460), (720, 120), (560, 70), (860, 180), (330, 75), (60, 350), (915, 330)):  # fmt: skip
        level = sum(force * math.exp(-(((x - sx) / 230) ** 2 + ((y - sy) / 190) ** 2)) for sx, sy, force in sources)
        level += chance.uniform(-0.08, 0.08)
        sheet.disc(x, y, 13, GOOD if level < 0.3 else FAIR if level < 0.55 else POOR if level < 0.85 else BAD, WHITE)
    return sheet.webp()


def _bikes(chance: random.Random) -> bytes:
    """A year of passages, a square for each day and a row for each day of the week, and its total week by week."""
    sheet = _Sheet("#f7f4ee")
    shades = ("#e3edf0", "#bcdbe2", "#86bfcb", "#4b98a8", "#1f6f7e", "#0d4a56")
    totals = []
    for week in range(52):
        season = 0.5 - 0.42 * math.cos(2 * math.pi * (week + 3) / 52)
        holiday = 0.45 if week in (0, 7, 8, 15, 16, 31, 32, 33, 43, 51) else 1.0
        rain = chance.choice((1.0, 1.0, 0.85, 0.6))
        days = []
        for day in range(7):
            works = 1.0 if day < 5 else 0.5
            share = min(1.0, (0.18 + season) * works * holiday * rain * chance.uniform(0.85, 1.1))
            days.append(share)
            sheet.box(58 + week * 16.3, 62 + day * 34, 14, 31, shades[min(5, int(share * 6))])
        totals.append(sum(days) / 7)
    top = [(65 + week * 16.3, 500 - 160 * total) for week, total in enumerate(totals)]
    sheet.polygon([(65, 500), *top, (65 + 51 * 16.3, 500)], "#d7e8ec")
    sheet.line(top, "#1f6f7e", 4)
    sheet.line([(58, 501), (906, 501)], INK, 2)
    peak = max(top, key=lambda point: -point[1])
    sheet.disc(*peak, 10, "#f2b632", INK)
    return sheet.webp()


def _shade(chance: random.Random) -> bytes:
    """A district between river and hills: blocks, trees, and the streets by their heat."""
    sheet = _Sheet("#e7ddcd")
    heat = ("#f3efe7", "#f4dcb0", "#efb67c", "#dd7f55", "#c14f3d")
    angle = math.radians(-14)

    def turn(x: float, y: float) -> Point:
        x, y = x - 480, y - 270
        return 480 + x * math.cos(angle) - y * math.sin(angle), 270 + x * math.sin(angle) + y * math.cos(angle)

    columns, rows = [-160 + 104 * step for step in range(13)], [-200 + 88 * step for step in range(11)]
    for x in columns:
        for top, bottom in pairwise(rows):
            level = min(4, int(5 * abs(math.sin(x / 170 + top / 310)) * chance.uniform(0.6, 1.1)))
            sheet.line([turn(x, top), turn(x, bottom)], heat[level], 17)
    for y in rows:
        for left, right in pairwise(columns):
            level = min(4, int(5 * abs(math.cos(y / 200 + left / 260)) * chance.uniform(0.55, 1.1)))
            sheet.line([turn(left, y), turn(right, y)], heat[level], 13)
    for x in columns[:-1]:
        for y in rows[:-1]:
            if chance.random() < 0.14:
                corners = [(x + 10, y + 10), (x + 94, y + 10), (x + 94, y + 78), (x + 10, y + 78)]
                sheet.polygon([turn(*each) for each in corners], "#cfe0c1")
                for _tree in range(7):
                    sheet.disc(
                        *turn(x + chance.uniform(20, 84), y + chance.uniform(20, 68)), chance.uniform(6, 12), "#5d9a6c"
                    )
    river = [(-20.0, 470.0), (180.0, 432.0), (360.0, 470.0), (560.0, 520.0), (760.0, 500.0), (980.0, 520.0)]
    sheet.polygon([*river, (980.0, 560.0), (-20.0, 560.0)], SEA)
    for x, y in (
        (columns[4], rows[4]),
        (columns[6], rows[3]),
        (columns[8], rows[5]),
        (columns[3], rows[3]),
        (columns[7], rows[6]),
    ):
        for step in range(4):
            sheet.disc(*turn(x + 26 * step, y), 9, "#2f7a4c", WHITE)
    return sheet.webp()


_PICTURES: dict[str, tuple[Callable[[random.Random], bytes], str]] = {
    "Respire Étang": (_air, "Carte de l’étang et de l’air autour, en hexagones du vert au rouge ; un point coloré par école."),
    "Flux Vélo": (_bikes, "Une année de passages à vélo, un carré par jour, et la courbe de chaque semaine avec son sommet en juin."),
    "Ombre Fraîche": (_shade, "Plan d’un quartier : les rues du clair au rouge selon la chaleur, et cinq rangées d’arbres proposées."),
}  # fmt: skip


def picture_of(title: str) -> tuple[bytes, str] | None:
    """The WebP of a reuse, at most 15 kB, and what it shows; None when the reuse keeps its drawing."""
    known = _PICTURES.get(title)
    return (known[0](random.Random(title)), known[1]) if known else None
