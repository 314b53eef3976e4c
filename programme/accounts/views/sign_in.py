"""Sign-up, sign-in, one-use links, reset."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from programme.accounts import queries, services
from programme.accounts.forms import EmailForm, NewPasswordForm, SignInForm, SignUpForm
from programme.accounts.models import Account
from programme.accounts.states import LinkPurpose
from programme.accounts.views import bp
from programme.core import pace, sessions
from programme.core.access import PUBLIC, access, viewer
from programme.core.addresses import own_page
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

WANTED = "wanted"
"""In the visitor's session: the page that sent to the sign-in page, for those who open an account or ask for a link there."""


def next_page(wanted: object = None) -> str:
    """Where to go after sign-in: a path of this site, never another host."""
    return own_page(request.args.get("next")) or own_page(wanted) or url_for("site.my_space")


def enter(account: Account) -> ResponseReturnValue:
    """Open the session of a person who has proved who they are, and lead to the page they wanted."""
    wanted = session.get(WANTED)
    session.clear()
    login_user(account)
    sessions.rotate(session)
    return redirect(next_page(wanted))


@bp.route("/inscription", methods=["GET", "POST"])
@access(PUBLIC)
def sign_up() -> ResponseReturnValue:
    """Open an account."""
    form = SignUpForm(request.form)
    if not form.submitted():
        return render_template("accounts/sign_up.html", form=form), 422 if form.posted else 200
    hashed = services.hash_password(form.password.data or "")
    try:
        with pace.even(), unit_of_work():
            services.sign_up(form.email.data or "", form.display_name.data or "", hashed, at=now())
    except RuleBroken as refusal:
        form.email.errors = [refusal.message]
        return render_template("accounts/sign_up.html", form=form), 422
    return render_template("accounts/mail_sent.html", email=form.email.data, purpose="confirm")


@bp.route("/inscription/confirmer/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    """Confirm the address: a button, so that a mail scanner that opens links does not use it up."""
    if request.method == "GET":
        return render_template("accounts/confirm.html", token=token)
    try:
        with unit_of_work():
            account = services.confirm(token, at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".sign_in"))
    answer = enter(account)  # The new session is empty: the message comes after.
    flash(_("Votre adresse est confirmée : votre compte est ouvert."), "success")
    return answer


@bp.route("/connexion", methods=["GET", "POST"])
@access(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Sign in with a password."""
    if viewer() is not None and request.method == "GET":
        return redirect(next_page())
    form = SignInForm(request.form)
    if request.method == "GET":
        session[WANTED] = own_page(request.args.get("next"))
    if not form.submitted():
        return render_template("accounts/sign_in.html", form=form), 422 if form.posted else 200
    return _try_password(form)


def _try_password(form: SignInForm) -> ResponseReturnValue:
    email = form.email.data or ""
    try:
        with unit_of_work():
            services.note_try(email, at=now())
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return render_template("accounts/sign_in.html", form=form), 429
    account = db.session.scalars(queries.credentials(email)).one_or_none()
    if not services.password_matches(account, form.password.data or "") or account is None or not account.is_active:
        form.form_errors.append(_("L’adresse ou le mot de passe ne convient pas. Vérifiez-les, ou demandez un lien."))
        return render_template("accounts/sign_in.html", form=form), 422
    with unit_of_work():
        account = db.session.scalars(queries.by_email(email)).one()
        services.note_sign_in(account, at=now())
    return enter(account)


@bp.route("/connexion/lien", methods=["GET", "POST"])
@access(PUBLIC)
def ask_link() -> ResponseReturnValue:
    """Ask for a one-use sign-in link."""
    return _ask(LinkPurpose.SIGN_IN, "accounts/ask_link.html")


@bp.route("/mot-de-passe", methods=["GET", "POST"])
@access(PUBLIC)
def ask_reset() -> ResponseReturnValue:
    """Ask for a link to choose a new password."""
    return _ask(LinkPurpose.RESET, "accounts/ask_reset.html")


def _ask(purpose: LinkPurpose, template: str) -> ResponseReturnValue:
    form = EmailForm(request.form)
    if not form.submitted():
        return render_template(template, form=form), 422 if form.posted else 200
    try:
        with pace.even(), unit_of_work():
            services.send_link(form.email.data or "", purpose, at=now())
    except RuleBroken as refusal:
        form.email.errors = [refusal.message]
        return render_template(template, form=form), 429
    return render_template("accounts/mail_sent.html", email=form.email.data, purpose=purpose.value)


@bp.route("/connexion/lien/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def use_link(token: str) -> ResponseReturnValue:
    """Sign in by the link: a button, for the same reason as for the confirmation."""
    if request.method == "GET":
        return render_template("accounts/use_link.html", token=token)
    try:
        with unit_of_work():
            account = services.sign_in_by_link(token, at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".ask_link"))
    return enter(account)


@bp.route("/mot-de-passe/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def reset(token: str) -> ResponseReturnValue:
    """Choose a new password."""
    form = NewPasswordForm(request.form)
    if not form.submitted():
        return render_template("accounts/reset.html", form=form, token=token), 422 if form.posted else 200
    hashed = services.hash_password(form.password.data or "")
    try:
        with unit_of_work():
            services.reset_password(token, hashed, at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".ask_reset"))
    flash(_("Votre mot de passe est changé. Connectez-vous avec le nouveau."), "success")
    return redirect(url_for(".sign_in"))
