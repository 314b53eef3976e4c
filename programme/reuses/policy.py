"""Who may see, write and moderate a reuse."""

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.organisations.policy import is_editor, is_member
from programme.projects.models import Project
from programme.reuses.models import Reuse
from programme.reuses.states import ReuseState


def can_moderate(account: Account) -> bool:
    """The gallery is kept by the programme's officers."""
    return account.has_role(Role.OFFICER_PROGRAMME)


def can_see(account: Account | None, reuse: Reuse) -> bool:
    """Everybody sees what is published; the rest is for its authors and the officers."""
    if reuse.is_public:
        return True
    return account is not None and (is_author(account, reuse) or can_moderate(account))


def is_author(account: Account, reuse: Reuse) -> bool:
    """Whether the person declared it or belongs to the organisation that proposes it."""
    return reuse.declarer_id == account.id or is_member(account, reuse.organisation_id)


def can_edit(account: Account, reuse: Reuse) -> bool:
    """The person who declared it, or an editor of its organisation, until the Region withdraws it."""
    if reuse.state is ReuseState.UNPUBLISHED:
        return False
    return reuse.declarer_id == account.id or is_editor(account, reuse.organisation_id)


def can_continue(account: Account, project: Project) -> bool:
    """Whether the person may add a reuse to the project: who began it, or an editor of its organisation."""
    return project.created_by_id == account.id or is_editor(account, project.organisation_id)
