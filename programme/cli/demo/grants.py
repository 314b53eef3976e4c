"""Grants of the demonstration Region: the awards that were released, one of them not notified yet."""

from datetime import datetime

from sqlalchemy import select

from programme.agreements.models import Agreement
from programme.agreements.states import AgreementState
from programme.assessment.models import Decision
from programme.assessment.states import DecisionState, Outcome
from programme.extensions import db
from programme.grants import services
from programme.grants.models import Grant
from programme.grants.states import GrantState


def load(at: datetime) -> None:
    """Open what the release of decisions has not opened; leave one award voted and not notified."""
    released = select(Decision).where(Decision.outcome == Outcome.AWARD, Decision.state == DecisionState.RELEASED)
    for decision in db.session.scalars(released.order_by(Decision.id)).all():
        services.open_grant(decision, by=None, at=decision.released_at or at)
    db.session.flush()  # The query below reads what was just opened.
    unsigned = (AgreementState.TO_PREPARE, AgreementState.DRAFT)
    waiting = db.session.scalars(
        select(Grant)
        .join(Agreement, Agreement.id == Grant.agreement_id)
        .where(Grant.state == GrantState.NOTIFIED, Agreement.state.in_(unsigned))
        .order_by(Grant.id)
        .limit(1)
    ).first()
    if waiting is not None:
        # The product notifies at the release; a vote whose letter is still to go can only be shown by hand.
        waiting.state, waiting.notified_at = GrantState.VOTED, None
