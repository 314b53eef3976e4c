"""XLSX, row after row: each row goes to disk before the next is read, and a text is always a text."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from programme.core.exports.cells import CellKind, Column, clean, refuse_full, shortened, typed

_SHAPES = {
    CellKind.NUMBER: "General",
    # The program that opens the file puts its own separators: « 14 000,00 € » in French.
    CellKind.MONEY: "#,##0.00\u00a0€",
    CellKind.DATE: "dd/mm/yyyy",
    CellKind.INSTANT: "dd/mm/yyyy hh:mm",
}
_EVERYWHERE = "A1:XFD1048576"


def write_xlsx(columns: Sequence[Column], rows: Iterable[Sequence[Any]], target: IO[bytes]) -> None:
    """Write the table as a workbook of one sheet.

    Raises:
        RuleBroken: more rows than a sheet holds.
    """
    from xlsxwriter import Workbook  # Only whoever asks for a workbook pays for loading the library.

    with Workbook(
        target, {"constant_memory": True}
    ) as book:  # Closed after a refusal too: its file of rows goes with it.
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.ignore_errors({"number_stored_as_text": _EVERYWHERE})  # A SIRET is a text on purpose.
        shapes = {kind: book.add_format({"num_format": shape}) for kind, shape in _SHAPES.items()}
        bold = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, shortened(clean(column.label)), bold)
        for line, row in enumerate(rows, start=1):
            refuse_full(line)
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                _write(sheet, (line, place), typed(column.kind, value), shapes)


def _write(sheet: Any, place: tuple[int, int], cell: tuple[CellKind, Any], shapes: dict[CellKind, Any]) -> None:
    """One cell by the method of its type: the library's general `write` would guess, and guess formulas."""
    kind, value = cell
    if kind is CellKind.TEXT:
        if value:
            sheet.write_string(*place, shortened(value))
    elif kind in (CellKind.DATE, CellKind.INSTANT):
        sheet.write_datetime(*place, value, shapes[kind])
    else:
        sheet.write_number(*place, float(value), shapes[kind])
