"""How long and how many the parts of a stored question may be; and readers that hold a stored form to it. Pure.

`schema` says the same to whoever writes a questionnaire by hand: both read these numbers.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

KEY = r"^[a-z][a-z0-9_]{0,39}$"
CODE = r"^[a-z0-9][a-z0-9_-]{0,39}$"
"""The code of an indicator, of this questionnaire or of the strategy."""
NUMBER = r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"
LIMIT = r"^(-?[0-9]{1,15}(\.[0-9]{1,6})?|[0-9]{4}-[0-9]{2}-[0-9]{2})$"
"""What an answer is ordered against in a condition: a number, an amount or a day."""
LARGEST = 10**12 - 1
"""The greatest number or amount, with either sign: twelve digits."""
LABEL, SENTENCE, SECTION, UNIT = 300, 1000, 120, 60
ANSWER, ANSWER_MOST = 2000, 20_000
"""Signs of a text: when the question says nothing, and at most."""
CELL = 300
"""Signs of one cell of a table, of a name, of a title."""
OPTIONS, OPTION_CODE = 60, 60
COLUMNS, ROWS, ROWS_MOST, MEASURES = 12, 20, 60, 30
DECIMALS, FORMULA, PARTS = 4, 200, 20
MEGABYTES = 20
"""What a file may weigh at most, in millions of bytes (of 2^20): no more than the store takes."""
SAID = 300
"""Signs of what an answer is compared with."""


_READERS = {each: re.compile(each[1:-1], re.ASCII) for each in (KEY, CODE, NUMBER, LIMIT)}


def text(value: Any, most: int, *, least: int = 0) -> str:
    """A text of `least` to `most` signs.

    Raises:
        ValueError: it is no text, or of another length.
    """
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise ValueError(f"not a text of {least} to {most} signs: {value!r}")
    return value


def matching(value: Any, pattern: str) -> str:
    """A text that has one of the patterns above from end to end.

    Raises:
        ValueError: it has not.
    """
    if not isinstance(value, str) or not _READERS[pattern].fullmatch(value):
        raise ValueError(f"not like {pattern}: {value!r}")
    return value


def flag(value: Any) -> bool:
    """True or false.

    Raises:
        ValueError: anything else, 0 and 1 included.
    """
    if not isinstance(value, bool):
        raise ValueError(f"neither true nor false: {value!r}")  # noqa: TRY004 - a fault of the file, as the others
    return value


def whole(value: Any, least: int, most: int) -> int:
    """A whole number within bounds.

    Raises:
        ValueError: it is none, or out of them.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"not a whole number from {least} to {most}: {value!r}")
    return value


def number(value: Any) -> Decimal:
    """A limit of a number or an amount: stored as text, « 0.5 »; a whole number is read too.

    Raises:
        ValueError: it is none, or of more than twelve digits and four decimals.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(whole(value, -LARGEST, LARGEST))
    return Decimal(matching(value, NUMBER))


def parts(value: Any, most: int) -> Sequence[Any]:
    """A list of one to `most` things.

    Raises:
        ValueError: it is no list, empty or too long.
    """
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= most:
        raise ValueError(f"not a list of 1 to {most}: {value!r}")
    return value


def pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """The options of a choice, (code, label), no two of the same code.

    Raises:
        ValueError: they are not.
    """
    found = []
    for each in parts(value, OPTIONS):
        if not isinstance(each, list | tuple) or len(each) != 2:
            raise ValueError(f"not an option: {each!r}")
        found.append((text(each[0], OPTION_CODE, least=1), text(each[1], LABEL, least=1)))
    if len(dict(found)) < len(found):
        raise ValueError(f"two options share a code: {value!r}")
    return tuple(found)


def mapping(value: Any, known: Sequence[str]) -> Mapping[str, Any]:
    """An object that holds none but these keys.

    Raises:
        ValueError: it is no object, or holds another one.
    """
    if not isinstance(value, Mapping) or not set(value) <= set(known):
        raise ValueError(f"not an object of {', '.join(known)}: {value!r}")
    return value
