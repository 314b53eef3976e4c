"""What is acknowledged is committed; what is not in a unit of work is refused."""

import pytest
from flask_login import login_user
from sqlalchemy import select

from programme.accounts.models import Account
from programme.accounts.states import AccountState
from programme.core.access import viewer
from programme.core.unit_of_work import WriteOutsideUnitOfWork, unit_of_work
from tests.factories.people import NOON, account

pytestmark = pytest.mark.db


def test_a_unit_of_work_commits(db):
    with unit_of_work():
        account(name="Camille")
    db.session.rollback()
    assert [each.display_name for each in db.session.scalars(select(Account))] == ["Camille"]


def test_an_error_undoes_everything(db):
    with pytest.raises(KeyError), unit_of_work():
        account(name="Camille")
        raise KeyError
    assert db.session.scalars(select(Account)).all() == []


def test_a_write_outside_is_refused(db):
    db.session.add(Account(email="a@b.fr", display_name="A"))
    with pytest.raises(WriteOutsideUnitOfWork):
        db.session.flush()
    db.session.rollback()


def test_two_units_are_not_nested(db):
    with unit_of_work(), pytest.raises(WriteOutsideUnitOfWork), unit_of_work():
        pass


def test_the_tests_start_empty(db):
    assert db.session.scalars(select(Account)).all() == []


def test_the_person_who_acts_is_read_before_anything_changes(app, db):
    """Reading `by.id` in the middle of an act must not flush a thing that is half changed."""
    with unit_of_work():
        person = account(name="Camille")
    with app.test_request_context("/"):
        login_user(person)
        with unit_of_work() as session:
            half_made = Account(email="a@b.fr", display_name="A", created_at=NOON, state=AccountState.ACTIVE)
            session.add(half_made)  # The database refuses it as long as it has no date of confirmation.
            assert viewer().id
            half_made.confirmed_at = NOON
