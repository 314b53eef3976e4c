"""After the deposit, the applicant reads where the file is and what the Region does, never an inner state."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from programme.applications.states import ApplicationState
from programme.applications.views.own import course, next_words
from programme.applications.views.steps import time_left
from programme.core.i18n import day_hour
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications
from tests.factories.people import NOON
from tests.pages import plain

pytestmark = pytest.mark.db
S = ApplicationState
INNER = sorted(
    {
        S.ADMISSIBLE, S.UNDER_REVIEW, S.SCORING, S.COMMITTEE_READY, S.FAVOURABLE, S.RESERVED, S.DEFERRED, S.UNFAVOURABLE,
        S.ON_AGENDA,
    }
)  # fmt: skip


@pytest.fixture
def handed_in(db):
    with unit_of_work():
        made = applications.submitted(title="Carte des fraîcheurs")
        made.session.committee_on, made.session.vote_on = date(2027, 2, 9), date(2027, 3, 12)
    return made


def knots(application):
    return [(plain(each.label), str(each.state)) for each in course(application)]


def test_the_file_goes_from_its_deposit_to_its_agreement_with_the_days_that_are_known(app, handed_in):
    with app.test_request_context():
        found = course(handed_in)
    assert [plain(each.label) for each in found] == [
        "Dépôt", "Vérification des pièces", "Étude et comité", "Vote", "Convention et versement",
    ]  # fmt: skip
    assert [str(each.state) for each in found] == ["done", "here", "todo", "todo", "todo"]
    assert [each.when and plain(each.when) for each in found][2:4] == [
        "prévu le 9 février 2027",
        "prévu le 12 mars 2027",
    ]


@pytest.mark.parametrize("state", INNER)
def test_every_inner_state_looks_the_same(app, handed_in, state):
    handed_in.state = S.UNDER_REVIEW
    with app.test_request_context():
        expected = (knots(handed_in), next_words(handed_in))
        handed_in.state = state
        assert (knots(handed_in), next_words(handed_in)) == expected
    assert dict(expected[0])["Étude et comité"] == "here"
    assert expected[1] == "La Région étudie votre dossier"


@pytest.mark.parametrize(
    ("state", "last"),
    [
        (S.INADMISSIBLE, "Vérification des pièces"),
        (S.DROPPED, "Vérification des pièces"),
        (S.REDIRECTED, "Étude et comité"),
        (S.REJECTED, "Vote"),
    ],
)
def test_a_file_that_ends_shows_where_and_nothing_after(app, handed_in, state, last):
    handed_in.state = state
    with app.test_request_context():
        assert knots(handed_in)[-1] == (last, "problem")
        assert next_words(handed_in) == ""


def test_an_award_leads_to_the_agreement(app, handed_in):
    handed_in.state, handed_in.decided_at = S.AWARDED, NOON
    with app.test_request_context():
        assert knots(handed_in)[-1] == ("Convention et versement", "here")
        assert plain(course(handed_in)[3].when) == "23 novembre 2026"


def test_a_day_that_has_passed_without_its_act_was_planned_and_is_no_more(app, handed_in):
    with app.test_request_context(), time_machine.travel(datetime(2027, 2, 10, 9, tzinfo=UTC), tick=False):
        study, vote = (plain(str(each.when)) for each in course(handed_in)[2:4])
    assert (study, vote) == ("était prévu le 9 février 2027", "prévu le 12 mars 2027")


def test_a_draft_or_a_withdrawn_file_has_no_course(app, db, handed_in):
    with app.test_request_context():
        handed_in.state = S.WITHDRAWN
        assert course(handed_in) == []
        handed_in.state, handed_in.submitted_at = S.DRAFT, None
        assert course(handed_in) == []


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(days=83, hours=21), "Il reste 83 jours."),
        (timedelta(days=4, hours=18, minutes=20), "Il reste 4 j 18 h."),
        (timedelta(hours=18, minutes=5), "Il reste 18 h et 5 min."),
        (timedelta(minutes=10), "Il reste 10 min."),
        (timedelta(0), "La relève est close."),
    ],
)
def test_the_time_left_is_short_enough_for_a_phone(app, handed_in, before, words):
    with app.test_request_context():
        assert plain(time_left(handed_in.session, handed_in.session.closes_at - before)) == words


def test_a_near_deadline_is_written_without_its_year(app):
    with app.test_request_context():
        assert plain(day_hour(NOON + timedelta(days=7))) == "lundi 30 novembre à 12 h"
        assert plain(day_hour(NOON + timedelta(days=8, minutes=5))) == "mardi 1er décembre à 12 h 05"
        assert day_hour(None) == "–"
