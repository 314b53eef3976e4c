"""The open data of grants: rows of the national schema, made from the records, and the schema beside them."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import config
from programme.core.periods import add_months
from programme.grants.models import Grant
from programme.grants.rules import scdl

EVIDENCE_MONTHS = 6


def schema() -> dict[str, Any]:
    """Our Table Schema of the published file: the facts of the national schema, in our own words."""
    text = (Path(__file__).parent / "subventions.schema.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def row(grant: Grant, region: config.Region) -> scdl.Row:
    """One award as it is published. Beneficiaries are organisations with a SIRET: no natural person is here."""
    agreement = grant.agreement
    # An award without a convention, or whose convention is not signed yet, is dated by the vote that gives the right.
    signed_on = agreement.region_signed_on if agreement is not None and agreement.region_signed_on else grant.voted_on
    deliberation = grant.decision.deliberation
    return scdl.Row(
        giver_name=region.legal_name, giver_siret=region.siret, signed_on=signed_on,
        decision_reference=deliberation.number if deliberation else "", beneficiary_name=grant.organisation.name,
        beneficiary_siret=grant.organisation.siret, beneficiary_rna=grant.organisation.rna or "",
        purpose=scdl.purpose(grant.project.title, grant.call.code), amount=grant.amount, conditions=_conditions(grant),
        period=scdl.period(signed_on, _last_payment(grant)),
        is_de_minimis=agreement is not None and "is_de_minimis" in agreement.flags,
        share=Decimal("1.00"), scheme=grant.call.code,
    )  # fmt: skip


def _conditions(grant: Grant) -> str:
    """Paid once, or in several times; without a convention yet, the programme pays an advance and a balance."""
    if grant.agreement is None or not grant.agreement.tables:
        return "échelonné"
    return "unique" if len(grant.agreement.tables.get("payments", [])) == 1 else "échelonné"


def _last_payment(grant: Grant) -> date | None:
    """The last day for a claim: that of the convention, else six months after the end of the project."""
    text = grant.agreement.values.get("evidence_due_on") if grant.agreement is not None else None
    if text:
        return date.fromisoformat(text)
    return add_months(grant.application.ends_on, EVIDENCE_MONTHS) if grant.application.ends_on else None
