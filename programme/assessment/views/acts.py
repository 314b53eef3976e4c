"""What an officer does with a file: pieces, rules, requests, admissibility, assignment."""

from collections.abc import Callable
from datetime import time

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.applications import services as applications
from programme.applications.labels import STATES
from programme.applications.models import Application, Piece
from programme.applications.states import PieceState
from programme.assessment import policy, queries, services
from programme.assessment.forms import AssignForm, InfoRequestForm, PieceJudgementForm, ReasonForm, RuleJudgementForm
from programme.assessment.views import bp
from programme.assessment.views.officer import load
from programme.calls.queries import rules_of
from programme.core.access import access, current_account, require
from programme.core.clock import at_local, now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import queries as evaluations
from programme.extensions import db

OFFICER = staff(Role.OFFICER_FILE)
REASONS = {
    "irrecevable": ("declare_inadmissible", _l("Déclarer irrecevable")),
    "reorienter": ("redirect", _l("Réorienter")),
    "classer": ("drop", _l("Classer sans suite")),
}
_EVENING = time(23, 59)


def act(reference: str, verb: str | None, do: Callable[[Application], None], done: str) -> ResponseReturnValue:
    """Load the file locked, ask, act, say so; a refusal is shown on the file."""
    try:
        with unit_of_work():
            application = db.one_or_404(queries.file_for_update(reference))
            require(policy.can_read(current_account(), application))
            require(verb is None or policy.can_treat(current_account(), application, verb))
            do(application)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(done, "success")
    return redirect(url_for(".show", reference=reference))


@bp.post("/agents/dossiers/<reference>/pieces/<int:piece_id>/<any(accepter, refuser):verb>")
@access(OFFICER)
def judge_piece(reference: str, piece_id: int, verb: str) -> ResponseReturnValue:
    """Accept or refuse a piece."""
    form = PieceJudgementForm(request.form)

    def do(application: Application) -> None:
        require(policy.can_judge_pieces(current_account(), application))
        piece = _piece(application, piece_id)
        if verb == "accepter":
            services.accept_piece(piece, by=current_account(), at=now())
        else:
            services.refuse_piece(piece, form.note.data or "", by=current_account(), at=now())

    return act(reference, None, do, _("L’examen de la pièce est enregistré."))


def _piece(application: Application, piece_id: int) -> Piece:
    piece = next((each for each in application.pieces if each.id == piece_id), None)
    if piece is None:
        abort(404)
    return piece


@bp.post("/agents/dossiers/<reference>/regles/<int:rule_id>")
@access(OFFICER)
def judge_rule(reference: str, rule_id: int) -> ResponseReturnValue:
    """Answer a judged rule."""
    form = RuleJudgementForm(request.form)
    if not form.validate():
        flash(_("Choisissez oui ou non pour cette condition."), "error")
        return redirect(url_for(".show", reference=reference))

    def do(application: Application) -> None:
        require(policy.can_judge_pieces(current_account(), application))
        rule = next((r for r in db.session.scalars(rules_of(application.session.call_id)) if r.id == rule_id), None)
        require(rule is not None)
        assert rule is not None
        services.judge_rule(
            application, rule, form.is_met.data == "yes", form.note.data or "", by=current_account(), at=now()
        )

    return act(reference, None, do, _("Votre appréciation est enregistrée."))


@bp.route("/agents/dossiers/<reference>/demander-des-complements", methods=["GET", "POST"])
@access(OFFICER)
def request_info(reference: str) -> ResponseReturnValue:
    """Ask for what is missing: one act, one mail, the clock stops."""
    file = load(reference)
    require(policy.can_treat(current_account(), file, "request_info"))
    form = InfoRequestForm(
        request.form, labels=[each.required_document.label for each in file.pieces], data={"items": _lacking(file)}
    )
    if not form.submitted():
        return render_template("assessment/request_info.html", file=file, form=form), 422 if form.posted else 200
    return act(
        reference, "request_info",
        lambda each: _ask(each, form), _("La demande est envoyée : le délai est suspendu."),
    )  # fmt: skip


def _lacking(file: Application) -> list[str]:
    return [
        each.required_document.label
        for each in file.pieces
        if each.state in (PieceState.REFUSED, PieceState.EXPECTED) and each.required_document.is_mandatory
    ]


def _ask(application: Application, form: InfoRequestForm) -> None:
    assert form.due_on.data is not None
    services.take_charge(application, current_account(), at=now())
    applications.request_info(
        application, form.message.data or "", form.items.data or [], form.due_on.data, by=current_account(), at=now()
    )


@bp.post("/agents/dossiers/<reference>/recevable")
@access(OFFICER)
def admit(reference: str) -> ResponseReturnValue:
    """Declare complete and admissible."""

    def do(application: Application) -> None:
        services.take_charge(application, current_account(), at=now())
        applications.admit(application, by=current_account(), at=now())

    return act(reference, "admit", do, _("Le dossier est recevable : le porteur en est averti."))


@bp.route("/agents/dossiers/<reference>/<any(irrecevable, reorienter, classer):way>", methods=["GET", "POST"])
@access(OFFICER)
def close(reference: str, way: str) -> ResponseReturnValue:
    """End the file with a reason that the applicant will read."""
    verb, title = REASONS[way]
    file = load(reference)
    require(policy.can_treat(current_account(), file, verb))
    form = ReasonForm(request.form)
    if not form.submitted():
        return render_template("assessment/close.html", file=file, form=form, title=title, way=way), (
            422 if form.posted else 200
        )
    return act(
        reference, verb,
        lambda each: applications.close(each, verb, form.reason.data or "", by=current_account(), at=now()),
        _("Le dossier est clos : le porteur en est averti."),
    )  # fmt: skip


@bp.post("/agents/dossiers/<reference>/instruction")
@access(OFFICER)
def open_review(reference: str) -> ResponseReturnValue:
    """Begin the instruction."""
    return act(
        reference, "open_review",
        lambda each: services.open_review(each, by=current_account(), at=now()), _("L’instruction est ouverte."),
    )  # fmt: skip


@bp.route("/agents/dossiers/<reference>/evaluateurs", methods=["GET", "POST"])
@access(OFFICER)
def assign(reference: str) -> ResponseReturnValue:
    """Choose the readers; the least loaded free ones are proposed."""
    file = load(reference)
    require(policy.can_treat(current_account(), file, "open_scoring") or file.state == "scoring")
    people = services.suggest_readers(file, 1000)
    proposed = [str(each.id) for each in people[: file.call.readers_per_file]]
    form = AssignForm(
        request.form, people=[(str(each.id), each.display_name) for each in people], data={"readers": proposed}
    )
    if not form.submitted():
        return render_template("assessment/assign.html", file=file, form=form, states=STATES), (
            422 if form.posted else 200
        )
    return act(reference, None, lambda each: _assign(each, form), _("Les évaluateurs sont prévenus."))


def _assign(application: Application, form: AssignForm) -> None:
    due = at_local(form.due_on.data, _EVENING) if form.due_on.data else None
    pool = {p.id: p for p in db.session.scalars(evaluations.pool_members(application.call.pool_id or 0))}
    for chosen in form.readers.data or []:
        services.assign_reader(application, pool[int(chosen)], by=current_account(), at=now(), due_at=due)


@bp.post("/agents/dossiers/<reference>/clore-evaluation")
@access(OFFICER)
def close_scoring(reference: str) -> ResponseReturnValue:
    """Lock the evaluations."""
    return act(
        reference, "close_scoring",
        lambda each: services.close_scoring(each, by=current_account(), at=now()),
        _("Les évaluations sont verrouillées : le dossier est prêt pour le comité."),
    )  # fmt: skip
