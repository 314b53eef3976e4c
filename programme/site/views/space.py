"""Where each person starts after sign-in: what awaits them."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from programme.accounts.policy import ANY_STAFF
from programme.applications import queries as applications
from programme.applications.labels import PUBLIC_STATES, PUBLIC_TONES
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.core.access import SIGNED_IN, access, current_account
from programme.core.clock import now
from programme.evaluation import queries as evaluation
from programme.evaluation.states import EvaluationState
from programme.events import queries as events
from programme.extensions import db
from programme.organisations import queries as organisations
from programme.organisations.labels import MEMBERSHIP_STATES
from programme.reuses import queries as reuses
from programme.site.page_context import path_is_open, staff_nav
from programme.site.views import bp

TO_DO = {ApplicationState.DRAFT, ApplicationState.INFO_REQUESTED}
TO_SCORE = {EvaluationState.ASSIGNED, EvaluationState.IN_PROGRESS}


@bp.get("/mon-espace")
@access(SIGNED_IN)
def my_space() -> ResponseReturnValue:
    """What awaits me: requests of the Region, drafts, evaluations, registrations, reuses, my organisations."""
    person = current_account()
    if person.is_staff:
        return redirect(url_for(".agents"))
    files = db.session.scalars(applications.mine(person.id)).all()
    evaluations = db.session.scalars(evaluation.mine(person.id)).all()
    return render_template(
        "site/my_space.html", to_do=_to_do(list(files)), followed=[each for each in files if each.state not in TO_DO],
        to_score=[each for each in evaluations if each.state in TO_SCORE], evaluations_open=path_is_open("/evaluations"),
        states=PUBLIC_STATES, tones=PUBLIC_TONES, member_states=MEMBERSHIP_STATES, at=now(),
        memberships=db.session.scalars(organisations.memberships_of(person.id)).all(),
        requests=db.session.scalars(organisations.requests_to(person.id)).all(),
        my_registrations=db.session.scalars(events.my_registrations(person.id)).all(),
        my_teams=db.session.scalars(events.my_teams(person.id)).all(),
        my_reuses=db.session.scalars(reuses.mine(person.id)).all(),
    )  # fmt: skip


def _to_do(files: list[Application]) -> list[Application]:
    """Requests of the Region first, then drafts, each by its deadline."""
    waiting = [each for each in files if each.state in TO_DO]
    return sorted(waiting, key=lambda each: (each.state is ApplicationState.DRAFT, each.session.closes_at, each.id))


@bp.get("/agents")
@access(ANY_STAFF)
def agents() -> ResponseReturnValue:
    """The first door that the person's roles open."""
    doors = staff_nav(current_account())
    return redirect(doors[0][1]) if doors else abort(404)
