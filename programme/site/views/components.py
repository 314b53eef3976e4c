"""The living page of the components: each in every state, for whoever makes or judges a page."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from programme.accounts.policy import ANY_STAFF
from programme.core.access import access
from programme.core.clock import now
from programme.site import question_specimens, specimens
from programme.site.views import bp

THEMES = ("light", "dark")


@bp.get("/agents/composants")
@access(ANY_STAFF)
def components() -> ResponseReturnValue:
    """Every component; `?theme=` and `?text=200` show the page as others have it."""
    at, theme = now(), request.args.get("theme", "")
    map_shown, map_rows = specimens.map_of_the_region()
    return render_template(
        "site/components.html", at=at, theme=theme if theme in THEMES else None, large=request.args.get("text") == "200",
        forms=specimens.forms(), records=specimens.RECORDS, steps=specimens.steps(), messages=specimens.messages(at),
        drawings=specimens.drawings(), graphics=specimens.graphics(), map=map_shown, map_rows=map_rows, s=specimens,
        asked=question_specimens.asked(),
        here=lambda _code: "#carte", with_query_page=lambda _number: "#pages",
    )  # fmt: skip
