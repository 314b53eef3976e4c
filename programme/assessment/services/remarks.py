"""What the Region told the applicant of a decision, for the file that takes the project up again."""

from collections.abc import Iterable

from programme.applications import services as applications
from programme.applications.models import Application
from programme.applications.rules.remarks import Remark
from programme.assessment import queries
from programme.assessment.states import DecisionState, Outcome
from programme.core.clock import local_day
from programme.extensions import db


@applications.register_teller
def decision_told(application: Application) -> Iterable[Remark]:
    """The reason of a rejection, once it was notified: the letter that the applicant got says the same."""
    decision = db.session.scalars(queries.decision_on(application.id)).one_or_none()
    if decision is None or decision.state is not DecisionState.RELEASED or decision.outcome is Outcome.AWARD:
        return
    assert decision.released_at is not None  # A CHECK holds it.
    yield Remark("decision", decision.reason, local_day(decision.released_at))
