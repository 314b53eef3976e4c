"""Values and conditions that follow from other values: rates, payments, dates, kinds of beneficiary. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from programme.agreements.rules import money
from programme.agreements.rules.variables import Kind
from programme.agreements.rules.words import euros_in_words
from programme.applications.rules.budget import agreement_due
from programme.core.periods import add_months
from programme.organisations.states import OrganisationKind

DATA_MONTHS = 6
"""Data are opened within six months of the end of the project (rule of the permanent call)."""
EVIDENCE_MONTHS = 6
_COMPANIES = frozenset({OrganisationKind.SMALL_COMPANY, OrganisationKind.COMPANY, OrganisationKind.MIXED_COMPANY})


@dataclass(frozen=True)
class Derived:
    """What follows from the values of a grant."""

    values: dict[str, Any]
    flags: set[str]
    payments: list[list[str]]


def kept(value: Any) -> str:
    """A value as JSON keeps it: ISO dates, plain decimals."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def typed(kind: Kind, text: str) -> Any:
    """A kept value as a form wants it: a day, an amount, or the text itself."""
    if not text:
        return None if kind in {Kind.DAY, Kind.MONEY} else ""
    if kind is Kind.DAY:
        return date.fromisoformat(text)
    return Decimal(text) if kind is Kind.MONEY else text


def day(values: Mapping[str, Any], name: str) -> date | None:
    """A day among the values, None when it is empty."""
    text = values.get(name)
    return date.fromisoformat(text) if text else None


def organisation_flags(kind: OrganisationKind, is_public_body: bool) -> set[str]:
    """Conditions that come from the kind of the organisation."""
    flags = set() if is_public_body else {"is_private"}
    return flags | ({"is_association"} if kind is OrganisationKind.ASSOCIATION else set())


def grant_flags(kind: OrganisationKind, *, fund: str, is_public_body: bool) -> list[str]:
    """Conditions of a grant known from the start: who receives it, and which fund pays."""
    flags = organisation_flags(kind, is_public_body)
    if any(mark in fund.upper() for mark in ("FEDER", "FSE", "EUROP")):
        flags.add("is_european")
    if kind in _COMPANIES:
        flags.add("is_de_minimis")
    return sorted(flags)


def grant_values(
    *, starts_on: date | None, ends_on: date | None, amount: Decimal, eligible_cost: Decimal, vat_recoverable: bool,
    is_european: bool,
) -> dict[str, str]:  # fmt: skip
    """First values of a grant; the payment rules are those of the two kinds of calls (advance, or instalments)."""
    rate = (100 * amount / eligible_cost).quantize(Decimal("0.01"), ROUND_HALF_UP) if eligible_cost else Decimal(0)
    return {
        "starts_on": kept(starts_on), "ends_on": kept(ends_on),
        "evidence_due_on": kept(add_months(ends_on, EVIDENCE_MONTHS) if ends_on else None),
        "data_due_on": kept(add_months(ends_on, DATA_MONTHS) if ends_on else None), "data_licence": "Licence Ouverte 2.0",
        "amount": str(amount), "amount_in_words": euros_in_words(amount), "eligible_cost": str(eligible_cost),
        "rate": str(rate), "tax_basis": "hors taxes" if vat_recoverable else "toutes taxes comprises",
        "advance_rate": "0" if is_european else "50", "minimum_payment": "1000.00", "instalment_threshold": "25",
        "instalment_cap": "80" if is_european else "0", "retention": "dix ans", "unspent_share": "5",
        "state_aid_scheme": "", "de_minimis_received": "",
    }  # fmt: skip


def derive_grant(values: Mapping[str, Any], flags: Iterable[str], amount: Decimal) -> Derived:
    """Advance, balance, payments and the conditions that depend on them."""
    cap = Decimal(values.get("instalment_cap") or 0)
    paid = money.schedule(
        amount, advance_percent=Decimal(values.get("advance_rate") or 0), minimum=Decimal(values.get("minimum_payment") or 0),
        instalment_cap=cap or None,
    )  # fmt: skip
    by_code = {each.code: each.amount for each in paid}
    kept_flags = set(flags) - {"has_advance", "has_instalments", "is_private_above_threshold", "has_state_aid_scheme"}
    private = "is_private" in kept_flags
    derived = {
        "has_advance": "advance" in by_code,
        "has_instalments": "instalments" in by_code,
        "is_private_above_threshold": agreement_due(amount, is_public_body=not private),
        "has_state_aid_scheme": bool(values.get("state_aid_scheme")),
    }
    return Derived(
        {**values, "advance_amount": str(by_code.get("advance", "")), "balance_amount": str(paid[-1].amount)},
        kept_flags | {name for name, holds in derived.items() if holds},
        [[each.code, str(each.amount)] for each in paid],
    )


def derive_partnership(values: Mapping[str, Any], flags: Iterable[str], tables: Mapping[str, Any]) -> set[str]:
    """The conditions of a partnership that depend on its values."""
    derived = {
        "has_partner_act": bool(values.get("organisation_act")),
        "has_subcontractor": bool(values.get("subcontractor_name")),
        "region_opens_data": bool(tables.get("region_datasets")),
    }
    return (set(flags) - set(derived)) | {name for name, holds in derived.items() if holds}


def budget(
    expenses: list[tuple[str, str, Decimal]], sources: list[tuple[str, str, str, Decimal]], granted: Decimal
) -> dict[str, Any]:
    """The annex « plan de financement » as JSON, with the complement that the beneficiary brings."""
    plan = money.plan((each[-1] for each in expenses), (each[-1] for each in sources), granted)
    return {
        "expenses": [[label, code, str(amount)] for label, code, amount in expenses],
        "sources": [[label, kind, state, str(amount)] for label, kind, state, amount in sources],
        "granted": str(granted), "own_complement": str(max(plan.own_complement, money.ZERO)),
        "cost": str(plan.cost), "resources": str(plan.resources), "is_balanced": plan.is_balanced,
    }  # fmt: skip
