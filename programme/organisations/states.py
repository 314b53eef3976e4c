"""Codes of the network: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class OrganisationKind(StrEnum):
    """Legal family of an organisation, as calls use it to say who is eligible."""

    LOCAL_AUTHORITY = "local_authority"
    GROUPING = "grouping"
    PUBLIC_BODY = "public_body"
    ASSOCIATION = "association"
    UNIVERSITY = "university"
    CHAMBER = "chamber"
    SMALL_COMPANY = "small_company"
    COMPANY = "company"
    MIXED_COMPANY = "mixed_company"
    STATE_SERVICE = "state_service"


PUBLIC_KINDS = frozenset(
    {
        OrganisationKind.LOCAL_AUTHORITY,
        OrganisationKind.GROUPING,
        OrganisationKind.PUBLIC_BODY,
        OrganisationKind.UNIVERSITY,
        OrganisationKind.CHAMBER,
        OrganisationKind.STATE_SERVICE,
    }
)


COMPANY_KINDS = frozenset({OrganisationKind.SMALL_COMPANY, OrganisationKind.COMPANY})


def family_of(kind: OrganisationKind) -> str:
    """What the conditions of questions call the family of a carrier: `public`, `company` or `other`."""
    return "public" if kind in PUBLIC_KINDS else "company" if kind in COMPANY_KINDS else "other"


class ActorCategory(StrEnum):
    """Place in the network of data actors; an organisation may have several."""

    PRODUCER = "producer"
    FACILITATOR = "facilitator"
    REUSER = "reuser"
    ACADEMIC = "academic"
    OTHER = "other"


class AnswerStatus(StrEnum):
    """What the company registry said of a SIRET; that it said nothing is never kept."""

    FOUND = "found"
    UNKNOWN = "unknown"


class MembershipRole(StrEnum):
    """What a member may do for the organisation."""

    OWNER = "owner"
    EDITOR = "editor"
    READER = "reader"


class MembershipState(StrEnum):
    """Life of a membership: asked for, or invited, then accepted."""

    REQUESTED = "requested"
    ACTIVE = "active"
    ENDED = "ended"


class OwnershipRequestState(StrEnum):
    """Life of a request to become responsible for an organisation whose owner is gone."""

    WAITING = "waiting"
    OBJECTED = "objected"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = MembershipState
MACHINE = StateMachine(
    transition("accept", of={S.REQUESTED}, to=S.ACTIVE),
    transition("end", of={S.REQUESTED, S.ACTIVE}, to=S.ENDED),
    transition("ask_again", of={S.ENDED}, to=S.REQUESTED),
    transition("resume", of={S.ENDED}, to=S.ACTIVE),
)

R = OwnershipRequestState
OPEN_REQUESTS = frozenset({R.WAITING, R.OBJECTED})
OWNERSHIP = StateMachine(
    transition("object", of={R.WAITING}, to=R.OBJECTED),
    transition("grant", of=OPEN_REQUESTS, to=R.GRANTED),
    transition("refuse", of=OPEN_REQUESTS, to=R.REFUSED),
    transition("withdraw", of=OPEN_REQUESTS, to=R.WITHDRAWN),
)
