"""Reads the cells of an XLSX or an ODS: values only, no formula, no macro, no link, within limits that hold while it is read."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from io import BytesIO
from posixpath import join, normpath
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from flask_babel import gettext as _

from programme.core.errors import RuleBroken

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
MAX_ROWS, MAX_COLUMNS = 5000, 100
MAX_TEXT = 4 * 1024 * 1024
"""Signs of all the texts that one entry of a workbook holds, and of all the cells of a sheet, each as often as it is shown."""
MAX_INFLATED = 32 * 1024 * 1024
"""Bytes of one entry of the archive once unpacked."""
EXACT_DIGITS = 15
"""Programs compute in binary and show fifteen digits: 0.1 + 0.2 is stored with seventeen and reads 0.3."""

Cell = str | Decimal
"""A text, or the exact number that the program shows."""


@dataclass(frozen=True)
class Sheet:
    """A sheet with something in it: its name, and its rows that are not empty, each with its number in the program."""

    name: str
    rows: list[tuple[int, list[Cell]]]


def read(data: bytes, media_type: str) -> list[Sheet]:
    """The sheets of a workbook that have something in them, in order. The archive was inspected (`core.storage`).

    Raises:
        RuleBroken: it cannot be read, or holds more than a table of this house may.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            found = _xlsx(archive) if media_type == XLSX else _ods(archive)
    except (
        BadZipFile,
        zlib.error,
        expat.ExpatError,
        LookupError,  # Of a key, a place, or an encoding that nobody knows.
        ValueError,
        EOFError,
        NotImplementedError,
    ) as fault:
        raise RuleBroken(
            _("Ce classeur ne se lit pas : ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis renvoyez-le.")
        ) from fault
    return [each for each in found if each.rows]


def number(text: str) -> Decimal:
    """The number that a program stores, to the fifteen digits that it shows.

    Raises:
        ValueError: it is not a finite number.
    """
    try:
        exact = Decimal(text)
    except InvalidOperation as fault:
        raise ValueError(text) from fault
    if not exact.is_finite() or abs(exact.adjusted()) > 40:
        raise ValueError(text)
    if len(exact.as_tuple().digits) > EXACT_DIGITS:
        exact = exact.quantize(Decimal(1).scaleb(exact.adjusted() - EXACT_DIGITS + 1))
    return exact.normalize() + 0


def _refuse() -> None:
    raise RuleBroken(
        _("Ce classeur dépasse %(rows)s lignes ou %(columns)s colonnes : gardez-y le seul tableau à reprendre.",
          rows=MAX_ROWS, columns=MAX_COLUMNS)
    )  # fmt: skip


@dataclass
class _Reader:
    """What the handlers of one entry share: where they stand, and how much they took."""

    path: list[str] = field(default_factory=list)
    taken: int = 0

    def take(self, text: str) -> str:
        self.taken += len(text)
        if self.taken > MAX_TEXT:
            _refuse()
        return text


def _parse(
    archive: ZipFile, name: str, start: Callable[..., Any], end: Callable[..., Any], text: Callable[[str], Any]
) -> None:
    """Read an entry as XML: a document type is refused, so no entity can grow, and nothing outside is ever fetched."""
    if archive.getinfo(name).file_size > MAX_INFLATED:
        _refuse()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def declared(*_given: Any) -> None:
        raise ValueError("a document type")

    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    with archive.open(name) as handle:
        while chunk := handle.read(64 * 1024):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


# ---- XLSX ----------------------------------------------------------------------------------------

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")


def _xlsx(archive: ZipFile) -> list[Sheet]:
    strings = _strings(archive)
    targets = _relations(archive)
    return [Sheet(name, _cells(archive, targets[key], strings)) for name, key in _named(archive) if key in targets]


def _named(archive: ZipFile) -> list[tuple[str, str]]:
    """The visible sheets of the workbook, by the key of their relation."""
    found: list[tuple[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((value for name, value in attributes.items() if name.endswith(" id")), "")
            found.append((attributes.get("name", ""), key))

    _parse(archive, "xl/workbook.xml", start, _ignored, _ignored)
    return found


def _relations(archive: ZipFile) -> dict[str, str]:
    found: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            name = normpath(target.lstrip("/") if target.startswith("/") else join("xl", target))
            if attributes.get("Type", "").endswith("/worksheet") and name in archive.namelist():
                found[attributes["Id"]] = name

    _parse(archive, "xl/_rels/workbook.xml.rels", start, _ignored, _ignored)
    return found


def _ignored(*_given: Any) -> None:
    """What an entry says besides."""


def _strings(archive: ZipFile) -> list[str]:
    """The texts that the cells share."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    state = _Reader()
    found: list[str] = []
    parts: list[str] = []

    def start(tag: str, _attributes: dict[str, str]) -> None:
        state.path.append(tag)

    def end(tag: str) -> None:
        state.path.pop()
        if tag == "si":
            found.append("".join(parts))
            parts.clear()

    def text(given: str) -> None:
        if state.path[-1] == "t" and "rPh" not in state.path:  # Not how a Japanese word is pronounced.
            parts.append(state.take(given))

    _parse(archive, "xl/sharedStrings.xml", start, end, text)
    return found


def _cells(archive: ZipFile, name: str, strings: list[str]) -> list[tuple[int, list[Cell]]]:
    state, rows = _Reader(), _Rows()
    kind, column = "n", 0
    parts: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal kind, column
        state.path.append(tag)
        if tag == "row":
            rows.begin(int(attributes.get("r", rows.line + 1)))
            column = 0
        elif tag == "c":
            place = _PLACE.match(attributes.get("r", ""))
            column = _column(place[1]) if place else column + 1
            kind = attributes.get("t", "n")

    def end(tag: str) -> None:
        state.path.pop()
        if tag == "c":
            rows.put(column, _value(kind, "".join(parts), strings))
            parts.clear()
        elif tag == "row":
            rows.close()

    def text(given: str) -> None:
        if state.path[-1] == "v" or (state.path[-1] == "t" and "is" in state.path and "rPh" not in state.path):
            parts.append(state.take(given))

    _parse(archive, name, start, end, text)
    return rows.found


def _column(letters: str) -> int:
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found


def _value(kind: str, text: str, strings: list[str]) -> Cell:
    if kind == "s":
        return strings[int(text)] if text else ""
    return number(text) if kind == "n" and text else text


@dataclass
class _Rows:
    """Collects cells by their column, from 1; empty rows are left out, gaps are empty texts.

    One text may stand in thousands of cells without being written twice: what counts is what whoever reads the cells meets.
    """

    line: int = 0
    signs: int = 0
    row: list[Cell] = field(default_factory=list)
    found: list[tuple[int, list[Cell]]] = field(default_factory=list)

    def begin(self, line: int) -> None:
        self.line, self.row = line, []

    def put(self, column: int, cell: Cell, times: int = 1) -> None:
        if cell == "":
            return
        if column <= len(self.row):
            raise ValueError("two cells in one place")
        if column + times - 1 > MAX_COLUMNS:
            _refuse()
        self.row += [""] * (column - 1 - len(self.row)) + [cell] * times

    def close(self, times: int = 1) -> None:
        if self.row:
            self.signs += times * sum(len(cell) for cell in self.row if isinstance(cell, str))
            if len(self.found) + times > MAX_ROWS or self.signs > MAX_TEXT:
                _refuse()
            self.found += [(self.line + place, list(self.row)) for place in range(times)]
        self.line += times - 1


# ---- ODS -----------------------------------------------------------------------------------------

_FIGURES = ("float", "currency", "percentage")


def _ods(archive: ZipFile) -> list[Sheet]:
    state, rows = _Reader(), _Rows()
    sheets: list[Sheet] = []
    parts: list[str] = []
    column, times, repeated, figure = 0, 1, 1, ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal rows, column, times, repeated, figure
        state.path.append(tag)
        given = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        if tag == "table":
            rows = _Rows()
            sheets.append(Sheet(given.get("name", ""), rows.found))
        elif tag == "table-row":
            rows.begin(rows.line + 1)
            column, repeated = 0, int(given.get("number-rows-repeated", 1))
        elif tag in ("table-cell", "covered-table-cell"):
            times = int(given.get("number-columns-repeated", 1))
            figure = given.get("value", "") if given.get("value-type") in _FIGURES else ""
        elif tag == "p" and parts:
            parts.append(state.take("\n"))
        elif tag in ("s", "tab"):
            parts.append(state.take(" " * min(int(given.get("c", 1)), 100)))

    def end(tag: str) -> None:
        nonlocal column
        state.path.pop()
        if tag in ("table-cell", "covered-table-cell"):
            rows.put(column + 1, number(figure) if figure else "".join(parts), times)
            column += times
            parts.clear()
        elif tag == "table-row":
            rows.close(repeated)

    def text(given: str) -> None:
        if "p" in state.path and "annotation" not in state.path:
            parts.append(state.take(given))

    _parse(archive, "content.xml", start, end, text)
    return sheets
