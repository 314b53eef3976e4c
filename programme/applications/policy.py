"""Who may do what with an application: the organisation owns it, its members act, the house reads it once handed in."""

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.applications.models import Application
from programme.applications.states import MACHINE, ApplicationState
from programme.organisations.policy import is_editor, is_member

STAFF_READERS = (Role.OFFICER_FILE, Role.OFFICER_PROGRAMME, Role.DIRECTION, Role.FINANCE, Role.ADMIN)


def can_see(account: Account, application: Application) -> bool:
    """As the applicant: members of the organisation only."""
    return is_member(account, application.organisation_id)


def can_read_as_staff(account: Account, application: Application) -> bool:
    """As the house: nothing of a draft, which still belongs to the applicant alone."""
    return account.has_role(*STAFF_READERS) and application.submitted_at is not None


def can_edit(account: Account, application: Application) -> bool:
    """Fill in: an editor of the organisation, while it is a draft."""
    return application.state is ApplicationState.DRAFT and is_editor(account, application.organisation_id)


def can_submit(account: Account, application: Application) -> bool:
    """Hand in."""
    return MACHINE.allows(application.state, "submit") and is_editor(account, application.organisation_id)


def can_answer(account: Account, application: Application) -> bool:
    """Answer a request for missing pieces."""
    return MACHINE.allows(application.state, "answer_info") and is_editor(account, application.organisation_id)


def can_provide(account: Account, application: Application) -> bool:
    """Add a piece: in the draft, or when pieces are asked for."""
    return can_edit(account, application) or can_answer(account, application)


def can_withdraw(account: Account, application: Application) -> bool:
    """Give up, before the decision."""
    return MACHINE.allows(application.state, "withdraw") and is_editor(account, application.organisation_id)
