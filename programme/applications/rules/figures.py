"""Amounts as spreadsheets and people write them, in French or in English: pure. What can be read in two ways is read in none."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Cell = str | Decimal
"""A text, or the exact number of a workbook."""
MOST = Decimal(10) ** 12
"""Amounts are kept below this, in euros."""
_DIGITS_MOST = 30

_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f'\u2019]")
_MONEY = re.compile(r"(?i)(€|\beuros?\b|\beur\b|\bttc\b|\bht\b)")
_DASHES = str.maketrans("\u2212\u2013\u2014\u2010\u2011", "-----")


class Trouble(StrEnum):
    """Why an amount is not taken as it stands: the person corrects it."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    AMBIGUOUS = "ambiguous"
    NEGATIVE = "negative"
    FRACTION = "fraction"


class Way(StrEnum):
    """How figures are written: « 1.234,56 » or « 1,234.56 »."""

    COMMA = "comma"
    POINT = "point"


@dataclass(frozen=True)
class Amount:
    """What a cell says: an amount in euros, or why it says none."""

    value: Decimal | None = None
    trouble: Trouble | None = None


def read_amount(cell: Cell, way: Way | None = None) -> Amount:
    """One amount, however French or English writes it; `way` when the column tells how its figures are written.

    « 1 234,56 € », « 1,234.56 », « 1234.5 » and « EUR 12 » are read. « 1,234 » alone is ambiguous: in French it has three
    decimals, in English it is more than a thousand.
    """
    if isinstance(cell, Decimal):
        return _judged(cell)
    bare = _MONEY.sub("", unicodedata.normalize("NFC", cell).translate(_DASHES)).strip()
    if not bare:
        return Amount(trouble=Trouble.UNREADABLE if cell.strip() else Trouble.MISSING)
    negative = bare.startswith("-") or bare.endswith("-") or (bare.startswith("(") and bare.endswith(")"))
    bare = bare.strip("-+() \u00a0\u2009\u202f")
    values = {value for each in ([way] if way else Way) if (value := _read(bare, each)) is not None}
    if not values:
        return Amount(trouble=Trouble.UNREADABLE)
    if len(values) > 1:
        return Amount(trouble=Trouble.AMBIGUOUS)
    return _judged(-values.pop() if negative else values.pop())


def way_of(cells: Sequence[Cell]) -> Way | None:
    """How the figures of a column are written, when at least one says it and none says the contrary."""
    said: set[Way] = set()
    for cell in cells:
        if isinstance(cell, str) and read_amount(cell).trouble in (None, Trouble.NEGATIVE):
            ways = {way for way in Way if read_amount(cell, way).trouble in (None, Trouble.NEGATIVE)}
            said |= ways if len(ways) == 1 else set()
    return said.pop() if len(said) == 1 else None


def is_figure(cell: Cell) -> bool:
    """Whether a cell holds a number, even one that cannot be an amount as it stands."""
    return isinstance(cell, Decimal) or read_amount(cell).trouble not in (Trouble.MISSING, Trouble.UNREADABLE)


def _judged(value: Decimal) -> Amount:
    if value < 0:
        return Amount(trouble=Trouble.NEGATIVE)
    if value >= MOST:
        return Amount(trouble=Trouble.UNREADABLE)
    if value != value.quantize(Decimal("0.01")):
        return Amount(trouble=Trouble.FRACTION)
    return Amount(value.quantize(Decimal("0.01")) + 0)  # No « -0 ».


def _read(bare: str, way: Way) -> Decimal | None:
    decimal, thousands = (",", ".") if way is Way.COMMA else (".", ",")
    whole, mark, part = bare.partition(decimal)
    digits = _grouped(whole, thousands)
    if digits is None or len(digits) > _DIGITS_MOST:
        return None
    if not mark:
        return Decimal(digits)
    return Decimal(f"{digits}.{part}") if re.fullmatch(r"[0-9]{1,30}", part, re.ASCII) else None


def _grouped(whole: str, thousands: str) -> str | None:
    """The digits of a whole part: plain, or in groups of three after a first of one to three, one separator throughout."""
    spaced = _BLANKS.sub(" ", whole)
    for separator in (" ", thousands):
        if separator in spaced:
            first, *others = spaced.split(separator)
            groups = re.fullmatch(r"[0-9]{1,3}", first, re.ASCII) and all(
                re.fullmatch(r"[0-9]{3}", each, re.ASCII) for each in others
            )
            return first + "".join(others) if groups else None
    return whole if re.fullmatch(r"[0-9]+", whole, re.ASCII) else None
