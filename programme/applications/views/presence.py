"""Who else writes on a draft, for a page that stays open."""

from flask import jsonify, session
from flask.typing import ResponseReturnValue

from programme.applications import queries, services
from programme.applications.views import bp
from programme.applications.views.steps import ENDPOINTS, beside_words, ensure_draft
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.sessions import leave_as_it_is
from programme.extensions import db


@bp.get("/dossiers/<reference>/presence/<step>")
@access(SIGNED_IN)
def presence(reference: str, step: str) -> ResponseReturnValue:
    """The pieces of page that say it; being asked by a page keeps no session alive."""
    leave_as_it_is(session)
    application = db.one_or_404(queries.with_pieces(reference))
    ensure_draft(application)
    require(step in ENDPOINTS)
    return jsonify(beside_words(services.colleagues(application.id, current_account().id, at=now()), step))
