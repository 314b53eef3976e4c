"""Who may, by role: the rules of staff doors and of accounts."""

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.core.access import Rule


def staff(*roles: Role) -> Rule:
    """The door's rule « one of these roles » (any staff role when none is named)."""

    def allows(account: Account | None) -> bool:
        return account is not None and (account.has_role(*roles) if roles else account.is_staff)

    return Rule("staff:" + "|".join(sorted(roles)) if roles else "staff", allows)


OFFICERS = (Role.OFFICER_PROGRAMME, Role.OFFICER_FILE)
READERS = (*OFFICERS, Role.DIRECTION)
ANY_STAFF = staff()


def can_manage_accounts(account: Account) -> bool:
    """People and rights: administrators only."""
    return account.has_role(Role.ADMIN)
