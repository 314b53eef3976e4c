"""Answering expressions of interest: one file, or all those of a call one after the other without leaving the list."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.applications import services as applications
from programme.applications.labels import STATES, TONES
from programme.applications.models import Application
from programme.applications.states import OPEN_TO_ANSWER, ApplicationState
from programme.assessment import policy, queries
from programme.assessment.forms import InviteForm, ReasonForm
from programme.assessment.views import bp
from programme.assessment.views.officer import load
from programme.calls import queries as calls
from programme.calls.models import Call
from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

WAYS = {"inviter": "invite", "ne-pas-retenir": "not_retain"}
FILTERS: dict[str, frozenset[ApplicationState]] = {
    "a-decider": OPEN_TO_ANSWER,
    "invites": frozenset({ApplicationState.INVITED}),
    "non-retenus": frozenset({ApplicationState.NOT_RETAINED}),
}


@dataclass(frozen=True)
class Refused:
    """What was typed about one file and refused: shown again at its place."""

    reference: str
    way: str
    form: Any


@bp.get("/agents/manifestations/<slug>")
@access(staff(*policy.READERS))
def expressions(slug: str) -> ResponseReturnValue:
    """The expressions of interest of a call, with both answers on each line."""
    return _list_page(db.one_or_404(calls.by_slug(slug)))


def _list_page(call: Call, refused: Refused | None = None) -> ResponseReturnValue:
    if call.leads_to is None:
        abort(404)
    target = db.one_or_404(calls.by_slug(call.leads_to.slug))
    wanted, text = request.values.get("etat") or "a-decider", request.values.get("q", "")
    page = db.paginate(_listed(call, FILTERS.get(wanted, OPEN_TO_ANSWER), text), per_page=25, max_per_page=25)
    counts = dict(db.session.execute(queries.counts(current_account().id, call.id)).all())
    return render_template(
        "assessment/expressions.html", call=call, page=page, wanted=wanted, text=text, states=STATES, tones=TONES,
        counts={name: sum(counts.get(each, 0) for each in held) for name, held in FILTERS.items()}, refused=refused,
        target=target, forms=lambda file: _forms(file, target, refused), at=now(),
        can=lambda file: policy.can_answer_interest(current_account(), file),
    ), 422 if refused else 200  # fmt: skip


def _listed(call: Call, held: frozenset[ApplicationState], text: str) -> Select[Application]:
    statement = queries.applications(current_account().id, call_id=call.id, text=text, sort=queries.Sort.OLDEST)
    return statement.where(Application.state.in_(sorted(held)))


def _forms(file: Application, target: Call, refused: Refused | None) -> dict[str, Any]:
    """Both answers to one file; the one that was refused as it was typed."""
    forms: dict[str, Any] = {"inviter": _invite_form(file, target, None), "ne-pas-retenir": ReasonForm(None)}
    return forms if refused is None or refused.reference != file.reference else {**forms, refused.way: refused.form}


def _invite_form(file: Application, target: Call, sent: Any) -> InviteForm:
    return InviteForm(sent, strands=target.strands, wanted=file.strand.code)


@bp.route("/agents/dossiers/<reference>/reponse/<any(inviter, 'ne-pas-retenir'):way>", methods=["GET", "POST"])
@access(staff(Role.OFFICER_FILE))
def answer_interest(reference: str, way: str) -> ResponseReturnValue:
    """Invite to the full file or not, with words that the applicant reads; from the list, back to it."""
    file = _open(reference, way)
    target = _target(file)
    form: Any = _invite_form(file, target, request.form) if way == "inviter" else ReasonForm(request.form)
    if form.submitted():
        try:
            _answer(file, way, form, target)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
        else:
            return _done(file, way)
    if form.posted and request.form.get("retour") == "liste":
        return _list_page(db.one_or_404(calls.by_slug(file.call.slug)), Refused(reference, way, form))
    return render_template("assessment/answer_interest.html", file=file, form=form, way=way, target=target), (
        422 if form.posted else 200
    )


def _open(reference: str, way: str) -> Application:
    """The file, if it may still be answered; the call of another kind of file has no such answer.

    Raises:
        IllegalTransition: somebody acted first; the sentence is shown on a page of its own.
    """
    file = load(reference)
    if not policy.can_answer_interest(current_account(), file):
        raise IllegalTransition(file.state, WAYS[way])
    return file


def _target(file: Application) -> Call:
    """The call of the second step with its strands."""
    assert file.call.leads_to is not None
    return db.one_or_404(calls.by_slug(file.call.leads_to.slug))


def _answer(file: Application, way: str, form: Any, target: Call) -> None:
    """Files are copied before the transaction; then the file is loaded locked: the second of two officers reads a sentence."""
    at, by = now(), current_account()
    strand = next((each for each in target.strands if way == "inviter" and each.code == form.strand.data), None)
    copies = {} if strand is None else applications.copy_files(file, strand, at=at)
    with unit_of_work():
        application = db.one_or_404(queries.file_for_update(file.reference))
        require(policy.can_read(by, application))
        if strand is None:
            applications.not_retain(application, form.reason.data or "", by=by, at=at)
        else:
            chosen = db.one_or_404(calls.strand(target.id, strand.code))
            applications.invite(application, chosen, form.message.data or "", copies, by=by, at=at)


def _done(file: Application, way: str) -> ResponseReturnValue:
    said = _("« %(title)s » : invitation envoyée, le dossier complet est ouvert.", title=file.title)
    flash(
        said if way == "inviter" else _("« %(title)s » : réponse envoyée avec ses motifs.", title=file.title), "success"
    )
    if request.form.get("retour") == "liste":
        kept: dict[str, Any] = {name: request.form.get(name) or None for name in ("etat", "q", "page")}
        return redirect(url_for(".expressions", slug=file.call.slug, **kept))
    return redirect(url_for(".show", reference=file.reference))
