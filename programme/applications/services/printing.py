"""The whole file as one PDF: made by the worker, kept until the file says something else."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import documents as content
from programme.applications import queries
from programme.applications.labels import CATEGORIES, FUNDING_KINDS, FUNDING_STATES, PIECES, PUBLIC_STATES
from programme.applications.models import Application, FilePrint
from programme.applications.queries import messages as thread
from programme.applications.services.former import printed_answers
from programme.applications.services.reading import totals
from programme.core import documents, jobs, pdf, storage
from programme.core.clock import local_day, now
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations.rules import siret

PRINT = "applications.print_file"


def page(application: Application, at: datetime | None = None) -> str:
    """The page that is printed, of an application loaded whole; without an instant it changes only when the file does.

    It says what the applicant and the Region both read: neither messages nor notes.
    """
    with force_locale("fr"):
        moment: dict[str, Any] = {"issued_at": at} if at is not None else {}
        return documents.page(
            "applications/file.html", document={"kind": _("Dossier"), "number": application.reference},
            title=application.title, file=application, answers=printed_answers(application),
            totals=totals(application), pieces=PIECES, states=PUBLIC_STATES, categories=CATEGORIES, kinds=FUNDING_KINDS,
            funding_states=FUNDING_STATES,
            aid=content.aid_rows(application, local_day(application.submitted_at or application.saved_at)), siret=siret.shown(application.organisation.siret), printed_at=at, **moment,
        )  # fmt: skip


def digest_of(application: Application) -> str:
    """What tells one content of the file from another."""
    return sha256(page(application).encode()).hexdigest()


def printed(application: Application) -> FilePrint | None:
    """The print of the file as it stands, made or on its way; None when it was never asked for or is of another content."""
    found: FilePrint | None = db.session.scalars(thread.file_print(application.id)).one_or_none()
    return found if found is not None and found.digest == digest_of(application) else None


def ask(application: Application, *, by: Account, at: datetime) -> FilePrint:
    """Have the file printed as it stands; one that exists or is on its way answers for both."""
    digest = digest_of(application)
    row: FilePrint | None = db.session.scalars(thread.file_print(application.id)).one_or_none()
    if row is not None and row.digest == digest and (row.file is not None or row.is_pending):
        return row
    if row is None:
        row = FilePrint(application_id=application.id)
        db.session.add(row)
    _replace(row, None)
    row.digest, row.asked_at = digest, at
    row.job = jobs.enqueue(PRINT, {"application": application.id}, at=at, by=by)
    db.session.flush()
    return row


def _replace(row: FilePrint, file: storage.StoredFile | None) -> None:
    """Another file, or none, in the place of the former, whose bytes the sweep takes."""
    former, row.file = row.file, file
    storage.forget(former)


def make(application_id: int) -> None:
    """Print the file as it now is; run twice, the second time does nothing.

    Raises:
        pdf.RenderFailed: it cannot be printed; the job is tried again.
    """
    row = db.session.scalars(thread.file_print(application_id)).one_or_none()
    if row is None or row.file_id is not None:
        return
    application = db.session.scalars(queries.whole(_reference(application_id))).one()
    at = now()
    digest, html, name = digest_of(application), page(application, at), f"{application.reference}.pdf"
    db.session.rollback()  # No transaction stays open while the PDF is made.
    written = storage.write_bytes(pdf.render(html), name, "application/pdf")
    with unit_of_work():
        fresh = db.session.scalars(thread.file_print(application_id).with_for_update(of=FilePrint)).one_or_none()
        if fresh is not None and fresh.file_id is None:
            kept = storage.keep(written, by=None, at=at)
            kept.scan = storage.ScanState.OURS
            fresh.file, fresh.digest = kept, digest


def _reference(application_id: int) -> str:
    return db.session.get_one(Application, application_id).reference
