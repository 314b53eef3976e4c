"""The pages of teams and of proposed challenges."""

import pytest
from sqlalchemy import select

from programme.core.unit_of_work import unit_of_work
from programme.events import services
from programme.events.models import Challenge, Team
from programme.events.states import EventState, TeamState
from programme.organisations.states import MembershipRole
from tests.factories import events as make
from tests.factories.people import account, member, organisation, visitor_for

pytestmark = [pytest.mark.db, pytest.mark.usefixtures("db")]
T = TeamState


def people_in(event, count):
    return [make.registration(event).account for _each in range(count)]


@pytest.mark.slow
def test_two_people_make_a_team_and_declare_it_complete(app, db):
    with unit_of_work():
        event = make.event()
        lead, other = people_in(event, 2)
        challenge = make.challenge(event, title="Fuites")
        slug, challenge_id = event.slug, challenge.id
    one, two = visitor_for(app, lead), visitor_for(app, other)
    page = one.post(
        f"/evenements/{slug}/equipes/nouvelle",
        {"name": "Les Sourciers", "pitch": "Compter les fuites.", "challenge_id": str(challenge_id)},
    )
    assert page.path == "/equipes/les-sourciers"
    code = db.session.scalars(select(Team.join_code)).one()
    assert code in page.text
    assert "dans l'équipe" in two.post(f"/evenements/{slug}/equipes/rejoindre", {"code": code}).flashes[0]
    assert "mène l'équipe" in two.get("/equipes/les-sourciers").text
    two.post("/equipes/les-sourciers/complete", status=404)
    assert "complète" in one.post("/equipes/les-sourciers/complete", form="/equipes/les-sourciers").flashes[0]


@pytest.mark.slow
def test_a_wrong_code_is_refused_beside_its_field(app):
    with unit_of_work():
        event = make.event()
        (person,) = people_in(event, 1)
        slug = event.slug
    someone = visitor_for(app, person)
    page = someone.post(f"/evenements/{slug}/equipes/rejoindre", {"code": "AAAA-BBBB"}, status=422)
    assert "Ce code ne correspond à aucune équipe" in page.text
    assert page.tree.xpath("//input[@name='code']/@value") == ["AAAA-BBBB"]
    for _each in range(services.teams.JOIN_TRIES_PER_HOUR):
        page = someone.post(f"/evenements/{slug}/equipes/rejoindre", {"code": "AAAA-BBBB"}, status=422)
    assert "Trop d'essais" in page.text


def test_a_team_without_name_or_without_place_is_refused(app):
    with unit_of_work():
        event = make.event()
        (person,) = people_in(event, 1)
        stranger, slug = account(), event.slug
    path = f"/evenements/{slug}/equipes/nouvelle"
    page = visitor_for(app, person).post(path, {"pitch": "Une idée", "challenge_id": ""}, status=422)
    assert "Donnez un nom à l'équipe." in page.text
    assert page.tree.xpath("//input[@name='pitch']/@value") == ["Une idée"]
    page = visitor_for(app, stranger).post(path, {"name": "A", "pitch": "B", "challenge_id": ""}, status=422)
    assert "inscription confirmée" in page.text


def test_a_team_hands_in_its_prototype_and_the_next_stages_appear(app, visitor):
    with unit_of_work():
        event = make.event(EventState.LIVE)
        (person,) = people_in(event, 1)
        team = make.team(event, person, state=T.CONFIRMED, name="Sources")
        data = make.dataset("Débits du réseau")
        slug, number = team.slug, data.id
    someone, path = visitor_for(app, person), f"/equipes/{slug}/livraison"
    wrong = {"summary": "", "code_url": "exemple.fr", "demo_url": "", "code_licence": "", "datasets-0-line": "Oubli"}
    page = someone.post(path, wrong, status=422)
    for sentence in ("Décrivez le prototype", "Commencez par https://", "Choisissez le jeu de données dont parle"):
        assert sentence in page.text
    assert page.tree.xpath("//input[@name='datasets-0-line']/@value") == ["Oubli"]
    right = {
        "summary": "Une carte des fuites.", "code_url": "https://exemple.fr/code", "code_licence": "eupl",
        "demo_url": "https://exemple.fr", "datasets-0-dataset": str(number), "datasets-0-line": "Le fond de carte",
    }  # fmt: skip
    page = someone.post(path, right)
    assert "Votre prototype est remis" in page.flashes[0]
    assert "Continuer dans l'appel" not in page.text
    services.continue_link.register(lambda team: f"/appels?projet={team.project_id}")
    services.reuse_link.register(lambda _team: None)
    try:
        mine, theirs = someone.get(f"/equipes/{slug}"), visitor().get(f"/equipes/{slug}")
    finally:
        services.continue_link.__init__()
        services.reuse_link.__init__()
    assert "Continuer dans l'appel à projets" in mine.text
    assert "Publier comme réutilisation" not in mine.text
    assert "Continuer dans l'appel" not in theirs.text
    assert "Une carte des fuites." in theirs.text
    assert "Débits du réseau" in theirs.text
    assert "Prototype remis" in theirs.text
    assert person.display_name not in theirs.text
    assert someone.get(path).tree.xpath("//textarea[@name='summary']")[0].text.strip() == "Une carte des fuites."


def test_only_members_hand_in_and_only_before_the_jury_sits(app, visitor):
    with unit_of_work():
        event = make.event(EventState.JUDGING)
        (person,) = people_in(event, 1)
        team = make.team(event, person, state=T.DELIVERED)
        stranger, slug = account(), team.slug
    path = f"/equipes/{slug}/livraison"
    visitor_for(app, stranger).get(path, status=404)
    assert visitor().get(path).path == "/connexion"
    page = visitor_for(app, person).post(path, {"summary": "Tard", "code_licence": ""}, status=422)
    assert "La remise des prototypes n'est pas ouverte." in page.text


def test_a_forming_team_is_an_absence_for_others(app, visitor):
    with unit_of_work():
        event = make.event()
        (person,) = people_in(event, 1)
        slug = make.team(event, person).slug
        stranger = account()
    visitor().get(f"/equipes/{slug}", status=404)
    visitor_for(app, stranger).get(f"/equipes/{slug}", status=404)
    visitor_for(app, stranger).post(f"/equipes/{slug}/quitter", form="/compte", status=404)
    page = visitor_for(app, person).post(f"/equipes/{slug}/quitter", form=f"/equipes/{slug}")
    assert "quitté l'équipe" in page.flashes[0]


@pytest.mark.parametrize("state", list(T))
def test_every_state_of_a_team_has_its_page(app, state):
    with unit_of_work():
        event = make.event(EventState.CLOSED)
        (person,) = people_in(event, 1)
        slug = make.team(event, person, state=state, challenge=make.challenge(event)).slug
    visitor_for(app, person).get(f"/equipes/{slug}")


def test_the_jury_s_decision_is_not_on_the_page_before_the_results(app, visitor):
    with unit_of_work():
        event = make.event(EventState.JUDGING)
        (person,) = people_in(event, 1)
        team = make.team(event, person, state=T.DELIVERED, result="winner", prize="Prix de la Région")
        slug, event_slug = team.slug, event.slug
    for page in (visitor().get(f"/equipes/{slug}"), visitor_for(app, person).get(f"/equipes/{slug}")):
        assert "Lauréate" not in page.text
        assert "Prix de la Région" not in page.text
    assert "Prix de la Région" not in visitor().get(f"/evenements/{event_slug}").text


def test_a_partner_proposes_a_challenge_with_its_data(app, db):
    with unit_of_work():
        event, partner, reader, owner = make.event(), account(), account(), organisation("Régie des eaux")
        member(partner, owner)
        member(reader, owner, MembershipRole.READER)
        data = make.dataset("Débits")
        slug, owner_id, number = event.slug, owner.id, data.id
    path = f"/evenements/{slug}/defis/proposer"
    someone = visitor_for(app, partner)
    values = {"organisation_id": str(owner_id), "title": "Fuites", "need": "", "datasets-1-dataset": str(number)}
    page = someone.post(path, values, status=422)
    assert "Décrivez le besoin" in page.text
    assert page.tree.xpath("//input[@name='title']/@value") == ["Fuites"]
    assert "proposé" in someone.post(path, values | {"need": "Les compter.", "prize": "Un test"}).flashes[0]
    made = db.session.scalars(select(Challenge)).one()
    assert (made.state, made.organisation_id, made.proposed_by_id) == ("proposed", owner_id, partner.id)
    assert "Un défi est porté par un organisme" in visitor_for(app, reader).get(path).text
    visitor_for(app, reader).post(path, values | {"need": "x"}, status=422, form=f"/evenements/{slug}")


def test_challenges_are_proposed_before_the_start_and_never_on_a_draft(app, visitor):
    with unit_of_work():
        person = account()
        slugs = [make.event(state).slug for state in (EventState.LIVE, EventState.PLANNED, EventState.CANCELLED)]
        opened = make.event().slug
    for slug in slugs:
        visitor_for(app, person).get(f"/evenements/{slug}/defis/proposer", status=404)
    assert visitor().get(f"/evenements/{opened}/defis/proposer").path == "/connexion"
