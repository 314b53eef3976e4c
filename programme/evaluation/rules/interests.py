"""Whether an organisation that a person declared is the one that carries a subject, or takes part in it. Pure."""

import re
from collections.abc import Iterable
from datetime import date

from programme.core.identifiers import fold

YEARS = 3
"""How long a tie still counts after its end: the three years of the declarations of interests (law 2013-907, article 4)."""
SHORTEST = 3
"""Names under this many letters are compared whole, never looked for inside another."""


def still_counts(ended_on: date | None, day: date) -> bool:
    """Whether a tie counts on that day: it lasts, or ended less than three years before."""
    if ended_on is None:
        return True
    leap = (ended_on.month, ended_on.day) == (2, 29)
    return day < ended_on.replace(year=ended_on.year + YEARS, day=28 if leap else ended_on.day)


def concerns(name: str, siren: str | None, *, names: Iterable[str], sirens: Iterable[str]) -> bool:
    """Whether a declared name or SIREN meets one of a subject's: the same number, or one name within the other.

    It errs on the side of refusal: « Gap » meets « Commune de Gap ». Another reader is easily found.
    """
    if siren and siren in set(sirens):
        return True
    mine = _words(name)
    return any(mine and their and (_within(mine, their) or _within(their, mine)) for their in map(_words, names))


def _words(name: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(name)))


def _within(short: str, long: str) -> bool:
    return short == long or (len(short) >= SHORTEST and f" {short} " in f" {long} ")
