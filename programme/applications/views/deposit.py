"""The last reading and the deposit; the move to the next session; the withdrawal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import documents, policy, queries, services
from programme.applications.forms import SubmitForm
from programme.applications.labels import FAULTS, PIECE_TONES, PIECES
from programme.applications.models import Application
from programme.applications.rules.readiness import Fault
from programme.applications.services import engagement
from programme.applications.states import ApplicationState
from programme.applications.views import bp
from programme.applications.views.own import asked, load, plan
from programme.applications.views.steps import (
    ENDPOINTS,
    arrived_at,
    ensure_draft,
    load_draft,
    needs_subdomain,
    next_session,
    step_page,
)
from programme.calls.labels import remedy_words
from programme.core import arrival
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import local_day, now
from programme.core.errors import RuleBroken
from programme.core.i18n import date_short, money
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.questionnaires.labels import place


@bp.route("/dossiers/<reference>/relecture", methods=["GET", "POST"])
@access(SIGNED_IN)
def review_step(reference: str) -> ResponseReturnValue:
    """Read it all again, then hand it in. The instant of deposit is that of the request's arrival."""
    at = arrival.of_whole(arrived_at())
    draft = load_draft(reference)
    form = SubmitForm(
        request.form, data={"commitments": draft.commitments_accepted}, asks_engagement=engagement.lacks(draft, at)
    )
    if form.submitted():
        try:
            _hand_in(reference, at)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
        else:
            flash(_("Votre dossier est déposé. Voici son accusé de réception, envoyé aussi par courriel."), "success")
            return redirect(url_for(".receipt", reference=reference))
    return _review_page(load_draft(reference) if form.posted else draft, form, at)


def _review_page(application: Application, form: SubmitForm, at: datetime) -> ResponseReturnValue:
    reference = application.reference
    return step_page(
        application, "relecture", 422 if form.posted else 200, form=form, plan=plan(application),
        answers=asked(application), aid=documents.aid_rows(application, local_day(at)), engagement=engagement_shown(application, at), sentence=fault_sentence, place_of=fault_place, piece_tones=PIECE_TONES,
        pieces=PIECES, edit={step: url_for(endpoint, reference=reference) for step, endpoint in ENDPOINTS.items()},
    )  # fmt: skip


def engagement_shown(application: Application, at: datetime) -> dict[str, Any] | None:
    """The republican engagement that the carrier owes, and who took it; None when it owes none."""
    if not engagement.is_owed(application):
        return None
    day = local_day(at)
    return {"text": engagement.text_on(day), "taken": engagement.taken(application, day)}


def _hand_in(reference: str, at: datetime) -> None:
    with unit_of_work():
        application = db.one_or_404(queries.for_update(reference))
        ensure_draft(application)
        require(policy.can_submit(current_account(), application))
        services.accept_commitments(application, True, at=at)
        services.engage(application, by=current_account(), at=at)
        services.submit(application, by=current_account(), at=at, subdomain_needed=needs_subdomain(application))


def fault_sentence(fault: Fault) -> str:
    """What to do about one fault, in words."""
    if fault.sentence:
        return " ".join([fault.sentence, *(remedy_words(each) for each in fault.values.get("changes", ()))])
    words: dict[str, Callable[[Any], str]] = {"amount": money, "most": money, "place": place, "day": date_short}
    values = {name: words.get(name, str)(value) for name, value in fault.values.items()}
    return str(FAULTS[fault.code]) % values if values else str(FAULTS[fault.code])


def fault_place(application: Application, fault: Fault) -> str:
    """Where to mend it: the field on the page of its step, or the page of the organisation."""
    if fault.step not in ENDPOINTS:
        return url_for("organisations.show", slug=application.organisation.slug)
    return url_for(ENDPOINTS[fault.step], reference=application.reference, _anchor=fault.anchor)


@bp.post("/dossiers/<reference>/releve-suivante")
@access(SIGNED_IN)
def carry_over(reference: str) -> ResponseReturnValue:
    """The session is over: carry the draft to the next one, with everything written."""
    at = now()
    try:
        with unit_of_work():
            application = db.one_or_404(queries.for_update(reference))
            ensure_draft(application)
            following = next_session(application, at)
            if following is None:
                raise RuleBroken(_("Aucune autre relève n’est prévue pour le moment : votre brouillon est gardé."))
            services.carry_over(application, following, by=current_account(), at=at)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Votre brouillon attend maintenant la relève « %(label)s ».", label=following.label), "success")
    return redirect(url_for(".review_step", reference=reference))


@bp.route("/dossiers/<reference>/retirer", methods=["GET", "POST"])
@access(SIGNED_IN)
def withdraw(reference: str) -> ResponseReturnValue:
    """Give up: asked twice, since there is no way back."""
    application = load(reference)
    if application.state is ApplicationState.WITHDRAWN and policy.can_act(current_account(), application):
        return redirect(url_for(".show", reference=reference))
    require(policy.can_withdraw(current_account(), application))
    if request.method == "GET":
        return render_template("applications/withdraw.html", application=application)
    with unit_of_work():
        application = db.one_or_404(queries.for_update(reference))
        require(policy.can_withdraw(current_account(), application))
        services.withdraw(application, by=current_account(), at=now())
    flash(_("Votre dossier est retiré."), "success")
    return redirect(url_for(".index"))
