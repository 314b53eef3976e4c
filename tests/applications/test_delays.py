"""How long the answers of a call took: the rule, and what the applicant reads beside the date of the law."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.applications.models import Application
from programme.applications.rules.delays import ENOUGH, NEWEST, Said, delays, said, within
from programme.applications.states import ApplicationState
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.projects import services as projects
from tests.factories import applications, calls
from tests.factories.people import NOON, account, visitor_for

LENGTHS = st.lists(st.integers(0, 4000), min_size=ENOUGH, max_size=NEWEST)
_number = count(1)
DAYS = {"day": 1, "week": 7, "month": 365.25 / 12}


def days_of(length):
    return length.count * DAYS[length.unit]


# ---- pure -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, (1, "day")), (1, (1, "day")), (13, (13, "day")), (14, (2, "week")), (15, (3, "week")), (63, (9, "week")),
        (64, (3, "month")), (91, (3, "month")), (92, (4, "month")), (365, (12, "month")), (366, (13, "month")),
    ],
)  # fmt: skip
def test_a_length_is_said_in_the_unit_that_people_use(days, words):
    assert said(days) == Said(*words)


@given(st.integers(0, 10_000))
def test_what_is_said_is_never_shorter_than_what_was(days):
    assert days_of(said(days)) >= days
    assert days_of(said(days)) <= max(days + 31, days * 1.5)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_longer_wait_is_never_said_shorter(one, other):
    assert days_of(said(min(one, other))) <= days_of(said(max(one, other)))


@given(LENGTHS)
def test_half_comes_before_nine_in_ten_and_both_hold(lengths):
    half, most = within(lengths, 5), within(lengths, 9)
    assert half <= most
    assert sum(each <= half for each in lengths) * 10 >= 5 * len(lengths)
    assert sum(each <= most for each in lengths) * 10 >= 9 * len(lengths)
    assert sum(each < most for each in lengths) * 10 < 9 * len(lengths), "a shorter length would have held too"


@given(LENGTHS, st.data())
def test_one_file_that_waited_longer_never_shortens_the_delay(lengths, data):
    place = data.draw(st.integers(0, len(lengths) - 1))
    slower = [*lengths]
    slower[place] += data.draw(st.integers(0, 1000))
    assert all(within(slower, tenths) >= within(lengths, tenths) for tenths in (5, 9))


@given(LENGTHS, st.data())
def test_one_outlier_is_never_itself_the_answer(lengths, data):
    place = data.draw(st.integers(0, len(lengths) - 1))
    broken = [*lengths]
    broken[place] = 10**6
    assert within(broken, 5) <= max(lengths)
    assert within(broken, 9) <= max(lengths)


@given(LENGTHS.flatmap(st.permutations))
def test_the_order_of_the_files_changes_nothing(lengths):
    assert delays(lengths) == delays(sorted(lengths))


def test_nothing_is_said_of_too_few_files():
    assert delays([30] * (ENOUGH - 1)) is None
    assert delays([30] * ENOUGH) == delays([30] * ENOUGH)
    with pytest.raises(ValueError, match="5"):
        within([], 5)
    with pytest.raises(ValueError, match="11"):
        within([1], 11)


# ---- the page -------------------------------------------------------------------------------------


def decided(model, lengths, *, at=NOON, state=ApplicationState.REJECTED):
    """Files of the same call that were decided at `at` after so many days. Inside a unit of work."""
    project = projects.start("Décidé", at=at, by=None, organisation_id=model.organisation_id)
    for days in lengths:
        number, deposit = next(_number), at - timedelta(days=days)
        database.session.add(
            Application(
                reference=f"DT-DONE-{number:04d}", receipt_number=f"AR-DONE-{number:04d}",
                session_id=model.session_id, strand_id=model.strand_id, organisation_id=model.organisation_id,
                project=project, form_definition_id=model.form_definition_id, state=state, title="Décidé",
                created_at=deposit, saved_at=deposit, submitted_at=deposit, decided_at=at,
            )
        )  # fmt: skip
    database.session.flush()


@pytest.fixture
def waiting(app, db, freeze):
    """A deposited file, with its person."""
    with unit_of_work():
        person = account(name="Camille")
        made = applications.submitted(by=person)
    return visitor_for(app, person), made


def read(waiting):
    visitor, made = waiting
    return visitor.get(f"/dossiers/{made.reference}").text


@pytest.mark.db
def test_the_applicant_reads_two_figures_beside_the_date_and_that_they_promise_nothing(waiting):
    with unit_of_work():
        decided(waiting[1], [20] * 8 + [100] * 3)
    text = read(waiting)
    assert "la moitié des dossiers ont une réponse en 3 semaines, neuf sur dix en 4 mois." in text
    assert "Compté sur les 11 derniers dossiers décidés." in text
    assert "Ce n'est pas une promesse : seule la date légale engage la Région." in text
    assert "Sans réponse de la Région le samedi 23 janvier 2027" in text


@pytest.mark.db
def test_two_equal_figures_are_said_once(waiting):
    with unit_of_work():
        decided(waiting[1], [12] * 10)
    assert "neuf dossiers sur dix ont une réponse en 12 jours." in read(waiting)


@pytest.mark.db
def test_too_few_decided_files_leave_the_word_to_the_call(waiting):
    with unit_of_work():
        decided(waiting[1], [20] * 9)
    text = read(waiting)
    assert "pas encore assez de dossiers décidés pour le dire" in text
    assert "L'appel annonce « En trois mois »." in text
    assert "une promesse" in text


@pytest.mark.db
def test_only_the_same_call_its_decided_files_and_the_last_three_years_count(app, waiting):
    with unit_of_work():
        decided(waiting[1], [20] * 9)
        other = applications.draft(to=calls.open_call().sessions[0])
        decided(other, [5] * 30, state=ApplicationState.AWARDED)
        decided(waiting[1], [5] * 30, state=ApplicationState.DROPPED)
        decided(waiting[1], [5] * 30, at=NOON - timedelta(days=3 * 366))
    assert "pas encore assez de dossiers" in read(waiting)
    with unit_of_work():
        decided(waiting[1], [20], at=NOON - timedelta(days=3 * 365))  # The control: one day inside makes ten.
    assert "ont une réponse en 3 semaines" in read(waiting)


@pytest.mark.db
def test_the_newest_two_hundred_hide_what_came_before(waiting):
    with unit_of_work():
        decided(waiting[1], [100] * 50, at=NOON - timedelta(days=400))
        decided(waiting[1], [12] * NEWEST)
    text = read(waiting)
    assert "neuf dossiers sur dix ont une réponse en 12 jours." in text
    assert "Compté sur les 200 derniers" in text


@pytest.mark.db
def test_days_are_those_of_the_region_also_over_a_change_of_hour(waiting):
    """Deposited at a quarter to midnight before the clocks went back, decided at a quarter past on the thirteenth day."""
    with unit_of_work():
        decided(waiting[1], [12] * 10, at=NOON - timedelta(days=1))
        for each in database.session.query(Application).filter_by(title="Décidé"):
            each.submitted_at = datetime(2026, 10, 24, 21, 45, tzinfo=UTC)  # 23:45 in Paris.
            each.decided_at = datetime(2026, 11, 5, 23, 15, tzinfo=UTC)  # 00:15 on the 6th.
    assert "ont une réponse en 13 jours." in read(waiting)


@pytest.mark.db
@pytest.mark.parametrize("state", [ApplicationState.WITHDRAWN, ApplicationState.INADMISSIBLE])
def test_a_file_that_waits_for_nothing_says_nothing_of_delays(db, waiting, state):
    with unit_of_work():
        db.session.get_one(Application, waiting[1].id).state = state
    assert "une promesse" not in read(waiting)


@pytest.mark.db
@pytest.mark.parametrize("files", [0, 3, 12])
def test_the_page_asks_one_statement_more_whatever_the_history(waiting, count_queries, files):
    with unit_of_work():
        decided(waiting[1], [20] * files)
    visitor, path = waiting[0], f"/dossiers/{waiting[1].reference}"
    with count_queries(20):
        visitor.get(path)
