"""Who sees and who leads a call."""

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.calls.models import Call
from programme.calls.states import CALL, PUBLIC_CALL_STATES

PUBLISHERS = {"publish", "send_back"}


def can_see(account: Account | None, call: Call) -> bool:
    """A draft call is invisible outside the house."""
    return call.state in PUBLIC_CALL_STATES or (account is not None and account.is_staff)


def can_lead(account: Account, call: Call, verb: str) -> bool:
    """Officers prepare and run a call; the direction publishes it."""
    role = Role.DIRECTION if verb in PUBLISHERS else Role.OFFICER_PROGRAMME
    return account.has_role(role) and CALL.allows(call.state, verb)
