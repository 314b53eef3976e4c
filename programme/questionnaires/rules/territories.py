"""The codes of territories, as INSEE and the register of undertakings write them. Pure.

A department has two digits, 2A or 2B, or three overseas; a commune five signs of which the second may be A or B (INSEE,
code officiel géographique); a grouping of communes (EPCI) is named by its SIREN, nine digits with a key. Whether a code
exists is not asked: a commune that was born this year is accepted by hand. A known code goes with its name.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from programme.organisations.rules import siret
from programme.questionnaires.rules import bounds
from programme.questionnaires.rules.gazetteer import fits, known
from programme.questionnaires.rules.kinds import Level

_DEPARTMENT = re.compile(r"([0-9]{2}|2[AB]|9[78][0-9])", re.ASCII)
_COMMUNE = re.compile(r"([0-9]{5}|2[AB][0-9]{3})", re.ASCII)


def clean(code: str) -> str:
    """A code as it is stored: without spaces, in capitals."""
    return re.sub(r"[\s\u00a0\u202f]", "", code).upper()


def is_code(level: Level, code: str) -> bool:
    """Whether a code has the form of its level."""
    if level is Level.EPCI:
        return siret.is_siren(code)
    return bool((_COMMUNE if level is Level.COMMUNE else _DEPARTMENT).fullmatch(code))


def place_fault(answer: Any, levels: Sequence[Level]) -> tuple[str, str] | None:
    """What is wrong with a territory, (code of the fault, part): its level, its code or its name; None when it is right."""
    given = answer if isinstance(answer, Mapping) else {}
    level, code, name = given.get("level"), given.get("code"), given.get("name")
    if level not in set(levels):
        return ("unknown" if level else "missing", "level")
    if not code:
        return ("missing", "code")
    if not isinstance(code, str) or not is_code(Level(str(level)), code):
        return ("unreadable", "code")
    if not name:
        return ("missing", "name")
    if len(str(name)) > bounds.CELL:
        return ("too_long", "name")
    place = known(Level(str(level)), code)
    return ("mismatch", "name") if place is not None and not fits(place, str(name)) else None
