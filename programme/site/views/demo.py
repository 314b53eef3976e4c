"""The mails of a demonstration, to read on screen: elsewhere these pages do not exist."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from programme.core.access import PUBLIC, access, require
from programme.extensions import db
from programme.site import queries
from programme.site.views import bp

SHOWN = 50


@bp.get("/demonstration/courriels")
@access(PUBLIC)
def demo_mails() -> ResponseReturnValue:
    """The last mails, newest first."""
    require(current_app.config["DEMO"])
    return render_template("site/demo_mails.html", messages=db.session.scalars(queries.outbox(SHOWN)).all())


@bp.get("/demonstration/courriels/<int:number>")
@access(PUBLIC)
def demo_mail(number: int) -> ResponseReturnValue:
    """One mail, its links to follow."""
    require(current_app.config["DEMO"])
    return render_template("site/demo_mail.html", message=db.one_or_404(queries.message(number)))
