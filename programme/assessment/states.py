"""Lives of a committee and of a decision: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class CommitteeState(StrEnum):
    """Life of a committee meeting (« comité de sélection »)."""

    CONVENED = "convened"
    HELD = "held"
    CLOSED = "closed"


class Opinion(StrEnum):
    """The committee's opinion on an application (« avis du comité »)."""

    FAVOURABLE = "favourable"
    RESERVED = "reserved"
    DEFERRED = "deferred"
    UNFAVOURABLE = "unfavourable"


class Outcome(StrEnum):
    """What is decided (« sens de la décision »)."""

    AWARD = "award"
    REJECT = "reject"


class DecisionState(StrEnum):
    """Life of a decision (« décision »): prepared in silence, then released with all the others."""

    PENDING = "pending"
    RELEASED = "released"


COMMITTEE = StateMachine(
    transition("hold", of={CommitteeState.CONVENED}, to=CommitteeState.HELD),
    transition("close", of={CommitteeState.HELD}, to=CommitteeState.CLOSED),
)
DECISION = StateMachine(transition("release", of={DecisionState.PENDING}, to=DecisionState.RELEASED))
