"""The places of the Region by name, code or postcode: what an applicant looks for by a few letters. Pure.

The list is that of one edition (`territories.tsv`, written by scripts/build_territories.py): a place that it does not hold is
no fault, a place whose name is not that of its code is one.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from programme.core.identifiers import fold
from programme.questionnaires.rules.kinds import Level

SHOWN = 8
"""Places proposed at once: what a phone shows above its keyboard."""
_FILE = Path(__file__).with_name("territories.tsv")
_WRITTEN = {"st": "saint", "ste": "sainte", "sts": "saints"}
_GENERIC = frozenset({
    "a", "agglomeration", "au", "aux", "ca", "cc", "commune", "communaute", "communes", "d", "de", "des", "du", "en", "et", "l",
    "la", "le", "les", "mairie", "metropole", "sur", "ville",
})  # fmt: skip
"""Words that say what a place is, or nothing: a name is compared by the others."""


@dataclass(frozen=True)
class Place:
    """A department, a grouping of communes or a commune; `population` orders those that are found.

    `within`: the codes of what holds it, wholly or in part: the department of a commune and its grouping, the departments
    where a grouping has communes.
    """

    level: Level
    code: str
    name: str
    postcodes: tuple[str, ...]
    population: int
    within: tuple[str, ...]
    words: tuple[str, ...]


@cache
def places() -> tuple[Place, ...]:
    """All of them."""
    lines = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return tuple(
        Place(Level(level), code, name, tuple(postcodes.split()), int(population), tuple(within.split()), _words(name))
        for level, code, name, postcodes, population, within in lines
    )


def known(level: Level, code: str) -> Place | None:
    """The place of this code, if this edition holds it."""
    place = _by_code().get(code)
    return place if place is not None and place.level is level else None


@cache
def _by_code() -> dict[str, Place]:
    """No two scales have codes of one form."""
    return {each.code: each for each in places()}


def around(code: str) -> tuple[str, ...]:
    """The code of a place, then those of what holds it: an answer « Gap » is also one in its grouping and its department.

    Of a commune that this edition does not hold, the department alone is known: its code begins with it.
    """
    place = _by_code().get(code)
    if place is not None:
        return (code, *place.within)
    return (code, code[: 3 if code.startswith(("97", "98")) else 2]) if len(code) == 5 else (code,)


def named(text: str, levels: Collection[Level]) -> list[Place]:
    """The places that a text names: by their whole name, by their code, or by both as in « Mirabeau (84076) »."""
    both = re.search(r"\(([0-9AB ]+)\)\s*\Z", text)
    place = _by_code().get(re.sub(r"\s", "", both[1] if both else text).upper())
    found = _by_words().get(_words(text), []) if place is None else [place]
    return [each for each in found if each.level in levels]


@cache
def _by_words() -> dict[tuple[str, ...], list[Place]]:
    found: dict[tuple[str, ...], list[Place]] = {}
    for each in places():
        for words in {each.words, _own(each)}:
            found.setdefault(words, []).append(each)
    return found


def called(code: str) -> str:
    """The name of a place, with its code when others have the same; the code of one that this edition does not hold."""
    place = _by_code().get(code)
    if place is None:
        return code
    return place.name if len(named(place.name, tuple(Level))) == 1 else f"{place.name} ({code})"


def _words(text: str) -> tuple[str, ...]:
    """The words of a name, without accents; « St » is « saint »."""
    return tuple(_WRITTEN.get(each, each) for each in re.findall(r"[a-z0-9]+", fold(text)))


def _own(place: Place) -> tuple[str, ...]:
    """The words that say which place it is."""
    return tuple(each for each in place.words if each not in _GENERIC) or place.words


def find(text: str, levels: Collection[Level], limit: int = SHOWN) -> list[Place]:
    """The places that a few letters, a code or a postcode may mean, the exact ones first, then the most populated.

    Accents, capitals, hyphens and the way « saint » is written do not matter.
    """
    wanted, digits = _words(text), re.sub(r"\s", "", text).upper()
    if not wanted:
        return []
    ranked = ((_rank(each, wanted, digits), each) for each in places() if each.level in levels)
    found = sorted(
        ((rank, -each.population, each.code, each) for rank, each in ranked if rank is not None),
        key=lambda each: each[:3],
    )
    return [each for *_order, each in found[:limit]]


def _rank(place: Place, wanted: tuple[str, ...], digits: str) -> int | None:
    """How exactly a place is meant: 0 its code or whole name, 1 its postcode, 2 the beginning of its name, 3 of its words."""
    own = _own(place)
    if digits == place.code or wanted in (place.words, own):
        return 0
    if digits in place.postcodes:
        return 1
    if any(" ".join(each).startswith(" ".join(wanted)) for each in (place.words, own)):
        return 2
    if digits[:2].isdigit() and any(each.startswith(digits) for each in (place.code, *place.postcodes)):
        return 3
    return 3 if all(any(word.startswith(each) for word in place.words) for each in wanted) else None


def fits(place: Place, name: str) -> bool:
    """Whether a name may be that of a place: all its words that say something are of the other, or the other way round."""
    given, own = (set(each) - _GENERIC for each in (_words(name), place.words))
    return not given or given <= own or own <= given
