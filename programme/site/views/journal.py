"""The journal of acts, for the administrator and the data protection officer."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core.access import access
from programme.extensions import db
from programme.site import queries
from programme.site.queries import JournalFilters
from programme.site.views import bp

PER_PAGE = 50


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@bp.get("/agents/journal")
@access(staff(Role.ADMIN, Role.DPO))
def journal() -> ResponseReturnValue:
    """The entries, newest first; a page begins after the last entry of the one before."""
    asked = {name: request.args.get(name, "").strip()[:80] for name in ("acte", "objet", "numero", "avant")}
    filters = JournalFilters(asked["acte"], asked["objet"], _number(asked["numero"]), _number(asked["avant"]))
    rows = db.session.execute(queries.journal(filters).limit(PER_PAGE + 1)).all()
    kept: dict[str, Any] = {name: text for name, text in asked.items() if text and name != "avant"}
    older = url_for(".journal", **kept, avant=rows[PER_PAGE - 1][0].id) if len(rows) > PER_PAGE else None
    return render_template(
        "site/journal.html", rows=rows[:PER_PAGE], asked=asked, older=older, filtered=bool(kept),
        newest=url_for(".journal", **kept) if filters.before else None, subjects=sorted(db.metadata.tables),
    )  # fmt: skip
