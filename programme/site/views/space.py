"""Where each person starts after sign-in: what awaits them."""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from programme.accounts.policy import ANY_STAFF
from programme.agreements import queries as agreements
from programme.agreements.models import Agreement
from programme.agreements.states import AgreementState
from programme.applications import queries as applications
from programme.applications.labels import PUBLIC_STATES, PUBLIC_TONES
from programme.applications.queries import messages
from programme.applications.states import ApplicationState
from programme.core.access import SIGNED_IN, access, current_account
from programme.core.clock import now, today
from programme.evaluation import queries as evaluation
from programme.evaluation.states import EvaluationState
from programme.events import queries as events
from programme.events.states import RegistrationState
from programme.extensions import db
from programme.organisations import queries as organisations
from programme.organisations.labels import MEMBERSHIP_STATES
from programme.organisations.models import Membership
from programme.organisations.policy import UNANSWERED
from programme.organisations.states import MembershipRole, MembershipState
from programme.reuses import queries as reuses
from programme.site.page_context import staff_nav
from programme.site.views import awaiting, bp

TO_DO = {ApplicationState.DRAFT, ApplicationState.INFO_REQUESTED}
TO_SCORE = {EvaluationState.ASSIGNED, EvaluationState.IN_PROGRESS}


@bp.get("/mon-espace")
@access(SIGNED_IN)
def my_space() -> ResponseReturnValue:
    """What awaits me, the nearest deadline first; then, quieter, what I follow."""
    person = current_account()
    if person.is_staff:
        return redirect(url_for(".agents"))
    found = _mine(person.id)
    return render_template(
        "site/my_space.html", awaited=_awaited(found, person.id), left=awaiting.left, today=today(),
        followed=[each for each in found["files"] if each.state not in TO_DO], states=PUBLIC_STATES, tones=PUBLIC_TONES,
        member_states=MEMBERSHIP_STATES, memberships=found["memberships"],
        my_registrations=found["registrations"], my_reuses=found["reuses"],
        my_teams=db.session.scalars(events.my_teams(person.id)).all(), unanswered=now() - UNANSWERED,
    )  # fmt: skip


def _mine(person_id: int) -> dict[str, Sequence[Any]]:
    statements: dict[str, Any] = {
        "files": applications.mine(person_id), "evaluations": evaluation.mine(person_id),
        "memberships": organisations.memberships_of(person_id), "requests": organisations.requests_to(person_id),
        "ownership": organisations.objectionable(person_id),
        "registrations": events.my_registrations(person_id), "reuses": reuses.mine(person_id),
    }  # fmt: skip
    return {name: db.session.scalars(statement).all() for name, statement in statements.items()}


def _awaited(found: dict[str, Sequence[Any]], person_id: int) -> list[awaiting.Awaited]:
    """Everything that waits for an act of the person."""
    led = [
        each.organisation_id
        for each in found["memberships"]
        if each.state is MembershipState.ACTIVE and each.role is MembershipRole.OWNER
    ]
    to_sign = agreements.mine(person_id).where(
        Agreement.state == AgreementState.SENT, Agreement.organisation_id.in_(led)
    )
    owed = messages.owed_by(person_id).where(Membership.role != MembershipRole.READER)  # Who reads does not answer.
    return awaiting.in_order(
        [
            *awaiting.of_applications([each for each in found["files"] if each.state in TO_DO], now()),
            *awaiting.of_messages(db.session.execute(owed)),
            *awaiting.of_offers([each for each in found["registrations"] if each.state is RegistrationState.OFFERED]),
            *awaiting.of_evaluations([each for each in found["evaluations"] if each.state in TO_SCORE]),
            *awaiting.of_agreements(db.session.scalars(to_sign).all()), *awaiting.of_members(found["requests"]),
            *awaiting.of_ownership(found["ownership"]),
            *awaiting.of_reuses(found["reuses"]),
        ]
    )  # fmt: skip


@bp.get("/agents")
@access(ANY_STAFF)
def agents() -> ResponseReturnValue:
    """The first door that the person's roles open."""
    doors = staff_nav(current_account())
    return redirect(doors[0][1]) if doors else abort(404)
