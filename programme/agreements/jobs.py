"""What the worker does: approved agreements are sent in a batch, those near their term marked, those past it expire."""

from datetime import timedelta
from typing import Any

from programme.accounts.models import Account
from programme.agreements import policy, queries, services
from programme.agreements.states import AgreementState
from programme.core import documents, jobs
from programme.core.clock import now, today
from programme.core.periods import add_months
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

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


@jobs.handler("agreements.send_batch", heavy=True)
def send_batch(payload: dict[str, Any]) -> None:
    """Send approved agreements one after the other, each whole or not at all, then have their copies printed.

    Killed in the middle and run again, it goes on with the first that is still to send: numbers follow one another, none
    is sent twice.
    """
    wanted = payload["agreements"]
    for rank, reference in enumerate(wanted, 1):
        with unit_of_work():
            _send(reference, payload["by"])
        jobs.progress(payload["job"], rank, len(wanted))
    with unit_of_work() as session:
        copies = session.scalars(queries.copies_to_print(wanted)).all()
        if copies:
            documents.ask_for(copies, by=session.get_one(Account, payload["by"]), at=now())


def _send(reference: str, account_id: int) -> None:
    """Number it, issue its copy and queue its mails, unless a colleague sent it or sent it back meanwhile."""
    agreement = db.session.scalars(queries.for_update(reference)).one_or_none()
    account = db.session.get_one(Account, account_id)
    if agreement is not None and policy.can_lead(account, agreement, "send"):
        services.send(agreement, by=account, at=now(), in_batch=True)
