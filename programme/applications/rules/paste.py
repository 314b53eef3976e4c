"""What rows copied from a spreadsheet say of a budget: pure. Nothing is dropped or changed without saying so.

One function for what is pasted in a cell, written in a page without script, or sent as a file. An amount that can be read
in two ways is read in none, unless the rest of its column says which way was meant.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from programme.applications.rules.budget_words import (
    Code,
    Field,
    Part,
    Source,
    Words,
    code_of,
    heading_of,
    is_total,
    names_code,
    names_part,
    names_state,
    part_of,
    state_of,
)
from programme.applications.rules.figures import Cell, Trouble, Way, is_figure, read_amount, way_of
from programme.applications.states import FundingState

Row = tuple[int, Sequence[Cell]]
_HEADING_WITHIN = 6
"""A row of titles stands among the first ones of a sheet."""
_LETTERS = 26


class Reason(StrEnum):
    """Why a row is left aside (« ligne laissée de côté »)."""

    HEADING = "heading"
    TOTAL = "total"
    BLANK = "blank"


@dataclass(frozen=True)
class Line:
    """A row as it was understood. `typed` is the amount as it stood; `amount` is None when `trouble` says why."""

    number: int
    copied: str
    part: Part
    label: str
    code: Code | None
    source: Source
    state: FundingState | None
    typed: str
    amount: Decimal | None
    trouble: Trouble | None


@dataclass(frozen=True)
class LeftOut:
    """A row that is not taken, as it stood, and why."""

    number: int
    copied: str
    reason: Reason


@dataclass(frozen=True)
class Understood:
    """What rows say: those that are taken, those that are not, and the titles of columns that say nothing of a budget."""

    lines: Sequence[Line]
    left_out: Sequence[LeftOut]
    columns_aside: Sequence[str]


@dataclass(frozen=True)
class _Frame:
    """How the rows of a table are read."""

    columns: Mapping[Field, int]
    way: Way | None
    part: Part
    known: Words


def understand(rows: Sequence[Row], part: Part, known: Words) -> Understood:
    """What the rows say, in their order. `part`: what a row is when no column says it (expense or funding).

    Each row that is not empty is in `lines` or in `left_out`, once; each column that holds something is used, or named in
    `columns_aside`.
    """
    filled = [(number, [*cells]) for number, cells in rows if any(_text(cell) for cell in cells)]
    width = max((len(cells) for _number, cells in filled), default=0)
    table = [(number, [*cells, *[""] * (width - len(cells))]) for number, cells in filled]
    body = table[_heading(table) :]
    above = table[: len(table) - len(body)]
    titles = above[-1][1] if above else [""] * width
    columns = _columns(titles, body, known)
    amounts = [cells[columns[Field.AMOUNT]] for _number, cells in body] if Field.AMOUNT in columns else []
    frame = _Frame(columns, way_of(amounts), part, known)
    read = [(row, _line(row, frame)) for row in body]
    left_out = [LeftOut(number, _copied(cells), Reason.HEADING) for number, cells in above]
    left_out += [LeftOut(row[0], _copied(row[1]), found) for row, found in read if isinstance(found, Reason)]
    aside = [_text(titles[place]) or _letter(place) for place in _unused(body, columns)]
    return Understood([found for _row, found in read if isinstance(found, Line)], left_out, aside)


def _text(cell: Cell) -> str:
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else " ".join(cell.split())


def _copied(cells: Sequence[Cell]) -> str:
    return " | ".join(text for cell in cells if (text := _text(cell)))


def _letter(place: int) -> str:
    """The letter of a column as spreadsheets name it."""
    return chr(65 + place) if place < _LETTERS else str(place + 1)


def _heading(table: Sequence[Row]) -> int:
    """How many rows stand above the body: up to the row of titles, which has two of them at least and no figure."""
    for place, (_number, cells) in enumerate(table[:_HEADING_WITHIN]):
        if any(is_figure(cell) for cell in cells):
            return 0
        if len({heading_of(_text(cell)) for cell in cells} - {None}) > 1:
            return place + 1
    return 0


def _columns(titles: Sequence[Cell], body: Sequence[Row], known: Words) -> dict[Field, int]:
    """Which column holds what: by its title, else by what most of it is. Of several columns of amounts, the last one counts."""
    columns: dict[Field, int] = {}
    for place, cell in enumerate(titles):
        kind = heading_of(_text(cell))
        if kind is not None and (kind not in columns or kind is Field.AMOUNT):
            columns[kind] = place
    for kind in (Field.AMOUNT, Field.STATE, Field.PART, Field.CODE, Field.LABEL):
        free = [place for place in range(len(titles)) if place not in columns.values()]
        fitting = [place for place in free if _mostly(kind, [cells[place] for _number, cells in body], known)]
        if kind not in columns and fitting:
            columns[kind] = fitting[-1] if kind is Field.AMOUNT else fitting[0]
    # « Prestation | 1 200 »: the only words of a row are its label too.
    for kind in (Field.CODE, Field.PART):
        if Field.LABEL not in columns and kind in columns:
            columns[Field.LABEL] = columns[kind]
    return columns


def _mostly(kind: Field, cells: Sequence[Cell], known: Words) -> bool:
    written = [cell for cell in cells if _text(cell)]
    fitting = sum(_looks(kind, cell, known) for cell in written)
    return fitting > 0 and fitting * 2 + (kind is Field.AMOUNT) > len(written)


def _looks(kind: Field, cell: Cell, known: Words) -> bool:
    if kind is Field.AMOUNT:
        return is_figure(cell)
    if isinstance(cell, Decimal):
        return False
    if kind is Field.STATE:
        return names_state(cell, known)
    if kind is Field.PART:
        return names_part(cell)
    return names_code(cell, known) if kind is Field.CODE else not is_figure(cell)


def _unused(body: Sequence[Row], columns: Mapping[Field, int]) -> Iterator[int]:
    for place in range(len(body[0][1]) if body else 0):
        if place not in columns.values() and any(_text(cells[place]) for _number, cells in body):
            yield place


def _line(row: Row, frame: _Frame) -> Line | Reason:
    number, cells = row
    said = {kind: cells[place] for kind, place in frame.columns.items()}
    text = {kind: _text(said.get(kind, "")) for kind in Field}
    label = text[Field.LABEL]
    words = [label, text[Field.PART]] if label else [_text(cell) for cell in cells]
    if any(is_total(each) for each in words):
        return Reason.TOTAL
    if not label and not text[Field.AMOUNT]:
        return Reason.BLANK
    part = part_of(text[Field.PART], label, frame.part)
    amount = read_amount(said.get(Field.AMOUNT, ""), frame.way)
    code, source = code_of(part, text[Field.CODE], label, frame.known)
    state = state_of(text[Field.STATE], frame.known) if part is Part.FUNDING else None
    return Line(
        number, _copied(cells), part, label, code, source, state, text[Field.AMOUNT], amount.value, amount.trouble
    )
