"""Lives of an agreement, of a partner and of a commitment: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class AgreementFamily(StrEnum):
    """The two families of agreements (« convention ») of the programme."""

    GRANT = "grant"
    PARTNERSHIP = "partnership"


class AgreementState(StrEnum):
    """Life of an agreement (« convention »)."""

    TO_PREPARE = "to_prepare"
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SENT = "sent"
    PARTNER_SIGNED = "partner_signed"
    SIGNED = "signed"
    ACTIVE = "active"
    TO_RENEW = "to_renew"
    EXPIRED = "expired"
    TERMINATED = "terminated"


class PartnerStatus(StrEnum):
    """Place of an organisation in the network of partners (« statut du partenaire »)."""

    PROSPECT = "prospect"
    REQUESTED = "requested"
    UNDER_REVIEW = "under_review"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class CommitmentState(StrEnum):
    """Life of a commitment (« engagement »). Being late is computed from the day, it is not a state."""

    PLANNED = "planned"
    IN_PREPARATION = "in_preparation"
    PUBLISHED = "published"
    UP_TO_DATE = "up_to_date"
    DROPPED = "dropped"


A = AgreementState
MACHINE = StateMachine(
    transition("prepare", of={A.TO_PREPARE}, to=A.DRAFT),
    transition("ask_review", of={A.DRAFT}, to=A.IN_REVIEW),
    transition("send_back", of={A.IN_REVIEW, A.APPROVED, A.SENT}, to=A.DRAFT),
    transition("approve", of={A.IN_REVIEW}, to=A.APPROVED),
    transition("send", of={A.APPROVED}, to=A.SENT),
    transition("sign_as_partner", of={A.SENT}, to=A.PARTNER_SIGNED),
    transition("sign_as_region", of={A.PARTNER_SIGNED}, to=A.SIGNED),
    transition("activate", of={A.SIGNED}, to=A.ACTIVE),
    transition("mark_to_renew", of={A.ACTIVE}, to=A.TO_RENEW),
    transition("renew", of={A.TO_RENEW}, to=A.ACTIVE),
    transition("expire", of={A.ACTIVE, A.TO_RENEW}, to=A.EXPIRED),
    transition("terminate", of={A.SIGNED, A.ACTIVE, A.TO_RENEW}, to=A.TERMINATED),
)
WRITTEN = frozenset(AgreementState) - {A.TO_PREPARE}
FROZEN = frozenset({A.APPROVED, A.SENT, A.PARTNER_SIGNED, A.SIGNED, A.ACTIVE, A.TO_RENEW, A.EXPIRED, A.TERMINATED})
SIGNED_BY_PARTNER = frozenset({A.PARTNER_SIGNED, A.SIGNED, A.ACTIVE, A.TO_RENEW, A.EXPIRED, A.TERMINATED})
SIGNED_BY_BOTH = SIGNED_BY_PARTNER - {A.PARTNER_SIGNED}
FOR_MEMBERS = frozenset({A.SENT}) | SIGNED_BY_PARTNER

P = PartnerStatus
PARTNER = StateMachine(
    transition("ask", of={P.PROSPECT, P.LEFT}, to=P.REQUESTED),
    transition("review", of={P.REQUESTED}, to=P.UNDER_REVIEW),
    transition("decline", of={P.REQUESTED, P.UNDER_REVIEW}, to=P.PROSPECT),
    transition("activate", of={P.UNDER_REVIEW}, to=P.ACTIVE),
    transition("suspend", of={P.ACTIVE}, to=P.SUSPENDED),
    transition("resume", of={P.SUSPENDED}, to=P.ACTIVE),
    transition("leave", of={P.ACTIVE, P.SUSPENDED}, to=P.LEFT),
)

C = CommitmentState
COMMITMENT = StateMachine(
    transition("start", of={C.PLANNED}, to=C.IN_PREPARATION),
    transition("publish", of={C.PLANNED, C.IN_PREPARATION}, to=C.PUBLISHED),
    transition("confirm", of={C.PUBLISHED, C.UP_TO_DATE}, to=C.UP_TO_DATE),
    transition("drop", of={C.PLANNED, C.IN_PREPARATION}, to=C.DROPPED),
)
OWED = frozenset({C.PLANNED, C.IN_PREPARATION})
KEPT = frozenset({C.PUBLISHED, C.UP_TO_DATE})
