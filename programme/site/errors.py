"""What a person sees when something cannot be answered."""

from flask import Flask, Response, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, SecurityError

from programme.core import short_answers
from programme.core.addresses import own_page
from programme.core.errors import IllegalTransition, NotAllowed, RuleBroken, StaleForm
from programme.core.forms import csrf_token
from programme.core.room import out_of_room

PAGES = {400, 403, 404, 409, 410, 413, 429, 500}


def http_error(error: HTTPException) -> ResponseReturnValue:
    """A page of the house for each status."""
    code = error.code or 500
    # Not one of our hosts: no page of ours, which would hold addresses, is made for it.
    if isinstance(error, SecurityError):
        return Response(_("Ce nom de site n’est pas servi ici."), code, content_type="text/plain; charset=utf-8")
    if code not in PAGES:
        return error.get_response()
    return render_template(f"errors/{code}.html"), code


def crashed(error: Exception) -> ResponseReturnValue:
    """A fault of ours: a page that asks nothing of the database nor of the session, which may be the fault."""
    code = 507 if out_of_room(getattr(error, "original_exception", None)) else 500
    page, region = current_app.jinja_env.get_template(f"errors/{code}.html").render(), current_app.config["REGION"]
    contact = Markup(' <a href="mailto:{0}">{0}</a>, {1}.').format(region.contact_email, region.contact_phone)
    return page.replace("<!-- contact -->", contact), code


def not_allowed(_error: NotAllowed) -> ResponseReturnValue:
    """Refusal to see is the same answer as absence."""
    return render_template("errors/404.html"), 404


def rule_broken(refusal: RuleBroken) -> ResponseReturnValue:
    """A refusal that the view did not show itself: the sentence, on the page one comes from."""
    status = 409 if isinstance(refusal, IllegalTransition) else 422
    return render_template("errors/409.html", message=refusal.message), status


def stale_form(_error: StaleForm) -> ResponseReturnValue:
    """A button of an old page: nothing was written, the fresh page says so."""
    if short_answers.wanted():
        return short_answers.stale(csrf_token())
    flash(_("Votre session a changé depuis l’ouverture de cette page : rien n’a été enregistré. Recommencez."), "error")
    return redirect(request.path if request.method == "GET" else _page_before())


def _page_before() -> str:
    """The page that holds the button, if it is of this site."""
    referrer = request.referrer or ""
    here = referrer.startswith(request.host_url)
    return (own_page("/" + referrer.removeprefix(request.host_url)) if here else None) or "/"


def install(app: Flask) -> None:
    """Bind to the application."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(NotAllowed, not_allowed)
    app.register_error_handler(RuleBroken, rule_broken)
    app.register_error_handler(StaleForm, stale_form)
    app.register_error_handler(500, crashed)
