"""Life of an evaluation: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class EvaluationState(StrEnum):
    """Life of an evaluation (« évaluation »)."""

    ASSIGNED = "assigned"
    RECUSED = "recused"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    LOCKED = "locked"


class Recommendation(StrEnum):
    """The reviewer's overall opinion (« avis »)."""

    FAVOURABLE = "favourable"
    RESERVED = "reserved"
    UNFAVOURABLE = "unfavourable"


class SubjectKind(StrEnum):
    """What is evaluated; the room itself knows nothing else of it."""

    APPLICATION = "application"
    TEAM = "team"


S = EvaluationState
MACHINE = StateMachine(
    transition("declare_no_conflict", of={S.ASSIGNED}, to=S.IN_PROGRESS),
    transition("recuse", of={S.ASSIGNED, S.IN_PROGRESS, S.SUBMITTED}, to=S.RECUSED),
    transition("submit", of={S.IN_PROGRESS}, to=S.SUBMITTED),
    transition("reopen", of={S.SUBMITTED}, to=S.IN_PROGRESS),
    transition("lock", of={S.SUBMITTED}, to=S.LOCKED),
)
