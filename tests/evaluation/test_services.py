"""Assigning, declaring, marking, stepping aside."""

import pytest
from sqlalchemy import select

from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import policy, queries, services
from programme.evaluation.models import Evaluation, Recusal
from programme.evaluation.states import EvaluationState, Recommendation, SubjectKind
from programme.extensions import db as database
from tests.factories.assessment import LATER, assigned, marked, officer, reader, under_review

pytestmark = pytest.mark.db


@pytest.fixture
def given(db):
    with unit_of_work():
        by = officer()
        file = under_review(by)
        person = reader(file)
        return assigned(file, person, by), person


def load(evaluation):
    """The evaluation with its marks, as a view loads it inside the unit of work."""
    return database.session.scalars(queries.for_update(evaluation.id)).one()


def test_the_subject_opens_only_after_the_declaration(db, given):
    evaluation, person = given
    assert policy.can_declare(person, evaluation)
    assert not policy.can_open(person, evaluation)
    with unit_of_work():
        evaluation = load(evaluation)
        services.declare_no_conflict(evaluation, by=person, at=LATER)
    assert policy.can_open(person, evaluation)
    assert policy.can_mark(person, evaluation)


def test_nobody_else_sees_it(db, given):
    evaluation, _person = given
    with unit_of_work():
        other = officer("Autre")
    assert not policy.can_see(other, evaluation)


def test_a_mark_without_reason_is_not_handed_in(db, given):
    evaluation, person = given
    with unit_of_work():
        evaluation = load(evaluation)
        services.declare_no_conflict(evaluation, by=person, at=LATER)
        marks = {each.id: (4, "") for each in evaluation.grid.criteria}
        services.keep(evaluation, marks, "", Recommendation.FAVOURABLE, version=None, at=LATER)
        with pytest.raises(RuleBroken, match="justification"):
            services.submit(evaluation, by=person, at=LATER)
    assert evaluation.total is None


def test_an_overall_opinion_is_needed(db, given):
    evaluation, person = given
    with unit_of_work():
        evaluation = load(evaluation)
        services.declare_no_conflict(evaluation, by=person, at=LATER)
        marks = {each.id: (4, "Bien.") for each in evaluation.grid.criteria}
        services.keep(evaluation, marks, "", None, version=None, at=LATER)
        with pytest.raises(RuleBroken, match="avis d’ensemble"):
            services.submit(evaluation, by=person, at=LATER)


def test_handed_in_it_has_its_exact_total_and_can_be_taken_back(db, given):
    evaluation, person = given
    with unit_of_work():
        evaluation = load(evaluation)
        marked(evaluation, 4, person)
    assert str(evaluation.total) == "80.00"
    with unit_of_work():
        evaluation = load(evaluation)
        services.reopen(evaluation, by=person, at=LATER)
    assert evaluation.state is EvaluationState.IN_PROGRESS
    assert evaluation.total is None


def test_locked_it_never_changes_again(db, given):
    evaluation, person = given
    with unit_of_work():
        evaluation = load(evaluation)
        marked(evaluation, 3, person)
        assert services.lock(SubjectKind.APPLICATION, evaluation.subject_id, by=person, at=LATER) == 1
    with pytest.raises(IllegalTransition), unit_of_work():
        evaluation = load(evaluation)
        services.reopen(evaluation, by=person, at=LATER)


def test_stepping_aside_takes_the_marks_and_the_subject_away(db, given):
    evaluation, person = given
    with unit_of_work():
        evaluation = load(evaluation)
        marked(evaluation, 5, person)
        services.recuse(evaluation, "Mon employeur est partenaire.", by=person, at=LATER)
    db.session.expire_all()
    again = db.session.scalars(select(Evaluation)).one()
    assert again.state is EvaluationState.RECUSED
    assert again.total is None
    assert not policy.can_see(person, again)
    assert db.session.scalars(select(Recusal)).one().account_id == person.id


def test_a_stale_page_of_marks_is_refused_with_a_sentence(db, given):
    evaluation, person = given
    with unit_of_work():
        evaluation = load(evaluation)
        services.declare_no_conflict(evaluation, by=person, at=LATER)
        version = evaluation.version
        services.keep(evaluation, {}, "a", None, version=version, at=LATER)
        with pytest.raises(RuleBroken, match="autre fenêtre"):
            services.keep(evaluation, {}, "b", None, version=version, at=LATER)
