"""The published columns of a grant (SCDL « subventions » 2.1.1) and their rules. Pure.

Sources: decree 2017-779, order of 17 November 2017, SCDL schema 2.1.1. The schema says nothing of the SIRET's key:
our own check adds it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from programme.organisations.rules import siret

COLUMNS = (
    "nomAttribuant", "idAttribuant", "dateConvention", "referenceDecision", "nomBeneficiaire", "idBeneficiaire",
    "rnaBeneficiaire", "objet", "montant", "nature", "conditionsVersement", "datesPeriodeVersement", "idRAE",
    "notificationUE", "pourcentageSubvention", "dispositifAide",
)  # fmt: skip
OBJECT_LIMIT = 256
_RNA = re.compile(r"^W\d{9}$")
_PERIOD = re.compile(r"^\d{4}-\d{2}-\d{2}(/\d{4}-\d{2}-\d{2})?$")


@dataclass(frozen=True)
class Row:
    """One published grant, one beneficiary."""

    giver_name: str
    giver_siret: str
    signed_on: date
    decision_reference: str
    beneficiary_name: str
    beneficiary_siret: str
    beneficiary_rna: str
    purpose: str
    amount: Decimal
    conditions: str
    period: str
    is_de_minimis: bool
    share: Decimal
    scheme: str

    def cells(self) -> tuple[object, ...]:
        """The cells in the order of the columns; a grant of the programme is always money."""
        return (
            self.giver_name, self.giver_siret, self.signed_on, self.decision_reference, self.beneficiary_name,
            self.beneficiary_siret, self.beneficiary_rna, self.purpose, self.amount, "aide en numéraire",
            self.conditions, self.period, None, self.is_de_minimis, self.share, self.scheme,
        )  # fmt: skip


def purpose(title: str, call_code: str) -> str:
    """What the grant is for, with the code of the call that the format cannot name otherwise; 256 characters at most."""
    tail = f" (appel {call_code})"
    room = OBJECT_LIMIT - len(tail)
    head = " ".join(title.split())
    return (head if len(head) <= room else head[: room - 1].rstrip() + "…") + tail


def period(first: date, last: date | None) -> str:
    """The days between which the grant is paid: « 2026-06-30/2027-02-28 », or one day when they meet."""
    if last is None or last <= first:
        return first.isoformat()
    return f"{first.isoformat()}/{last.isoformat()}"


def faults(row: Row) -> Iterator[str]:
    """What forbids to publish a row: the names of the wrong columns."""
    if not siret.is_valid(row.giver_siret):
        yield "idAttribuant"
    if not siret.is_valid(row.beneficiary_siret):
        yield "idBeneficiaire"
    if row.beneficiary_rna and not _RNA.match(row.beneficiary_rna):
        yield "rnaBeneficiaire"
    if not row.purpose or len(row.purpose) > OBJECT_LIMIT:
        yield "objet"
    if row.amount <= 0:
        yield "montant"
    if not row.conditions or len(row.conditions) > OBJECT_LIMIT:
        yield "conditionsVersement"
    if not _PERIOD.match(row.period):
        yield "datesPeriodeVersement"
    if not Decimal("0.01") <= row.share <= 1:
        yield "pourcentageSubvention"
    yield from (
        name
        for name, text in (("nomAttribuant", row.giver_name), ("nomBeneficiaire", row.beneficiary_name))
        if not text
    )
