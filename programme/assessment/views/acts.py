"""What an officer does with a file: pieces, rules, requests, admissibility, assignment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.applications import services as applications
from programme.applications.models import Application, Piece
from programme.applications.rules import reopening
from programme.applications.states import MACHINE, ApplicationState, PieceState
from programme.assessment import policy, queries, services
from programme.assessment.forms import AssignForm, InfoRequestForm, PieceJudgementForm, ReasonForm, RuleJudgementForm
from programme.assessment.views import bp
from programme.assessment.views.officer import Wrong, file_page, judged_rules, load
from programme.calls.models import EligibilityRule
from programme.core.access import access, current_account, require
from programme.core.clock import at_local, now
from programme.core.errors import IllegalTransition, RuleBroken
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


def act(
    reference: str, do: Callable[[Application], None], done: str, *, wrong: Wrong | None = None
) -> ResponseReturnValue:
    """Load the file locked, ask, act, say so; a refusal is shown on the file, beside what was typed if `wrong` says where.

    The machine says whether the moment has passed: the second of two officers reads a sentence, not an absence.
    """
    try:
        with unit_of_work():
            application = db.one_or_404(queries.file_for_update(reference))
            require(policy.can_read(current_account(), application))
            do(application)
    except RuleBroken as refusal:
        if wrong is not None and not isinstance(refusal, IllegalTransition):
            return file_page(load(reference), 422, wrong=replace(wrong, message=refusal.message))
        flash(refusal.message, "error")
    else:
        flash(done, "success")
        if wrong is not None:
            return redirect(url_for(".show", reference=reference, _anchor=wrong.place))
    return redirect(url_for(".show", reference=reference))


def _open_to(reference: str, verb: str) -> Application:
    """The file, if this verb may still be said of it.

    Raises:
        IllegalTransition: somebody acted first; the sentence is shown on a page of its own.
    """
    file = load(reference)
    if not MACHINE.allows(file.state, verb):
        raise IllegalTransition(file.state, verb)
    return file


@bp.post("/agents/dossiers/<reference>/pieces/<int:piece_id>/<any(accepter, refuser, perimer):verb>")
@access(OFFICER)
def judge_piece(reference: str, piece_id: int, verb: str) -> ResponseReturnValue:
    """Accept or refuse a piece, or find that it has lapsed."""
    form = PieceJudgementForm(request.form)
    wrong = Wrong("piece", piece_id, form.note.data or "")
    if not form.validate() and form.note.errors:
        return file_page(load(reference), 422, wrong=replace(wrong, message=str(form.note.errors[0])))

    def do(application: Application) -> None:
        piece = piece_of(application, piece_id)
        _still_examined(application)
        if verb == "accepter":
            services.accept_piece(piece, by=current_account(), at=now())
        elif verb == "perimer":
            services.expire_piece(piece, by=current_account(), at=now())
        else:
            services.refuse_piece(piece, form.note.data or "", by=current_account(), at=now())

    return act(reference, do, _("L’examen de la pièce est enregistré."), wrong=wrong)


@bp.post("/agents/dossiers/<reference>/pieces/accepter")
@access(OFFICER)
def accept_pieces(reference: str) -> ResponseReturnValue:
    """Accept at once all the pieces that wait to be examined."""

    def do(application: Application) -> None:
        _still_examined(application)
        services.accept_pieces(application, by=current_account(), at=now())

    return act(reference, do, _("Toutes les pièces reçues sont conformes."))


def _still_examined(application: Application) -> None:
    """Pieces and rules are judged until admissibility is decided."""
    if not policy.can_judge_pieces(current_account(), application):
        raise IllegalTransition(application.state, "judge")


def piece_of(application: Application, piece_id: int) -> Piece:
    """One of the pieces of a file; absent otherwise."""
    piece = next((each for each in application.asked_pieces if each.id == piece_id), None)
    if piece is None:
        abort(404)
    return piece


@bp.post("/agents/dossiers/<reference>/regles/<int:rule_id>")
@access(OFFICER)
def judge_rule(reference: str, rule_id: int) -> ResponseReturnValue:
    """Answer a judged rule."""
    form = RuleJudgementForm(request.form)
    wrong = Wrong("rule", rule_id, form.note.data or "", form.is_met.data or "")
    errors = [] if form.validate() else [*form.is_met.errors, *form.note.errors]
    if errors:
        return file_page(load(reference), 422, wrong=replace(wrong, message=str(errors[0])))

    def do(application: Application) -> None:
        rule = _judged_rule(application, rule_id)
        _still_examined(application)
        is_met, note = form.is_met.data == "yes", form.note.data or ""
        services.judge_rule(application, rule, is_met, note, by=current_account(), at=now())

    return act(reference, do, _("Votre appréciation est enregistrée."), wrong=wrong)


def _judged_rule(application: Application, rule_id: int) -> EligibilityRule:
    rule = next((each for each in judged_rules(application) if each.id == rule_id), None)
    if rule is None:
        abort(404)
    return rule


@bp.route("/agents/dossiers/<reference>/demander-des-complements", methods=["GET", "POST"])
@access(OFFICER)
def request_info(reference: str) -> ResponseReturnValue:
    """Ask for what is missing: one act, one mail, the clock stops."""
    file = _open_to(reference, "request_info")
    form = InfoRequestForm(request.form, choices=applications.choices(file), data={"items": _lacking(file)})
    if not form.submitted():
        return render_template("assessment/request_info.html", file=file, form=form), 422 if form.posted else 200
    return act(
        reference, lambda each: _ask(each, form), _("La demande est envoyée : le délai est suspendu."),
    )  # fmt: skip


def _lacking(file: Application) -> list[str]:
    return [
        reopening.piece(each.id)
        for each in file.asked_pieces
        if each.state in (PieceState.REFUSED, PieceState.EXPIRED)
        or (each.state is PieceState.EXPECTED and each.is_mandatory)
    ]


def _ask(application: Application, form: InfoRequestForm) -> None:
    assert form.due_on.data is not None
    services.take_charge(application, current_account(), at=now())
    applications.request_info(
        application, form.message.data or "", form.names, form.due_on.data, by=current_account(), at=now()
    )


@bp.post("/agents/dossiers/<reference>/recevable")
@access(OFFICER)
def admit(reference: str) -> ResponseReturnValue:
    """Declare complete and admissible."""

    def do(application: Application) -> None:
        services.take_charge(application, current_account(), at=now())
        applications.admit(application, by=current_account(), at=now())

    return act(reference, do, _("Le dossier est recevable : le porteur en est averti."))


@bp.route("/agents/dossiers/<reference>/<any(irrecevable, reorienter, classer):way>", methods=["GET", "POST"])
@access(OFFICER)
def close(reference: str, way: str) -> ResponseReturnValue:
    """End the file with a reason that the applicant will read."""
    verb, title = REASONS[way]
    file = _open_to(reference, verb)
    form = ReasonForm(request.form)
    if not form.submitted():
        return render_template("assessment/close.html", file=file, form=form, title=title, way=way), (
            422 if form.posted else 200
        )
    return act(
        reference,
        lambda each: applications.close(each, verb, form.reason.data or "", by=current_account(), at=now()),
        _("Le dossier est clos : le porteur en est averti."),
    )  # fmt: skip


@bp.post("/agents/dossiers/<reference>/instruction")
@access(OFFICER)
def open_review(reference: str) -> ResponseReturnValue:
    """Begin the instruction."""
    return act(
        reference, lambda each: services.open_review(each, by=current_account(), at=now()), _("L’instruction est ouverte."),
    )  # fmt: skip


@bp.route("/agents/dossiers/<reference>/evaluateurs", methods=["GET", "POST"])
@access(OFFICER)
def assign(reference: str) -> ResponseReturnValue:
    """Choose the readers; the least loaded free ones are proposed."""
    file = load(reference)
    if file.state is not ApplicationState.SCORING:
        _open_to(reference, "open_scoring")
    people = services.suggest_readers(file, 1000, at=now())
    proposed = [str(each.id) for each in people[: file.call.readers_per_file]]
    form = AssignForm(
        request.form, people=[(str(each.id), each.display_name) for each in people], data={"readers": proposed}
    )
    if not form.submitted():
        loads = dict(db.session.execute(evaluations.loads(file.call.pool_id or 0)).all())
        return render_template("assessment/assign.html", file=file, form=form, loads=loads), 422 if form.posted else 200
    return act(reference, lambda each: _assign(each, form), _("Les évaluateurs sont prévenus."))


def _assign(application: Application, form: AssignForm) -> None:
    due = at_local(form.due_on.data, _EVENING) if form.due_on.data else None
    pool = {p.id: p for p in db.session.scalars(evaluations.pool_members(application.call.pool_id or 0))}
    for chosen in form.readers.data or []:
        if int(chosen) not in pool:
            raise RuleBroken(_("Une des personnes choisies vient de quitter le vivier : choisissez de nouveau."))
        services.assign_reader(application, pool[int(chosen)], by=current_account(), at=now(), due_at=due)


@bp.post("/agents/dossiers/<reference>/clore-evaluation")
@access(OFFICER)
def close_scoring(reference: str) -> ResponseReturnValue:
    """Lock the evaluations."""
    return act(
        reference,
        lambda each: services.close_scoring(each, by=current_account(), at=now()),
        _("Les évaluations sont verrouillées : le dossier est prêt pour le comité."),
    )  # fmt: skip
