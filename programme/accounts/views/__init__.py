"""Doors of the people's room."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

from programme.accounts import queries  # noqa: E402
from programme.accounts.models import Account  # noqa: E402
from programme.accounts.views import admin, own, sign_in  # noqa: E402,F401 - the views register themselves on `bp`
from programme.extensions import db, login_manager  # noqa: E402

# The session is ours, on the server, and its key changes at sign-in: no fingerprint of the browser is needed.
login_manager.session_protection = None


@login_manager.user_loader
def load_account(account_id: str) -> Account | None:
    """The account of the session, if it is still open."""
    account = db.session.scalars(queries.with_roles(int(account_id))).unique().one_or_none()
    return account if account is not None and account.is_active else None
