"""The pieces, one at a time: each is written to disk before the transaction, so that nobody waits for a slow line."""

from collections.abc import Iterable

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select
from werkzeug.datastructures import FileStorage

from programme.applications import policy, queries, services
from programme.applications.labels import PIECE_TONES, PIECES
from programme.applications.models import Application, Piece
from programme.applications.views import bp, dates
from programme.applications.views.dates import DatesForm
from programme.applications.views.steps import FormStep, answered, ensure_draft, go_on, load_draft, step_page
from programme.core import short_answers, storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import csrf_token, token_is_stale
from programme.core.storage import partials
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@bp.route("/dossiers/<reference>/pieces", methods=["GET", "POST"])
@access(SIGNED_IN)
def pieces_step(reference: str) -> ResponseReturnValue:
    """The pieces that this carrier owes, with what came; the form itself keeps the dates that they bear."""
    return answered(_PIECES, reference)


def pieces_page(
    application: Application, errors: dict[int, str], status: int = 200, form: DatesForm | None = None
) -> ResponseReturnValue:
    """The page, with the refusal of a piece beside it. The files of questions stand with the questions."""
    asked = application.asked_pieces
    form = form or dates.read(application)
    return step_page(
        application, "pieces", status, form=form, errors=errors, pieces=PIECES, piece_tones=PIECE_TONES, endings=storage.endings(),
        listed=[each for each in asked if each.question_key is None],
        elsewhere=[each for each in asked if each.question_key is not None],
    )  # fmt: skip


_PIECES = FormStep(
    dates.read, dates.keep, lambda application, form, status: pieces_page(application, {}, status, form),
    lambda reference, _form: go_on(reference, "pieces"),
)  # fmt: skip


def chosen(piece_id: int) -> FileStorage | None:
    """The file chosen for a piece, if any: in the request, or sent in parts before it.

    Raises:
        RuleBroken: not all of its parts came.
    """
    if sent := request.form.get(f"envoi-{piece_id}"):
        stream, name = partials.whole(current_account().id, place_of(piece_id), sent)
        return FileStorage(stream, filename=name)
    upload = request.files.get(f"file-{piece_id}")
    return upload if isinstance(upload, FileStorage) and upload.filename else None


def place_of(piece_id: int) -> str:
    """What names a piece among the places where files are sent to."""
    return f"piece:{piece_id}"


def find(application: Application, piece_id: int) -> Piece:
    """One of the pieces of an application that count now; absent otherwise."""
    found = next((each for each in application.asked_pieces if each.id == piece_id), None)
    require(found is not None)
    assert found is not None
    return found


def write(piece: Piece, upload: FileStorage) -> storage.Written:
    """Put a chosen file in the store, if it is one that this piece takes.

    Raises:
        RuleBroken: it is not, or the store has no room.
    """
    return storage.write(upload.stream, upload.filename or "", accepted=piece.accepted, most=piece.max_bytes)


def _draft(statement: Select[Application]) -> Application:
    """A draft that the person may fill in."""
    application = db.one_or_404(statement)
    ensure_draft(application)
    return application


def _fill(reference: str, piece: Piece, upload: FileStorage) -> None:
    """Write a file, then put it in its place; the parts that it came in are of no use any more."""
    written, piece_id = write(piece, upload), piece.id
    with unit_of_work():
        application = _draft(queries.with_pieces(reference).with_for_update(of=Application))
        services.provide_piece(find(application, piece_id), written, by=current_account(), at=now())
        dates.keep(application, dates.read(application))
        ended = end_parts(piece_id)
    partials.discard(ended)


def end_parts(piece_id: int) -> list[str]:
    """Forget the parts that a piece came in, if it did; their keys are to discard after the commit."""
    if f"envoi-{piece_id}" not in request.form:
        return []
    return partials.end(current_account().id, place_of(piece_id))


def keep_chosen(reference: str, pieces: Iterable[Piece]) -> dict[int, str]:
    """Keep the files that came with a form, each for itself; gives the refusals, by the number of the piece."""
    errors = {}
    for piece in pieces:
        piece_id = piece.id
        try:
            if (upload := chosen(piece_id)) is not None:
                _fill(reference, find(_draft(queries.with_pieces(reference)), piece_id), upload)
        except RuleBroken as refusal:
            errors[piece_id] = refusal.message
    return errors


@bp.post("/dossiers/<reference>/pieces/<int:piece_id>")
@access(SIGNED_IN)
def provide(reference: str, piece_id: int) -> ResponseReturnValue:
    """Put one file in its place."""
    piece = find(_draft(queries.with_pieces(reference)), piece_id)
    home = _home(reference, piece)
    try:
        upload = chosen(piece_id)
        if upload is None and dates.kept_alone(reference, _draft):
            return redirect(home)
        if upload is None:
            raise RuleBroken(_("Choisissez un fichier sur votre appareil."))
        _fill(reference, piece, upload)
    except RuleBroken as refusal:
        if piece.question_key is None:
            return pieces_page(load_draft(reference), {piece_id: refusal.message}, 422)
        flash(refusal.message, "error")  # The page of the questions has its own form, which is not what was sent.
    return redirect(home)


def _home(reference: str, piece: Piece) -> str:
    """Where a piece is seen: with its question, or among the pieces."""
    endpoint = ".pieces_step" if piece.question_key is None else ".questions_step"
    return url_for(endpoint, reference=reference, _anchor=f"piece-{piece.id}")


@bp.post("/dossiers/<reference>/pieces/<int:piece_id>/envoi")
@access(SIGNED_IN)
def send_part(reference: str, piece_id: int) -> ResponseReturnValue:
    """Take one part of a file that is sent in several, or just say how much of it came: a cut costs one part at most."""
    if token_is_stale():
        return short_answers.stale(csrf_token())
    offset = request.form.get("offset", 0, type=int)
    upload = request.files.get("part")
    part = upload.stream.read(partials.PART + 1) if isinstance(upload, FileStorage) else b""
    try:
        return jsonify(_advanced(reference, piece_id, offset, part))
    except RuleBroken as refusal:
        return short_answers.refused(refusal.message, 422)


def _advanced(reference: str, piece_id: int, offset: int, part: bytes) -> dict[str, object]:
    """Keep a part that is the next one: how many bytes came, and the name under which the whole is handed in.

    Raises:
        RuleBroken: too large, out of the announced size, or the organisation's share would be passed.
    """
    account, at = current_account(), now()
    piece = _awaited(queries.awaited(reference), piece_id)
    size, stamp = request.form.get("size", 0, type=int), request.form.get("stamp", "")
    file = partials.Announced.of(account.id, place_of(piece_id), request.form.get("name", ""), size, stamp)
    partials.ensure_plausible(file, offset, part, piece.max_bytes)
    is_next = bool(part) and partials.received(file, at) == offset
    key = storage.put_part(part, file.name) if is_next else None
    with unit_of_work():
        piece = _awaited(queries.awaited(reference).with_for_update(of=Application), piece_id)
        services.ensure_room(piece, size)
        found, useless = partials.advance(file, offset, key, len(part), at=at)
        db.session.flush()  # The name under which the whole is handed in is given by the row.
        came = {"received": found.received, "envoi": found.public_id}
    partials.discard(useless)
    return came


def _awaited(statement: Select[Application], piece_id: int) -> Piece:
    """A piece that this person may provide now, in a draft or in the answer to a request."""
    application = db.one_or_404(statement)
    piece = find(application, piece_id)
    require(policy.can_provide(current_account(), application, piece))
    return piece


@bp.post("/dossiers/<reference>/pieces/<int:piece_id>/retirer")
@access(SIGNED_IN)
def take_back(reference: str, piece_id: int) -> ResponseReturnValue:
    """Remove one file of a draft."""
    return redirect(_home(reference, take_back_file(reference, piece_id)))


def take_back_file(reference: str, piece_id: int) -> Piece:
    """Remove one file of a draft; gives its piece."""
    with unit_of_work():
        application = _draft(queries.with_pieces(reference).with_for_update(of=Application))
        require(policy.can_take_back(current_account(), application))
        piece = find(application, piece_id)
        services.take_back_piece(piece, by=current_account(), at=now())
    return piece
