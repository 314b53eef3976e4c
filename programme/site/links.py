"""Where a team's project goes next: the buttons of its page lead to the open call and to the gallery."""

from flask import Flask, url_for

from programme.calls import queries as calls
from programme.core.clock import now
from programme.events import services as events
from programme.events.models import Team
from programme.extensions import db


def into_the_call(team: Team) -> str | None:
    """The first page of an application that carries the team's project on; None while no call is open."""
    session = db.session.scalars(calls.accepting(now()).limit(1)).first()
    if session is None:
        return None
    return url_for("applications.start", slug=session.call.slug, projet=team.project.slug)


def into_the_gallery(team: Team) -> str | None:
    """The declaration of a reuse, with what the team handed in already filled in."""
    return url_for("reuses.propose", equipe=team.slug)


def install(_app: Flask) -> None:
    """Tell the events' room."""
    events.continue_link.register(into_the_call)
    events.reuse_link.register(into_the_gallery)
