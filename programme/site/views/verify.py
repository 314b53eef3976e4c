"""Checking a receipt or an issued document by its code: what it is and its fingerprint, never its content."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from programme.core import limits
from programme.core.access import PUBLIC, access
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.site import queries
from programme.site.forms import CODE, normal_code
from programme.site.labels import DOCUMENT_KINDS
from programme.site.views import bp

TRIES_PER_HOUR = 60


@bp.get("/verifier")
@access(PUBLIC)
def verify() -> ResponseReturnValue:
    """Ask for the code; a given one leads to its own page."""
    if given := request.args.get("code", "").strip():
        return redirect(url_for(".verify_code", code=normal_code(given) or "-"))
    return render_template("site/verify.html", code="", document=None, refusal=None)


@bp.get("/verifier/<code>")
@access(PUBLIC)
def verify_code(code: str) -> ResponseReturnValue:
    """What the code stands for. Each try counts, found or not, so that nobody walks through the codes."""
    wanted = normal_code(code)
    try:
        with unit_of_work():
            limits.count("verify", request.remote_addr or "", at=now(), limit=TRIES_PER_HOUR, window=timedelta(hours=1))
    except RuleBroken as refusal:
        return render_template("site/verify.html", code=wanted, document=None, refusal=refusal.message), 429
    document = db.session.scalars(queries.document_by_code(wanted)).one_or_none() if CODE.fullmatch(wanted) else None
    page = render_template("site/verify.html", code=wanted, document=document, refusal=None, kinds=DOCUMENT_KINDS)
    return page, 200 if document else 404
