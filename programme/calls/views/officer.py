"""Leading the calls."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import READERS, staff
from programme.calls import policy, queries, services
from programme.calls.labels import CALL_STATES, CALL_TONES, CALL_VERBS, SESSION_STATES
from programme.calls.states import CALL
from programme.calls.views import bp
from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@bp.get("/agents/appels")
@access(staff(*READERS))
def desk() -> ResponseReturnValue:
    """Every call with its sessions and the acts that this person may do."""
    calls = db.session.scalars(queries.all_calls()).all()
    account = current_account()
    verbs = {call.id: [v for v in CALL.allowed(call.state) if policy.can_lead(account, call, v)] for call in calls}
    return render_template(
        "calls/desk.html", calls=calls, verbs=verbs, verb_labels=CALL_VERBS, states=CALL_STATES, tones=CALL_TONES,
        session_states=SESSION_STATES,
    )  # fmt: skip


@bp.post("/agents/appels/<slug>/<verb>")
@access(staff(*READERS))
def lead(slug: str, verb: str) -> ResponseReturnValue:
    """Say one of the verbs of a call's life."""
    try:
        with unit_of_work():
            call = db.one_or_404(queries.for_update(slug))
            require(policy.can_lead(current_account(), call, verb))
            services.lead(call, verb, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("C’est fait."), "success")
    return redirect(url_for(".desk"))
