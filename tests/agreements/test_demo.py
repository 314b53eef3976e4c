"""The demonstration shows every state of every machine of this room, the same at each loading."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from programme.agreements.models import Agreement, Commitment, Partnership
from programme.agreements.states import AgreementState, CommitmentState, PartnerStatus
from programme.cli.demo import agreements, people
from programme.core.clock import local_day

pytestmark = [pytest.mark.db, pytest.mark.slow]
INSTANT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def play(db):
    people.load(INSTANT)
    agreements.load(INSTANT)
    db.session.flush()
    return [
        (each.reference, each.number, each.state, each.text_sha256)
        for each in db.session.scalars(select(Agreement).order_by(Agreement.id))
    ]


def test_every_state_is_shown_and_two_loadings_are_the_same(db, unit):
    with unit():
        first = play(db)
        db.session.rollback()
    with unit():
        assert play(db) == first
    assert len(first) >= 12
    assert {each[2] for each in first} == set(AgreementState)
    assert set(db.session.scalars(select(Partnership.status))) == set(PartnerStatus)
    promises = db.session.scalars(select(Commitment)).all()
    assert {each.state for each in promises} == set(CommitmentState)
    late = [each.is_late(local_day(INSTANT)) for each in promises]
    assert any(late)
    assert any(each.is_kept for each in promises)
