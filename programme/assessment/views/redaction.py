"""Redacted copies of the pieces of a file that is read blind: released and taken back on the officer's page."""

from dataclasses import replace

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from programme.accounts.policy import staff
from programme.applications.models import Application, Piece
from programme.applications.queries import redacted_copy
from programme.assessment import policy, services
from programme.assessment.rules.leaks import names_left
from programme.assessment.services.redaction import ACCEPTED, ensure_blind
from programme.assessment.views import bp, reading
from programme.assessment.views.acts import OFFICER, act, piece_of
from programme.assessment.views.officer import Wrong, file_page, load
from programme.core import consultations, storage
from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.consultations import Consulted, Standing
from programme.core.errors import RuleBroken
from programme.extensions import db


@bp.post("/agents/dossiers/<reference>/pieces/<int:piece_id>/caviardage")
@access(OFFICER)
def release_copy(reference: str, piece_id: int) -> ResponseReturnValue:
    """Give the blind readers this copy of a piece."""
    file = load(reference)
    wrong = Wrong("copy", piece_id, "")
    try:
        written = _written(file, piece_of(file, piece_id), request.files.get(f"copy-{piece_id}"))
    except RuleBroken as refusal:
        return file_page(load(reference), 422, wrong=replace(wrong, message=refusal.message))

    def do(application: Application) -> None:
        services.release_copy(piece_of(application, piece_id), written, by=current_account(), at=now())

    return act(reference, do, _("La version caviardée est donnée aux évaluateurs."), wrong=wrong)


def _written(file: Application, piece: Piece, upload: FileStorage | None) -> storage.Written:
    """The copy in the store under a name of the house: the officer's own could say whose file it is.

    Raises:
        RuleBroken: the file is not read blind, no copy was chosen, it is of another type, or a name can still be read in it.
    """
    ensure_blind(file)
    if upload is None or not upload.filename:
        raise RuleBroken(_("Choisissez un fichier sur votre appareil."))
    left = names_left(upload.stream.read(storage.MAX_BYTES + 1), reading.names_to_hide(file))
    if left:
        raise RuleBroken(
            _(
                "On lit encore « %(names)s » dans ce fichier, dans ses propriétés ou sous un cache : imprimez-le en image, "
                "puis envoyez-le de nouveau.",
                names=_(" », « ").join(left),
            )
        )
    upload.stream.seek(0)
    written = storage.write(upload.stream, upload.filename, accepted=ACCEPTED)
    neutral = storage.safe_name(f"{file.reference}-{piece.code}-caviarde", written.media_type)
    return replace(written, name=neutral)


@bp.post("/agents/dossiers/<reference>/pieces/<int:piece_id>/caviardage/retirer")
@access(OFFICER)
def withdraw_copy(reference: str, piece_id: int) -> ResponseReturnValue:
    """Take a copy back."""

    def do(application: Application) -> None:
        services.withdraw_copy(piece_of(application, piece_id), by=current_account(), at=now())

    return act(
        reference, do, _("La version caviardée est retirée : les évaluateurs ne l’ouvrent plus."),
        wrong=Wrong("copy", piece_id, ""),
    )  # fmt: skip


@bp.get("/agents/dossiers/pieces/caviardees/<public_id>")
@access(staff(*policy.READERS))
def copy(public_id: str) -> Response:
    """A redacted copy, for the house."""
    found = db.one_or_404(redacted_copy(public_id))
    require(policy.can_read(current_account(), found.application))
    assert found.redacted is not None
    consultations.note(Consulted.PIECE, found, found.application.reference, Standing.STAFF)
    return storage.answer(found.redacted)
