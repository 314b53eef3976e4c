"""Who may write the catalogue's references: the programme's officers and the administrators; everybody reads."""

from programme.accounts.models import Account
from programme.accounts.policy import staff
from programme.accounts.states import Role

_WRITERS = (Role.OFFICER_PROGRAMME, Role.ADMIN)
WRITERS = staff(*_WRITERS)


def can_write(account: Account) -> bool:
    """Whether the person may enter, change and import references."""
    return account.has_role(*_WRITERS)
