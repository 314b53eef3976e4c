"""The pieces, one at a time: each is written to disk before the transaction, so that nobody waits for a slow line."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select
from werkzeug.datastructures import FileStorage

from programme.applications import policy, queries, services
from programme.applications.labels import PIECE_TONES, PIECES
from programme.applications.models import Application, Piece
from programme.applications.views import bp
from programme.applications.views.steps import ensure_draft, load_draft, step_page
from programme.core import storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@bp.get("/dossiers/<reference>/pieces")
@access(SIGNED_IN)
def pieces_step(reference: str) -> ResponseReturnValue:
    """The pieces that this carrier owes, with what came."""
    return pieces_page(load_draft(reference), {})


def pieces_page(application: Application, errors: dict[int, str], status: int = 200) -> ResponseReturnValue:
    """The page, with the refusal of a piece beside it."""
    return step_page(
        application, "pieces", status, errors=errors, pieces=PIECES, piece_tones=PIECE_TONES, endings=storage.endings()
    )


def chosen(piece_id: int) -> FileStorage | None:
    """The file chosen for a piece, if any."""
    upload = request.files.get(f"file-{piece_id}")
    return upload if upload is not None and upload.filename else None


def find(application: Application, piece_id: int) -> Piece:
    """One of the pieces of an application; absent otherwise."""
    found = next((each for each in application.pieces if each.id == piece_id), None)
    require(found is not None)
    assert found is not None
    return found


def _draft(statement: Select[Application]) -> Application:
    """A draft that the person may fill in."""
    application = db.one_or_404(statement)
    ensure_draft(application)
    return application


@bp.post("/dossiers/<reference>/pieces/<int:piece_id>")
@access(SIGNED_IN)
def provide(reference: str, piece_id: int) -> ResponseReturnValue:
    """Put one file in its place."""
    find(_draft(queries.with_pieces(reference)), piece_id)
    try:
        upload = chosen(piece_id)
        if upload is None:
            raise RuleBroken(_("Choisissez un fichier sur votre appareil."))
        written = storage.write(upload.stream, upload.filename or "")
        with unit_of_work():
            application = _draft(queries.with_pieces(reference).with_for_update(of=Application))
            services.provide_piece(find(application, piece_id), written, by=current_account(), at=now())
    except RuleBroken as refusal:
        return pieces_page(load_draft(reference), {piece_id: refusal.message}, 422)
    return redirect(url_for(".pieces_step", reference=reference, _anchor=f"piece-{piece_id}"))


@bp.post("/dossiers/<reference>/pieces/<int:piece_id>/retirer")
@access(SIGNED_IN)
def take_back(reference: str, piece_id: int) -> ResponseReturnValue:
    """Remove one file of a draft."""
    with unit_of_work():
        application = _draft(queries.with_pieces(reference).with_for_update(of=Application))
        require(policy.can_take_back(current_account(), application))
        services.take_back_piece(find(application, piece_id), by=current_account(), at=now())
    return redirect(url_for(".pieces_step", reference=reference, _anchor=f"piece-{piece_id}"))
