"""What the worker does for the network: it asks the company registry what a person could not wait for."""

from datetime import timedelta
from typing import Any

from programme.core import jobs
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.organisations import queries, services, sources
from programme.organisations.models import CompanyAnswer
from programme.organisations.rules.company import Absence

EVERY = timedelta(hours=1)
ASKED_AGAIN = timedelta(days=30)
AT_ONCE = 50
ATTEMPTS = 72
"""About three days: a registry that is out for a week-end is no failure to look at."""


class RegistrySilent(RuntimeError):
    """The registry gave no answer that can be used: the job is tried again, later and later."""


@jobs.handler(services.CHECK, attempts=ATTEMPTS)
def check_siret(payload: dict[str, Any]) -> None:
    """Keep what the registry says of one SIRET. Run twice, the second time asks nothing; without a registry, nor the first.

    Raises:
        RegistrySilent: no answer this time.
    """
    if sources.plugged_in() and sources.answer_on(payload["siret"], at=now()) is Absence.UNAVAILABLE:
        raise RegistrySilent


@jobs.periodic("organisations.catch_up", EVERY)
def catch_up() -> None:
    """Erase the answers about SIRETs that nobody entered; ask about organisations never checked, or long ago.

    A few at once, and none while others wait: the registry serves everybody.
    """
    at = now()
    with unit_of_work() as session:
        session.execute(queries.forget_looked_up(at - CompanyAnswer.FRESH))
        if not sources.plugged_in() or session.scalars(queries.waiting_checks(services.CHECK).limit(1)).first():
            return
        for siret in session.scalars(queries.unchecked(at - ASKED_AGAIN, AT_ONCE)).all():
            services.check_later(siret, at=at)


@jobs.periodic("organisations.remind_of_requests", EVERY)
def remind_of_requests() -> None:
    """Remind the owners of who waits at the door, then tell the person what they can do."""
    with unit_of_work():
        services.remind_of_requests(now())
