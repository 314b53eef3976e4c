"""What a company registry says of a SIRET, as the house keeps it: only what an organisation's page may need."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from programme.organisations.states import OrganisationKind

K = OrganisationKind
_KINDS = {
    K.LOCAL_AUTHORITY: "7210 7220 7225 7229 7230",
    K.GROUPING: "7340 7343 7344 7345 7346 7347 7348 7349 7351 7352 7353 7354 7355 7357",
    K.PUBLIC_BODY: "4140 4150 7331 7361 7362 7363 7364 7365 7366 7367 7371 7372 7373 7378 7379 7410",
    K.UNIVERSITY: "7383",
    K.CHAMBER: "7381",
    K.ASSOCIATION: "9210 9220 9221 9222 9223 9224 9230 9260 9300",
    K.MIXED_COMPANY: "5415 5515 5615",
    K.STATE_SERVICE: "7113 7120 7150 7160 7171 7172 7179",
}
KIND_OF_CATEGORY = {category: kind for kind, categories in _KINDS.items() for category in categories.split()}
"""Legal category (INSEE, third level) -> nature, only where one leads to the other without doubt: a national public body may
be a research one, and a company's category says nothing of its size."""
DISTRICT = re.compile(r"\s+\d+(?:er|e|eme)?(?:\s+arrondissement)?$|\s+cedex.*$", re.IGNORECASE)
"""What a registry or a letter adds to the name of a commune: the number of a district, the mail service of companies."""
_SMALL_WORDS = {"de", "du", "des", "d", "la", "le", "les", "l", "en", "et", "sur", "sous", "aux", "au"}


class Absence(StrEnum):
    """Why there is no company: the registry does not know the number, or gave no answer that can be used."""

    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Company:
    """An establishment of the registry. Of one that hides (partial diffusion) neither name nor place is kept.

    `legal_category` is the four-digit code of INSEE, `commune_code` that of the commune; what is not said is empty.
    """

    siret: str
    name: str = ""
    legal_category: str = ""
    commune_code: str = ""
    commune: str = ""
    postcode: str = ""
    address: str = ""
    is_active: bool = True
    is_hidden: bool = False

    @property
    def kind(self) -> OrganisationKind | None:
        """The nature that the legal category says without doubt."""
        return KIND_OF_CATEGORY.get(self.legal_category)

    @property
    def department(self) -> str:
        """The code of its department, such as « 05 », « 2A » or « 974 »; empty when the commune is not said."""
        return self.commune_code[:3] if self.commune_code.startswith(("97", "98")) else self.commune_code[:2]

    @property
    def town(self) -> str:
        """The commune as people write it: « AIX-EN-PROVENCE » is « Aix-en-Provence », « PARIS 7 » is « Paris »."""
        words = re.split(r"(\W+)", DISTRICT.sub("", self.commune).lower())
        return "".join(word if at and word in _SMALL_WORDS else word.capitalize() for at, word in enumerate(words))


def hidden(siret: str, legal_category: str, *, is_active: bool) -> Company:
    """A company that shows neither its name nor its place: what remains may be kept."""
    return Company(siret, legal_category=legal_category, is_active=is_active, is_hidden=True)


def read(document: dict[str, Any]) -> Company:
    """A company as it was kept; what another release kept besides is left aside."""
    return Company(**{name: value for name, value in document.items() if name in Company.__dataclass_fields__})
