"""From the vote to the start of the project: the grant follows the letter and the convention."""

from decimal import Decimal
from itertools import product

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.agreements import services as agreements
from programme.agreements.models import Agreement
from programme.agreements.states import AgreementState as S
from programme.assessment.states import DecisionState
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.journal import JournalEntry
from programme.extensions import db as database
from programme.grants import services
from programme.grants.models import Grant
from programme.grants.states import MACHINE, GrantState
from programme.projects.models import Project
from programme.projects.thread import StepState, steps
from tests.factories.agreements import AT, advance, award, grant
from tests.factories.people import account

ALLOWED = {("voted", "notify"), ("notified", "contract"), ("notified", "start"), ("contracted", "start")}


@pytest.mark.parametrize(("state", "verb"), list(product(GrantState, MACHINE.verbs)))
def test_grant_transition(state, verb):
    assert MACHINE.allows(state, verb) == ((state.value, verb) in ALLOWED)


@pytest.mark.db
def test_a_released_award_opens_one_grant_with_a_convention_to_prepare(db, unit):
    with unit():
        decision = award()
        made = services.open_grant(decision, by=account(Role.OFFICER_FILE), at=AT)
        assert services.open_grant(decision, by=None, at=AT) is made
        assert (made.state, made.amount, made.eligible_cost) == (GrantState.VOTED, Decimal(14000), Decimal(28000))
        assert (made.agreement.state, made.voted_on) == (S.TO_PREPARE, decision.deliberation.voted_on)
        assert made.project.public_since == AT


@pytest.mark.db
def test_a_decision_that_is_not_released_opens_nothing(db, unit):
    with unit():
        decision = award()
        decision.state, decision.released_at = DecisionState.PENDING, None
        db.session.flush()
        with pytest.raises(RuleBroken, match="rendue"):
            services.open_grant(decision, by=None, at=AT)


@pytest.mark.db
def test_the_grant_follows_the_letter_and_the_convention(db, unit):
    with unit():
        made = grant()
        services.notify(made.decision, by=None, at=AT)
        services.notify(made.decision, by=None, at=AT)
        assert (made.state, made.notified_at) == (GrantState.NOTIFIED, AT)
        advance(made.agreement, S.SIGNED)
        assert made.state is GrantState.CONTRACTED
        agreements.activate(made.agreement, by=None, at=AT)
        assert made.state is GrantState.IN_PROGRESS
        number = made.id
    acts = db.session.scalars(
        select(JournalEntry.act)
        .where(JournalEntry.subject_type == Grant.__tablename__, JournalEntry.subject_id == number)
        .order_by(JournalEntry.id)
    ).all()
    assert acts == ["grant.opened", "grant.notified", "grant.contracted", "grant.started"]


@pytest.mark.db
def test_without_a_convention_the_grant_runs_once_notified(db, unit):
    with unit():
        first, second = grant(), grant()
        services.notify(first.decision, by=None, at=AT)
        for each in (first, second):
            agreements.waive(each.agreement, by=None, at=AT)
        assert (first.state, second.state) == (GrantState.IN_PROGRESS, GrantState.VOTED)
        services.notify(second.decision, by=None, at=AT)
        assert second.state is GrantState.IN_PROGRESS
    assert db.session.scalars(select(Agreement)).all() == []


@pytest.mark.db
def test_a_convention_without_a_letter_notifies_the_award(db, unit):
    with unit():
        made = grant()
        advance(made.agreement, S.SIGNED)
        assert (made.state, made.notified_at) == (GrantState.CONTRACTED, AT)


@pytest.mark.db
def test_everybody_sees_the_award_on_the_thread(app, db, unit):
    with unit():
        number = grant().project_id
    with app.test_request_context():
        shown = [each for each in steps(database.session.get(Project, number), None) if each.label.startswith("Aide")]
        voted_on = database.session.scalars(select(Grant.voted_on).where(Grant.project_id == number)).one()
    assert [(each.state, local_day(each.at)) for each in shown] == [(StepState.DONE, voted_on)]
