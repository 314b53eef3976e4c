"""The desk: what awaits each person of the house, in every room, with its date, its clock and the way to its act."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from programme.accounts.states import Role
from programme.applications.rules.legal_clock import Clock
from programme.applications.states import ApplicationState as S
from programme.assessment import services
from programme.assessment.rules.silence import face
from programme.assessment.rules.tasks import HOUSE_DAYS, Progress, house_date, task
from programme.assessment.states import Outcome
from programme.core.unit_of_work import unit_of_work
from tests.factories.applications import submitted
from tests.factories.assessment import LATER, assigned, committee_ready, officer, on_agenda, reader, under_review
from tests.factories.people import signed_in

DAY = date(2026, 11, 25)
DESK = "/agents/a-traiter"


# ---- pure -----------------------------------------------------------------------------------------


def test_the_clock_tells_the_day_it_stands_at_and_its_length():
    read = face(Clock(DAY - timedelta(days=20), DAY + timedelta(days=41), False, 0), months=2, asked_on=None, today=DAY)
    assert (read.day, read.length, read.suspended, read.urgent) == (20, 61, False, False)
    assert read.fraction == pytest.approx(20 / 61)


def test_suspended_days_count_neither_in_the_day_nor_in_the_length():
    clock = Clock(DAY - timedelta(days=30), DAY + timedelta(days=41), False, 10)
    read = face(clock, months=2, asked_on=None, today=DAY)
    assert (read.day, read.length) == (20, 61)


def test_a_request_stops_the_hand_on_its_day():
    read = face(
        Clock(date(2026, 11, 1), None, True, 0), months=2, asked_on=date(2026, 11, 10), today=date(2026, 11, 25)
    )
    assert (read.day, read.length, read.suspended, read.ends_on) == (9, 61, True, None)


@pytest.mark.parametrize(
    ("left", "urgent", "over"), [(7, False, False), (6, True, False), (0, True, False), (-1, True, True)]
)
def test_the_last_week_is_urgent(left, urgent, over):
    read = face(
        Clock(DAY - timedelta(days=61 - left), DAY + timedelta(days=left), False, 0), months=2, asked_on=None, today=DAY
    )
    assert (read.urgent, read.is_over(DAY)) == (urgent, over)
    assert 0 <= read.fraction <= 1


def test_a_clock_that_has_not_started_stands_at_zero():
    read = face(Clock(DAY + timedelta(days=3), None, False, 0), months=2, asked_on=None, today=DAY)
    assert read.day == 0


def test_the_date_of_the_law_passes_before_that_of_the_house():
    assert house_date("check", DAY) == DAY + timedelta(days=HOUSE_DAYS["check"])
    assert house_date("check", DAY, DAY + timedelta(days=2)) == DAY + timedelta(days=2)
    assert house_date("check", DAY, DAY + timedelta(days=90)) == DAY + timedelta(days=HOUSE_DAYS["check"])
    assert house_date("unknown", DAY) is None


def test_an_answered_request_makes_a_file_to_check_again():
    assert task(S.SUBMITTED, due_on=None, today=DAY, progress=Progress()) == "check"
    assert task(S.SUBMITTED, due_on=None, today=DAY, progress=Progress(), answered=True) == "received"


# ---- the page -------------------------------------------------------------------------------------


@pytest.fixture
def later(db):
    with time_machine.travel(LATER, tick=False):
        yield


def to_the_vote():
    by = officer()
    file = on_agenda(by)
    services.prepare(file, Outcome.AWARD, Decimal(10_000), "Utile.", by=by, at=LATER)
    return file.session_id


@pytest.mark.db
def test_each_line_leads_straight_to_its_act(app, later):
    with unit_of_work():
        checked, ready = submitted(title="À vérifier").reference, under_review(officer(), title="À lire").reference
    page = signed_in(app, Role.OFFICER_FILE)[0].get(DESK)
    assert f"/agents/dossiers/{checked}#pieces" in page.links()
    assert f"/agents/dossiers/{ready}/evaluateurs" in page.links()
    assert "Déclarer complet ou demander des pièces" in page.text
    assert "J 5 sur 6" in page.text


@pytest.mark.db
def test_a_task_is_shown_to_those_who_may_do_it(app, later):
    with unit_of_work():
        submitted(title="À vérifier")
        committee_ready(officer(), title="Au comité")
    shown = {
        role: [title for title in ("À vérifier", "Au comité") if title in signed_in(app, role)[0].get(DESK).text]
        for role in (Role.OFFICER_FILE, Role.OFFICER_PROGRAMME, Role.DIRECTION, Role.FINANCE)
    }
    assert shown == {
        Role.OFFICER_FILE: ["À vérifier", "Au comité"], Role.OFFICER_PROGRAMME: ["Au comité"],
        Role.DIRECTION: ["Au comité"], Role.FINANCE: [],
    }  # fmt: skip


@pytest.mark.db
def test_the_direction_finds_the_decisions_to_release(app, later):
    with unit_of_work():
        session_id = to_the_vote()
    page = signed_in(app, Role.DIRECTION)[0].get(DESK)
    assert f"/agents/releves/{session_id}/decisions#notifier" in page.links()
    assert "Notifier une décision" in page.text
    assert "Notifier une décision" not in signed_in(app, Role.OFFICER_FILE)[0].get(DESK).text


@pytest.mark.db
def test_the_readers_date_hurries_a_file_being_scored(app, later):
    with unit_of_work():
        by = officer()
        file = under_review(by)
        assigned(file, reader(file, "Inès"), by).due_at = LATER
    page = signed_in(app, Role.OFFICER_FILE)[0].get(DESK)
    assert "Aujourd'hui (1)" in page.text
    assert page.h1 == "Une chose vous attend, aujourd'hui"
    assert "Évaluations remises : 0 sur 1" in page.text


@pytest.mark.db
def test_the_list_leaves_as_a_spreadsheet_with_its_filter(app, later):
    with unit_of_work():
        submitted(title="À vérifier")
        committee_ready(officer(), title="Au comité")
    person, _number = signed_in(app, Role.OFFICER_FILE)
    whole, part = person.get(f"{DESK}/export").text, person.get(f"{DESK}/export?tache=committee").text
    assert ("À vérifier" in whole, "Au comité" in whole) == (True, True)
    assert ("À vérifier" in part, "Au comité" in part) == (False, True)
    signed_in(app, Role.DPO)[0].get(f"{DESK}/export", status=404)


@pytest.mark.db
@pytest.mark.parametrize("size", [1, 3])
def test_every_room_costs_the_same_whatever_waits_in_it(app, count_queries, size, later):
    with unit_of_work():
        for place in range(size):
            committee_ready(officer(), title=f"Projet {place}")
    person, _number = signed_in(app, Role.OFFICER_PROGRAMME, Role.OFFICER_FILE, Role.DIRECTION, Role.FINANCE)
    with count_queries(13):
        page = person.get(DESK)
    assert len(page.tree.xpath("//tbody//tr[contains(., 'Projet ')]")) == size


@pytest.mark.db
def test_nothing_to_do_says_so(app, later):
    page = signed_in(app, Role.FINANCE)[0].get(DESK)
    assert page.h1 == "Rien ne vous attend"
    assert "Tout est à jour" in page.text
