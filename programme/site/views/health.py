"""For the operator's monitoring: does the database answer, does the worker keep up, can files be written."""

from datetime import datetime
from typing import Any

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from programme.core import storage
from programme.core.access import PUBLIC, access
from programme.core.clock import now
from programme.extensions import db
from programme.site import queries
from programme.site.views import bp


@bp.get("/sante")
@access(PUBLIC)
def health() -> ResponseReturnValue:
    """503 when a person's act could not be kept: no database or no room for files."""
    at = now()
    state = {"at": at.isoformat(), **_database(at), "storage": _storage()}
    sound = state["database"] == "ok" and state["storage"] == "ok"
    response = jsonify(status="ok" if sound else "failing", **state)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if sound else 503


def _database(at: datetime) -> dict[str, Any]:
    """The queue and the mails that wait; seconds since the oldest was due say whether the worker keeps up."""
    try:
        due, oldest_job = db.session.execute(queries.due_jobs(at)).one()
        failed = db.session.scalar(queries.failed_jobs())
        mails, oldest_mail = db.session.execute(queries.waiting_mails()).one()
    except SQLAlchemyError:
        db.session.rollback()
        current_app.logger.exception("health: the database does not answer")
        return {"database": "failing", "queue": None, "mail": None}
    return {
        "database": "ok",
        "queue": {"due": due, "oldest_seconds": age(oldest_job, at), "failed": failed},
        "mail": {"waiting": mails, "oldest_seconds": age(oldest_mail, at)},
    }


def age(since: datetime | None, at: datetime) -> int:
    """Whole seconds since an instant; 0 when there is none, or when it is to come."""
    return 0 if since is None else max(0, int((at - since).total_seconds()))


def _storage() -> str:
    try:
        storage.store().probe()
    except OSError:
        current_app.logger.exception("health: the file store cannot be written")
        return "failing"
    return "ok"
