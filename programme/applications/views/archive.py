"""The whole file to take away: one PDF made by the worker, one ZIP streamed from the store, for its carrier and for the Region."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from programme.agreements import policy as agreements
from programme.agreements.models import Agreement
from programme.applications import policy, queries
from programme.applications.models import Application, FilePrint
from programme.applications.services import archive as services
from programme.applications.services import printing
from programme.applications.states import MessageSide
from programme.applications.views import bp
from programme.assessment import queries as decisions
from programme.assessment.models import Decision
from programme.assessment.states import DecisionState
from programme.core import consultations, storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.consultations import Consulted, Standing
from programme.core.documents import IssuedDocument
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@dataclass(frozen=True)
class Taker:
    """Who takes the file away: from which side, by which right, and the room whose addresses they use."""

    side: MessageSide
    standing: Standing
    room: str
    template: str
    may: Callable[[Application], bool]

    def href(self, endpoint: str, reference: str) -> str:
        """One of the three addresses: the page, the PDF, the ZIP."""
        return url_for(f"{self.room}.{endpoint}", reference=reference)


CARRIER = Taker(
    MessageSide.CARRIER, Standing.MEMBER, "applications", "applications/download.html",
    lambda application: policy.can_see(current_account(), application),
)  # fmt: skip


def _load(reference: str, taker: Taker) -> Application:
    application = db.one_or_404(queries.whole(reference))
    require(taker.may(application))
    return application


def further(application: Application, taker: Taker) -> list[tuple[str, IssuedDocument]]:
    """The letter and the agreements that this person may read, with their names in the archive."""
    found: list[tuple[str, IssuedDocument]] = []
    decision: Decision | None = db.session.scalars(decisions.decision_on(application.id)).one_or_none()
    told = decision is not None and (taker.side is MessageSide.REGION or decision.state is DecisionState.RELEASED)
    if told and decision is not None and decision.letter is not None:
        found.append(("decision.pdf", decision.letter))
    for each in db.session.scalars(_agreements_of(application.id)):
        if agreements.can_see(current_account(), each):
            copies = ((each.document, _("à signer")), (each.signed_document, _("signée")))
            found += [(f"conventions/{each.reference}-{word}.pdf", copy) for copy, word in copies if copy is not None]
    return found


def _agreements_of(application_id: int) -> Any:
    return (
        select(Agreement)
        .where(Agreement.application_id == application_id)
        .options(joinedload(Agreement.document), joinedload(Agreement.signed_document))
        .order_by(Agreement.id)
    )


def _contents(application: Application, taker: Taker) -> services.Contents:
    return services.contents(application, taker.side, further(application, taker), at=now())


def page(reference: str, taker: Taker) -> ResponseReturnValue:
    """What can be taken away, and how far its print is."""
    application = _load(reference, taker)
    printed = printing.printed(application)
    return render_template(
        taker.template, application=application, printed=printed, contents=_contents(application, taker), taker=taker
    )


def ask(reference: str, taker: Taker) -> ResponseReturnValue:
    """Have the PDF made; the page waits for it."""
    with unit_of_work():
        application = db.one_or_404(queries.for_update(reference))
        require(taker.may(application))
        printing.ask(application, by=current_account(), at=now())
    return redirect(taker.href("download", reference))


def pdf(reference: str, taker: Taker) -> ResponseReturnValue:
    """The whole file as one PDF, as it stands; the page that makes it when there is none."""
    application = _load(reference, taker)
    printed: FilePrint | None = printing.printed(application)
    if printed is None or printed.file is None:
        return redirect(taker.href("download", reference))
    consultations.note(Consulted.ARCHIVE, application, reference, taker.standing)
    return storage.answer(printed.file)


def zipped(reference: str, taker: Taker) -> Response:
    """The whole file as a ZIP; who may is asked at each download, and what it holds is read while it leaves."""
    application = _load(reference, taker)
    contents = _contents(application, taker)
    consultations.note(Consulted.ARCHIVE, application, reference, taker.standing)
    db.session.rollback()  # No transaction stays open while a slow line takes it.
    answer = Response(services.stream(contents.entries, storage.store().read), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{reference}.zip"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if contents.size is not None:
        answer.content_length = contents.size
    return answer


@bp.get("/dossiers/<reference>/telechargement")
@access(SIGNED_IN)
def download(reference: str) -> ResponseReturnValue:
    """What the organisation's members may take away of a file."""
    return page(reference, CARRIER)


@bp.post("/dossiers/<reference>/telechargement")
@access(SIGNED_IN)
def ask_print(reference: str) -> ResponseReturnValue:
    """Have the whole file printed."""
    return ask(reference, CARRIER)


@bp.get("/dossiers/<reference>/dossier.pdf")
@access(SIGNED_IN)
def print_pdf(reference: str) -> ResponseReturnValue:
    """The whole file as one PDF."""
    return pdf(reference, CARRIER)


@bp.get("/dossiers/<reference>/dossier.zip")
@access(SIGNED_IN)
def archive(reference: str) -> Response:
    """The whole file as a ZIP, without the notes of the Region."""
    return zipped(reference, CARRIER)
