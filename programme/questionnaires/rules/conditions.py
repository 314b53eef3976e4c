"""When a question is asked: comparisons with earlier answers and with what is known of the file, joined by « and » and « or ».

A condition is stored as JSON and read back the same:

    {"key": "ai", "is": "yes"}                    {"key": "theme", "one_of": ["e-sante", "tiers-lieux"]}
    {"key": "purpose", "is_not": "none"}          {"key": "requested_amount", "at_least": "50000"}
    {"key": "partner", "answered": true}          {"all": [...]}    {"any": [...]}

The short form ["ai", "yes"] is read as `is`. A comparison with something that is not answered never holds, `is_not`
included: what nobody said opens no question.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from programme.questionnaires.rules import bounds

DEPTH = 4
"""Groups within groups: what is deeper is a fault of the file that is read, and nobody could check it by reading."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KEY, _LIMIT = re.compile(bounds.KEY[1:-1], re.ASCII), re.compile(bounds.LIMIT[1:-1], re.ASCII)


class How(StrEnum):
    """How an answer is compared; the codes are those of the stored form."""

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWERED = "answered"


class Joined(StrEnum):
    """Whether every part of a group must hold, or one is enough."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True)
class Comparison:
    """One comparison; `values` is what the answer is compared with: one text, several for `ONE_OF`, none for `ANSWERED`."""

    key: str
    how: How
    values: tuple[str, ...] = ()

    def holds(self, known: Mapping[str, Any]) -> bool:
        """Whether the answer that is known under the key compares so. An answer of several choices is each of them."""
        given = known.get(self.key)
        texts = [str(each) for each in given] if isinstance(given, list | tuple) else [str(given)]
        if given in (None, "", [], ()):
            return False
        if self.how is How.ANSWERED:
            return True
        if self.how in (How.AT_LEAST, How.AT_MOST):
            return any(_ordered(each, self.values[0], least=self.how is How.AT_LEAST) for each in texts)
        return any(each in self.values for each in texts) is not (self.how is How.IS_NOT)

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        if self.how is How.ANSWERED:
            return {"key": self.key, self.how.value: True}
        return {"key": self.key, self.how.value: list(self.values) if self.how is How.ONE_OF else self.values[0]}


@dataclass(frozen=True)
class Group:
    """Conditions joined by « and » or « or »; never empty."""

    joined: Joined
    parts: tuple["Condition", ...]

    def holds(self, known: Mapping[str, Any]) -> bool:
        """Whether all the parts hold, or one of them."""
        held = (each.holds(known) for each in self.parts)
        return all(held) if self.joined is Joined.ALL else any(held)

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        return {self.joined.value: [each.to_json() for each in self.parts]}


Condition = Comparison | Group


def keys_of(condition: Condition) -> Iterator[str]:
    """Everything that a condition asks about."""
    if isinstance(condition, Comparison):
        yield condition.key
    else:
        for each in condition.parts:
            yield from keys_of(each)


def condition_from(stored: Any, depth: int = DEPTH) -> Condition:
    """A condition from its stored form.

    Raises:
        ValueError: it is no condition: an unknown comparison, an empty group, an amount or a day that cannot be read, too deep.
    """
    if isinstance(stored, list | tuple) and len(stored) == 2:
        return _comparison({"key": stored[0], How.IS.value: bounds.text(stored[1], bounds.SAID, least=1)})
    if not isinstance(stored, Mapping):
        raise ValueError(f"not a condition: {stored!r}")  # noqa: TRY004 - a fault of the file, as the others
    if len(stored) == 1 and next(iter(stored)) in set(Joined):
        [(joined, parts)] = stored.items()
        if not isinstance(parts, list | tuple) or not 1 <= len(parts) <= bounds.PARTS or depth == 0:
            raise ValueError(f"a group holds 1 to {bounds.PARTS} conditions, {DEPTH} groups deep at most: {stored!r}")
        return Group(Joined(joined), tuple(condition_from(each, depth - 1) for each in parts))
    return _comparison(dict(stored))


def _comparison(stored: dict[str, Any]) -> Comparison:
    key = stored.pop("key", None)
    if not isinstance(key, str) or not _KEY.fullmatch(key) or len(stored) != 1 or next(iter(stored)) not in set(How):
        raise ValueError(f"not a comparison of {key!r}: {stored!r}")
    [(code, value)] = stored.items()
    how = How(code)
    if how is How.ANSWERED:
        values: tuple[str, ...] = ()
        sound = value is True
    elif how is How.ONE_OF:
        sound = isinstance(value, list | tuple) and 1 <= len(value) <= bounds.OPTIONS
        sound = sound and all(isinstance(each, str) and len(each) <= bounds.SAID for each in value)
        values = tuple(value) if sound else ()
    else:
        values = (str(value),)
        sound = isinstance(value, str | int) and not isinstance(value, bool) and 1 <= len(values[0]) <= bounds.SAID
        if how in (How.AT_LEAST, How.AT_MOST):
            sound = sound and bool(_LIMIT.fullmatch(values[0])) and _read(values[0]) is not None
    if not sound:
        raise ValueError(f"{key} cannot be compared with {value!r} by {code!r}")
    return Comparison(key, how, values)


def _read(text: str) -> Decimal | date | None:
    """A number, an amount or a day, as answers are stored; None when it is none of them."""
    try:
        # An amount of eight figures is a day too for `fromisoformat`.
        return date.fromisoformat(text) if _DAY.fullmatch(text) else _number(text)
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _ordered(given: str, limit: str, *, least: bool) -> bool:
    """Whether the answer reaches the limit, or stays within it; a day is not compared with a number."""
    one, other = _read(given), _read(limit)
    if isinstance(one, date) and isinstance(other, date):
        return one >= other if least else one <= other
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one >= other if least else one <= other
    return False
