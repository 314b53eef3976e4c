"""The deposit and its receipt, the answer to a request, the withdrawal."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import documents, notifications
from programme.applications.models import Application
from programme.applications.queries import messages as thread
from programme.applications.services import engagement, reopening
from programme.applications.services.draft import Outdated
from programme.applications.services.reading import answered_questions, clock, faults
from programme.applications.states import MACHINE, ApplicationState
from programme.calls import queries as calls
from programme.core import documents as issued
from programme.core import journal, mail
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.numbering import next_number
from programme.extensions import db
from programme.organisations import queries as network


def accept_commitments(application: Application, accepted: bool, *, at: datetime) -> None:
    """Tick or untick the commitments."""
    application.commitments_accepted = accepted
    application.saved_at = at


def submit(application: Application, *, by: Account, at: datetime, subdomain_needed: bool = False) -> None:
    """Hand the application in: everything is checked again, the clock starts, the receipt is issued.

    The instant is the server's at the start of the request (`at`). Sources: CRPA L112-3, R112-5, R112-11-1.
    """
    target = MACHINE.target(application.state, "submit")
    if not application.session.accepts_at(at):
        raise RuleBroken(
            _("La relève est close : votre brouillon est gardé, vous pourrez le déposer à la relève suivante.")
        )
    remaining = faults(application, at, subdomain_needed=subdomain_needed)
    if remaining:
        raise RuleBroken(_("Il reste des points à revoir avant le dépôt : ils sont listés ci-dessous."))
    year = local_day(at).year
    number = next_number("receipt", year)  # First: the statement it sends writes what is pending.
    owed = engagement.is_owed(application)
    application.engagement_version = engagement.text_on(local_day(at)).version if owed else None
    application.state = ApplicationState(target)
    application.submitted_at = application.saved_at = at
    application.receipt_number = f"AR-{year}-{number:05d}"
    application.silence_on = clock(application).silence_on
    journal.record("application.submitted", on=application, by=by, at=at, after={"receipt": application.receipt_number})
    _end_put_off(application, by=by, at=at)
    issue_receipt(application, at=at)


def _end_put_off(application: Application, *, by: Account, at: datetime) -> None:
    """A file put off by the committee ends when the one that takes it up is handed in: a project has one live request."""
    if application.continued_from_id is None:
        return
    locked = thread.application_by_id(application.continued_from_id).with_for_update(of=Application)
    former = db.session.scalars(locked).one_or_none()  # Its officer may be writing an opinion on it.
    if former is not None and former.state is ApplicationState.DEFERRED:
        withdraw(former, by=by, at=at)


def issue_receipt(application: Application, *, at: datetime) -> None:
    """Freeze the receipt as a PDF and send it to those who act for the organisation."""
    rules = db.session.scalars(calls.regulation_at(application.session.call_id, application.submitted_at or at)).first()
    content = documents.receipt(application, answered_questions(application), rules)
    application.receipt = issued.issue(
        "receipt", label=_("Accusé de réception"), number=content.number,
        title=_("Accusé de réception de votre demande"), template="applications/receipt.html", on=application, at=at,
        context={"receipt": content}, data=documents.data(content), data_name="receipt.json",
    )  # fmt: skip
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.receipt(application, content, link.account.email), at=at)


def keep_answer(
    application: Application, answer: str, written: dict[str, Any] | None = None, *, version: int | None
) -> None:
    """Keep an answer that is being written, with what is being corrected; nothing is sent.

    Raises:
        Outdated: a colleague wrote another one since `version`.
    """
    request = application.info_requests[-1]
    written = {**(request.written or {}), **(written or {})} or None
    if request.answer == answer and (request.written or None) == written:
        return
    if version is not None and version != application.version:
        raise Outdated
    request.answer, request.written = answer, written
    application.version += 1


def answer_info(application: Application, answer: str, *, by: Account, at: datetime) -> None:
    """Send all that was asked, pieces, corrections and explanations: the clock runs again.

    Raises:
        RuleBroken: something that was asked is not there, or not as it must be.
    """
    reopening.ensure_answered(application, at)
    reopening.correct(application, by=by, at=at)
    application.state = ApplicationState(MACHINE.target(application.state, "answer_info"))
    request = application.info_requests[-1]
    request.answered_at, request.answer = at, answer
    application.saved_at = at
    application.silence_on = clock(application).silence_on
    journal.record("application.info_answered", on=application, by=by, at=at)
    if application.officer_id is not None:
        officer = db.session.get_one(Account, application.officer_id)
        mail.queue(notifications.info_answered(application, officer.email), at=at)


def withdraw(application: Application, *, by: Account, at: datetime) -> None:
    """The applicant gives up."""
    before = application.state
    application.state = ApplicationState(MACHINE.target(application.state, "withdraw"))
    application.silence_on = None
    db.session.execute(thread.settle_all(application.id, at))  # Nobody can write any more: nobody waits.
    journal.record("application.withdrawn", on=application, by=by, at=at, before={"state": before})
    if application.submitted_at is not None:
        for link in db.session.scalars(network.editors(application.organisation_id)):
            mail.queue(notifications.withdrawn(application, link.account.email), at=at)
