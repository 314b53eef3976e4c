"""The calendar of one's own dates, and the change of its address."""

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.applications import documents, services
from programme.applications.views import bp
from programme.core import mail
from programme.core.access import PUBLIC, SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work


@bp.get("/mes-dossiers.ics")
@access(PUBLIC)
def calendar() -> ResponseReturnValue:
    """The dates of the files of whoever holds the key: an agenda has no session, and the session alone opens nothing."""
    account = services.holder(request.args.get("cle", ""))
    require(account is not None)
    assert account is not None
    body = documents.calendar(
        services.deadlines(account, at=now()), name=_("Mes dossiers"), organiser=current_app.config["REGION"].name,
        url_of=lambda each: mail.link("applications.show", reference=each.reference),
    )  # fmt: skip
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="mes-dossiers.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


@bp.post("/mes-dossiers/agenda")
@access(SIGNED_IN)
def change_calendar() -> ResponseReturnValue:
    """Another address: the former one opens nothing any more."""
    with unit_of_work():
        services.change_calendar_key(current_account(), at=now())
    flash(_("L’adresse de votre agenda est changée : l’ancienne n’ouvre plus rien."), "success")
    return redirect(url_for(".index", _anchor="agenda"))
