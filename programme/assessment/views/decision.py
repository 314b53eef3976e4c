"""Decisions prepared in silence, the deliberation, the release in one batch of letters."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.applications.labels import STATES, TONES
from programme.applications.models import Application
from programme.applications.policy import can_see
from programme.applications.states import ApplicationState
from programme.assessment import policy, queries, services
from programme.assessment.forms import DecisionForm, DeliberationForm
from programme.assessment.labels import DECISIONS, OPINIONS, OUTCOMES
from programme.assessment.models import Decision
from programme.assessment.states import DecisionState, Opinion, Outcome
from programme.assessment.views import bp
from programme.assessment.views.officer import load
from programme.calls.queries import session as session_by_id
from programme.calls.queries import session_for_update
from programme.core import consultations, storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.consultations import Consulted, Standing
from programme.core.errors import RuleBroken
from programme.core.i18n import plural
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

OFFICER = staff(Role.OFFICER_FILE)
TO_AGENDA = (ApplicationState.FAVOURABLE, ApplicationState.RESERVED, ApplicationState.UNFAVOURABLE)


@bp.get("/agents/releves/<int:session_id>/decisions")
@access(staff(*policy.READERS))
def decisions(session_id: int) -> ResponseReturnValue:
    """The decisions of a session: to enter on the agenda, to prepare, prepared, released, with their letters."""
    session = db.one_or_404(session_by_id(session_id))
    files = list(db.session.scalars(queries.ranked(session_id, current_account().id)))
    listed = list(db.session.scalars(queries.decisions_of(session_id, current_account().id)))
    opinions = {each.application_id: each for each in db.session.scalars(queries.opinions_of([f.id for f in files]))}
    return render_template(
        "assessment/decisions.html", session=session, decisions={each.application_id: each for each in listed},
        pending=[each for each in listed if each.state is DecisionState.PENDING], opinions=opinions,
        to_agenda=[each for each in files if each.state in TO_AGENDA], opinion_labels=OPINIONS,
        on_agenda=[each for each in files if each.state is ApplicationState.ON_AGENDA], outcomes=OUTCOMES,
        released=[each for each in listed if each.state is DecisionState.RELEASED], decision_states=DECISIONS,
        deliberations=db.session.scalars(queries.deliberations().limit(30)).all(), states=STATES, tones=TONES,
        can_prepare=policy.can_prepare_decision(current_account()), can_release=policy.can_release(current_account()),
        can_rank=policy.can_rank(current_account()),
    )  # fmt: skip


@bp.post("/agents/releves/<int:session_id>/ordre-du-jour")
@access(OFFICER)
def agenda(session_id: int) -> ResponseReturnValue:
    """Enter the chosen files in the report to the assembly."""
    chosen = request.form.getlist("reference")
    try:
        _enter(session_id, chosen)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        said = plural("Un dossier est inscrit au vote.", "%(count)s dossiers sont inscrits au vote.", len(chosen))
        flash(said % {"count": len(chosen)}, "success")
    return redirect(url_for(".decisions", session_id=session_id))


def _enter(session_id: int, chosen: list[str]) -> None:
    if not chosen:
        raise RuleBroken(_("Cochez au moins un dossier à inscrire au vote."))
    with unit_of_work():
        for reference in chosen:
            file = db.one_or_404(queries.file_for_update(reference))
            require(policy.can_read(current_account(), file) and file.session_id == session_id)
            services.put_on_agenda(file, by=current_account(), at=now())


@bp.route("/agents/dossiers/<reference>/decision", methods=["GET", "POST"])
@access(OFFICER)
def prepare(reference: str) -> ResponseReturnValue:
    """Prepare the decision on one file; nobody outside the house sees it before the release."""
    file = load(reference)
    form = DecisionForm(request.form, data=_proposed(file))
    if form.submitted():
        try:
            _prepare(reference, form)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
        else:
            flash(_("La décision est préparée : elle ne part qu’avec toutes les autres, après le vote."), "success")
            return redirect(url_for(".decisions", session_id=file.session_id))
    return render_template("assessment/prepare.html", file=file, form=form), 422 if form.posted else 200


def _proposed(file: Application) -> dict[str, object]:
    known = db.session.scalars(queries.decision_on(file.id)).one_or_none()
    if known is not None:
        return {"outcome": known.outcome, "amount": known.amount, "reason": known.reason}
    given = list(db.session.scalars(queries.opinions_of([file.id])))
    if not given:
        return {"amount": services.hoped(file, file.call)}
    reject = given[-1].opinion is Opinion.UNFAVOURABLE
    return {
        "outcome": Outcome.REJECT if reject else Outcome.AWARD, "reason": given[-1].reason,
        "amount": None if reject else given[-1].proposed_amount,
    }  # fmt: skip


def _prepare(reference: str, form: DecisionForm) -> None:
    with unit_of_work():
        file = db.one_or_404(queries.file_for_update(reference))
        require(policy.can_read(current_account(), file) and policy.can_prepare_decision(current_account()))
        services.prepare(
            file, Outcome(form.outcome.data), form.amount.data, form.reason.data or "", by=current_account(), at=now()
        )


@bp.route("/agents/deliberations", methods=["GET", "POST"])
@access(OFFICER)
def deliberations() -> ResponseReturnValue:
    """Record a vote, or complete its dates."""
    form = DeliberationForm(request.form)
    if form.submitted():
        try:
            _record(form)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
        else:
            flash(_("La délibération est enregistrée."), "success")
            return redirect(url_for(".deliberations"))
    return render_template(
        "assessment/deliberations.html", form=form, listed=db.session.scalars(queries.deliberations().limit(60)).all()
    ), 422 if form.posted else 200


def _record(form: DeliberationForm) -> None:
    assert form.voted_on.data is not None
    with unit_of_work():
        services.record_deliberation(
            form.number.data or "", form.title.data or "", form.voted_on.data, form.published_on.data,
            form.received_on.data, by=current_account(), at=now(),
        )  # fmt: skip


@bp.post("/agents/releves/<int:session_id>/notifier")
@access(staff(Role.DIRECTION))
def release(session_id: int) -> ResponseReturnValue:
    """Release every prepared decision of the session, with its letter and its mail."""
    try:
        with unit_of_work():
            session = db.one_or_404(session_for_update(session_id))
            deliberation = db.one_or_404(queries.deliberation(request.form.get("deliberation", "")))
            done = services.release(session, deliberation, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(
            plural(
                "Une décision est notifiée. Sa lettre se prépare ci-dessous.",
                "%(count)s décisions sont notifiées. Les lettres se préparent ci-dessous.", len(done),
            ) % {"count": len(done)}, "success",
        )  # fmt: skip
    return redirect(url_for(".decisions", session_id=session_id))


@bp.get("/agents/dossiers/<reference>/lettre.pdf")
@access(staff(*policy.READERS))
def staff_letter(reference: str) -> Response:
    """The letter of a decision, for the house."""
    return _letter(load(reference), None, Standing.STAFF)


@bp.get("/dossiers/<reference>/decision.pdf")
@access(SIGNED_IN)
def letter(reference: str) -> Response:
    """The letter of a decision, for the organisation's members, once released."""
    file = db.one_or_404(queries.file(reference))
    require(can_see(current_account(), file))
    return _letter(file, DecisionState.RELEASED, Standing.MEMBER)


def _letter(file: Application, wanted: DecisionState | None, standing: Standing) -> Response:
    found: Decision | None = db.session.scalars(queries.decision_on(file.id)).one_or_none()
    require(found is not None and (wanted is None or found.state is wanted))
    assert found is not None
    require(found.letter is not None and found.letter.file is not None)
    assert found.letter is not None
    assert found.letter.file is not None
    consultations.note(Consulted.LETTER, found, file.reference, standing)
    return storage.answer(found.letter.file)
