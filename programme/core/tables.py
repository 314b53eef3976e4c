"""The one reader of tables: a CSV comes out as texts under its headings; a workbook or what is pasted, as a grid of cells."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from flask_babel import gettext as _

from programme.core import spreadsheets
from programme.core.errors import RuleBroken
from programme.core.spreadsheets import Cell
from programme.core.storage import content

_OLD_TEXT = "application/octet-stream"
"""What a text of Windows is taken for, since it is no UTF-8: `decode` has the last word."""
DELIMITERS = (";", ",", "\t")
MAX_CELL = 100_000
MAX_GRID = 400_000
"""Signs of all the cells of a grid, each of which is looked at several times."""
MOST_BYTES = content.MAX_BYTES
"""The largest file, in bytes."""
READ = (spreadsheets.XLSX, spreadsheets.ODS, "text/csv", "text/plain")
"""The kinds of files that hold a table; their content says which they are."""


@dataclass(frozen=True)
class Row:
    """One row: the line of the file where it begins (the heading is line 1), and its cells by heading."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """The headings in their order, and the rows that have something in them."""

    header: list[str]
    rows: list[Row]


def read_csv(data: bytes, *, max_rows: int = 5000) -> Table:
    """Read a CSV: byte order mark or not, UTF-8, UTF-16 with a mark or Windows-1252, « ; », « , » or tabulation.

    Cells and headings lose the white space at their ends; empty rows are left out; a short row has empty cells.

    Raises:
        RuleBroken: empty, not a table of text, a heading twice, a row with too many cells, or more than `max_rows`.
    """
    text = decode(data)
    lines = _records(text)
    first = next(lines, None)
    if first is None:
        raise RuleBroken(_("Le fichier est vide : la première ligne porte les titres des colonnes."))
    header = _headings(first[1])
    rows: list[Row] = []
    for line, cells in lines:
        if len(rows) == max_rows:
            raise RuleBroken(_("Le fichier dépasse %(limit)s lignes : envoyez-le en plusieurs fois.", limit=max_rows))
        rows.append(_row(line, cells, header))
    return Table([title for title in header if title], rows)


@dataclass(frozen=True)
class Grid:
    """Cells without headings, as they stand: the number of each row that is not empty, and its cells.

    `sheet` is the one that was read, `aside` those of the workbook that have something in them too.
    """

    rows: list[tuple[int, list[Cell]]]
    sheet: str = ""
    aside: tuple[str, ...] = ()


def read_grid(data: bytes, name: str, *, max_rows: int = 5000) -> Grid:
    """The first sheet of an XLSX or an ODS that has something in it, or the cells of a CSV.

    Raises:
        RuleBroken: of another kind, unreadable, empty, or with more rows than `max_rows`.
    """
    kind = content.sniff(data, name)
    if not data or len(data) > MOST_BYTES or kind not in (*READ, _OLD_TEXT):
        content.inspect(data, name, READ)  # Says why.
    if kind in (spreadsheets.XLSX, spreadsheets.ODS):
        sheets = spreadsheets.read(data, kind)
        if not sheets:
            raise RuleBroken(_("Ce classeur est vide."))
        found = Grid(sheets[0].rows, sheets[0].name, tuple(each.name for each in sheets[1:]))
    else:
        found = Grid(_within(_records(decode(data)), max_rows))
    _within(found.rows, max_rows)
    return found


def _within(rows: Iterable[tuple[int, list[Any]]], max_rows: int) -> list[tuple[int, list[Cell]]]:
    """These rows, refused as soon as there is more of them than anybody reads: a small file may hold millions.

    Raises:
        RuleBroken: more than `max_rows`, a row of more cells than a sheet may have, more than MAX_GRID signs in all.
    """
    kept: list[tuple[int, list[Cell]]] = []
    signs = 0
    for line, cells in rows:
        signs += sum(len(cell) for cell in cells if isinstance(cell, str))
        if len(kept) == max_rows:
            raise RuleBroken(_("Le fichier dépasse %(limit)s lignes : envoyez-le en plusieurs fois.", limit=max_rows))
        if len(cells) > spreadsheets.MAX_COLUMNS or signs > MAX_GRID:
            raise RuleBroken(_("La ligne %(line)s tient trop de cellules ou de texte : gardez le seul tableau à reprendre.", line=line))  # fmt: skip
        kept.append((line, [*cells]))
    return kept


def pasted(text: str, *, max_rows: int = 5000) -> Grid:
    """The cells of a text copied from a spreadsheet: tabulations between cells, or semicolons when a person typed it.

    A program puts quotes around a cell that holds a line end; what does not follow that is cut at each line.

    Raises:
        RuleBroken: more rows than `max_rows`, or one that is too wide.
    """
    separator = "\t" if "\t" in text else ";"
    try:
        rows = list(_records(text, separator))
    except RuleBroken:
        rows = [(line, each.split(separator)) for line, each in enumerate(text.splitlines(), 1) if each.strip()]
    return Grid(_within(rows, max_rows))


def _headings(cells: list[str]) -> list[str]:
    """The headings, one for each column; a column without one is left aside.

    Raises:
        RuleBroken: two columns have the same.
    """
    header = [cell.strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    twice = next((title for title in header if title and header.count(title) > 1), None)
    if twice is not None:
        raise RuleBroken(_("La colonne « %(title)s » est présente deux fois : gardez-en une.", title=twice))
    return header


def _row(line: int, cells: list[str], header: list[str]) -> Row:
    if any(cell.strip() for cell in cells[len(header) :]):
        raise RuleBroken(
            _(
                "La ligne %(line)s a plus de cellules que de colonnes : mettez entre guillemets les textes qui "
                "contiennent le séparateur.",
                line=line,
            )
        )
    padded = [*cells, *[""] * (len(header) - len(cells))]
    return Row(line, {title: cell.strip() for title, cell in zip(header, padded, strict=False) if title})


def decode(data: bytes) -> str:
    """The text of a file written by a spreadsheet.

    Raises:
        RuleBroken: it is not text.
    """
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RuleBroken(_("Ce fichier n’est pas un texte : dans le tableur, choisissez « Enregistrer sous », puis CSV."))


def delimiter_of(text: str) -> str:
    """The separator that the first line uses most, outside quotes; « ; » when it uses none."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(part for index, part in enumerate(first.split('"')) if index % 2 == 0)
    return max(DELIMITERS, key=bare.count)


def _records(text: str, delimiter: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty, with the line where it begins: a cell between quotes may hold several lines."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter or delimiter_of(text), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise RuleBroken(
            _("La ligne %(line)s ne se lit pas : un guillemet y est sans doute ouvert sans être fermé.", line=begins)
        ) from error
