"""Who may do what with agreements: officers prepare, finance approves, the direction sends and signs, owners sign."""

from datetime import date

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.agreements.models import Agreement, Commitment, Partnership
from programme.agreements.states import FOR_MEMBERS, MACHINE, PARTNER, AgreementFamily, AgreementState
from programme.organisations.policy import is_editor, is_member, is_owner

OFFICER = {
    AgreementFamily.GRANT: Role.OFFICER_FILE,
    AgreementFamily.PARTNERSHIP: Role.OFFICER_PROGRAMME,
}
DESK = (Role.OFFICER_PROGRAMME, Role.OFFICER_FILE, Role.DIRECTION, Role.FINANCE)
_OFFICERS = frozenset({"officer"})
_LEADERS = frozenset({"officer", Role.DIRECTION})
ROLES: dict[str, frozenset[str]] = {
    "prepare": _OFFICERS,
    "ask_review": _OFFICERS,
    "send_back": _LEADERS | {Role.FINANCE},
    "approve": frozenset({Role.FINANCE}),
    "send": frozenset({Role.DIRECTION}),
    "sign_as_region": frozenset({Role.DIRECTION}),
    "activate": _LEADERS,
    "mark_to_renew": _OFFICERS,
    "renew": frozenset({Role.DIRECTION}),
    "expire": _LEADERS,
    "terminate": frozenset({Role.DIRECTION}),
}
"""Who says a verb: « officer » stands for the officer of the family."""
AWAITED = ("prepare", "ask_review", "approve", "send", "sign_as_region", "activate", "renew", "expire")
"""The acts that wait for somebody; sending back, ending or marking are choices, they do not wait."""


def can_see(account: Account | None, agreement: Agreement) -> bool:
    """Staff of the desk from the start; members of the organisation once it has been sent to them."""
    if account is None:
        return False
    return can_use_desk(account) or (agreement.state in FOR_MEMBERS and is_member(account, agreement.organisation_id))


def can_use_desk(account: Account) -> bool:
    """Whether the person reads every agreement."""
    return account.has_role(*DESK)


def can_lead(account: Account, agreement: Agreement, verb: str) -> bool:
    """Whether this member of staff may say the verb now."""
    allowed = {OFFICER[agreement.family] if role == "officer" else role for role in ROLES.get(verb, ())}
    return MACHINE.allows(agreement.state, verb) and not account.roles.isdisjoint(allowed)


def next_verb(account: Account, agreement: Agreement, day: date) -> str | None:
    """The act that waits for this member of staff on that day."""
    waiting = [verb for verb in AWAITED if can_lead(account, agreement, verb)]
    if "expire" in waiting and (agreement.ends_on is None or agreement.ends_on >= day):
        waiting.remove("expire")
    return waiting[0] if waiting else None


def can_edit(account: Account, agreement: Agreement) -> bool:
    """Whether the person may change values: the officer of the family, while it is a draft."""
    return agreement.state is AgreementState.DRAFT and account.has_role(OFFICER[agreement.family])


def can_set_deliberation(account: Account, agreement: Agreement) -> bool:
    """Whether the person may record the act that authorises a partnership (a grant has the one of its award)."""
    return (
        agreement.family is AgreementFamily.PARTNERSHIP
        and agreement.state is AgreementState.DRAFT
        and account.has_role(Role.OFFICER_PROGRAMME, Role.DIRECTION)
    )


def can_waive(account: Account, agreement: Agreement) -> bool:
    """Whether the person may do without a convention (the service refuses when the law demands one)."""
    return (
        agreement.family is AgreementFamily.GRANT
        and agreement.state is AgreementState.TO_PREPARE
        and account.has_role(Role.OFFICER_FILE, Role.DIRECTION)
    )


def can_sign(account: Account, agreement: Agreement) -> bool:
    """Whether the person signs for the organisation: an owner, once it has been sent."""
    return MACHINE.allows(agreement.state, "sign_as_partner") and is_owner(account, agreement.organisation_id)


def can_follow(account: Account, commitment: Commitment) -> bool:
    """Whether the person may say how a commitment stands: those who act for the organisation, and the officers."""
    agreement = commitment.agreement
    return (
        agreement.state in {AgreementState.SIGNED, AgreementState.ACTIVE, AgreementState.TO_RENEW}
        and (account.has_role(*OFFICER.values()) or is_editor(account, agreement.organisation_id))
    )  # fmt: skip


def can_ask_partnership(account: Account, organisation_id: int | None) -> bool:
    """Whether the person may ask for a convention in the organisation's name."""
    return is_editor(account, organisation_id)


def can_lead_partner(account: Account, partnership: Partnership, verb: str) -> bool:
    """Whether this officer may say the verb about a partner; asking and activating are said elsewhere."""
    return (
        verb not in {"ask", "activate"}
        and PARTNER.allows(partnership.status, verb)
        and account.has_role(
            Role.OFFICER_PROGRAMME, *([Role.DIRECTION] if verb in {"suspend", "resume", "leave"} else [])
        )
    )
