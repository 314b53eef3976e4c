"""Staff roles and the life of an account: pure."""

from enum import StrEnum

from programme.core.state_machine import StateMachine, transition


class Role(StrEnum):
    """What a member of staff may do (« rôle »); an account may hold several."""

    OFFICER_PROGRAMME = "officer_programme"
    OFFICER_FILE = "officer_file"
    DIRECTION = "direction"
    ELECTED = "elected"
    FINANCE = "finance"
    ADMIN = "admin"
    DPO = "dpo"


class AccountState(StrEnum):
    """Life of an account (« compte »)."""

    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    CLOSED = "closed"


class LinkPurpose(StrEnum):
    """What a one-use link sent by mail allows (« lien à usage unique »)."""

    CONFIRM = "confirm"
    SIGN_IN = "sign_in"
    RESET = "reset"


S = AccountState
MACHINE = StateMachine(
    transition("confirm", of={S.UNCONFIRMED}, to=S.ACTIVE),
    transition("close", of={S.UNCONFIRMED, S.ACTIVE}, to=S.CLOSED),
    transition("reopen", of={S.CLOSED}, to=S.ACTIVE),
)
