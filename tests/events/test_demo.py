"""The demonstration meets every state of every machine of the room."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from programme.cli.demo import events as demo
from programme.core.unit_of_work import unit_of_work
from programme.events.models import Challenge, Event, Registration, Team
from programme.events.states import ChallengeState, EventKind, EventState, RegistrationState, TeamState
from tests.factories import events as make
from tests.factories.people import account, organisation

pytestmark = [pytest.mark.db, pytest.mark.slow]


def test_every_state_is_met_and_places_are_counted_right(db):
    with unit_of_work():
        for email in (demo.STUDENT, demo.OFFICER, demo.PARTNER):
            account(email=email)
        organisation()
        for _each in range(6):
            make.dataset()
        demo.load(datetime(2026, 11, 23, 11, tzinfo=UTC))
    for column, codes in (
        (Event.state, EventState), (Event.kind, EventKind), (Registration.state, RegistrationState),
        (Team.state, TeamState), (Challenge.state, ChallengeState),
    ):  # fmt: skip
        assert set(db.session.scalars(select(column))) == set(codes)
    water = db.session.scalars(select(Event).where(Event.slug == "l-eau-qui-reste")).one()
    assert water.places_left == 0
    assert db.session.scalar(select(func.count()).where(Team.event_id == water.id)) == 24
    for event in db.session.scalars(select(Event)):
        counted = dict(
            db.session.execute(
                select(Registration.state, func.count())
                .where(Registration.event_id == event.id)
                .group_by(Registration.state)
            ).all()
        )
        seated = sum(
            counted.get(state, 0)
            for state in (RegistrationState.CONFIRMED, RegistrationState.PRESENT, RegistrationState.ABSENT)
        )
        assert (event.confirmed_count, event.offered_count) == (seated, counted.get(RegistrationState.OFFERED, 0)), (
            event.title
        )
