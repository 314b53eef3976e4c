"""Doors of the events' room."""

from typing import Any

from flask import Blueprint

from programme.core.access import require, viewer
from programme.events import policy, queries
from programme.events.labels import ALL
from programme.events.models import Event
from programme.extensions import db

bp = Blueprint("events", __name__)


@bp.record_once
def _give_words(state: Any) -> None:
    """Templates, those of other rooms too, find the French words under one name."""
    state.app.jinja_env.globals["event_labels"] = ALL


def visible_event(slug: str, *, lock: bool = False) -> Event:
    """The event, if this visitor may know that it exists; `lock` holds its places until the end of the transaction."""
    event: Event = db.one_or_404(queries.for_update(slug) if lock else queries.by_slug(slug))
    require(policy.can_see(viewer(), event))
    return event


from programme.events.views import (  # noqa: E402,F401 - the views register themselves on `bp`
    calendars,
    challenges,
    desk,
    desk_registrations,
    desk_teams,
    public,
    registration,
    teams,
)
