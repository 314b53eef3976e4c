"""The Region's look: its sheet and its logo, and the page where an administrator tries other colours."""

from flask import Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core.access import PUBLIC, access
from programme.core.theme import ThemeError, contrast_table, palette
from programme.site.forms import ColoursForm
from programme.site.views import bp


def _kept(content: str | bytes, mimetype: str, version: str) -> Response:
    """Kept a year when the address holds the hash of the content, five minutes otherwise (the page of a failure)."""
    response = make_response(content)
    response.mimetype = mimetype
    response.cache_control.public = True
    exact = request.args.get("v") == version
    response.cache_control.max_age = 31536000 if exact else 300
    if exact:
        response.cache_control.immutable = True
    return response


@bp.get("/identite/theme.css")
@access(PUBLIC)
def theme() -> ResponseReturnValue:
    """Every colour of the screen, computed from the Region's three."""
    look = current_app.config["IDENTITY"]
    return _kept(look.sheet, "text/css", look.sheet_version)


@bp.get("/identite/logo")
@access(PUBLIC)
def logo() -> ResponseReturnValue:
    """The Region's logo; opened alone, a drawing runs nothing."""
    picture = current_app.config["IDENTITY"].logo
    if picture is None:
        abort(404)
    response = _kept(picture.content, picture.mimetype, picture.version)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


def _both(colours: tuple[str, str, float]) -> list[dict[str, str]]:
    """The palette of each theme."""
    return [palette(*colours, dark=dark) for dark in (False, True)]


@bp.get("/agents/region")
@access(staff(Role.ADMIN))
def region() -> ResponseReturnValue:
    """What the Region's file says, and how other colours would look; nothing is written."""
    here = current_app.config["REGION"]
    kept = tried = (here.brand, here.accent, float(here.neutral_hue))
    form, after, refusal = ColoursForm(request.args if "brand" in request.args else None, obj=here), [], None
    if request.args and form.validate():
        tried = (form.brand.data, form.accent.data, float(form.neutral_hue.data or 0))
    try:
        after = _both(tried)
    except ThemeError as error:
        refusal = str(error)
    rows = [row for roles, name in zip(after, ("clair", "sombre"), strict=False) for row in contrast_table(roles, name)]
    return render_template(
        "site/region.html", form=form, before=_both(kept), after=after, rows=rows, refusal=refusal, tried=tried,
        changed=tried != kept,
    ), 422 if form.errors or refusal else 200  # fmt: skip
