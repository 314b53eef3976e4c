"""The kinds of questions, and what may be said of each besides what may be said of all. Pure."""

from collections.abc import Iterable
from enum import StrEnum


class FieldKind(StrEnum):
    """Kind of an answer."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    MARKDOWN = "markdown"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    TABLE = "table"
    CALCULATED = "calculated"
    TERRITORY = "territory"
    ORGANISATION = "organisation"
    DATASETS = "datasets"
    INDICATORS = "indicators"
    FILE = "file"


class Level(StrEnum):
    """How wide a territory is (« échelle »), the widest first: a department, a grouping of communes, a commune."""

    DEPARTMENT = "department"
    EPCI = "epci"
    COMMUNE = "commune"


def wider(levels: Iterable[Level]) -> tuple[Level, ...]:
    """These scales and those that hold them, the widest first."""
    listed = tuple(Level)
    return listed[: max((listed.index(each) + 1 for each in levels), default=0)]


class Format(StrEnum):
    """What a file may be (« format »), by families that people know by name."""

    PDF = "pdf"
    IMAGE = "image"
    OFFICE = "office"
    DATA = "data"


K = FieldKind
TEXTS = frozenset({K.TEXT, K.LONG_TEXT, K.MARKDOWN})
NUMBERS = frozenset({K.NUMBER, K.MONEY, K.CALCULATED})
CELLS = (K.TEXT, K.NUMBER, K.MONEY, K.DAY, K.YES_NO, K.CHOICE)
"""What a column of a table may hold."""
SUMMED = frozenset({K.NUMBER, K.MONEY})
"""The columns that are added up."""
UNTYPED = frozenset({K.CALCULATED, K.FILE})
"""What no form of answers gives: the house reckons the one, the other is a piece of the application."""

SHARED = (
    "key", "label", "kind", "hint", "example", "purpose", "required", "section", "show_if", "identity_bearing",
    "confidential",
)  # fmt: skip
"""What may be said of a question of any kind; a calculated one is never required, since nobody types it."""
_BOUNDED = ("minimum", "maximum", "refusal")
OWN: dict[FieldKind, tuple[str, ...]] = {
    K.TEXT: ("max_length",), K.LONG_TEXT: ("max_length",), K.MARKDOWN: ("max_length",),
    K.NUMBER: ("unit", "decimals", *_BOUNDED), K.MONEY: _BOUNDED, K.DAY: (), K.YES_NO: ("must_be", "refusal"),
    K.CHOICE: ("options",), K.CHOICES: ("options",), K.TABLE: ("columns", "max_rows"),
    K.CALCULATED: ("formula", "unit", "decimals", *_BOUNDED), K.TERRITORY: ("levels",),
    K.ORGANISATION: ("siret_required",), K.DATASETS: ("max_rows",), K.INDICATORS: ("indicators",),
    K.FILE: ("formats", "max_megabytes"),
}  # fmt: skip
"""What may be said of a question of this kind and of no other."""
NEEDED: dict[FieldKind, str] = {
    K.CHOICE: "options", K.CHOICES: "options", K.TABLE: "columns", K.CALCULATED: "formula", K.TERRITORY: "levels",
    K.INDICATORS: "indicators",
}  # fmt: skip
"""What a question of this kind cannot do without."""
