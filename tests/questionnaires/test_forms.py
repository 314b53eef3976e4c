"""A form made at run time from questions, and the versions of a questionnaire."""

from datetime import date
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.questionnaires import queries, services
from programme.questionnaires.forms import answers_from, data_from, form_class, sentence
from programme.questionnaires.rules.fields import questions_from
from programme.questionnaires.rules.validation import check
from programme.strategy.queries import indicator as latest_indicator
from tests.factories import strategy
from tests.factories.people import NOON

ALL = [
    {"key": "name", "label": "Nom", "kind": "text", "max_length": 10},
    {"key": "story", "label": "Récit", "kind": "long_text", "required": False},
    {"key": "people", "label": "Personnes", "kind": "number"},
    {"key": "cost", "label": "Coût", "kind": "money"},
    {"key": "start", "label": "Début", "kind": "day"},
    {"key": "open", "label": "Ouvert ?", "kind": "yes_no"},
    {"key": "port", "label": "Port", "kind": "choice", "options": [["fishing", "Pêche"], ["marina", "Plaisance"]]},
    {"key": "flows", "label": "Flux", "kind": "choices", "options": [["goods", "Marchandises"], ["energy", "Énergie"]]},
]
GIVEN = {
    "q_name": "Criée", "q_people": "12", "q_cost": "1 500,50 €", "q_start": "01/03/2027", "q_open": "yes",
    "q_port": "fishing", "q_flows": ["goods", "energy"], "q_story": "",
}  # fmt: skip


@pytest.fixture
def form(app):
    """Makes the form of ALL with what was typed."""

    def make(**typed):
        questions = questions_from(ALL)
        made = form_class(questions)(MultiDict({**GIVEN, **typed}))
        made.validate()
        return made, questions

    with app.test_request_context(method="POST"):
        yield make


def test_answers_are_stored_as_plain_values(form):
    assert answers_from(*form()) == {
        "name": "Criée", "story": None, "people": 12, "cost": "1500.50", "start": "2027-03-01", "open": "yes",
        "port": "fishing", "flows": ["goods", "energy"],
    }  # fmt: skip


def test_stored_answers_come_back_as_values_of_the_form(form):
    made, questions = form()
    data = data_from(answers_from(made, questions), questions)
    assert data["q_cost"] == Decimal("1500.50")
    assert data["q_start"] == date(2027, 3, 1)
    assert data["q_flows"] == ["goods", "energy"]
    assert data["q_story"] is None


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [("q_cost", "à voir", "montant en chiffres"), ("q_start", "bientôt", "Écrivez une date"),
     ("q_people", "beaucoup", "nombre"), ("q_name", "Un nom beaucoup trop long", "de trop")],
)  # fmt: skip
def test_what_cannot_be_read_stays_as_typed_and_is_not_stored(form, name, typed, words):
    made, questions = form(**{name: typed})
    assert words in " ".join(made[name].errors)
    assert typed in str(made[name]())
    assert name.removeprefix("q_") not in answers_from(made, questions)


def test_a_choice_that_is_not_offered_is_refused(form):
    made, questions = form(q_port="space")
    assert made.q_port.errors
    assert "port" not in answers_from(made, questions)


def test_each_fault_has_its_sentence(app):
    with app.test_request_context():
        questions = questions_from(
            [{"key": "a", "label": "A", "kind": "yes_no", "must_be": "yes", "refusal": "Demandez d’abord l’accord."},
             {"key": "b", "label": "B", "kind": "text"}]
        )  # fmt: skip
        found = [sentence(each) for each in check(questions, {"a": "no"}, {})]
    assert found == ["Demandez d’abord l’accord.", "Répondez à cette question."]


@pytest.mark.db
def test_a_published_version_stays_and_a_new_one_is_added(db):
    with unit_of_work():
        services.publish("essai", "Essai", ALL[:1], at=NOON)
    with unit_of_work():
        services.publish("essai", "Essai", ALL[:2], at=NOON)
    newest = database.session.scalars(queries.latest("essai")).one()
    assert (newest.version, len(newest.questions)) == (2, 2)


@pytest.mark.db
def test_a_malformed_question_is_not_published(db):
    with pytest.raises(ValueError, match="share"), unit_of_work():
        services.publish("essai", "Essai", [ALL[0], ALL[0]], at=NOON)
    assert database.session.scalars(queries.latest("essai")).one_or_none() is None


INDICATORS = {
    "key": "goals",
    "label": "Objectifs",
    "kind": "indicators",
    "indicators": ["visits", {"code": "own", "label": "À nous"}],
}


@pytest.mark.db
def test_an_indicator_of_the_strategy_takes_its_label_and_unit_of_the_day(db):
    with unit_of_work():
        strategy.indicator("Visites", code="visits", unit="par an")
        made = services.publish("essai", "Essai", [ALL[0], INDICATORS], at=NOON)
    assert made.questions_json == [ALL[0], INDICATORS | {
        "indicators": [{"code": "visits", "label": "Visites", "unit": "par an"}, {"code": "own", "label": "À nous"}]}]  # fmt: skip
    with unit_of_work():
        database.session.scalars(latest_indicator("visits")).one().label = "Autre"
        services.rewrite(database.session.scalars(queries.latest("essai")).one(), made.questions_json)
    assert database.session.scalars(queries.latest("essai")).one().questions[1].indicators[0].label == "Visites"


@pytest.mark.db
def test_an_indicator_that_the_strategy_does_not_know_is_refused(db):
    with pytest.raises(ValueError, match="no indicator of the strategy has this code: visits"), unit_of_work():
        services.publish("essai", "Essai", [INDICATORS], at=NOON)
