"""The one writer of CSV: every table that leaves the house goes through here."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from flask import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]], *, machine: bool = False) -> str:
    """Rows as CSV.

    `machine` gives the form of the published schemas (comma, point, ISO dates, values untouched) to which
    cells of our own records alone belong; otherwise the form that a French spreadsheet opens (semicolon,
    comma, and a quote before anything that it would take for a formula).
    """
    out = StringIO()
    writer = csv.writer(out, delimiter="," if machine else ";", lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value, machine) for value in row])
    return out.getvalue()


def _cell(value: Any, machine: bool) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Decimal):
        return str(value) if machine else str(value).replace(".", ",")
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value)
    return "'" + text if not machine and text.startswith(_FORMULA) else text


def csv_response(name: str, text: str, *, machine: bool = False) -> Response:
    """The CSV as a download; spreadsheets get a byte order mark so that accents come out right."""
    body = text.encode("utf-8" if machine else "utf-8-sig")
    response = Response(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
