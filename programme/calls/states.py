"""Lives of a call and of its sessions: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class CallKind(StrEnum):
    """Kind of a call."""

    PERMANENT = "permanent"
    THEMED = "themed"
    INTEREST = "interest"
    PRIZE = "prize"


class CallState(StrEnum):
    """Life of a call (« appel à projets »)."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    ARCHIVED = "archived"
    DROPPED = "dropped"


class SessionState(StrEnum):
    """Life of a call session (« relève »)."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    COMMITTEE_HELD = "committee_held"
    VOTED = "voted"
    NOTIFIED = "notified"


class AidRegime(StrEnum):
    """Which State aid rules the grants of a call come under (« régime d’aide »)."""

    NONE = "none"
    DE_MINIMIS = "de_minimis"
    SIEG = "sieg"
    EXEMPTED = "exempted"


class MoneyAsked(StrEnum):
    """How much of a budget the files of a call hold."""

    NONE = "none"
    ESTIMATE = "estimate"
    FULL = "full"


class RuleKind(StrEnum):
    """Whether a rule is checked by the machine or judged by a person."""

    AUTOMATIC = "automatic"
    JUDGED = "judged"


class Check(StrEnum):
    """What an automatic rule checks; its parameters are data of the call."""

    CARRIER_KIND = "carrier_kind"
    TERRITORY = "territory"
    SIRET_VALID = "siret_valid"
    THEME_CHOSEN = "theme_chosen"
    START_AFTER_DEPOSIT = "start_after_deposit"
    END_AFTER_DEPOSIT = "end_after_deposit"
    DURATION_MAX = "duration_max"
    COST_MIN = "cost_min"
    REQUEST_MIN = "request_min"
    REQUEST_MAX = "request_max"
    RATE_MAX = "rate_max"
    PUBLIC_SHARE_MAX = "public_share_max"
    OWN_SHARE_MIN = "own_share_min"
    PLAN_BALANCED = "plan_balanced"
    PIECES_COMPLETE = "pieces_complete"
    ANSWERS = "answers"


C = CallState
CALL = StateMachine(
    transition("ask_review", of={C.DRAFT}, to=C.IN_REVIEW),
    transition("send_back", of={C.IN_REVIEW}, to=C.DRAFT),
    transition("publish", of={C.IN_REVIEW}, to=C.PUBLISHED),
    transition("open", of={C.PUBLISHED, C.SUSPENDED}, to=C.OPEN),
    transition("suspend", of={C.OPEN}, to=C.SUSPENDED),
    transition("close", of={C.OPEN, C.SUSPENDED}, to=C.CLOSED),
    transition("archive", of={C.CLOSED}, to=C.ARCHIVED),
    # Never deleted: the number of a row that goes may be given again, and the journal names it.
    transition("drop", of={C.DRAFT}, to=C.DROPPED),
)
S = SessionState
SESSION = StateMachine(
    transition("open", of={S.PLANNED}, to=S.OPEN),
    transition("close", of={S.OPEN}, to=S.CLOSED),
    transition("hold_committee", of={S.CLOSED}, to=S.COMMITTEE_HELD),
    transition("vote", of={S.COMMITTEE_HELD}, to=S.VOTED),
    transition("notify", of={S.VOTED}, to=S.NOTIFIED),
)
PUBLIC_CALL_STATES = frozenset({C.PUBLISHED, C.OPEN, C.SUSPENDED, C.CLOSED, C.ARCHIVED})
# A draft may become another call: nobody has answered it. What is being read before its publication is given back first.
DEFINABLE = frozenset({C.DRAFT})
# A published call changes by a revision, dated and told to those who are answering it; a closed one changes no more.
REVISABLE = frozenset({C.PUBLISHED, C.OPEN, C.SUSPENDED})
# A call that a first step may lead to: it is not over, and nobody gave it up.
LED_TO = frozenset({C.DRAFT, C.IN_REVIEW}) | REVISABLE
# A session not yet closed: its hours decide whether it takes applications.
TAKING = frozenset({S.PLANNED, S.OPEN})
