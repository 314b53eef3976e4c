"""The closed lists: variables that a template may name and conditions that it may put. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from programme.agreements.states import AgreementFamily

GRANT = frozenset({AgreementFamily.GRANT})
PARTNERSHIP = frozenset({AgreementFamily.PARTNERSHIP})
BOTH = GRANT | PARTNERSHIP


class Kind(StrEnum):
    """How a value is kept (text, ISO date, plain decimal) and hence shown."""

    TEXT = "text"
    LONG = "long"
    DAY = "day"
    MONEY = "money"
    SHARE = "share"


@dataclass(frozen=True)
class Variable:
    """A named value: its kind, the families that know it, and whether an officer may change it while it is a draft.

    What is not editable comes from records (the vote, the organisation, the Region's file) or is computed.
    """

    kind: Kind = Kind.TEXT
    families: frozenset[AgreementFamily] = BOTH
    editable: bool = False
    optional: bool = False


VARIABLES: dict[str, Variable] = {
    "region_name": Variable(),
    "region_siret": Variable(),
    "region_address": Variable(),
    "region_department": Variable(),
    "region_email": Variable(),
    "region_dpo_email": Variable(),
    "region_court": Variable(),
    "region_signatory": Variable(editable=True),
    "deliberative_body": Variable(),
    "organisation_name": Variable(),
    "organisation_siret": Variable(),
    "organisation_siren": Variable(),
    "organisation_kind": Variable(),
    "organisation_rna": Variable(optional=True),
    "organisation_address": Variable(editable=True),
    "representative_name": Variable(editable=True),
    "representative_title": Variable(editable=True),
    "organisation_act": Variable(editable=True, optional=True),
    "framework_act": Variable(editable=True),
    "deliberation_number": Variable(),
    "deliberation_on": Variable(Kind.DAY),
    "deliberation_received_on": Variable(Kind.DAY),
    "starts_on": Variable(Kind.DAY, editable=True),
    "ends_on": Variable(Kind.DAY, editable=True),
    "platform_name": Variable(editable=True),
    "platform_url": Variable(editable=True),
    "call_title": Variable(families=GRANT),
    "call_code": Variable(families=GRANT),
    "application_reference": Variable(families=GRANT),
    "project_title": Variable(families=GRANT),
    "project_summary": Variable(Kind.LONG, GRANT, editable=True),
    "financial_rules_act": Variable(families=GRANT, editable=True),
    "commitment_number": Variable(families=GRANT, editable=True),
    "budget_line": Variable(families=GRANT, editable=True),
    "amount": Variable(Kind.MONEY, GRANT),
    "amount_in_words": Variable(families=GRANT),
    "eligible_cost": Variable(Kind.MONEY, GRANT),
    "rate": Variable(Kind.SHARE, GRANT),
    "tax_basis": Variable(families=GRANT),
    "advance_rate": Variable(Kind.SHARE, GRANT, editable=True),
    "advance_amount": Variable(Kind.MONEY, GRANT),
    "balance_amount": Variable(Kind.MONEY, GRANT),
    "minimum_payment": Variable(Kind.MONEY, GRANT, editable=True),
    "instalment_threshold": Variable(Kind.SHARE, GRANT, editable=True),
    "instalment_cap": Variable(Kind.SHARE, GRANT, editable=True),
    "evidence_due_on": Variable(Kind.DAY, GRANT, editable=True),
    "data_due_on": Variable(Kind.DAY, GRANT, editable=True, optional=True),
    "data_licence": Variable(families=GRANT, editable=True, optional=True),
    "state_aid_scheme": Variable(families=GRANT, editable=True, optional=True),
    "de_minimis_received": Variable(families=GRANT, editable=True, optional=True),
    "retention": Variable(families=GRANT, editable=True),
    "unspent_share": Variable(Kind.SHARE, GRANT, editable=True),
    "partner_interest": Variable(Kind.LONG, PARTNERSHIP, editable=True),
    "contact_name": Variable(families=PARTNERSHIP, editable=True),
    "organisation_dpo": Variable(families=PARTNERSHIP, editable=True),
    "latest_end_on": Variable(Kind.DAY, PARTNERSHIP, editable=True),
    "notice": Variable(families=PARTNERSHIP, editable=True),
    "subcontractor_name": Variable(families=PARTNERSHIP, editable=True, optional=True),
}

FLAGS: dict[str, frozenset[AgreementFamily]] = {
    "is_association": BOTH,
    "is_private": BOTH,
    "is_private_above_threshold": GRANT,
    "has_advance": GRANT,
    "has_instalments": GRANT,
    "is_european": GRANT,
    "opens_data": GRANT,
    "is_de_minimis": GRANT,
    "has_state_aid_scheme": GRANT,
    "has_partner_act": PARTNERSHIP,
    "has_tacit_renewal": PARTNERSHIP,
    "region_opens_data": PARTNERSHIP,
    "has_subcontractor": PARTNERSHIP,
}
"""Conditions of a template. Most are computed from the records and values; see CHOSEN."""

CHOSEN = frozenset({"is_european", "is_de_minimis", "has_tacit_renewal"})
"""Conditions that an officer may switch while the agreement is a draft."""


def known_variables(family: AgreementFamily) -> frozenset[str]:
    """The names that a template of this family may use."""
    return frozenset(name for name, each in VARIABLES.items() if family in each.families)


def known_flags(family: AgreementFamily) -> frozenset[str]:
    """The conditions that a template of this family may put."""
    return frozenset(name for name, families in FLAGS.items() if family in families)


def editable_variables(family: AgreementFamily) -> list[str]:
    """What an officer may change while it is a draft, in the order of the list."""
    return [name for name, each in VARIABLES.items() if family in each.families and each.editable]
