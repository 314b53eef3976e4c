"""The answer to a request for missing pieces: files and words on one page, kept while they come."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import policy, queries, services
from programme.applications.forms import AnswerForm
from programme.applications.labels import PIECE_TONES, PIECES
from programme.applications.models import Application
from programme.applications.states import PIECE, PieceState
from programme.applications.views import bp
from programme.applications.views.own import load
from programme.applications.views.pieces import chosen, end_parts, find, write
from programme.applications.views.steps import differences, renew, saved_elsewhere, version_of
from programme.core import short_answers, storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now, today
from programme.core.errors import RuleBroken
from programme.core.forms import csrf_token
from programme.core.i18n import hour
from programme.core.storage import partials
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@bp.route("/dossiers/<reference>/complements", methods=["GET", "POST"])
@access(SIGNED_IN)
def answer(reference: str) -> ResponseReturnValue:
    """Read what is asked, add the pieces, answer. A button « Ajouter » keeps the words that are being written."""
    application = load(reference)
    require(policy.can_answer(current_account(), application))
    form = AnswerForm(
        request.form, data={"answer": application.info_requests[-1].answer, "version": application.version}
    )
    if not form.posted:
        return _page(application, form, {})
    if short_answers.wanted():
        return _words_only(reference, form)
    written, errors = _write(application)
    sending = request.form.get("action") == "send"
    valid = form.validate() if sending else not form.csrf_token.errors
    status = _kept(reference, form, written, errors, send=sending and valid)
    if status or errors or (sending and not valid):
        return _page(load(reference), form, errors, status or 422)
    return _next(reference, sent=sending)


def _words_only(reference: str, form: AnswerForm) -> ResponseReturnValue:
    """What the script saves while one writes: the words, never a file, and nothing is sent to the Region."""
    form.validate()
    if form.csrf_token.errors:
        return short_answers.stale(csrf_token())
    if _kept(reference, form, {}, {}, send=False) == 409:
        return saved_elsewhere()
    sentence = _("Enregistré à %(hour)s.", hour=hour(now()))
    if not form.answer.data:
        form.answer.errors = []  # Nothing written yet is a fault only of a sending.
    return short_answers.kept(form, sentence, token=csrf_token(), version=load(reference).version)


def _next(reference: str, *, sent: bool) -> ResponseReturnValue:
    if not sent:
        return redirect(url_for(".answer", reference=reference))
    flash(_("Vos compléments sont envoyés : le délai reprend."), "success")
    return redirect(url_for(".show", reference=reference))


def _write(application: Application) -> tuple[dict[int, storage.Written], dict[int, str]]:
    """Put the chosen files on disk, before any transaction: those that are accepted, and the refusals."""
    written: dict[int, storage.Written] = {}
    errors: dict[int, str] = {}
    for piece in application.asked_pieces:
        try:
            if (upload := chosen(piece.id)) is not None:
                written[piece.id] = write(piece, upload)
        except RuleBroken as refusal:
            errors[piece.id] = refusal.message
    return written, errors


def _kept(
    reference: str, form: AnswerForm, written: dict[int, storage.Written], errors: dict[int, str], *, send: bool
) -> int | None:
    """Keep files and words; send them when asked to and nothing is in `errors`, to which a full share is added.

    None when all went well; else the status of the page that shows again what came: 409 when a colleague wrote other
    words meanwhile, 422 when the sending is refused. The files are kept all the same.
    """
    if written:
        _keep_pieces(reference, written, errors)
    try:
        with unit_of_work():
            application, words = _asked(reference), form.answer.data or ""
            if "answer" in request.form and not (words and form.answer.errors):
                services.keep_answer(application, words, version=version_of(form))
        if send and not errors:
            with unit_of_work():
                services.answer_info(_asked(reference), words, by=current_account(), at=now())
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return 409 if isinstance(refusal, services.Outdated) else 422
    return None


def _keep_pieces(reference: str, written: dict[int, storage.Written], errors: dict[int, str]) -> None:
    at, ended = now(), []
    with unit_of_work():
        application = _asked(reference)
        for piece_id, file in written.items():
            try:
                services.provide_piece(find(application, piece_id), file, by=current_account(), at=at)
                ended += end_parts(piece_id)
            except RuleBroken as refusal:  # Nothing of this piece was touched: the others are kept.
                errors[piece_id] = refusal.message
    partials.discard(ended)


def _asked(reference: str) -> Application:
    """The application, locked, while pieces are asked for."""
    application = db.one_or_404(queries.for_update(reference))
    require(policy.can_answer(current_account(), application))
    return application


def _page(application: Application, form: AnswerForm, errors: dict[int, str], status: int = 200) -> ResponseReturnValue:
    """What is asked, the pieces that lack first, the words."""
    awaited = [each for each in application.asked_pieces if PIECE.allows(each.state, "provide")]
    words = {"answer": application.info_requests[-1].answer}
    conflict = differences(form, words) if status == 409 else []
    renew(form, application)
    needed = [each for each in awaited if each.state is not PieceState.PROVIDED and each.is_mandatory]
    return render_template(
        "applications/answer.html", application=application, form=form, errors=errors, today=today(), needed=needed,
        others=[each for each in awaited if each not in needed], pieces=PIECES, piece_tones=PIECE_TONES,
        request_made=application.info_requests[-1], endings={each.id: storage.endings(each.accepted) for each in awaited},
        conflict=conflict,
    ), status  # fmt: skip
