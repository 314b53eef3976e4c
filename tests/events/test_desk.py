"""The agents' side: who opens which door, what each act does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.core.clock import local, now
from programme.core.unit_of_work import unit_of_work
from programme.events.models import Challenge, Event, Registration, Team
from programme.events.states import ChallengeState, EventKind, EventState, RegistrationState, TeamResult, TeamState
from tests.factories import events as make
from tests.factories.people import account, organisation, signed_in

pytestmark = [pytest.mark.db, pytest.mark.usefixtures("db")]
R, T = RegistrationState, TeamState
OFFICER, DIRECTION = Role.OFFICER_PROGRAMME, Role.DIRECTION


@pytest.fixture
def officer(app, db):
    return signed_in(app, OFFICER)[0]


@pytest.fixture
def direction(app, db):
    return signed_in(app, DIRECTION)[0]


def fields(**values):
    start = local(now() + timedelta(days=30)).replace(hour=9, minute=0)
    write = "%Y-%m-%dT%H:%M"
    return {
        "kind": "hackathon", "title": "L’eau qui reste", "summary": "Deux jours pour l’eau.", "description": "", "schedule": "",
        "starts_at": start.strftime(write), "ends_at": (start + timedelta(days=1)).strftime("%d/%m/%Y %H:%M"),
        "place": "Arles", "address": "", "territory_code": "13", "theme_id": "", "capacity": "5", "offer_hours": "48",
        "registration_opens_at": local(now() - timedelta(days=1)).strftime(write),
        "registration_closes_at": (start - timedelta(days=1)).strftime(write), "team_min": "2", "team_max": "5",
        "rules_text": "Le règlement.", "version": "0",
    } | values  # fmt: skip


@pytest.mark.parametrize("size", [1, 3])
def test_the_desk_asks_the_same_questions_whatever_its_size(officer, count_queries, size):
    with unit_of_work():
        for _each in range(size):
            event = make.event()
            make.registration(event)
            make.team(event)
    with count_queries(7):
        assert len(officer.get("/agents/evenements").tree.xpath("//tbody/tr")) == size


@pytest.mark.parametrize("size", [1, 3])
def test_the_registrations_ask_the_same_questions_whatever_their_number(officer, count_queries, size):
    with unit_of_work():
        event = make.event()
        for _each in range(size):
            make.registration(event, state=R.WAITING)
        slug = event.slug
    with count_queries(7):
        assert len(officer.get(f"/agents/evenements/{slug}/inscriptions").tree.xpath("//tbody/tr")) == size


@pytest.mark.parametrize("size", [1, 3])
def test_the_teams_ask_the_same_questions_whatever_their_number(officer, count_queries, size):
    with unit_of_work():
        event = make.event(EventState.JUDGING)
        for _each in range(size):
            make.team(event, make.registration(event).account, state=T.DELIVERED)
        slug = event.slug
    with count_queries(7):
        assert len(officer.get(f"/agents/evenements/{slug}/equipes").tree.xpath("//tbody/tr")) == size


def doors(slug):
    return [
        "/agents/evenements", "/agents/evenements/nouveau", f"/agents/evenements/{slug}",
        f"/agents/evenements/{slug}/modifier", f"/agents/evenements/{slug}/inscriptions",
        f"/agents/evenements/{slug}/inscriptions/export", f"/agents/evenements/{slug}/equipes",
        f"/agents/evenements/{slug}/defis/nouveau",
    ]  # fmt: skip


def test_doors_are_closed_to_others_and_writing_to_the_direction(app, visitor, direction, officer):
    with unit_of_work():
        slug = make.event().slug
    stranger, file_officer = signed_in(app)[0], signed_in(app, Role.OFFICER_FILE)[0]
    for door in doors(slug):
        assert visitor().get(door).path == "/connexion"
        stranger.get(door, status=404)
        file_officer.get(door, status=404)
        officer.get(door)
        writes = door.endswith(("/nouveau", "/modifier"))
        direction.get(door, status=404 if writes else 200)


def test_an_event_is_written_then_opened_by_the_direction(officer, direction, visitor, db):
    page = officer.post("/agents/evenements/nouveau", fields())
    assert page.path == "/agents/evenements/l-eau-qui-reste"
    move = f"{page.path}/etat"
    officer.post(move, {"verb": "plan"}, form=page.path)
    officer.post(move, {"verb": "open_registration"}, form=page.path, status=404)
    visitor().get("/evenements/l-eau-qui-reste", status=404)
    assert "Inscriptions ouvertes" in direction.post(move, {"verb": "open_registration"}, form=page.path).flashes[0]
    shown = visitor().get("/evenements/l-eau-qui-reste")
    assert "5 places libres sur 5" in shown.text
    event = db.session.scalars(select(Event)).one()
    assert local(event.starts_at).hour == 9
    direction.post(move, {"verb": "close_registration"}, form=page.path, status=404)
    assert "changé d'état" in officer.post(move, {"verb": "plan"}, form=page.path).flashes[0]
    officer.post(move, {"verb": "explode"}, form=page.path, status=404)


def test_a_wrong_event_keeps_what_was_typed(officer):
    wrong = fields(title="", capacity="beaucoup", starts_at="demain", team_max="1", kind="")
    page = officer.post("/agents/evenements/nouveau", wrong, status=422)
    for sentence in (
        "Écrivez le titre de l'événement.", "Écrivez un nombre entier", "Écrivez un jour et une heure",
        "Le maximum ne peut pas être inférieur", "Choisissez dans la liste.",
    ):  # fmt: skip
        assert sentence in page.text
    assert page.tree.xpath("//input[@name='starts_at']/@value") == ["demain"]
    assert page.tree.xpath("//input[@name='summary']/@value")[0].startswith("Deux jours")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"ends_at": "2020-01-01T09:00"}, "La fin vient après le début."),
        ({"registration_closes_at": "2020-01-01T09:00"}, "La clôture vient après l'ouverture."),
        ({"registration_closes_at": "2099-01-01T09:00"}, "Les inscriptions se closent avant la fin"),
    ],
)
def test_dates_follow_each_other(officer, values, sentence):
    assert sentence in officer.post("/agents/evenements/nouveau", fields(**values), status=422).text


def test_editing_raises_the_capacity_and_refuses_to_lower_it_too_much(officer, db):
    with unit_of_work():
        event = make.event(capacity=3)
        for state in (R.CONFIRMED, R.CONFIRMED, R.CONFIRMED, R.WAITING):
            make.registration(event, state=state)
        slug = event.slug
    path = f"/agents/evenements/{slug}/modifier"
    assert officer.get(path).tree.xpath("//input[@name='capacity']/@value") == ["3"]
    page = officer.post(path, fields(capacity="2"), status=422)
    assert "3 places sont déjà prises" in page.text
    officer.post(path, fields(capacity="4"))
    assert sorted(db.session.scalars(select(Registration.state))) == ["confirmed"] * 3 + ["offered"]


def test_the_second_of_two_agents_loses_nothing_and_is_told(officer):
    with unit_of_work():
        slug = make.event().slug
    path = f"/agents/evenements/{slug}/modifier"
    officer.post(path, fields(title="Première version"))
    page = officer.post(path, fields(title="Seconde version"), status=409)
    assert "a enregistré cet événement entre-temps" in page.text
    assert page.tree.xpath("//input[@name='title']/@value") == ["Seconde version"]
    assert page.tree.xpath("//input[@name='version']/@value") == ["1"]


def test_cancelling_asks_for_a_reason(direction, visitor):
    with unit_of_work():
        slug = make.event().slug
    page = f"/agents/evenements/{slug}"
    assert "pourquoi" in direction.post(f"{page}/etat", {"verb": "cancel", "reason": " "}, form=page).flashes[0]
    direction.post(f"{page}/etat", {"verb": "cancel", "reason": "Alerte rouge."}, form=page)
    assert "Alerte rouge." in visitor().get(f"/evenements/{slug}").text


def test_a_selective_event_is_decided_person_by_person(officer, direction, db):
    with unit_of_work():
        event = make.event(is_selective=True)
        asked = [make.registration(event, state=R.SUBMITTED).id for _each in range(3)]
        slug = event.slug
    table = f"/agents/evenements/{slug}/inscriptions"
    officer.post(f"{table}/{asked[0]}", {"verb": "open_review"}, form=table)
    officer.post(f"{table}/{asked[0]}", {"verb": "accept"}, form=table)
    assert "motif" in officer.post(f"{table}/{asked[1]}", {"verb": "decline"}, form=table).flashes[0]
    officer.post(f"{table}/{asked[1]}", {"verb": "decline", "reason": "Hors sujet."}, form=table)
    officer.post(f"{table}/{asked[2]}", {"verb": "offer"}, form=table, status=404)
    officer.post(f"{table}/999999", {"verb": "accept"}, form=table, status=404)
    direction.post(f"{table}/{asked[2]}", {"verb": "accept"}, form=table, status=404)
    found = db.session.scalars(select(Registration.state).order_by(Registration.id)).all()
    assert found == [R.CONFIRMED, R.DECLINED, R.SUBMITTED]
    assert "Hors sujet." in officer.get(f"{table}?etat=declined").text


def test_several_registrations_are_decided_together_or_not_at_all(officer, direction, db):
    with unit_of_work():
        event = make.event(is_selective=True)
        asked = [make.registration(event, state=R.SUBMITTED).id for _each in range(2)]
        gone = make.registration(event, state=R.DECLINED).id
        slug = event.slug
    table = f"/agents/evenements/{slug}/inscriptions"
    both = [str(each) for each in asked]
    assert "au moins une" in officer.post(table, {"verb": "accept"}, form=table).flashes[0]
    page = officer.post(table, {"verb": "accept", "registration": [*both, str(gone)]}, form=table)
    assert "Rien n'est fait" in page.flashes[0]
    officer.post(table, {"verb": "decline", "registration": both}, form=table, status=404)
    direction.post(table, {"verb": "accept", "registration": both}, form=table, status=404)
    assert set(db.session.scalars(select(Registration.state))) == {R.SUBMITTED, R.DECLINED}
    page = officer.post(table, {"verb": "accept", "registration": both}, form=table)
    assert page.flashes == ["2 inscriptions sont traitées."]
    assert [db.session.get_one(Registration, each, populate_existing=True).state for each in asked] == [R.CONFIRMED] * 2


def test_presence_is_noted_at_the_door(officer, db):
    with unit_of_work():
        event = make.event(EventState.LIVE)
        here, away = make.registration(event).id, make.registration(event).id
        slug = event.slug
    table = f"/agents/evenements/{slug}/inscriptions"
    officer.post(f"{table}/{here}", {"verb": "mark_present"}, form=table)
    officer.post(f"{table}/{away}", {"verb": "mark_absent"}, form=table)
    assert db.session.scalars(select(Registration.state).order_by(Registration.id)).all() == [R.PRESENT, R.ABSENT]


def test_the_export_is_safe_for_a_spreadsheet(officer):
    with unit_of_work():
        event = make.event()
        make.registration(event, account(name="Ève Martin"), motivation="=2+2", image_rights=True)
        slug = event.slug
    text = (
        officer.client.get(f"/agents/evenements/{slug}/inscriptions/export?format=csv").get_data().decode("utf-8-sig")
    )
    header, row = text.splitlines()
    assert header.startswith("Nom;Courriel;État")
    assert "Ève Martin" in row
    assert ";Confirmée;" in row
    assert row.endswith(";'=2+2")


def test_teams_are_validated_then_judged_then_published(officer, direction, db):
    with unit_of_work():
        event = make.event(EventState.LIVE)
        ready = make.team(event, *[make.registration(event).account for _each in range(2)], ready_at=now()).id
        done = make.team(event, make.registration(event).account, state=T.DELIVERED).id
        slug = event.slug
    page, table = f"/agents/evenements/{slug}", f"/agents/evenements/{slug}/equipes"
    officer.post(f"{table}/{ready}", {"verb": "confirm"}, form=table)
    assert db.session.get_one(Team, ready).state is T.CONFIRMED
    early = officer.post(f"{table}/{done}", {"verb": "decide", f"equipe{done}-result": "winner"}, form=table)
    assert "délibération" in early.flashes[0]
    officer.post(f"{page}/etat", {"verb": "start_judging"}, form=page)
    decision = {"verb": "decide", f"equipe{done}-result": "winner", f"equipe{done}-prize": "Prix de la Région"}
    wrong = officer.post(f"{table}/{done}", decision | {f"equipe{done}-result": "first"}, form=table)
    assert "Choisissez la décision" in wrong.flashes[0]
    officer.post(f"{table}/{done}", decision, form=table)
    assert db.session.get_one(Team, done).result is TeamResult.WINNER
    officer.post(f"{table}/{ready}", {"verb": "drop"}, form=table)
    officer.post(f"{table}/{ready}", {"verb": "award"}, form=table, status=404)
    officer.post(f"{page}/etat", {"verb": "publish_results"}, form=page, status=404)
    direction.post(f"{page}/etat", {"verb": "publish_results"}, form=page)
    assert (db.session.get_one(Team, done).state, db.session.get_one(Team, ready).state) == (T.WINNER, T.DROPPED)


def test_challenges_are_entered_kept_published_and_dismissed(officer, db):
    with unit_of_work():
        event, owner, data = make.event(), organisation("Régie"), make.dataset("Débits")
        proposed = make.challenge(event, ChallengeState.PROPOSED, title="À écarter", proposed_by=account()).id
        slug, owner_id, number = event.slug, owner.id, data.id
    page = f"/agents/evenements/{slug}"
    values = {"organisation_id": str(owner_id), "title": "Fuites", "need": "Les compter.", "prize": ""}
    officer.post(f"{page}/defis/nouveau", values | {"title": ""}, status=422)
    officer.post(f"{page}/defis/nouveau", values)
    made = db.session.scalars(select(Challenge).where(Challenge.title == "Fuites")).one().id
    edited = values | {"title": "Les fuites", "datasets-0-dataset": str(number), "datasets-0-line": "Pour situer"}
    officer.post(f"{page}/defis/{made}", edited)
    assert "Pour situer" in officer.get(f"{page}/defis/{made}").response.get_data(as_text=True)
    for verb in ("accept", "publish"):
        officer.post(f"{page}/defis/{made}/etat", {"verb": verb}, form=page)
    assert db.session.get_one(Challenge, made).state is ChallengeState.PUBLISHED
    assert "changé d'état" in officer.post(f"{page}/defis/{made}/etat", {"verb": "publish"}, form=page).flashes[0]
    assert "pourquoi" in officer.post(f"{page}/defis/{proposed}/etat", {"verb": "dismiss"}, form=page).flashes[0]
    officer.post(f"{page}/defis/{proposed}/etat", {"verb": "dismiss", "reason": "Sans données."}, form=page)
    assert db.session.get(Challenge, proposed) is None
    officer.post(f"{page}/defis/{made}/etat", {"verb": "solve"}, form=page, status=404)


@pytest.mark.parametrize("state", list(EventState))
@pytest.mark.parametrize("kind", [EventKind.HACKATHON, EventKind.MEETUP])
def test_every_state_of_an_event_has_its_desk_pages(officer, direction, state, kind):
    with unit_of_work():
        event = make.event(state, kind=kind)
        for each in R:
            make.registration(event, state=each)
        for each in ChallengeState:
            make.challenge(event, each)
        slug = event.slug
    for page in (f"/agents/evenements/{slug}", f"/agents/evenements/{slug}/inscriptions"):
        officer.get(page)
        direction.get(page)
