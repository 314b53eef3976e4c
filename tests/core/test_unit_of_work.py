"""What is acknowledged is committed; what is not in a unit of work is refused."""

import pytest
from sqlalchemy import select

from programme.accounts.models import Account
from programme.core.unit_of_work import WriteOutsideUnitOfWork, unit_of_work
from tests.factories.people import account

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
