"""The board of silence: the files that are about to be decided by nobody's decision, and those that were."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from programme.accounts.states import Role
from programme.applications import queries
from programme.applications import services as applications
from programme.applications.states import BEFORE_DECISION, ApplicationState
from programme.assessment.rules.silence import PAST, WINDOWS, stops, window
from programme.assessment.views import silence as view
from programme.core.unit_of_work import unit_of_work
from programme.evaluation.models import Recusal
from programme.evaluation.states import SubjectKind
from programme.extensions import db as database
from tests.factories import calls
from tests.factories.applications import submitted
from tests.factories.assessment import assigned, fresh, officer, reader, under_review
from tests.factories.people import NOON, signed_in, visitor_for

BOARD = "/agents/silence"
DAY = date(2026, 11, 23)
S = ApplicationState

# ---- pure -----------------------------------------------------------------------------------------


@given(st.integers(-100, 100))
def test_each_day_belongs_to_one_group_at_most(left):
    found = window(DAY + timedelta(days=left), DAY)
    assert found == (PAST if left < 0 else 7 if left <= 7 else 15 if left <= 15 else 30 if left <= 30 else None)
    assert found is None or found in WINDOWS


@pytest.mark.parametrize("state", sorted(BEFORE_DECISION))
def test_the_decision_ends_every_clock_and_requests_stop_those_of_files_not_yet_admitted(state):
    first = stops(state, suspended_by_request=True, starts_when_complete=True)
    assert first[-1] == "decision"
    assert first[:-1] == (("admit", "request") if state is S.SUBMITTED else ())
    assert stops(state, suspended_by_request=False, starts_when_complete=False) == ("decision",)


# ---- the page -------------------------------------------------------------------------------------


@pytest.fixture
def frozen(db):
    with time_machine.travel(NOON, tick=False):
        yield


def file(left, *, title="Carte", follower=None, **values):
    """A deposited file on which silence decides in so many days. Inside a unit of work."""
    made = submitted(title=title, **values)
    made.silence_on, made.officer_id = DAY + timedelta(days=left), follower.id if follower else None
    return made


def titles(page):
    """The headings and the files of the table, from top to bottom."""
    found = page.tree.xpath("//tbody//th[@scope='colgroup'] | //tbody//th[@scope='row']/a")
    return [" ".join(each.text_content().split()) for each in found]


@pytest.mark.db
def test_files_are_grouped_by_nearness_the_nearest_first(app, frozen):
    with unit_of_work():
        for left in (30, 31, 16, 15, 8, 7, 0, -1, -40):
            file(left, title=f"Projet {left}")
    page = signed_in(app, Role.OFFICER_FILE)[0].get(BOARD)
    assert page.h1 == "Le silence décide de 6 dossiers d'ici 30 jours"
    assert titles(page) == [
        "Dans les 7 jours (2)", "Projet 0", "Projet 7", "Dans les 15 jours (2)", "Projet 8", "Projet 15",
        "Dans les 30 jours (2)", "Projet 16", "Projet 30", "Déjà passé (2)", "Projet -1", "Projet -40",
    ]  # fmt: skip


@pytest.mark.db
def test_a_line_says_who_follows_when_and_what_stops_the_clock(app, frozen):
    with unit_of_work():
        by = officer("Dominique")
        made = file(5, title="À vérifier", follower=by)
        reference, call = made.reference, made.call.title
        file(-2, title="Trop tard")
        admitted = fresh(submitted(title="Recevable"))
        applications.admit(admitted, by=by, at=NOON)
        admitted.silence_on = DAY + timedelta(days=1)
    said = signed_in(app, Role.OFFICER_FILE)[0].get(BOARD).text
    rows = {name: said.split(name)[1][:400] for name in ("À vérifier", "Trop tard", "Recevable")}
    assert reference in rows["À vérifier"]
    assert call in rows["À vérifier"]
    assert "Dominique" in rows["À vérifier"]
    assert "Déclarer le dossier complet : le délai repart ce jour-là ; demander des compléments" in rows["À vérifier"]
    assert "dans 5 jours, refus" in said
    assert "depuis 2 jours, refus" in said
    assert "dans 1 jour" not in said
    assert "dans un jour" in said
    assert "Notifier une décision, qui remplace le refus tacite" in rows["Trop tard"]
    assert "Notifier la décision" in rows["Recevable"]
    with unit_of_work():
        database.session.get_one(type(made.call), made.call.id).silence_accepts = True
    said = signed_in(app, Role.OFFICER_FILE)[0].get(f"{BOARD}?appel={made.call.id}").text
    assert "dans 5 jours, accord" in said


@pytest.mark.db
@pytest.mark.parametrize("state", [S.WITHDRAWN, S.REJECTED, S.DROPPED])
def test_what_is_over_is_not_on_the_board(app, frozen, state):
    with unit_of_work():
        made = file(5)
        made.state, made.decided_at = state, NOON
    assert "Aucun silence en vue" in signed_in(app, Role.OFFICER_FILE)[0].get(BOARD).text


@pytest.mark.db
def test_a_suspended_clock_comes_back_with_the_answer(app, frozen):
    with unit_of_work():
        made = fresh(file(5))
        applications.request_info(made, "Le devis.", ["Devis"], date(2026, 12, 10), by=officer(), at=NOON)
    person = signed_in(app, Role.OFFICER_FILE)[0]
    assert "Aucun silence en vue" in person.get(BOARD).text
    with unit_of_work():
        made = fresh(made)
        applications.answer_info(made, "Voici.", by=officer(), at=NOON)
        made.silence_on = DAY + timedelta(days=5)
    assert "Carte" in person.get(BOARD).text


@pytest.mark.db
def test_it_is_filtered_by_call_and_by_officer(app, frozen):
    with unit_of_work():
        by, second = officer("Dominique"), calls.open_call(title="Autre appel")
        one = file(5, title="Un", follower=by)
        file(5, title="Deux", to=second.sessions[0])
        numbers = one.call.id, second.id, by.id
    person = signed_in(app, Role.OFFICER_FILE)[0]
    for query, wanted in (
        (f"appel={numbers[0]}", ["Un"]), (f"appel={numbers[1]}", ["Deux"]), (f"instruction={numbers[2]}", ["Un"]),
        ("instruction=0", ["Deux"]), (f"appel={numbers[1]}&instruction={numbers[2]}", []),
        ("appel=999&instruction=x", ["Un", "Deux"]), ("appel=²&instruction=-1", ["Un", "Deux"]),
    ):  # fmt: skip
        page = person.get(f"{BOARD}?{query}")
        assert sorted(titles(page)[1:]) == sorted(wanted), query
    assert "Aucun dossier ne correspond" in page.text or titles(page)
    assert "Aucun dossier ne correspond" in person.get(f"{BOARD}?appel={numbers[1]}&instruction={numbers[2]}").text


@pytest.mark.db
def test_it_comes_in_pages_that_keep_the_filters_and_the_counts_of_the_whole(app, frozen, monkeypatch):
    monkeypatch.setattr(view, "PER_PAGE", 2)
    with unit_of_work():
        by = officer("Dominique")
        for left in (1, 2, 3, -1):
            file(left, title=f"Projet {left}", follower=by)
        number = by.id
    person = signed_in(app, Role.OFFICER_FILE)[0]
    first = person.get(f"{BOARD}?instruction={number}")
    assert titles(first) == ["Dans les 7 jours (3)", "Projet 1", "Projet 2"]
    second = person.follow(first, f"{BOARD}?page=2&instruction={number}")
    assert f"{BOARD}?page=2&instruction={number}" in first.links()
    assert titles(second) == ["Dans les 7 jours (3)", "Projet 3", "Déjà passé (1)", "Projet -1"]
    person.get(f"{BOARD}?page=3", status=404)


@pytest.mark.db
def test_a_recused_person_sees_nothing_of_the_file_neither_line_nor_count_nor_name(app, frozen):
    with unit_of_work():
        aside, made = officer("Dominique"), file(5, title="Interdit", follower=officer("Sacha"))
        recusal = Recusal(
            account_id=aside.id, subject_kind=SubjectKind.APPLICATION, subject_id=made.id, reason="Un proche.", declared_at=NOON
        )  # fmt: skip
        database.session.add(recusal)
        file(5, title="Permis")
    page = visitor_for(app, aside).get(BOARD)
    assert titles(page) == ["Dans les 7 jours (1)", "Permis"]
    assert "Sacha" not in page.text
    assert "Interdit" in signed_in(app, Role.OFFICER_FILE)[0].get(BOARD).text, "the control"


@pytest.mark.db
def test_who_reads_a_file_blind_does_not_find_its_carrier_here(app, frozen):
    with unit_of_work():
        by = officer("Dominique")
        made = under_review(by)
        assigned(made, reader(made), by).reviewer_id = by.id
        made.silence_on, made.call.blind_reading = DAY + timedelta(days=7), True
    assert "Aucun silence en vue" in visitor_for(app, by).get(BOARD).text
    assert "Commune de Gap" in signed_in(app, Role.OFFICER_FILE)[0].get(BOARD).text, "the control"


@pytest.mark.db
@pytest.mark.parametrize(
    ("at", "silence_on", "group"),
    [
        (datetime(2026, 10, 24, 21, 59, tzinfo=UTC), date(2026, 10, 24), "Dans les 7 jours (1)"),  # 23:59 of the 24th.
        (datetime(2026, 10, 24, 22, 1, tzinfo=UTC), date(2026, 10, 24), "Déjà passé (1)"),  # 0:01, an hour longer.
        (datetime(2027, 3, 28, 21, 59, tzinfo=UTC), date(2027, 3, 28), "Dans les 7 jours (1)"),
        (datetime(2027, 3, 28, 22, 1, tzinfo=UTC), date(2027, 3, 28), "Déjà passé (1)"),
    ],
)
def test_the_day_ends_at_the_midnight_of_the_region_when_the_hour_changes(app, db, at, silence_on, group):
    with unit_of_work():
        file(0).silence_on = silence_on
    with time_machine.travel(at, tick=False):
        assert titles(signed_in(app, Role.OFFICER_FILE)[0].get(BOARD))[0] == group


@pytest.mark.db
@pytest.mark.parametrize("size", [1, 3])
def test_the_board_asks_as_much_for_one_file_as_for_three(app, frozen, count_queries, size):
    with unit_of_work():
        by = officer("Dominique")
        for place in range(size):
            file(5 * place - 1, title=f"Projet {place}", follower=by)
    person, _number = signed_in(app, Role.OFFICER_FILE)
    with count_queries(7):
        page = person.get(BOARD)
    assert len([each for each in titles(page) if each.startswith("Projet")]) == size


@pytest.mark.db
def test_the_desk_leads_to_it_for_those_who_may_open_it(app, frozen):
    for role, may in ((Role.OFFICER_FILE, True), (Role.OFFICER_PROGRAMME, True), (Role.DIRECTION, True), (Role.FINANCE, False)):  # fmt: skip
        person = signed_in(app, role)[0]
        assert (BOARD in person.get("/agents/a-traiter").links()) is may
        person.get(BOARD, status=200 if may else 404)


@pytest.mark.db
def test_the_board_reads_the_near_ones_by_their_date(db):
    statement = queries.near_silence_by_day(1, DAY + timedelta(days=30)).compile(
        db.engine, compile_kwargs={"literal_binds": True}
    )
    if db.engine.dialect.name == "sqlite":  # PostgreSQL reads a table of three rows whole, whatever its indexes.
        plan = " ".join(str(each) for each in db.session.execute(text(f"EXPLAIN QUERY PLAN {statement}")))
        assert "ix_application_silence_on" in plan
