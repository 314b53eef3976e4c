"""Who may open and fill in an evaluation: its reader alone, unless they stepped aside."""

from programme.accounts.models import Account
from programme.evaluation.models import Evaluation
from programme.evaluation.states import MACHINE, EvaluationState


def can_see(account: Account, evaluation: Evaluation) -> bool:
    """The reader's own; a recused reader sees nothing of it any more."""
    return evaluation.reviewer_id == account.id and evaluation.state is not EvaluationState.RECUSED


def can_declare(account: Account, evaluation: Evaluation) -> bool:
    """Say that there is no conflict, before the subject is opened."""
    return can_see(account, evaluation) and MACHINE.allows(evaluation.state, "declare_no_conflict")


def can_open(account: Account, evaluation: Evaluation) -> bool:
    """Read the subject: only after the declaration."""
    return can_see(account, evaluation) and evaluation.declared_at is not None


def can_mark(account: Account, evaluation: Evaluation) -> bool:
    """Give marks."""
    return can_open(account, evaluation) and evaluation.state is EvaluationState.IN_PROGRESS


def can_reopen(account: Account, evaluation: Evaluation) -> bool:
    """Take back what was submitted, until the committee locks it."""
    return can_open(account, evaluation) and MACHINE.allows(evaluation.state, "reopen")


def can_recuse(account: Account, evaluation: Evaluation) -> bool:
    """Step aside."""
    return can_see(account, evaluation) and MACHINE.allows(evaluation.state, "recuse")
