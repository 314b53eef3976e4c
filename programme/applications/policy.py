"""Who may do what with an application: the organisation owns it, its members act, the house reads it once handed in."""

from datetime import datetime

from sqlalchemy.orm import object_session

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.applications.models import Application, Piece
from programme.applications.rules.reopening import Reopened
from programme.applications.states import MACHINE, WITHOUT_AWARD, ApplicationState
from programme.calls.states import SessionState
from programme.evaluation import queries as evaluations
from programme.evaluation.models import Evaluation
from programme.evaluation.states import SubjectKind
from programme.events import policy as event_policy
from programme.events import queries as events
from programme.organisations.policy import is_editor, is_member
from programme.projects.models import Project

STAFF_READERS = (Role.OFFICER_FILE, Role.OFFICER_PROGRAMME, Role.DIRECTION, Role.FINANCE, Role.ADMIN)


def can_see(account: Account, application: Application) -> bool:
    """As the applicant: members of the organisation only."""
    return is_member(account, application.organisation_id)


def is_recused(account: Account, application: Application) -> bool:
    """Whether the person stepped aside from this application: they see nothing of it any more."""
    return any(each.account_id == account.id for each in application.recusals)


def reads_blind(account: Account, application: Application) -> bool:
    """Whether the person reads this application without knowing who carries it: their roles do not show it either."""
    session = object_session(account)
    if session is None or not application.is_read_blind:
        return False
    given = evaluations.held_by(account.id, SubjectKind.APPLICATION).where(Evaluation.subject_id == application.id)
    return session.scalars(given).first() is not None


def can_read_as_staff(account: Account, application: Application) -> bool:
    """As the house: nothing of a draft, which still belongs to the applicant alone, of what one stepped aside from or reads blind."""
    return (
        account.has_role(*STAFF_READERS)
        and application.submitted_at is not None
        and not is_recused(account, application)
        and not reads_blind(account, application)
    )


def can_act(account: Account, application: Application) -> bool:
    """Act for the applicant, whatever the state: an owner or an editor of the organisation."""
    return is_editor(account, application.organisation_id)


def can_edit(account: Account, application: Application) -> bool:
    """Fill in: an editor of the organisation, while it is a draft."""
    return application.state is ApplicationState.DRAFT and can_act(account, application)


def can_continue(account: Account, project: Project) -> bool:
    """Carry a project on into a call: the person began it, acts for its organisation, or is in the team that built it."""
    session = object_session(account)
    team = session.scalars(events.team_of_project(project.id)).one_or_none() if session is not None else None
    return (
        project.created_by_id == account.id
        or is_editor(account, project.organisation_id)
        or (team is not None and event_policy.membership(account, team) is not None)
    )


def can_submit(account: Account, application: Application) -> bool:
    """Hand in."""
    return MACHINE.allows(application.state, "submit") and can_act(account, application)


def can_answer(account: Account, application: Application) -> bool:
    """Answer a request for missing pieces."""
    return MACHINE.allows(application.state, "answer_info") and can_act(account, application)


def can_take_back(account: Account, application: Application) -> bool:
    """Remove a piece: in the draft only; what was handed in can be replaced, not removed."""
    return can_edit(account, application)


def can_provide(account: Account, application: Application, piece: Piece) -> bool:
    """Add a piece: any one of a draft; of a file that was handed in, those alone that the Region asks for."""
    if can_edit(account, application):
        return True
    return can_answer(account, application) and piece.id in Reopened.of(application.info_requests[-1].asked).pieces


def can_withdraw(account: Account, application: Application) -> bool:
    """Give up, before the decision."""
    return MACHINE.allows(application.state, "withdraw") and can_act(account, application)


def can_take_up(account: Account, application: Application, at: datetime) -> bool:
    """Present the project again: a file that ended without an award, or a draft whose session is over.

    A file put off by the committee is one only once the votes of its session are notified: before, its opinion is told
    to nobody.
    """
    put_off = application.state is ApplicationState.DEFERRED and application.session.state is SessionState.NOTIFIED
    left = application.state is ApplicationState.DRAFT and application.session.is_over(at)
    return (application.state in WITHOUT_AWARD or put_off or left) and can_act(account, application)


def can_see_messages(account: Account, application: Application) -> bool:
    """Read the thread with the Region: every active member, once the file was handed in."""
    return application.submitted_at is not None and can_see(account, application)


def is_open_to_messages(application: Application) -> bool:
    """Whether one may still write: from the deposit on, after the decision too; a withdrawn file is only read."""
    return application.submitted_at is not None and application.state is not ApplicationState.WITHDRAWN


def can_write_message(account: Account, application: Application) -> bool:
    """Write to the Region: those who act for the organisation."""
    return is_open_to_messages(application) and can_act(account, application)
