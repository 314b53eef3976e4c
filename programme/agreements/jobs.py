"""What the worker does: agreements near their term are marked, those past it expire."""

from datetime import timedelta

from programme.agreements import queries, services
from programme.agreements.states import AgreementState
from programme.core import jobs
from programme.core.clock import now, today
from programme.core.periods import add_months
from programme.core.unit_of_work import unit_of_work

NOTICE_MONTHS = 3


@jobs.periodic("agreements.terms", timedelta(hours=6))
def watch_terms() -> None:
    """Mark partnerships three months before their term; let them expire the day after it."""
    at, day = now(), today()
    with unit_of_work() as session:
        for agreement in session.scalars(queries.ending_before(add_months(day, NOTICE_MONTHS))).all():
            if agreement.ends_on is not None and agreement.ends_on < day:
                services.expire(agreement, by=None, at=at)
            elif agreement.state is AgreementState.ACTIVE:
                services.mark_to_renew(agreement, by=None, at=at)
