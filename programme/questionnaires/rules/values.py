"""Stored answers read again: whether one is empty, what number it is, what a condition and a formula see of it. Pure.

An answer is plain JSON. By kind: a text; a whole number, or a decimal text; a day « 2027-03-01 »; a code, or several; for a
table a list of {column key: value}; for a territory {"level", "code", "name"}; for an organisation {"siret", "name"}; for
data sets a list of {"title", "slug"} (no slug: the catalogue does not know it); for indicators {code: {"baseline",
"target"}}; for a file {"name", "size", "sha256"}, which is told by the piece and stored nowhere else. What is not answered is
absent. Nothing here trusts the form of what was stored.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from programme.questionnaires.rules.formulas import Need, sum_of
from programme.questionnaires.rules.gazetteer import around
from programme.questionnaires.rules.kinds import NUMBERS, FieldKind

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)


def is_empty(answer: Any) -> bool:
    """Whether nothing is said: no text, no row with something in it, no part that is filled in."""
    if isinstance(answer, Mapping):
        return all(is_empty(each) for each in answer.values())
    if isinstance(answer, list | tuple):
        return all(is_empty(each) for each in answer)
    return answer is None or answer == ""


def decimal(answer: Any) -> Decimal | None:
    """The number of a stored answer; None when it is not one."""
    if isinstance(answer, Decimal):
        return answer
    if isinstance(answer, bool) or not isinstance(answer, int | str):
        return None
    return Decimal(str(answer)) if _NUMBER.fullmatch(str(answer)) else None


def is_file(answer: Any) -> bool:
    """Whether a file was handed in: something that tells its SHA-256."""
    return bool(text(parts(answer).get("sha256")))


def rows(answer: Any) -> list[Mapping[str, Any]]:
    """The rows of a stored table that say something."""
    listed = answer if isinstance(answer, list | tuple) else ()
    return [each for each in listed if isinstance(each, Mapping) and not is_empty(each)]


def parts(answer: Any) -> Mapping[str, Any]:
    """The parts of an answer that has names for them; none when it is something else."""
    return answer if isinstance(answer, Mapping) else {}


def text(part: Any) -> str:
    """A part that is a text, else nothing."""
    return part if isinstance(part, str) else ""


def compared(kind: FieldKind, answer: Any) -> Any:
    """What a condition compares: the answer, or its codes.

    A table is compared by its number of rows, a territory by its code and those of what holds it, an organisation by its
    SIRET or its name, data sets by their slugs or titles, indicators by the codes of those that are filled in, a file by its
    name.
    """
    if is_empty(answer):
        return None
    if kind is FieldKind.FILE:
        return text(parts(answer).get("name")) if is_file(answer) else None
    if kind is FieldKind.TABLE:
        return len(rows(answer)) or None
    if kind is FieldKind.DATASETS:
        return [text(each.get("slug")) or text(each.get("title")) for each in rows(answer)]
    if kind is FieldKind.INDICATORS:
        return [code for code, each in parts(answer).items() if not is_empty(each)]
    given = parts(answer)
    if kind is FieldKind.TERRITORY:
        return around(text(given.get("code"))) if text(given.get("code")) else text(given.get("name"))
    if kind is FieldKind.ORGANISATION:
        return text(given.get("siret")) or text(given.get("name"))
    return format(answer, "f") if isinstance(answer, Decimal) else answer


def counted(kind: FieldKind, key: str, columns: Sequence[str], answer: Any) -> dict[Need, Decimal | None]:
    """What a formula takes of the answer: its number, or the sum of each of its columns."""
    if kind is FieldKind.TABLE:
        return {Need(key, each): sum_of(answer, each, decimal) for each in columns}
    return {Need(key): decimal(answer)} if kind in NUMBERS else {}
