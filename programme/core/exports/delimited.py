"""CSV as a French spreadsheet opens it (semicolon, comma, UTF-8 with its mark), sent as it is made."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from programme.core.exports.cells import CellKind, Column, clean, is_formula, typed

CHUNK = 32 * 1024
MARK = "\ufeff"
"""Without it, spreadsheets read the accents of UTF-8 as those of an older code."""
_CENT = Decimal("0.01")


def csv_chunks(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The table in chunks of about 32 kB; the header comes first, before any row is asked for."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    out.write(MARK)
    writer.writerow([_text(column.label) for column in columns])
    yield _taken(out)
    cells = [_cell_of(column.kind) for column in columns]
    for row in rows:
        writer.writerow([cell(value) for cell, value in zip(cells, row, strict=True)])
        if out.tell() > CHUNK:
            yield _taken(out)
    if out.tell():
        yield _taken(out)


def _taken(out: StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = clean(str(value))
    return "'" + text if is_formula(text) else text


def _cell_of(kind: CellKind) -> Callable[[Any], str]:
    """How the cells of a column are written; what does not depend on the row is found once."""
    if kind is CellKind.TEXT:
        return _text
    if kind is CellKind.BOOLEAN:
        words = {True: typed(kind, True)[1], False: typed(kind, False)[1]}
        return lambda value: words[value] if isinstance(value, bool) else _text(value)

    def cell(value: Any) -> str:
        found, given = typed(kind, value)
        if found is CellKind.MONEY:
            return _amount(given).replace(".", ",")
        if found is CellKind.NUMBER:
            return format(given, "f").replace(".", ",") if isinstance(given, Decimal) else str(given).replace(".", ",")
        if isinstance(given, datetime):
            return given.isoformat(" ")
        return given.isoformat() if isinstance(given, date) else _text(given)

    return cell


def _amount(value: float | Decimal) -> str:
    """Two decimals; an amount of ours has them already."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == -2:
        return str(value)
    return format(Decimal(str(value)).quantize(_CENT), "f")


def published_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows in the form of the published schemas: comma, point, ISO dates, values untouched, since a machine compares them."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_published(value) for value in row] for row in rows)
    return out.getvalue()


def _published(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
