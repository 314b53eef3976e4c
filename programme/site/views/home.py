"""The programme in one page, and my space."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from programme.core.access import PUBLIC, SIGNED_IN, access, current_account
from programme.site.views import bp


@bp.get("/")
@access(PUBLIC)
def home() -> ResponseReturnValue:
    """What is open now, key figures, newest reuses."""
    return render_template("site/home.html")


@bp.get("/mon-espace")
@access(SIGNED_IN)
def my_space() -> ResponseReturnValue:
    """Where each person starts after sign-in."""
    return redirect(url_for("accounts.account") if not current_account().is_staff else url_for(".home"))
