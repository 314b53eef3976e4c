"""Sessions open and close by themselves at their hour."""

from datetime import timedelta

from programme.calls import services
from programme.core import jobs
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work


@jobs.periodic("calls.turn_sessions", every=timedelta(seconds=20))
def turn_sessions() -> None:
    """Open and close what is due. A deposit is judged by the clock itself, never by this task's punctuality."""
    with unit_of_work():
        services.turn_sessions(at=now())
