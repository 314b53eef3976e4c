"""Pieces, review and deposit; the answer to a request; the withdrawal."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import policy, queries, services
from programme.applications.forms import AnswerForm, PieceForm, SubmitForm, refuse, sentence_missing_file
from programme.applications.labels import FAULTS, PIECE_TONES, PIECES
from programme.applications.models import Application
from programme.applications.rules.readiness import Fault
from programme.applications.views import bp
from programme.applications.views.draft import load_draft, step_page
from programme.applications.views.own import asked, load, plan
from programme.core import storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.core.i18n import money
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@bp.get("/dossiers/<reference>/pieces")
@access(SIGNED_IN)
def pieces_step(reference: str) -> ResponseReturnValue:
    """The pieces, one at a time."""
    return _pieces_page(load_draft(reference), {})


def _pieces_page(application: Application, errors: dict[int, str], status: int = 200) -> ResponseReturnValue:
    return step_page(
        application, "pieces", status, form=PieceForm(), errors=errors, pieces=PIECES, piece_tones=PIECE_TONES
    )


@bp.post("/dossiers/<reference>/pieces/<int:piece_id>")
@access(SIGNED_IN)
def provide(reference: str, piece_id: int) -> ResponseReturnValue:
    """Put one file in its place: it is written before the transaction, so that nobody waits for a slow line."""
    form = PieceForm(form_data())
    application = load(reference)
    require(policy.can_provide(current_account(), application))
    upload = request.files.get("file")
    try:
        if not form.validate():
            raise RuleBroken(form.form_errors[0] if form.form_errors else sentence_missing_file())
        if upload is None or not upload.filename:
            raise RuleBroken(sentence_missing_file())
        written = storage.write(upload.stream, upload.filename)
        _keep_piece(reference, piece_id, written)
    except RuleBroken as refusal:
        return _refused_piece(load(reference), piece_id, refusal.message)
    return redirect(_pieces_url(application) + f"#piece-{piece_id}")


def _keep_piece(reference: str, piece_id: int, written: storage.Written) -> None:
    with unit_of_work():
        piece = db.one_or_404(queries.piece(reference, piece_id))
        require(policy.can_provide(current_account(), piece.application))
        services.provide_piece(piece, written, by=current_account(), at=now())


def _refused_piece(application: Application, piece_id: int, sentence: str) -> ResponseReturnValue:
    if policy.can_edit(current_account(), application):
        return _pieces_page(application, {piece_id: sentence}, 422)
    return _answer_page(application, AnswerForm(), {piece_id: sentence}, 422)


def _pieces_url(application: Application) -> str:
    draft = policy.can_edit(current_account(), application)
    return url_for(".pieces_step" if draft else ".answer", reference=application.reference)


@bp.post("/dossiers/<reference>/pieces/<int:piece_id>/retirer")
@access(SIGNED_IN)
def take_back(reference: str, piece_id: int) -> ResponseReturnValue:
    """Remove one file."""
    with unit_of_work():
        piece = db.one_or_404(queries.piece(reference, piece_id))
        require(policy.can_provide(current_account(), piece.application))
        services.take_back_piece(piece, by=current_account(), at=now())
        application = piece.application
    return redirect(_pieces_url(application))


@bp.route("/dossiers/<reference>/relecture", methods=["GET", "POST"])
@access(SIGNED_IN)
def review_step(reference: str) -> ResponseReturnValue:
    """Read it all again, then hand it in. The instant of deposit is that of the request's arrival."""
    arrived_at = now()
    form = SubmitForm(request.form, data={"commitments": load_draft(reference).commitments_accepted})
    if form.submitted():
        try:
            _hand_in(reference, bool(form.commitments.data), arrived_at)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
        else:
            flash(_("Votre dossier est déposé. L’accusé de réception est ci-dessous, et dans vos courriels."), "success")
            return redirect(url_for(".receipt", reference=reference))
    application = load_draft(reference)
    return step_page(
        application, "relecture", 422 if form.posted else 200, form=form, plan=plan(application),
        questions=asked(application), sentence=fault_sentence, findings=services.findings(application, now()),
    )  # fmt: skip


def _hand_in(reference: str, accepted: bool, arrived_at: datetime) -> None:
    with unit_of_work():
        application = db.one_or_404(queries.for_update(reference))
        require(policy.can_submit(current_account(), application))
        services.accept_commitments(application, accepted, at=arrived_at)
        services.submit(
            application, by=current_account(), at=arrived_at,
            subdomain_needed=application.call.theme_set == "territories",
        )  # fmt: skip


def fault_sentence(fault: Fault) -> str:
    """What to do about one fault, in words."""
    if fault.sentence:
        return fault.sentence
    values = {name: money(value) if name == "amount" else value for name, value in fault.values.items()}
    return str(FAULTS[fault.code]) % values if values else str(FAULTS[fault.code])


@bp.route("/dossiers/<reference>/complements", methods=["GET", "POST"])
@access(SIGNED_IN)
def answer(reference: str) -> ResponseReturnValue:
    """Answer a request for missing pieces."""
    application = load(reference)
    require(policy.can_answer(current_account(), application))
    form = AnswerForm(request.form)
    if not form.submitted():
        return _answer_page(application, form, {}, 422 if form.posted else 200)
    try:
        with unit_of_work():
            application = db.one_or_404(queries.for_update(reference))
            require(policy.can_answer(current_account(), application))
            services.answer_info(application, form.answer.data or "", by=current_account(), at=now())
    except RuleBroken as refusal:
        refuse(form.answer, refusal.message)
        return _answer_page(load(reference), form, {}, 422)
    flash(_("Vos compléments sont envoyés : le délai reprend."), "success")
    return redirect(url_for(".show", reference=reference))


def _answer_page(
    application: Application, form: AnswerForm, errors: dict[int, str], status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "applications/answer.html", application=application, form=form, errors=errors, pieces=PIECES,
        piece_tones=PIECE_TONES, request_made=application.info_requests[-1],
    ), status  # fmt: skip


@bp.route("/dossiers/<reference>/retirer", methods=["GET", "POST"])
@access(SIGNED_IN)
def withdraw(reference: str) -> ResponseReturnValue:
    """Give up: asked twice, since there is no way back."""
    application = load(reference)
    require(policy.can_withdraw(current_account(), application))
    if request.method == "GET":
        return render_template("applications/withdraw.html", application=application)
    with unit_of_work():
        application = db.one_or_404(queries.for_update(reference))
        require(policy.can_withdraw(current_account(), application))
        services.withdraw(application, by=current_account(), at=now())
    flash(_("Votre dossier est retiré."), "success")
    return redirect(url_for(".index"))
