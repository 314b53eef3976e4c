"""Life of a grant: pure. It stops where the product stops today: payments and settlement come later."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class GrantState(StrEnum):
    """Life of a grant (« subvention »)."""

    VOTED = "voted"
    NOTIFIED = "notified"
    CONTRACTED = "contracted"
    IN_PROGRESS = "in_progress"


class GrantSort(StrEnum):
    """Orders of the public list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    AMOUNT = "amount"
    SMALLEST = "smallest"
    TITLE = "title"


G = GrantState
MACHINE = StateMachine(
    transition("notify", of={G.VOTED}, to=G.NOTIFIED),
    transition("contract", of={G.NOTIFIED}, to=G.CONTRACTED),
    transition("start", of={G.NOTIFIED, G.CONTRACTED}, to=G.IN_PROGRESS),
)
