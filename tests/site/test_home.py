"""The programme in one page: the open call, the dates, the reuses, the figures."""

from datetime import date, timedelta

import pytest
import time_machine

from programme.calls.states import CallState, SessionState
from programme.core.unit_of_work import unit_of_work
from programme.events.states import EventState
from programme.reuses.states import ReuseState
from programme.site.page_context import path_is_open
from tests.factories import calls, events, reuses, strategy
from tests.factories.people import NOON, signed_in

pytestmark = pytest.mark.db


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def agenda(page):
    return [" ".join(each.text_content().split()) for each in page.tree.xpath("//*[@class='agenda__title']")]


def test_an_empty_instance_says_what_to_do(visitor, clock):
    page = visitor().get("/")
    assert page.h1 == "Aucun appel n'est ouvert aujourd'hui."
    assert "Aucune date n'est annoncée" in page.text
    assert "Aucune réutilisation n'est encore publiée" in page.text
    assert "Le programme en chiffres" not in page.text


def test_the_open_call_is_the_promise_and_its_session_the_ticket(visitor, clock):
    with unit_of_work():
        made = calls.open_call(promise="La Région finance la moitié de votre projet.")
        calls.session(
            made, state=SessionState.PLANNED, opens_at=NOON + timedelta(days=8), closes_at=NOON + timedelta(days=98),
            label="Relève de mars",
        )  # fmt: skip
    page = visitor().get("/")
    assert page.h1 == "Vous avez l'idée, le territoire a les données."
    assert "Appel à projets permanent · ouvert" in page.text
    assert "La Région finance la moitié de votre projet." in page.text
    assert f"/appels/{made.slug}/eligibilite" in page.links()
    ticket = " ".join(page.tree.xpath("//*[@class='ticket']")[0].text_content().split())
    assert ticket.startswith("Prochaine relève 30 novembre 2026, à 12")
    assert "Lundi, heure de Paris." in ticket
    assert "Il reste 7 jours." in ticket
    assert "La relève suivante ferme le lundi 1er mars 2027." in ticket


@pytest.mark.parametrize("left", [(timedelta(hours=3), "C’est aujourd’hui."), (timedelta(days=1), "Il reste 1 jour.")])
def test_the_last_days_are_said(visitor, clock, left):
    with unit_of_work():
        calls.open_call(closes_at=NOON + left[0])
    assert left[1] in " ".join(visitor().get("/").tree.xpath("//*[@class='ticket']")[0].text_content().split())


def test_a_session_that_just_closed_is_no_longer_promised(visitor, clock):
    with unit_of_work():
        calls.open_call(closes_at=NOON)
    assert visitor().get("/").h1 == "Aucun appel n'est ouvert aujourd'hui."


def test_the_permanent_call_comes_before_a_nearer_themed_one(visitor, clock):
    with unit_of_work():
        calls.open_call(kind="themed", title="Territoires", promise="Thème", closes_at=NOON + timedelta(days=1))
        calls.open_call(kind="permanent", promise="Permanent", closes_at=NOON + timedelta(days=9))
    page = visitor().get("/")
    assert "Permanent" in page.tree.xpath("string(//*[@class='poster'])")
    assert agenda(page) == ["Appel « Territoires »"]


@pytest.mark.parametrize("state", [CallState.DRAFT, CallState.IN_REVIEW])
def test_a_draft_call_is_invisible(visitor, clock, state):
    with unit_of_work():
        calls.session(calls.call(state, title="Secret", promise="Secret"))
    assert "Secret" not in visitor().get("/").text


def test_the_agenda_mixes_events_and_sessions_by_date(visitor, clock):
    with unit_of_work():
        calls.open_call()
        soon = calls.call(kind="themed", title="Territoires")
        calls.session(
            soon, state=SessionState.PLANNED, opens_at=NOON + timedelta(days=5), closes_at=NOON + timedelta(days=20),
            label="Relève 1",
        )  # fmt: skip
        events.event(title="Après", starts_at=NOON + timedelta(days=30), capacity=14)
        events.event(title="Avant", starts_at=NOON + timedelta(days=3), state=EventState.REGISTRATION_CLOSED)
        events.event(title="Passé", starts_at=NOON - timedelta(days=3))
        events.event(title="Secret", starts_at=NOON + timedelta(days=3), state=EventState.PLANNED)
    page = visitor().get("/")
    assert agenda(page) == ["Avant", "Appel « Territoires »", "Après"]
    assert "Inscriptions ouvertes, 14 places" in page.text
    assert "Ouvre le 28 novembre 2026" in page.text


def test_only_public_reuses_are_shown_five_at_most(visitor, clock):
    with unit_of_work():
        for index in range(6):
            reuses.reuse(f"Visible {index}", at=NOON - timedelta(days=index))
        reuses.reuse("Brouillon", ReuseState.DRAFT)
        reuses.reuse("Proposée", ReuseState.SUBMITTED)
        reuses.reuse("Dépubliée", ReuseState.UNPUBLISHED)
    page = visitor().get("/")
    titles = [each.text_content().strip() for each in page.tree.xpath("//ul[@class='mosaic']//h3")]
    assert titles == [f"Visible {index}" for index in range(5)]
    assert "Les 6 réutilisations" in page.text


def test_the_figures_have_their_date_and_source(visitor, clock):
    with unit_of_work():
        shown = strategy.indicator("jeux de données", on_home=True)
        strategy.value(shown, "1480", on=date(2026, 9, 30), source="Rapport annuel")
        hidden = strategy.indicator("autre chose")
        strategy.value(hidden, "7")
    page = visitor().get("/")
    assert "1 480" in page.text
    assert "Au 30 septembre 2026. Source : Rapport annuel." in page.text
    assert "autre chose" not in page.text


def test_what_all_figures_say_of_their_source_is_said_once(visitor, clock):
    with unit_of_work():
        for label in ("jeux de données", "partenaires"):
            strategy.value(strategy.indicator(label, on_home=True), "7", on=date(2026, 9, 30), source="Rapport annuel")
    assert visitor().get("/").text.count("Au 30 septembre 2026. Source : Rapport annuel.") == 1
    with unit_of_work():
        other = strategy.indicator("agents formés", on_home=True)
        strategy.value(other, "9", on=date(2026, 9, 30), source="Registre")
    assert visitor().get("/").text.count("Source : Rapport annuel.") == 2


def test_the_explanation_of_the_thread_leads_to_a_real_one(visitor, clock):
    with unit_of_work():
        made = reuses.reuse("Ombre Fraîche")
        slug = made.project.slug
    assert f"/projets/{slug}" in visitor().get("/").links()


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_asks_as_much_for_one_as_for_three(visitor, clock, size, count_queries, db):
    with unit_of_work():
        for _ in range(size):
            calls.open_call()
            events.event(starts_at=NOON + timedelta(days=3))
            reuses.reuse()
            strategy.value(strategy.indicator(on_home=True))
    db.session.remove()
    someone = visitor()
    with count_queries(7):
        someone.get("/")


def test_an_unchanged_page_is_not_sent_twice(app, visitor, clock):
    someone = visitor()
    first = someone.client.get("/")
    again = someone.client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    person, _number = signed_in(app)
    assert "ETag" not in person.client.get("/").headers
    assert person.client.get("/").headers["Cache-Control"] == "no-store"


def test_menus_lead_only_to_doors_that_exist(app, visitor, clock):
    page = visitor().get("/")
    inside = {href for href in page.links() if href.startswith("/")}
    with app.app_context():
        assert [href for href in inside if not path_is_open(href.split("?")[0].split("#")[0])] == []
    for href in page.tree.xpath("//header//a/@href | //footer//a/@href"):
        if href.startswith("/"):
            visitor().get(href)


def test_the_drawing_is_the_same_on_every_page_and_hidden_from_readers(visitor, clock):
    feet = [visitor().get(path).tree.xpath("//footer/*[name()='svg']")[0] for path in ("/", "/mentions-legales")]
    assert [each.get("aria-hidden") for each in feet] == ["true", "true"]
    assert feet[0].xpath("string(.//*[name()='path'][1]/@d)") == feet[1].xpath("string(.//*[name()='path'][1]/@d)")
