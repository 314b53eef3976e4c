"""Leading the calls."""

import json
from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from programme.accounts.policy import READERS, staff
from programme.applications import queries as applications
from programme.calls import policy, queries, services
from programme.calls.labels import CALL_STATES, CALL_TONES, CALL_VERBS, KINDS, SESSION_STATES, SESSION_TONES
from programme.calls.models import Call
from programme.calls.states import CALL, SessionState
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
    page = db.paginate(queries.all_calls(), per_page=30, max_per_page=30)
    account = current_account()
    verbs = {call.id: [v for v in CALL.allowed(call.state) if policy.can_lead(account, call, v)] for call in page.items}
    return render_template(
        "calls/desk.html", page=page, verbs=verbs, at=now(), kinds=KINDS, verb_labels=CALL_VERBS, states=CALL_STATES,
        tones=CALL_TONES, session_states=SESSION_STATES, session_tones=SESSION_TONES,
        page_url=lambda number: url_for(".desk", page=number), can_define=policy.can_define(account),
        without_return=policy.WITHOUT_RETURN, received=_received(page.items),
    )  # fmt: skip


def _received(listed: Sequence[Call]) -> dict[int, str]:
    """Of each session that takes files: « 12 dossiers déposés, 30 brouillons », by its number."""
    open_ones = [each.id for call in listed for each in call.sessions if each.state is SessionState.OPEN]
    rows = db.session.execute(applications.received(open_ones)) if open_ones else ()
    found = {number: counts for number, *counts in rows}
    return {
        number: ", ".join(
            (
                ngettext("%(num)s dossier déposé", "%(num)s dossiers déposés", files) if files else _("aucun dossier déposé"),
                ngettext("%(num)s brouillon", "%(num)s brouillons", drafts) if drafts else _("aucun brouillon"),
            )
        )
        for number in open_ones
        for drafts, files in [found.get(number, (0, 0))]
    }  # fmt: skip


@bp.get("/agents/appels/<slug>/definition.json")
@access(staff(*READERS))
def definition(slug: str) -> Response:
    """The whole call as one document, to keep or to install elsewhere."""
    call = db.one_or_404(queries.by_slug(slug))
    body = json.dumps(services.definition_of(call), ensure_ascii=False, indent=2)
    answer = Response(body, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="appel-{call.slug}.json"'
    return answer


@bp.post("/agents/appels/<slug>/dupliquer")
@access(staff(*READERS))
def duplicate(slug: str) -> ResponseReturnValue:
    """Make a draft like this call."""
    require(policy.can_define(current_account()))
    with unit_of_work():
        made = services.duplicate(db.one_or_404(queries.by_slug(slug)), by=current_account(), at=now())
    flash(_("Brouillon créé sous le code %(code)s, sans calendrier.", code=made.code), "success")
    return redirect(url_for(".desk", _anchor=f"call-{made.id}"))


@bp.post("/agents/appels/<slug>/<verb>")
@access(staff(*READERS))
def lead(slug: str, verb: str) -> ResponseReturnValue:
    """Say one of the verbs of a call's life."""
    try:
        with unit_of_work():
            call = db.one_or_404(queries.for_update(slug))
            require(verb in CALL.verbs and policy.may_say(current_account(), verb))
            services.lead(call, verb, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("%(call)s : %(state)s.", call=call.title, state=CALL_STATES[call.state]), "success")
    hub = request.form.get("back") == "definition"
    return redirect(url_for(".define", slug=slug) if hub else url_for(".desk"))
