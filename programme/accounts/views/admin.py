"""People and rights, for the administrator."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts import queries, services
from programme.accounts.forms import RolesForm
from programme.accounts.labels import ACCOUNT_STATES, ROLES
from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.accounts.views import bp
from programme.core.access import access, current_account
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

ADMIN = staff(Role.ADMIN)


@bp.get("/agents/comptes")
@access(ADMIN)
def directory() -> ResponseReturnValue:
    """Every account, searched by name or address."""
    text, asked = request.args.get("q", ""), request.args.get("tri", "")
    sort = queries.Sort(asked) if asked in set(queries.Sort) else queries.Sort.NAME
    page = db.paginate(queries.directory(text, sort), per_page=50, max_per_page=50)
    return render_template(
        "accounts/directory.html", page=page, text=text, roles=ROLES, states=ACCOUNT_STATES, sort=sort
    )


@bp.route("/agents/comptes/<int:account_id>", methods=["GET", "POST"])
@access(ADMIN)
def rights(account_id: int) -> ResponseReturnValue:
    """Give and take roles."""
    account = db.one_or_404(queries.by_id(account_id))
    form = RolesForm(request.form, data={"roles": sorted(account.roles)})
    if not form.submitted():
        return render_template(
            "accounts/rights.html", form=form, account=account, states=ACCOUNT_STATES
        ), 422 if form.posted else 200
    try:
        with unit_of_work():
            account = db.one_or_404(queries.by_id(account_id))
            services.set_roles(account, frozenset(map(Role, form.roles.data or [])), by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Les rôles sont enregistrés."), "success")
    return redirect(url_for(".rights", account_id=account_id))


@bp.post("/agents/comptes/<int:account_id>/<any(fermer, rouvrir):verb>")
@access(ADMIN)
def change_state(account_id: int, verb: str) -> ResponseReturnValue:
    """Close or reopen an account."""
    act = {"fermer": services.close, "rouvrir": services.reopen}[verb]
    try:
        with unit_of_work():
            act(db.one_or_404(queries.by_id(account_id)), by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(url_for(".rights", account_id=account_id))
