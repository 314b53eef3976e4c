"""State aid of a carrier that carries on an economic activity: what counts, what is left, what is still to say. Pure.

Sources: Regulation (EU) 2023/2831 (de minimis), Regulation (EU) 2023/2832 (services of general economic interest), Regulation
(EU) 651/2014, article 6 (exempted aid, request before the works), Recommendation 2003/361/EC (size), Regulation (EEC,
Euratom) 1182/71, article 3 (how a period in years is counted).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from programme.calls.states import AidRegime
from programme.core.periods import add_months
from programme.organisations.rules import siret
from programme.organisations.states import COMPANY_KINDS, OrganisationKind

ZERO = Decimal("0.00")
YEARS = 3
COMPANIES = COMPANY_KINDS | {OrganisationKind.MIXED_COMPANY}
"""Carriers whose activity is economic by what they are; the others are asked about the project."""


class AidRegulation(StrEnum):
    """The regulation under which an aid was granted (« règlement de l’aide reçue »)."""

    GENERAL = "general"
    SIEG = "sieg"
    AGRICULTURE = "agriculture"
    FISHERY = "fishery"


class CompanyLink(StrEnum):
    """Why two companies are one undertaking (« lien entre entreprises »; Regulation 2023/2831, article 2, paragraph 2)."""

    VOTES = "votes"
    APPOINTMENT = "appointment"
    INFLUENCE = "influence"
    AGREEMENT = "agreement"


class UndertakingSize(StrEnum):
    """Size of an undertaking (« taille d’entreprise »; Recommendation 2003/361/EC, annex, article 2)."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


CEILINGS: Mapping[AidRegime, Decimal] = {AidRegime.DE_MINIMIS: Decimal(300_000), AidRegime.SIEG: Decimal(750_000)}
"""Euros for one undertaking over three rolling years (2023/2831, article 3; 2023/2832, article 3)."""
_ALL_BUT_SIEG = frozenset({AidRegulation.GENERAL, AidRegulation.AGRICULTURE, AidRegulation.FISHERY})
COUNTED: Mapping[AidRegime, frozenset[AidRegulation]] = {
    # Aid for a service of general economic interest has a ceiling of its own, and all de minimis aid counts within it.
    AidRegime.DE_MINIMIS: _ALL_BUT_SIEG,
    AidRegime.SIEG: frozenset(AidRegulation),
}
"""Which aids received count within the ceiling of a regime (articles 5 of both regulations)."""
_LIMITS: Sequence[tuple[UndertakingSize, int, Decimal, Decimal]] = (
    (UndertakingSize.MICRO, 10, Decimal(2_000_000), Decimal(2_000_000)),
    (UndertakingSize.SMALL, 50, Decimal(10_000_000), Decimal(10_000_000)),
    (UndertakingSize.MEDIUM, 250, Decimal(50_000_000), Decimal(43_000_000)),
)


@dataclass(frozen=True)
class Received:
    """An aid received by a company of the group; what is not written yet is None. `amount`: gross grant equivalent, euros."""

    granted_on: date | None = None
    authority: str = ""
    regulation: AidRegulation = AidRegulation.GENERAL
    amount: Decimal | None = None
    siren: str = ""


@dataclass(frozen=True)
class Company:
    """A company linked to the carrier."""

    siren: str = ""
    name: str = ""
    link: CompanyLink = CompanyLink.VOTES


@dataclass(frozen=True)
class Declaration:
    """What a carrier says of its State aid; None where it has not answered."""

    has_activity: bool | None = None
    is_linked: bool | None = None
    companies: Sequence[Company] = ()
    has_received: bool | None = None
    received: Sequence[Received] = ()
    works_begun: bool | None = None
    staff: int | None = None
    turnover: Decimal | None = None
    balance: Decimal | None = None
    is_sworn: bool = False


@dataclass(frozen=True)
class Standing:
    """Where an undertaking stands on a day: euros to the cent. `passed_by` is zero when the request stays within the ceiling."""

    ceiling: Decimal
    counted: Decimal
    left: Decimal
    passed_by: Decimal


@dataclass(frozen=True)
class Lack:
    """One thing to say or to mend: a code, its values, and the field where."""

    code: str
    anchor: str
    values: Mapping[str, Any] = field(default_factory=dict)


def is_economic(kind: OrganisationKind, said: Declaration) -> bool | None:
    """Whether the rules apply: always for a company, as it says of the project for the others; None when not said."""
    return True if kind in COMPANIES else said.has_activity


def still_counts(granted_on: date, day: date) -> bool:
    """Whether an aid granted then counts on this day: until the last hour of the same date three years later.

    The day of the grant is not counted in the period (1182/71, article 3): an aid of 29 February counts to 28 February.
    """
    return granted_on <= day <= add_months(granted_on, 12 * YEARS)


def counted(received: Iterable[Received], regime: AidRegime, day: date) -> Decimal:
    """The sum of the aids that count on a day, whichever company of the group had them."""
    kinds = COUNTED.get(regime, frozenset())
    return sum(
        (
            each.amount
            for each in received
            if each.amount is not None
            and each.granted_on is not None
            and each.regulation in kinds
            and still_counts(each.granted_on, day)
        ),
        ZERO,
    )


def standing(said: Declaration, regime: AidRegime, requested: Decimal | None, day: date) -> Standing | None:
    """What was received, what is left and by how much the request would pass; None for a regime without ceiling."""
    if regime not in CEILINGS:
        return None
    ceiling = CEILINGS[regime]
    total = counted(said.received, regime, day) if said.has_received else ZERO
    left = max(ceiling - total, ZERO)
    passed = max(total + (requested or ZERO) - ceiling, ZERO)
    return Standing(ceiling, total, left, passed)


def size_of(staff: int | None, turnover: Decimal | None, balance: Decimal | None) -> UndertakingSize | None:
    """The size of an undertaking: fewer people than the limit, and turnover or balance within it; None when not all is said.

    Source: Recommendation 2003/361/EC, annex, article 2. Figures are those of the group.
    """
    if staff is None or (turnover is None and balance is None):
        return None
    for size, people, most_turnover, most_balance in _LIMITS:
        within = (turnover is not None and turnover <= most_turnover) or (
            balance is not None and balance <= most_balance
        )
        if staff < people and within:
            return size
    # One figure beyond its limit decides nothing while the other is unknown.
    return UndertakingSize.LARGE if staff >= _LIMITS[-1][1] or None not in (turnover, balance) else None


# ---- what is still to say ------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What decides which questions are asked: the regime, who carries the project, what is asked, on which day."""

    regime: AidRegime
    kind: OrganisationKind
    siren: str
    requested: Decimal | None
    day: date


def lacks(said: Declaration, asked: Asked) -> list[Lack]:
    """Everything that prevents the deposit; empty when all that applies is said."""
    if asked.regime is AidRegime.NONE:
        return []
    economic = is_economic(asked.kind, said)
    if economic is None:
        return [Lack("aid_activity", "has_activity-0")]
    if not economic:
        return []
    found = _exempted(said) if asked.regime is AidRegime.EXEMPTED else _de_minimis(said, asked)
    return [*found, *([] if said.is_sworn else [Lack("aid_sworn", "is_sworn")])]


def _exempted(said: Declaration) -> list[Lack]:
    found = []
    if said.works_begun is None:
        found.append(Lack("aid_works", "works_begun-0"))
    elif said.works_begun:
        found.append(Lack("aid_works_begun", "works_begun-0"))
    if size_of(said.staff, said.turnover, said.balance) is None:
        found.append(Lack("aid_size", "staff"))
    return found


def _de_minimis(said: Declaration, asked: Asked) -> list[Lack]:
    found: list[Lack] = []
    if said.is_linked is None:
        found.append(Lack("aid_linked", "is_linked-0"))
    elif said.is_linked:
        found += _companies(said, asked.siren)
    if said.has_received is None:
        found.append(Lack("aid_received", "has_received-0"))
    elif said.has_received:
        found += _received(said, asked)
    now = standing(said, asked.regime, asked.requested, asked.day)
    if now is not None and now.passed_by:
        found.append(Lack("aid_passed", "aid-standing", {"amount": now.passed_by, "most": now.left}))
    return found


def _companies(said: Declaration, own: str) -> list[Lack]:
    if not said.companies:
        return [Lack("aid_no_company", "companies-0-label")]
    found = []
    for place, each in enumerate(said.companies):
        if not siret.is_siren(each.siren) or each.siren == own:
            found.append(Lack("aid_company_siren", f"companies-{place}-siren", {"n": place + 1}))
        elif not each.name:
            found.append(Lack("aid_company_name", f"companies-{place}-label", {"n": place + 1}))
    return found


def _received(said: Declaration, asked: Asked) -> list[Lack]:
    if not said.received:
        return [Lack("aid_no_aid", "received-0-label")]
    group = {asked.siren, *(each.siren for each in said.companies if said.is_linked)}
    found = []
    for place, each in enumerate(said.received):
        wrong = _wrong(each, group, asked.day)
        if wrong:
            code, name = wrong
            found.append(Lack(code, f"received-{place}-{name}", {"n": place + 1}))
    return found


def _wrong(aid: Received, group: set[str], day: date) -> tuple[str, str] | None:
    if aid.granted_on is None:
        return "aid_date", "granted_on"
    if aid.granted_on > day:
        return "aid_future", "granted_on"
    if not aid.authority:
        return "aid_authority", "label"
    if not aid.amount:
        return "aid_amount", "amount"
    return ("aid_stranger", "siren") if aid.siren not in group else None


# ---- as it is kept -------------------------------------------------------------------------------


def to_json(said: Declaration) -> dict[str, Any]:
    """The declaration as JSON values: days in ISO 8601, amounts in euros as texts with two decimals."""
    return {
        "has_activity": said.has_activity, "is_linked": said.is_linked, "has_received": said.has_received,
        "works_begun": said.works_begun, "staff": said.staff, "turnover": _text(said.turnover),
        "balance": _text(said.balance), "is_sworn": said.is_sworn,
        "companies": [{"siren": each.siren, "name": each.name, "link": each.link.value} for each in said.companies],
        "received": [
            {
                "granted_on": each.granted_on.isoformat() if each.granted_on else None, "authority": each.authority,
                "regulation": each.regulation.value, "amount": _text(each.amount), "siren": each.siren,
            }
            for each in said.received
        ],
    }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> Declaration:
    """What `to_json` wrote; nothing is an empty declaration.

    Raises:
        ValueError: an unknown code or a wrong day, which only a hand in the database could write.
    """
    given = dict(kept)
    companies = [Company(each["siren"], each["name"], CompanyLink(each["link"])) for each in given.pop("companies", [])]
    received = [
        Received(
            date.fromisoformat(each["granted_on"]) if each["granted_on"] else None, each["authority"],
            AidRegulation(each["regulation"]), _amount(each["amount"]), each["siren"],
        )
        for each in given.pop("received", [])
    ]  # fmt: skip
    for name in ("turnover", "balance"):
        given[name] = _amount(given.get(name))
    return Declaration(companies=companies, received=received, **given)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
