"""The whole file to take away, for the house."""

from flask import Response
from flask.typing import ResponseReturnValue

from programme.accounts.policy import staff
from programme.applications.states import MessageSide
from programme.applications.views.archive import Taker, ask, page, pdf, zipped
from programme.assessment import policy
from programme.assessment.views import bp
from programme.core.access import access, current_account
from programme.core.consultations import Standing

REGION = Taker(
    MessageSide.REGION, Standing.STAFF, "assessment", "assessment/download.html",
    lambda application: policy.can_read(current_account(), application),
)  # fmt: skip


@bp.get("/agents/dossiers/<reference>/telechargement")
@access(staff(*policy.READERS))
def download(reference: str) -> ResponseReturnValue:
    """What the house may take away of a file."""
    return page(reference, REGION)


@bp.post("/agents/dossiers/<reference>/telechargement")
@access(staff(*policy.READERS))
def ask_print(reference: str) -> ResponseReturnValue:
    """Have the whole file printed."""
    return ask(reference, REGION)


@bp.get("/agents/dossiers/<reference>/dossier.pdf")
@access(staff(*policy.READERS))
def print_pdf(reference: str) -> ResponseReturnValue:
    """The whole file as one PDF."""
    return pdf(reference, REGION)


@bp.get("/agents/dossiers/<reference>/dossier.zip")
@access(staff(*policy.READERS))
def archive(reference: str) -> Response:
    """The whole file as a ZIP, with the notes of the Region."""
    return zipped(reference, REGION)
