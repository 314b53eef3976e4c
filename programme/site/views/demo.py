"""The mails of a demonstration, to read on screen: elsewhere these pages do not exist."""

from flask import Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from programme.core.access import PUBLIC, access, require
from programme.core.headers import POLICY
from programme.extensions import db
from programme.site import queries
from programme.site.views import bp

PER_PAGE = 30
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)
"""A mail keeps its styles in the line, as mail programs want them: it is shown in a frame that may run nothing."""


@bp.get("/demonstration/courriels")
@access(PUBLIC)
def demo_mails() -> ResponseReturnValue:
    """The mails, newest first, by words of their subject or their recipient."""
    require(current_app.config["DEMO"])
    text = request.args.get("q", "")[:200].strip()
    page = db.paginate(queries.outbox(text), per_page=PER_PAGE, max_per_page=PER_PAGE)
    return render_template(
        "site/demo_mails.html", page=page, text=text,
        address=lambda number: url_for(".demo_mails", q=text or None, page=number),
    )  # fmt: skip


@bp.get("/demonstration/courriels/<int:number>")
@access(PUBLIC)
def demo_mail(number: int) -> ResponseReturnValue:
    """One mail as its reader sees it, or its text part; its links can be followed."""
    require(current_app.config["DEMO"])
    message = db.one_or_404(queries.message(number))
    answer = make_response(
        render_template("site/demo_mail.html", message=message, as_text=request.args.get("partie") == "texte")
    )
    answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return answer


@bp.get("/demonstration/courriels/<int:number>/html")
@access(PUBLIC)
def demo_mail_html(number: int) -> ResponseReturnValue:
    """The HTML part alone, for the frame of its page; its links open in the whole window."""
    require(current_app.config["DEMO"])
    message = db.one_or_404(queries.message(number))
    answer = Response(message.html.replace("<head>", '<head><base target="_top">', 1), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    return answer
