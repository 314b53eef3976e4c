"""What somebody wrote of an organisation beside what the registry says of it; an officer judges, nothing is applied."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from programme.core.identifiers import fold
from programme.organisations.rules.company import DISTRICT, Company
from programme.organisations.states import OrganisationKind

# Forms of companies and small words say nothing of who it is; three words for a commune are one.
_SAID_FOR_NOTHING = {
    "association", "assoc", "asso", "societe", "ste", "sarl", "sas", "sasu", "sa", "saem", "sem", "semop", "spl", "eurl",
    "scop", "scic", "snc", "sci", "gie", "gip", "ei", "eirl",
    "de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "au", "aux",
}  # fmt: skip
_SAME = {"ville": "commune", "mairie": "commune", "st": "saint"}
_SAME_TOWN = {"st": "saint", "ste": "sainte"}
_INITIALS = re.compile(r"(?<=\b\w)\.")


class Point(StrEnum):
    """What is compared."""

    NAME = "name"
    KIND = "kind"
    CITY = "city"
    DEPARTMENT = "department"


@dataclass(frozen=True)
class Difference:
    """One point on which the two differ: what was written, what the registry says (codes for a kind and a department)."""

    point: Point
    written: str
    said: str


@dataclass(frozen=True)
class Written:
    """What somebody wrote of their organisation; None where nothing was."""

    name: str
    kind: OrganisationKind
    city: str | None = None
    department: str | None = None


def bare_name(text: str) -> tuple[str, ...]:
    """The words that tell one organisation from another: without case, accents, signs, legal forms or small words.

    A name of nothing but such words keeps them all.
    """
    words = [_SAME.get(word, word) for word in re.findall(r"\w+", _INITIALS.sub("", fold(text)))]
    return tuple(word for word in words if word not in _SAID_FOR_NOTHING) or tuple(words)


def _names(official: str) -> set[tuple[str, ...]]:
    """« Direction interministérielle du numérique (DINUM) » is also each of its two parts."""
    before, _bracket, inside = official.partition("(")
    return {bare_name(official)} | {bare_name(each) for each in (before, inside) if bare_name(each)}


def bare_town(text: str) -> tuple[str, ...]:
    """A commune without case, accents, signs, number of its district or of its mail service."""
    return tuple(_SAME_TOWN.get(word, word) for word in re.findall(r"\w+", DISTRICT.sub("", fold(text.strip()))))


def differences(written: Written, company: Company) -> list[Difference]:
    """Where the two differ, in the order of the points; what one of them does not say is no difference."""
    return list(_differences(written, company))


def _differences(written: Written, company: Company) -> Iterator[Difference]:
    if company.name and bare_name(written.name) not in _names(company.name):
        yield Difference(Point.NAME, written.name, company.name)
    if company.kind and written.kind is not company.kind:
        yield Difference(Point.KIND, written.kind, company.kind)
    if written.city and company.commune and bare_town(written.city) != bare_town(company.commune):
        yield Difference(Point.CITY, written.city, company.town)
    if written.department and company.department and written.department != company.department:
        yield Difference(Point.DEPARTMENT, written.department, company.department)
