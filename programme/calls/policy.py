"""Who sees and who leads a call."""

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.calls.models import Call
from programme.calls.states import CALL, PUBLIC_CALL_STATES

PUBLISHERS = {"publish", "send_back"}
WITHOUT_RETURN = {"drop", "close", "archive"}
READ_DRAFTS = (
    Role.OFFICER_PROGRAMME, Role.OFFICER_FILE, Role.DIRECTION, Role.ELECTED, Role.FINANCE, Role.ADMIN,
)  # fmt: skip


def can_see(account: Account | None, call: Call) -> bool:
    """A draft call is invisible outside the house."""
    return call.state in PUBLIC_CALL_STATES or (account is not None and account.has_role(*READ_DRAFTS))


def can_see_prepared(account: Account | None) -> bool:
    """Read what a call will say once it is published: those who prepare and publish calls."""
    return account is not None and account.has_role(Role.OFFICER_PROGRAMME, Role.DIRECTION)


def may_say(account: Account, verb: str) -> bool:
    """Officers prepare and run a call; the direction publishes it."""
    return account.has_role(Role.DIRECTION if verb in PUBLISHERS else Role.OFFICER_PROGRAMME)


def can_define(account: Account) -> bool:
    """Make a call from another one, or from its document: those who prepare calls."""
    return account.has_role(Role.OFFICER_PROGRAMME)


def can_lead(account: Account, call: Call, verb: str) -> bool:
    """Whether the verb may be said now, by this person."""
    return may_say(account, verb) and CALL.allows(call.state, verb)
