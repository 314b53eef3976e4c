"""What the public sees of events, and what a person does there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.events.models import Registration
from programme.events.services import registrations
from programme.events.states import ChallengeState, EventKind, EventState, RegistrationState, TeamState
from tests.factories import events as make
from tests.factories.people import account, visitor_for

pytestmark = [pytest.mark.db, pytest.mark.usefixtures("db")]
R = RegistrationState


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_twice_whatever_its_size(visitor, count_queries, size):
    with unit_of_work():
        for _each in range(size):
            make.event()
    anyone = visitor()
    with count_queries(2):
        assert len(anyone.get("/evenements").tree.xpath("//h3[contains(@class,'agenda__title')]")) == size


def test_the_list_shows_what_comes_first_then_the_past(visitor):
    with unit_of_work():
        make.event(title="Plus tard", starts_at=now() + timedelta(days=40))
        make.event(title="Bientôt", starts_at=now() + timedelta(days=4))
        make.event(EventState.CLOSED, title="L’an dernier", starts_at=now() - timedelta(days=400))
        make.event(EventState.CLOSED, title="Hier", starts_at=now() - timedelta(days=3))
        make.event(EventState.IDEA, title="Une idée")
        make.event(EventState.PLANNED, title="En préparation")
    page = visitor().get("/evenements")
    titles = [each.text_content() for each in page.tree.xpath("//h3[contains(@class,'agenda__title')]")]
    assert titles == ["Bientôt", "Plus tard", "Hier", "L’an dernier"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("nature=meetup", {"Rencontre à Gap"}),
        ("territoire=13", {"Rencontre à Gap"}),
        ("etat=passes", {"Vieux concours"}),
        ("etat=a-venir", {"Rencontre à Gap", "L’eau qui reste"}),
        ("etat=inscriptions-ouvertes", {"Rencontre à Gap"}),
        ("q=restes", {"L’eau qui reste"}),
        ("q=eau&nature=meetup", set()),
        ("nature=inconnue&etat=x", {"Rencontre à Gap", "L’eau qui reste", "Vieux concours"}),
    ],
)
def test_filters_and_search_narrow_the_list(visitor, query, found):
    with unit_of_work():
        make.event(title="Rencontre à Gap", kind=EventKind.MEETUP, territory_code="13", summary="Données ouvertes")
        make.event(EventState.LIVE, title="L’eau qui reste", summary="Fuites")
        make.event(
            EventState.CLOSED, title="Vieux concours", kind=EventKind.CHALLENGE, summary="Vélo",
            starts_at=now() - timedelta(days=30),
        )  # fmt: skip
    page = visitor().get(f"/evenements?{query}")
    titles = {each.text_content() for each in page.tree.xpath("//h3[contains(@class,'agenda__title')]")}
    assert titles == found
    assert ("Aucun événement ne correspond" in page.text) is not bool(found)


def test_a_draft_is_not_there_for_the_public(visitor):
    with unit_of_work():
        slugs = [make.event(state).slug for state in (EventState.IDEA, EventState.PLANNED)]
    for slug in slugs:
        for path in (f"/evenements/{slug}", f"/evenements/{slug}.ics"):
            visitor().get(path, status=404)


def test_the_page_shows_challenges_with_their_data_and_the_places_left(visitor):
    with unit_of_work():
        event = make.event(capacity=5, schedule="9 h 00, accueil\n10 h 00, défis", description="Tout sur l’eau.")
        make.registration(event)
        shown = make.challenge(event, title="Compter les fuites", prize="3 000 €")
        make.challenge(event, ChallengeState.PROPOSED, title="Défi secret")
        data = make.dataset("Débits du réseau")
        shown.datasets.append(_line(data.id))
        make.team(event, account(name="Camille Secrète"), state=TeamState.CONFIRMED, name="Sources", challenge=shown)
        make.team(event, account(), name="Pas encore")
        slug = event.slug
    page = visitor().get(f"/evenements/{slug}")
    for words in (
        "Compter les fuites",
        "Débits du réseau",
        "4 places libres sur 5",
        "Sources",
        "10 h 00défis",
        "3 000 €",
    ):
        assert words in page.text
    for words in ("Défi secret", "Pas encore", "Camille Secrète"):
        assert words not in page.text
    assert "S'inscrire" in page.text


def _line(number):
    from programme.events.models import ChallengeDataset

    return ChallengeDataset(dataset_id=number, line="Pour trouver les fuites")


@pytest.mark.parametrize("state", list(EventState))
def test_every_state_has_its_page(app, visitor, state):
    with unit_of_work():
        event, slug = (made := make.event(state)), made.slug
        made.cancel_reason = "Alerte." if state is EventState.CANCELLED else None
    visible = event.published_at is not None
    visitor().get(f"/evenements/{slug}", status=200 if visible else 404)


def test_an_anonymous_visitor_signs_in_before_registering(visitor):
    with unit_of_work():
        slug = make.event().slug
    assert visitor().get(f"/evenements/{slug}/inscription").path == "/connexion"


@pytest.mark.slow
def test_registering_waiting_being_offered_and_accepting(app, visitor):
    with unit_of_work():
        event, first, second = make.event(capacity=1), account(), account()
        slug = event.slug
    path = f"/evenements/{slug}/inscription"
    answers = {"rules_version": "1", "accept_rules": "y", "image_rights": "y", "skills": "cartes"}
    one, two = visitor_for(app, first), visitor_for(app, second)
    page = one.post(path, answers)
    assert "Votre place est confirmée" in page.flashes[0]
    assert "acceptées" in page.text
    page = two.post(path, answers)
    assert "rang 1 de la liste d'attente" in page.text
    assert "annulée" in one.post(f"{path}/retrait", form=path).flashes[0]
    assert "Une place est pour vous" in two.get(path).text
    assert "confirmée" in two.post(f"{path}/accepter", form=path).flashes[0]
    assert "Trouver une équipe" in two.get(path).text


def test_a_wrong_answer_keeps_what_was_typed(app):
    with unit_of_work():
        event, person = make.event(is_selective=True), account()
        slug = event.slug
    path = f"/evenements/{slug}/inscription"
    page = visitor_for(app, person).post(path, {"rules_version": "1", "skills": "hydrologie"}, status=422)
    assert "Acceptez le règlement pour vous inscrire." in page.text
    assert "Dites pourquoi vous voulez participer" in page.text
    assert page.tree.xpath("//input[@name='skills']/@value") == ["hydrologie"]


def test_pressing_twice_registers_once(app, db):
    with unit_of_work():
        event, person = make.event(), account()
        slug = event.slug
    answers = {"rules_version": "1", "accept_rules": "y"}
    someone = visitor_for(app, person)
    token = someone.token(f"/evenements/{slug}/inscription")
    someone.post(f"/evenements/{slug}/inscription", answers | {"csrf_token": token})
    page = someone.post(f"/evenements/{slug}/inscription", answers | {"csrf_token": token}, status=422)
    assert "Votre place est confirmée" in page.text
    assert len(db.session.scalars(select(Registration)).all()) == 1


def test_old_rules_are_refused_with_the_new_ones_on_screen(app):
    with unit_of_work():
        event, person = make.event(rules_version=2), account()
        slug = event.slug
    page = visitor_for(app, person).post(
        f"/evenements/{slug}/inscription", {"rules_version": "1", "accept_rules": "y"}, status=422
    )
    assert "Le règlement a changé" in page.text
    assert page.tree.xpath("//input[@name='rules_version']/@value") == ["2"]


@pytest.mark.parametrize("state", list(R))
def test_every_state_of_a_registration_has_its_page(app, state):
    with unit_of_work():
        place = make.registration(make.event(), state=state, end_note="Complet.")
        slug, person = place.event.slug, place.account
    someone = visitor_for(app, person)
    someone.get(f"/evenements/{slug}/inscription")
    someone.get(f"/evenements/{slug}")


def test_a_stale_button_says_so(app):
    with unit_of_work():
        place = make.registration(make.event())
        slug, person = place.event.slug, place.account
    page = visitor_for(app, person).post(
        f"/evenements/{slug}/inscription/accepter", form=f"/evenements/{slug}/inscription"
    )
    assert "changé d'état" in page.flashes[0]


def test_withdrawing_without_registration_is_an_absence(app):
    with unit_of_work():
        slug, person = make.event().slug, account()
    someone = visitor_for(app, person)
    for verb in ("retrait", "accepter"):
        someone.post(f"/evenements/{slug}/inscription/{verb}", form="/compte", status=404)


def test_my_events_partial_shows_places_and_teams(app, db):
    from flask import render_template

    from programme.events import queries

    with unit_of_work():
        event = make.event(title="Hackathon de l’eau")
        person = make.registration(event).account
        make.team(event, person, name="Sources")
        make.registration(make.event(title="Ancien"), person, state=R.WITHDRAWN)
    with app.test_request_context():
        rows = db.session.scalars(queries.my_registrations(person.id)).all()
        teams = db.session.scalars(queries.my_teams(person.id)).all()
        page = render_template("events/_my_events.html", my_registrations=rows, my_teams=teams)
    assert "Hackathon de l’eau" in page
    assert "Sources" in page
    assert "Ancien" not in page


def test_a_late_offer_is_refused_on_the_page(app):
    with unit_of_work():
        event = make.event(capacity=1)
        late = make.registration(event, state=R.OFFERED, offer_expires_at=now() - timedelta(minutes=1))
        slug, person = event.slug, late.account
    page = visitor_for(app, person).post(
        f"/evenements/{slug}/inscription/accepter", form=f"/evenements/{slug}/inscription"
    )
    assert "délai pour accepter" in page.flashes[0]
    with unit_of_work():
        registrations.expire_offers(late.event, at=now())
    assert late.state is R.WITHDRAWN
