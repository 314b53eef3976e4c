"""One's own account."""

from flask import flash, jsonify, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user, logout_user

from programme.accounts import labels, queries, services
from programme.accounts.forms import ChangePasswordForm, ProfileForm
from programme.accounts.views import bp
from programme.core import sessions
from programme.core.access import PUBLIC, SIGNED_IN, access, current_account
from programme.core.clock import now
from programme.core.errors import StaleForm
from programme.core.forms import token_is_stale
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations import queries as organisations
from programme.organisations.labels import MEMBERSHIP_STATES, ROLES


@bp.post("/deconnexion")
@access(PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End the session here and in the database; a forged or stale request ends nobody's."""
    if token_is_stale():
        raise StaleForm
    logout_user()
    session.clear()
    answer = make_response(redirect(url_for("site.home")))
    # What a page kept in this browser until it was saved goes too: the next person at this computer finds nothing.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@bp.post("/compte/session")
@access(SIGNED_IN)
def stay() -> ResponseReturnValue:
    """Stay signed in: the session is renewed; says for how many seconds."""
    session.modified = True
    return jsonify(seconds=int(sessions.LIFETIME.total_seconds()))


@bp.get("/compte")
@access(SIGNED_IN)
def account() -> ResponseReturnValue:
    """Name, address, organisations, password."""
    return _page(ProfileForm(obj=current_account()), ChangePasswordForm())


def _page(profile: ProfileForm, password: ChangePasswordForm, status: int = 200) -> ResponseReturnValue:
    memberships = db.session.scalars(organisations.memberships_of(current_account().id)).all()
    return render_template(
        "accounts/account.html", profile=profile, password=password, memberships=memberships, roles=labels.ROLES,
        member_roles=ROLES, member_states=MEMBERSHIP_STATES,
    ), status  # fmt: skip


@bp.post("/compte/nom")
@access(SIGNED_IN)
def rename() -> ResponseReturnValue:
    """Change the shown name."""
    form = ProfileForm(request.form)
    if not form.validate():
        return _page(form, ChangePasswordForm(), 422)
    with unit_of_work():
        services.rename(current_account(), form.display_name.data or "", at=now())
    flash(_("Votre nom est enregistré."), "success")
    return redirect(url_for(".account"))


@bp.post("/compte/mot-de-passe")
@access(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Change the password; the other sessions end."""
    form = ChangePasswordForm(request.form)
    if form.validate() and not services.password_matches(current_account(), form.current.data or ""):
        form.current.errors = [_("Ce n’est pas votre mot de passe actuel.")]
    if form.errors:
        return _page(ProfileForm(obj=current_account()), form, 422)
    hashed = services.hash_password(form.password.data or "")
    account_id = current_account().id
    with unit_of_work():
        mine = db.session.scalars(queries.by_id(account_id)).one()
        services.change_password(mine, hashed, at=now())
    login_user(mine)
    sessions.rotate(session)
    flash(_("Votre mot de passe est changé. Vos autres sessions sont fermées."), "success")
    return redirect(url_for(".account"))
