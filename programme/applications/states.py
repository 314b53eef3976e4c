"""The whole life of an application and of its pieces: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class ApplicationState(StrEnum):
    """Life of an application (« dossier »)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INFO_REQUESTED = "info_requested"
    ADMISSIBLE = "admissible"
    INADMISSIBLE = "inadmissible"
    UNDER_REVIEW = "under_review"
    SCORING = "scoring"
    COMMITTEE_READY = "committee_ready"
    FAVOURABLE = "favourable"
    RESERVED = "reserved"
    DEFERRED = "deferred"
    UNFAVOURABLE = "unfavourable"
    ON_AGENDA = "on_agenda"
    AWARDED = "awarded"
    REJECTED = "rejected"
    REDIRECTED = "redirected"
    INVITED = "invited"
    NOT_RETAINED = "not_retained"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


class PieceState(StrEnum):
    """Life of a piece (« pièce »)."""

    EXPECTED = "expected"
    PROVIDED = "provided"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"


class ExpenseCategory(StrEnum):
    """Nature of an expense (« nature de dépense »)."""

    SERVICES = "services"
    EQUIPMENT = "equipment"
    STAFF = "staff"
    INDIRECT = "indirect"
    IN_KIND = "in_kind"
    OTHER = "other"


class FundingKind(StrEnum):
    """Who pays besides the Region's requested share."""

    OWN = "own"
    PUBLIC = "public"
    EUROPEAN = "european"
    PRIVATE = "private"
    IN_KIND = "in_kind"


class FundingState(StrEnum):
    """Whether a funding is sought or obtained."""

    SOUGHT = "sought"
    OBTAINED = "obtained"


class ReminderKind(StrEnum):
    """What somebody was reminded of (« objet du rappel »)."""

    SILENCE = "silence"
    CLOSING = "closing"
    DIGEST = "digest"


class MessageSide(StrEnum):
    """On which side of a file a message is written (« côté »)."""

    CARRIER = "carrier"
    REGION = "region"

    @property
    def other(self) -> "MessageSide":
        """The side that it is written to."""
        return MessageSide.REGION if self is MessageSide.CARRIER else MessageSide.CARRIER


S = ApplicationState
OPINIONS = frozenset({S.FAVOURABLE, S.RESERVED, S.DEFERRED, S.UNFAVOURABLE})
BEFORE_DECISION = frozenset(
    {S.SUBMITTED, S.INFO_REQUESTED, S.ADMISSIBLE, S.UNDER_REVIEW, S.SCORING, S.COMMITTEE_READY, S.ON_AGENDA} | OPINIONS
)
# A file that ended without an award: its project may be presented again.
WITHOUT_AWARD = frozenset({S.REJECTED, S.NOT_RETAINED, S.INADMISSIBLE, S.DROPPED, S.REDIRECTED, S.WITHDRAWN})
_OPEN_TO_OPINION = {S.COMMITTEE_READY} | OPINIONS
# An expression of interest is answered as soon as it is read; never while its readers are marking it.
OPEN_TO_ANSWER = frozenset({S.SUBMITTED, S.ADMISSIBLE, S.UNDER_REVIEW} | _OPEN_TO_OPINION)

MACHINE = StateMachine(
    transition("submit", of={S.DRAFT}, to=S.SUBMITTED),
    transition("request_info", of={S.SUBMITTED}, to=S.INFO_REQUESTED),
    transition("answer_info", of={S.INFO_REQUESTED}, to=S.SUBMITTED),
    transition("admit", of={S.SUBMITTED}, to=S.ADMISSIBLE),
    transition("declare_inadmissible", of={S.SUBMITTED, S.INFO_REQUESTED}, to=S.INADMISSIBLE),
    transition("open_review", of={S.ADMISSIBLE}, to=S.UNDER_REVIEW),
    transition("open_scoring", of={S.UNDER_REVIEW}, to=S.SCORING),
    transition("close_scoring", of={S.SCORING}, to=S.COMMITTEE_READY),
    transition("give_favourable", of=_OPEN_TO_OPINION, to=S.FAVOURABLE),
    transition("give_reserved", of=_OPEN_TO_OPINION, to=S.RESERVED),
    transition("defer", of=_OPEN_TO_OPINION, to=S.DEFERRED),
    transition("give_unfavourable", of=_OPEN_TO_OPINION, to=S.UNFAVOURABLE),
    transition("put_on_agenda", of={S.FAVOURABLE, S.RESERVED, S.UNFAVOURABLE}, to=S.ON_AGENDA),
    transition("take_off_agenda", of={S.ON_AGENDA}, to=S.COMMITTEE_READY),
    transition("award", of={S.ON_AGENDA}, to=S.AWARDED),
    transition("reject", of={S.ON_AGENDA}, to=S.REJECTED),
    transition("redirect", of={S.SUBMITTED, S.INFO_REQUESTED, S.ADMISSIBLE, S.UNDER_REVIEW}, to=S.REDIRECTED),
    transition("invite", of=OPEN_TO_ANSWER, to=S.INVITED),
    transition("not_retain", of=OPEN_TO_ANSWER, to=S.NOT_RETAINED),
    transition("withdraw", of={S.DRAFT} | BEFORE_DECISION, to=S.WITHDRAWN),
    transition("drop", of={S.INFO_REQUESTED}, to=S.DROPPED),
)

P = PieceState
PIECE = StateMachine(
    transition("provide", of={P.EXPECTED, P.PROVIDED, P.REFUSED, P.EXPIRED}, to=P.PROVIDED),
    transition("take_back", of={P.PROVIDED}, to=P.EXPECTED),
    transition("accept", of={P.PROVIDED, P.REFUSED}, to=P.ACCEPTED),
    transition("refuse", of={P.PROVIDED, P.ACCEPTED}, to=P.REFUSED),
    transition("expire", of={P.PROVIDED, P.ACCEPTED}, to=P.EXPIRED),
)
