"""Who reads, treats and decides: by role, and never somebody who stepped aside."""

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.applications.models import Application
from programme.applications.policy import can_read_as_staff
from programme.applications.states import BEFORE_DECISION, MACHINE

READERS = (Role.OFFICER_FILE, Role.OFFICER_PROGRAMME, Role.DIRECTION, Role.FINANCE)
LISTERS = (*READERS, Role.ELECTED)
HOLDERS = (Role.OFFICER_FILE, Role.OFFICER_PROGRAMME, Role.DIRECTION)
RANKERS = (*HOLDERS, Role.ELECTED)


def can_read(account: Account, application: Application) -> bool:
    """Open the file as the house."""
    return account.has_role(*READERS) and can_read_as_staff(account, application)


def can_treat(account: Account, application: Application, verb: str) -> bool:
    """Say one of the verbs of instruction, of a file already opened to this person (`can_read`)."""
    return account.has_role(Role.OFFICER_FILE) and MACHINE.allows(application.state, verb)


def can_answer_interest(account: Account, application: Application) -> bool:
    """Invite to the full file, or not: of an expression of interest already opened to this person (`can_read`)."""
    return application.call.is_first_step and can_treat(account, application, "invite")


def awaits(account: Account, task: str) -> bool:
    """Whether a task on a file is this person's: the committee's for those who hold it, the others for the officer."""
    return account.has_role(*(HOLDERS if task == "committee" else (Role.OFFICER_FILE,)))


def can_judge_pieces(account: Account, application: Application) -> bool:
    """Accept or refuse a piece, answer a judged rule of an opened file: until admissibility is decided."""
    return can_treat(account, application, "request_info") or can_treat(account, application, "admit")


def can_redact(account: Account, application: Application) -> bool:
    """Release to blind readers a copy of a piece without names, or take it back: until the file is decided."""
    return account.has_role(Role.OFFICER_FILE) and application.is_read_blind and application.state in BEFORE_DECISION


def can_hold_committee(account: Account) -> bool:
    """Record opinions."""
    return account.has_role(*HOLDERS)


def can_rank(account: Account) -> bool:
    """See the ranking and the committees: not the finances, who read the vote and what follows it."""
    return account.has_role(*RANKERS)


def can_read_evaluations(account: Account) -> bool:
    """Read each reader's marks and who stepped aside: the officers; the others see the ranking's means."""
    return account.has_role(Role.OFFICER_FILE, Role.OFFICER_PROGRAMME)


def can_prepare_decision(account: Account) -> bool:
    """Prepare decisions and record the deliberation."""
    return account.has_role(Role.OFFICER_FILE)


def can_release(account: Account) -> bool:
    """Release the decisions: the direction."""
    return account.has_role(Role.DIRECTION)
