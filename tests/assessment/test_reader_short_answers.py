"""The grid saves itself while one scores: the same rights, one journal entry for the act and none for the saves."""

import pytest
import time_machine
from sqlalchemy import func, select

from programme.core import journal
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import services as evaluation
from programme.evaluation.models import Evaluation
from programme.extensions import db as database
from tests.factories.assessment import LATER, assigned, officer, reader, under_review
from tests.factories.people import signed_in, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _five_days_later(db):
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def opened(app, db):
    """A reader in front of a grid they may fill in."""
    with unit_of_work():
        by = officer()
        file = under_review(by, officer_id=by.id)
        person = reader(file, "Inès")
        given = assigned(file, person, by)
        evaluation.declare_no_conflict(given, by=person, at=LATER)
        marks = [each.id for each in given.grid.criteria]
    return visitor_for(app, person), given.id, marks


def save(visitor, number, data):
    path = f"/evaluations/{number}"
    values = {"csrf_token": visitor.token("/compte"), "action": "autosave", **data}
    visitor._arrive()
    return visitor.client.post(path, data=values, headers={"Accept": "application/json"})


def found(number):
    database.session.rollback()
    return database.session.get_one(Evaluation, number)


def entries():
    return database.session.scalar(select(func.count()).select_from(journal.JournalEntry))


def test_a_mark_is_kept_with_the_total_so_far_and_no_entry_in_the_journal(opened):
    visitor, number, criteria = opened
    before = entries()
    answer = save(visitor, number, {f"mark_{criteria[0]}": "4", f"why_{criteria[0]}": "Solide.", "comment": "Bien."})
    assert answer.status_code == 200
    assert plain(answer.json["message"]).startswith("Enregistré à")
    assert "total-so-far" in answer.json["fragments"]
    assert entries() == before
    assert (found(number).comment, found(number).total) == ("Bien.", None)


def test_another_window_is_a_conflict_and_the_same_save_again_is_not(opened):
    visitor, number, criteria = opened
    version = str(found(number).version)
    data = {"version": version, f"mark_{criteria[0]}": "4", "comment": "Une fois."}
    assert [save(visitor, number, data).status_code for _turn in range(2)] == [200, 200]
    assert save(visitor, number, data | {"comment": "Autre chose."}).status_code == 409
    assert found(number).comment == "Une fois."


def test_nobody_else_saves_a_grid(app, opened):
    _visitor, number, criteria = opened
    stranger, _id = signed_in(app)
    assert save(stranger, number, {f"mark_{criteria[0]}": "0"}).status_code == 404


def test_a_stale_token_brings_a_new_one(opened):
    visitor, number, _criteria = opened
    visitor._arrive()
    answer = visitor.client.post(
        f"/evaluations/{number}", data={"csrf_token": "vieux", "comment": "Rien."},
        headers={"Accept": "application/json", "Origin": "http://localhost"},
    )  # fmt: skip
    assert (answer.status_code, found(number).comment) == (412, "")
    assert save(visitor, number, {"csrf_token": answer.json["csrf"], "comment": "Gardé."}).status_code == 200
