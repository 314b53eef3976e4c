"""The pool of a call: who may be asked to evaluate its files, inside the house or outside."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts import queries as people
from programme.accounts.policy import READERS, staff
from programme.accounts.states import Role
from programme.assessment import services
from programme.assessment.forms import PoolForm
from programme.assessment.views import bp
from programme.calls import queries as calls
from programme.calls.models import Call
from programme.core.access import access, current_account
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import queries as evaluations
from programme.extensions import db


def _page(call: Call, form: PoolForm, status: int = 200) -> ResponseReturnValue:
    pool = call.pool_id or 0
    return render_template(
        "assessment/pool.html", call=call, form=form, loads=dict(db.session.execute(evaluations.loads(pool)).all()),
        members=db.session.scalars(evaluations.pool_members(pool)).all(),
        can_change=current_account().has_role(Role.OFFICER_PROGRAMME, Role.OFFICER_FILE),
    ), status  # fmt: skip


@bp.get("/agents/appels/<slug>/vivier")
@access(staff(*READERS))
def pool(slug: str) -> ResponseReturnValue:
    """Who is in the pool, with their load."""
    return _page(db.one_or_404(calls.by_slug(slug)), PoolForm())


@bp.post("/agents/appels/<slug>/vivier")
@access(staff(Role.OFFICER_PROGRAMME, Role.OFFICER_FILE))
def add_to_pool(slug: str) -> ResponseReturnValue:
    """Add somebody by their address; they need an account first."""
    form = PoolForm(request.form)
    if not form.validate():
        return _page(db.one_or_404(calls.by_slug(slug)), form, 422)
    try:
        with unit_of_work():
            call = db.one_or_404(calls.by_slug(slug))
            person = db.session.scalars(people.by_email(form.email.data or "")).one_or_none()
            services.add_reviewer(call, person, by=current_account(), at=now())
    except RuleBroken as refusal:
        form.email.errors = [refusal.message]
        return _page(db.one_or_404(calls.by_slug(slug)), form, 422)
    flash(_("Cette personne peut maintenant évaluer des dossiers de l’appel."), "success")
    return redirect(url_for(".pool", slug=slug))


@bp.post("/agents/appels/<slug>/vivier/<int:account_id>/retirer")
@access(staff(Role.OFFICER_PROGRAMME, Role.OFFICER_FILE))
def remove_from_pool(slug: str, account_id: int) -> ResponseReturnValue:
    """Take somebody out: what they already read stays."""
    with unit_of_work():
        call = db.one_or_404(calls.by_slug(slug))
        services.remove_reviewer(call, account_id, by=current_account(), at=now())
    flash(_("Cette personne ne recevra plus de dossier de cet appel."), "success")
    return redirect(url_for(".pool", slug=slug))
