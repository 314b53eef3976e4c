"""What the worker does for events: places whose offer was not taken go to the next person."""

from datetime import timedelta

from programme.core import jobs
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.events import queries
from programme.events.services import registrations
from programme.extensions import db


@jobs.periodic("events.expire_offers", timedelta(minutes=5))
def expire_offers() -> None:
    """One short transaction for each event that has an offer whose time is over."""
    at = now()
    slugs = db.session.scalars(queries.events_with_expired_offers(at)).all()
    for slug in slugs:
        with unit_of_work():
            event = db.session.scalars(queries.for_update(slug)).one()
            registrations.expire_offers(event, at=at)
