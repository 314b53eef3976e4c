"""Calendar files: the whole programme, and each event."""

from collections.abc import Sequence

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core import mail
from programme.core.access import PUBLIC, access
from programme.events import documents, queries
from programme.events.labels import KINDS
from programme.events.models import Event
from programme.events.views import bp
from programme.extensions import db


@bp.get("/evenements.ics")
@access(PUBLIC)
def calendar() -> ResponseReturnValue:
    """Every published event."""
    events = db.session.scalars(queries.calendar()).all()
    return _answer(events, _("Événements, %(region)s", region=current_app.config["REGION"].name), "evenements")


@bp.get("/evenements/<slug>.ics")
@access(PUBLIC)
def event_calendar(slug: str) -> ResponseReturnValue:
    """One event; a draft has no calendar, even for its agents: the file is made to be shared."""
    event = db.one_or_404(queries.calendar().where(Event.slug == slug))
    return _answer([event], event.title, event.slug)


def _answer(events: Sequence[Event], name: str, file: str) -> Response:
    body = documents.calendar(
        events, name=name, organiser=current_app.config["REGION"].name,
        url_of=lambda event: mail.link("events.show", slug=event.slug),
        kinds={code: str(label) for code, label in KINDS.items()},
    )  # fmt: skip
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{file}.ics"'
    response.add_etag()
    response.make_conditional(request)
    return response
