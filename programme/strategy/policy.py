"""Who may write the strategy and its figures: the programme's officers and the administrators; everybody reads."""

from programme.accounts.models import Account
from programme.accounts.policy import staff
from programme.accounts.states import Role

_WRITERS = (Role.OFFICER_PROGRAMME, Role.ADMIN)
WRITERS = staff(*_WRITERS)


def can_write_figures(account: Account) -> bool:
    """Whether the person may declare a value."""
    return account.has_role(*_WRITERS)


def can_write_strategy(account: Account) -> bool:
    """Whether the person may change the words of the strategy."""
    return account.has_role(*_WRITERS)
