"""Mails of this room."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from programme.accounts.models import Account
from programme.applications.models import Application
from programme.applications.notifications import officer_of
from programme.core import mail
from programme.evaluation.models import Evaluation

if TYPE_CHECKING:  # The content of the letter is handed over by the service.
    from programme.assessment.documents import Letter


def decided(application: Application, content: "Letter", to: str) -> mail.Mail:
    """The decision: the letter itself is in the applicant's space."""
    person = officer_of(application)
    return mail.compose("assessment/decided", to=to, application=application, letter=content, person=person)


def assigned(reviewer: Account, evaluation: Evaluation) -> mail.Mail:
    """A file to evaluate. It names neither the project nor the applicant: conflicts are declared first."""
    return mail.compose("assessment/assigned", to=reviewer.email, reviewer=reviewer, evaluation=evaluation)


def recused(officer: Account, application: Application) -> mail.Mail:
    """A reader stepped aside: another one is needed."""
    return mail.compose("assessment/recused", to=officer.email, officer=officer, application=application)


def digest(person: Account, summary: str, groups: Sequence[tuple[str, Sequence[str]]], more: int) -> mail.Mail:
    """What presses on the desk: `groups` of lines under their urgency, and how many more the page has."""
    return mail.compose("assessment/digest", to=person.email, summary=summary, groups=groups, more=more)
