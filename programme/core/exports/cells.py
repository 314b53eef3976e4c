"""What a cell of an export is, and what a text must lose or gain before a spreadsheet opens it."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from string import ascii_letters, digits
from typing import Any

from flask_babel import gettext as _

from programme.core.clock import local
from programme.core.errors import RuleBroken

MAX_ROWS = 1_048_576
"""Lines of a sheet, the header included: the limit of the file format and of the programs that open it."""
MAX_UNITS = 32_767
"""UTF-16 units of a cell; a longer text is refused by the programs as a damaged file."""
EXACT_DIGITS = 15
"""Spreadsheets count in binary floating point: a longer whole number would change, so it is written as a text."""

_EXACT = 10**EXACT_DIGITS
# What XML 1.0 cannot hold, surrogates included; a CSV has no use for it either.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?")
_SIGNS = frozenset("=+-@")
_BREAKS = frozenset("\t\r\n")
# Letters and marks of other categories that show nothing at all: fillers, variation selectors, the empty Braille cell.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
_HARMLESS_FIRST = frozenset(ascii_letters + digits)


class ExportFormat(StrEnum):
    """The file that a person asks for, as it stands in the address (`?format=`)."""

    CSV = "csv"
    XLSX = "xlsx"
    ODS = "ods"


class CellKind(StrEnum):
    """What the cells of a column are: it decides how they are written and shown."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Column:
    """A column: its title and what its cells are. Money is in euros; an instant is shown in the Region's zone."""

    label: str
    kind: CellKind = CellKind.TEXT


def clean(text: str) -> str:
    """The text without the signs that no file can hold; its line ends are all line feeds."""
    if text.isprintable():
        return text
    return _ILLEGAL.sub("", _LINE_ENDS.sub("\n", text))


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula.

    So it may when its first visible sign is = + - or @, in any width, whatever spaces and invisible signs stand before it,
    and when it begins with a tabulation or a line end (OWASP, « CSV Injection »).
    """
    if not text or text[0] in _HARMLESS_FIRST:
        return False
    if text[0] in _BREAKS:
        return True
    for sign in text:
        if sign in _BLANK or unicodedata.category(sign) in ("Zs", "Zl", "Zp", "Cc", "Cf"):
            continue
        return unicodedata.normalize("NFKC", sign)[:1] in _SIGNS
    return False


def shortened(text: str) -> str:
    """The text as a sheet can hold it; one that is cut says so at its end."""
    if 2 * len(text) <= MAX_UNITS:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_UNITS:
        return text
    note = "… " + _("[texte coupé : une cellule tient 32 767 signes ; le CSV contient tout]")
    return units[: 2 * (MAX_UNITS - len(note))].decode("utf-16-le", "ignore") + note


def typed(kind: CellKind, value: Any) -> tuple[CellKind, Any]:
    """The value as its column announces it; one of another type is written as a text, never guessed.

    An instant comes back as a wall-clock time of the Region, without zone; a text comes back clean.

    Raises:
        ValueError: an instant without zone: nobody could say which one it is.
    """
    if kind is CellKind.TEXT or value is None:
        return CellKind.TEXT, clean(str(value)) if value is not None else ""
    if kind is CellKind.BOOLEAN and isinstance(value, bool):
        return CellKind.TEXT, _("oui") if value else _("non")
    if kind in (CellKind.NUMBER, CellKind.MONEY) and _is_number(value):
        return kind, value
    if kind in (CellKind.DATE, CellKind.INSTANT) and isinstance(value, date):
        return _moment(kind, value)
    return CellKind.TEXT, clean(str(value))


def _is_number(value: Any) -> bool:
    """Exact in a sheet: neither a truth value, nor infinite, nor longer than what floating point keeps."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    if isinstance(value, int):
        return abs(value) < _EXACT
    if isinstance(value, float):
        return isfinite(value)
    return value.is_finite() and len(value.as_tuple().digits) <= EXACT_DIGITS


def _moment(kind: CellKind, value: date) -> tuple[CellKind, Any]:
    if not isinstance(value, datetime):
        return (CellKind.DATE, value) if value.year >= 1900 else (CellKind.TEXT, value.isoformat())
    if value.tzinfo is None:
        raise ValueError("a naive datetime has no place in an export")
    shown = local(value).replace(tzinfo=None, microsecond=0)
    if shown.year < 1900:  # The calendars of sheets begin in 1900.
        return CellKind.TEXT, shown.isoformat(" ")
    return (CellKind.DATE, shown.date()) if kind is CellKind.DATE else (CellKind.INSTANT, shown)


def refuse_full(row: int) -> None:
    """Stop before a line that a sheet cannot hold. `row` counts from 0, the header included.

    Raises:
        RuleBroken: the sheet is full; the sentence says what to do.
    """
    if row >= MAX_ROWS:
        raise RuleBroken(
            _("Cette liste dépasse 1 048 575 lignes, ce que tient une feuille : filtrez-la, ou demandez le format CSV.")
        )
