"""What the Region decides on completeness: ask for pieces, admit, close."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import notifications
from programme.applications.models import Application, InfoRequest
from programme.applications.services import reopening
from programme.applications.services.reading import clock
from programme.applications.states import MACHINE, ApplicationState
from programme.core import journal, mail
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.organisations import queries as network


def request_info(
    application: Application, message: str, items: Sequence[str], due_on: date, *, by: Account, at: datetime
) -> InfoRequest:
    """Ask for what is missing or to be corrected, in one act that suspends the clock (CRPA L114-5): list, time and effect are written.

    `items` are names of `reopening.choices`: they alone are opened again.
    """
    if due_on <= local_day(at):
        raise RuleBroken(_("Laissez au moins un jour pour répondre."))
    application.state = ApplicationState(MACHINE.target(application.state, "request_info"))
    request = InfoRequest(message=message, asked_at=at, due_on=due_on, asked_by_id=by.id)
    reopening.open_again(request, application, items)
    application.info_requests.append(request)
    application.silence_on = clock(application).silence_on
    journal.record(
        "application.info_requested", on=application, by=by, at=at, after={"items": request.items, "due": str(due_on)}
    )
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.info_requested(application, request, link.account.email), at=at)
    return request


def admit(application: Application, *, by: Account, at: datetime) -> None:
    """Declare the application complete and admissible: it is not a promise; the clock's date is known."""
    application.state = ApplicationState(MACHINE.target(application.state, "admit"))
    application.complete_at = at
    application.silence_on = clock(application).silence_on
    journal.record(
        "application.admitted", on=application, by=by, at=at, after={"silence_on": str(application.silence_on)}
    )
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.admissible(application, link.account.email), at=at)


def close(application: Application, verb: str, reason: str, *, by: Account, at: datetime) -> None:
    """Declare inadmissible, redirect or drop: the file ends here, with its reason."""
    before = application.state
    application.state = ApplicationState(MACHINE.target(application.state, verb))
    application.closing_reason, application.decided_at = reason, at
    application.silence_on = None
    journal.record(f"application.{verb}", on=application, by=by, at=at, before={"state": before})
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.inadmissible(application, link.account.email), at=at)
