"""The answer to a request of the Region: files, corrections and words on one page, kept while they come."""

from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import policy, queries, services
from programme.applications.forms import AnswerForm, MessageForm
from programme.applications.labels import PIECE_TONES, PIECES
from programme.applications.models import Application
from programme.applications.rules.readiness import Fault
from programme.applications.services import messages
from programme.applications.states import PieceState
from programme.applications.views import bp, corrections, dates
from programme.applications.views.deposit import fault_sentence
from programme.applications.views.messages import carrier, thread_page
from programme.applications.views.own import load
from programme.applications.views.pieces import chosen, end_parts, find, write
from programme.applications.views.steps import differences, renew, saved_elsewhere, version_of
from programme.core import short_answers, storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now, today
from programme.core.errors import RuleBroken
from programme.core.forms import csrf_token
from programme.core.i18n import hour
from programme.core.identifiers import random_token
from programme.core.storage import partials
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@bp.route("/dossiers/<reference>/complements", methods=["GET", "POST"])
@access(SIGNED_IN)
def answer(reference: str) -> ResponseReturnValue:
    """Read what is asked, add the pieces, correct, answer. A button « Ajouter » keeps what is being written."""
    application = load(reference)
    if not policy.can_answer(current_account(), application):
        return _over(application)
    form = corrections.read(application)
    if not form.posted:
        return _page(application, form, Refused())
    if short_answers.wanted():
        return _words_only(reference, form)
    return _answered(reference, form, sending=request.form.get("action") == "send")


def _answered(reference: str, form: Any, *, sending: bool) -> ResponseReturnValue:
    """Keep what came, send it when asked to; the page again where something is refused."""
    refused, valid = Refused(), form.validate()
    refused.status = _kept(reference, form, refused, send=sending and valid)
    if not sending:
        corrections.said_of_sending(form)
    if refused.status or refused.files or not (valid or (not sending and not _unread(form))):
        return _page(load(reference), form, refused)
    return _next(reference, form, sent=sending)


@dataclass
class Refused:
    """What of the page was not kept or not sent: the files by the number of their piece, the points still to mend.

    `status`: 409 when a colleague saved the page meanwhile, 422 when something is refused, None when nothing is.
    """

    status: int | None = None
    files: dict[int, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def _unread(form: Any) -> bool:
    """Whether something was typed that cannot be kept."""
    return bool(form.csrf_token.errors) or any(True for _each in short_answers.unreadable(form))


def _over(application: Application) -> ResponseReturnValue:
    """Nothing is awaited any more: a second click, an old mail, or a colleague who was quicker. Absent for who never answered.

    What was typed and is not what was sent comes back as a message that may still leave.
    """
    reference, typed = application.reference, AnswerForm(request.form).answer.data or ""
    require(policy.can_act(current_account(), application) and bool(application.info_requests))
    asked = application.info_requests[-1]
    said = _("La réponse à cette demande est déjà envoyée.") if asked.answered_at else _("Ce dossier n’attend plus de compléments.")  # fmt: skip
    if short_answers.wanted():
        return short_answers.refused(said, short_answers.GONE, url_for(".messages", reference=reference))
    if typed in ("", asked.answer):
        flash(said, "info")
        return redirect(url_for(".show", reference=reference))
    place = carrier(application)
    begun = messages.draft_of(application, place.pen)
    text = "\n\n".join([begun.text, typed] if begun and begun.text else [typed])
    form = MessageForm(data={"text": text, "nonce": random_token()[:43]})
    form.form_errors.append(said + " " + _("Votre texte est ci-dessous : il peut partir comme message."))
    return thread_page(application, place, form, status=409)


def _words_only(reference: str, form: Any) -> ResponseReturnValue:
    """What the script saves while one writes: words, answers, dates, never a file, and nothing is sent to the Region."""
    form.validate()
    if form.csrf_token.errors:
        return short_answers.stale(csrf_token())
    if _kept(reference, form, Refused(), send=False) == 409:
        return saved_elsewhere()
    sentence = _("Enregistré à %(hour)s.", hour=hour(now()))
    corrections.said_of_sending(form)
    return short_answers.kept(form, sentence, token=csrf_token(), version=load(reference).version)


def _next(reference: str, form: Any, *, sent: bool) -> ResponseReturnValue:
    if not sent:
        return redirect(url_for(".answer", reference=reference, **corrections.added(form)))
    flash(_("Vos compléments sont envoyés : le délai reprend."), "success")
    return redirect(url_for(".show", reference=reference))


def _write(application: Application, refused: Refused) -> dict[int, storage.Written]:
    """Put the chosen files on disk, before any transaction: those that are accepted. One that nobody asked for is a forgery."""
    written: dict[int, storage.Written] = {}
    for piece in application.asked_pieces:
        try:
            if (upload := chosen(piece.id)) is not None:
                require(policy.can_provide(current_account(), application, piece))
                written[piece.id] = write(piece, upload)
        except RuleBroken as refusal:
            refused.files[piece.id] = refusal.message
    return written


def _kept(reference: str, form: Any, refused: Refused, *, send: bool) -> int | None:
    """Keep files, words and corrections; send them when asked to and no file is refused.

    None when all went well; else the status of the page that shows again what came: 409 when a colleague saved it
    meanwhile, 422 when the sending is refused. What can be kept is kept all the same.
    """
    if form.csrf_token.errors:
        return 422
    if written := _write(load(reference), refused):
        _keep_pieces(reference, written, refused.files)
    try:
        with unit_of_work():
            _keep_written(_asked(reference), form)
        if send and not refused.files:
            with unit_of_work():
                services.answer_info(_asked(reference), form.answer.data or "", by=current_account(), at=now())
    except services.NotReady as refusal:
        refused.faults = refusal.faults
        return 422
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return 409 if isinstance(refusal, services.Outdated) else 422
    return None


def _keep_written(application: Application, form: Any) -> None:
    """Dates, words and corrections, as far as they can be read. A file that the script sends alone says nothing of the rest."""
    dates.keep_of(services.reopened_pieces(application), form)
    if "answer" not in request.form:
        return
    words = application.info_requests[-1].answer if _too_long(form) else form.answer.data or ""
    services.keep_answer(application, words, corrections.written(application, form), version=version_of(form))


def _too_long(form: Any) -> bool:
    """Whether the words are there and cannot be kept."""
    return bool(form.answer.data and form.answer.errors)


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


def _page(application: Application, form: Any, refused: Refused) -> ResponseReturnValue:
    """What is asked: the pieces, those that have not come first, the answers and the budget to correct, the words."""
    made, conflict = application.info_requests[-1], []
    if refused.faults:
        form = corrections.read(application, every=True)
    if refused.status == 409:
        conflict = differences(form, {"answer": made.answer}) + corrections.conflict(application, form)
    renew(form, application)
    asked = services.reopened_pieces(application)
    needed = [each for each in asked if each.state is not PieceState.PROVIDED or not services.came_since(each, made)]
    wrong = [(f"file-{number}", text) for number, text in refused.files.items()]
    wrong += [(each.anchor or "", fault_sentence(each)) for each in refused.faults]
    return render_template(
        "applications/answer.html", application=application, form=form, errors=refused.files, wrong=wrong, today=today(),
        needed=needed, others=[each for each in asked if each not in needed], pieces=PIECES, piece_tones=PIECE_TONES,
        request_made=made, endings={each.id: storage.endings(each.accepted) for each in asked}, conflict=conflict,
        **corrections.context(application, form),
    ), 200 if not form.posted else refused.status or 422  # fmt: skip
