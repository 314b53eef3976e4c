"""The one clock: instants are UTC, the Region's zone is only for showing and for whole days."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import current_app


def now() -> datetime:
    """The server's present instant, aware, in UTC. Deadlines are judged by this clock only."""
    return datetime.now(UTC)


def region_zone() -> ZoneInfo:
    """The zone in which the Region shows its times."""
    return ZoneInfo(current_app.config["TIME_ZONE"])


def today() -> date:
    """The present day in the Region's zone."""
    return local_day(now())


def local(instant: datetime) -> datetime:
    """An instant in the Region's zone."""
    return instant.astimezone(region_zone())


def local_day(instant: datetime) -> date:
    """The day, in the Region's zone, that contains the instant."""
    return local(instant).date()


def at_local(day: date, hour: time) -> datetime:
    """The UTC instant of a wall-clock hour of the Region."""
    return datetime.combine(day, hour, tzinfo=region_zone()).astimezone(UTC)
