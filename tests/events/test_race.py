"""Forty people press the button at once for five places: five have one, the others wait in order."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from programme.accounts.models import Account
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.events import queries
from programme.events.models import Event, Registration, Team, TeamMember
from programme.events.services import registrations, teams
from programme.events.states import RegistrationState, TeamState
from programme.extensions import db as database
from tests.factories import events as make
from tests.factories.people import account

pytestmark = [pytest.mark.db, pytest.mark.slow]
PEOPLE, PLACES = 40, 5
R = RegistrationState


def all_at_once(app, act, numbers):
    """Run `act(number)` in as many threads, each with its own application context and session."""
    barrier = Barrier(len(numbers))

    def run(number):
        with app.app_context():
            try:
                return act(number, barrier)
            finally:
                database.session.remove()

    with ThreadPoolExecutor(len(numbers)) as pool:
        return list(pool.map(run, numbers))


@pytest.fixture
def crowd(db):
    with unit_of_work():
        event = make.event(capacity=PLACES)
        people = [account() for _each in range(PEOPLE)]
    slug, numbers = event.slug, [each.id for each in people]
    db.session.remove()
    return slug, numbers


def sign_up(slug):
    def act(number, barrier):
        barrier.wait()
        with unit_of_work() as session:
            event = session.scalars(queries.for_update(slug)).one()
            person = session.get_one(Account, number)
            return registrations.register(event, person, make.ANSWERS, at=now()).state

    return act


def test_forty_people_at_once_for_five_places(app, db, crowd):
    slug, numbers = crowd
    seen = all_at_once(app, sign_up(slug), numbers)
    assert (seen.count(R.CONFIRMED), seen.count(R.WAITING)) == (PLACES, PEOPLE - PLACES)
    event = db.session.scalars(queries.by_slug(slug)).one()
    assert (event.confirmed_count, event.offered_count) == (PLACES, 0)
    waiting = db.session.scalars(queries.registrations(event.id, R.WAITING)).all()
    assert [each.queue_number for each in waiting] == list(range(1, PEOPLE - PLACES + 1))
    # The order of the list is the order in which the rows were committed: their numbers rise together.
    assert sorted(each.id for each in waiting) == [each.id for each in waiting]


def test_the_control_that_counts_then_inserts_overbooks(app, db, crowd):
    """The same crowd with the guard off: what the test above would show if places were only counted."""
    slug, numbers = crowd

    def count_then_insert(number, barrier):
        event_id = database.session.scalar(select(Event.id).where(Event.slug == slug))
        taken = database.session.scalar(select(func.count()).where(Registration.event_id == event_id)) or 0
        database.session.remove()
        barrier.wait()
        if taken < PLACES:
            with unit_of_work() as session:
                session.add(
                    Registration(
                        event_id=event_id, account_id=number, state=R.CONFIRMED, rules_version=1, submitted_at=now()
                    )
                )

    all_at_once(app, count_then_insert, numbers)
    assert db.session.scalar(select(func.count()).where(Registration.state == R.CONFIRMED)) > PLACES


def test_withdrawals_and_arrivals_at_once_keep_every_place_in_use(app, db, crowd):
    slug, numbers = crowd
    first, rest = numbers[:10], numbers[10:]
    for number in first:
        with unit_of_work() as session:
            event = session.scalars(queries.for_update(slug)).one()
            registrations.register(event, session.get_one(Account, number), make.ANSWERS, at=now())

    def act(number, barrier):
        if number in rest:
            return sign_up(slug)(number, barrier)
        barrier.wait()
        with unit_of_work() as session:
            event = session.scalars(queries.for_update(slug)).one()
            mine = session.scalars(queries.live_registration(event.id, number)).one()
            registrations.withdraw(mine, by=mine.account, at=now())
        return None

    all_at_once(app, act, [*first[:5], *rest])
    db.session.remove()
    event = db.session.scalars(queries.by_slug(slug)).one()
    counted = {state: number for _e, state, number in db.session.execute(queries.registration_counts([event.id]))}
    assert (event.confirmed_count, event.offered_count) == (0, PLACES)
    assert counted == {R.WITHDRAWN: 5, R.OFFERED: PLACES, R.WAITING: PEOPLE - 10}
    offered = db.session.scalars(queries.registrations(event.id, R.OFFERED)).all()
    assert {each.account_id for each in offered} == set(first[5:])


def test_ten_people_at_once_for_the_two_seats_left_in_a_team(app, db):
    with unit_of_work():
        event = make.event(capacity=20, team_max=3)
        people = [make.registration(event).account for _each in range(11)]
        team = make.team(event, people[0])
        slug, team_id, code, numbers = event.slug, team.id, team.join_code, [each.id for each in people[1:]]
    db.session.remove()

    def act(number, barrier):
        barrier.wait()
        try:
            with unit_of_work() as session:
                event = session.scalars(queries.by_slug(slug)).one()
                teams.join(event, code, by=session.get_one(Account, number), at=now())
        except RuleBroken:
            return False
        return True

    assert sum(all_at_once(app, act, numbers)) == 2
    assert db.session.get_one(Team, team_id).members_count == 3


def test_the_same_person_pressing_twice_starts_one_team(app, db):
    with unit_of_work():
        event = make.event()
        person = make.registration(event).account
        slug, number = event.slug, person.id
    db.session.remove()

    def act(_number, barrier):
        barrier.wait()
        try:
            with unit_of_work() as session:
                event = session.scalars(queries.by_slug(slug)).one()
                teams.create(event, "Sources", "Une idée.", None, by=session.get_one(Account, number), at=now())
        except RuleBroken:
            return False
        return True

    assert sum(all_at_once(app, act, [1, 2, 3, 4])) == 1
    assert db.session.scalar(select(func.count()).select_from(TeamMember)) == 1
    assert db.session.scalars(select(Team.state)).all() == [TeamState.FORMING]
