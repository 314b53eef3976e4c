"""My space: what awaits me; and where agents are led."""

from datetime import date, timedelta

import pytest
import time_machine

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.agreements.states import AgreementState
from programme.applications.models import Application, InfoRequest
from programme.applications.states import ApplicationState, MessageSide
from programme.core.unit_of_work import unit_of_work
from programme.evaluation.models import Evaluation, Grid
from programme.evaluation.states import EvaluationState, SubjectKind
from programme.events.states import RegistrationState
from programme.organisations.states import MembershipRole, MembershipState
from programme.reuses.states import ReuseState
from programme.site.views import awaiting
from tests.factories import applications, calls, events, reuses
from tests.factories.agreements import grant_agreement
from tests.factories.assessment import officer
from tests.factories.messages import said
from tests.factories.people import NOON, account, member, organisation, signed_in
from tests.pages import plain

pytestmark = pytest.mark.db


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def test_the_anonymous_visitor_is_led_to_sign_in(visitor):
    for path in ("/mon-espace", "/agents"):
        assert visitor().get(path).path == "/connexion"


def test_nothing_awaits_a_newcomer_and_the_page_says_what_to_do(app, clock, db):
    person, _number = signed_in(app, name="Léa Roux")
    page = person.get("/mon-espace")
    assert page.h1 == "Votre espace est ouvert"
    for sentence in ("Aucun dossier déposé", "Aucune inscription en cours", "Vous n'êtes membre d'aucun organisme"):
        assert sentence in page.text


def test_requests_drafts_and_members_await_in_order(app, clock, db):
    person, number = signed_in(app)
    with unit_of_work():
        me = db.session.get_one(Account, number)
        mine = organisation("Commune de Gap")
        member(me, mine)
        to = calls.open_call().sessions[0]
        applications.draft(by=me, of=mine, to=to, title="Le brouillon")
        asked = applications.submitted(by=me, of=mine, to=to, title="La demande")
        asked.state = ApplicationState.INFO_REQUESTED
        db.session.add(
            InfoRequest(application_id=asked.id, message="Le RIB.", asked_at=NOON, due_on=date(2026, 12, 23))
        )
        applications.submitted(by=me, of=mine, to=to, title="Le suivi").state = ApplicationState.UNDER_REVIEW
        link = member(account(name="Zoé Marin"), mine)
        link.state = MembershipState.REQUESTED
    page = person.get("/mon-espace")
    assert page.h1 == "Trois choses vous attendent"
    rows = [plain(" ".join(each.text_content().split())) for each in page.tree.xpath("//ol/li[.//h2]")]
    assert len(rows) == 3
    assert rows[0].startswith("30 novembre, 12 h 00 dans 7 jours Le brouillon")
    assert "Brouillon à déposer avant le 30 novembre 2026 à 12 h 00." in rows[0]
    assert rows[1].startswith("23 décembre dans 30 jours La demande")
    assert "La Région demande des compléments au plus tard le 23 décembre 2026." in rows[1]
    assert rows[2].startswith("Sans date Zoé Marin Demande à rejoindre Commune de Gap")
    [followed] = page.tree.xpath("//li[.//a[contains(., 'Le suivi')]]")
    assert "En cours d’instruction" in followed.text_content()
    assert len(page.tree.xpath("//ol/li/a[@class='button button--small']")) == 1, "one filled button"


def test_an_answer_that_the_region_awaits_stands_among_the_deadlines(app, clock, db):
    person, number = signed_in(app)
    with unit_of_work():
        me, desk = db.session.get_one(Account, number), officer()
        mine, read_only = organisation("Commune de Gap"), organisation("Commune de Veynes")
        member(me, mine)
        member(me, read_only, MembershipRole.READER)
        to = calls.open_call().sessions[0]
        applications.draft(by=me, of=mine, to=to, title="Le brouillon")
        asked = applications.submitted(by=me, of=mine, to=to, title="Le capteur")
        said(asked, desk, awaits=True, answer_by=date(2026, 12, 9))
        said(asked, desk, awaits=True, answer_by=date(2026, 11, 27))
        said(applications.submitted(by=me, of=mine, to=to, title="Sans terme"), desk, awaits=True)
        said(applications.submitted(by=me, of=mine, to=to, title="Simple nouvelle"), desk)
        said(applications.submitted(by=me, of=read_only, to=to, title="À lire"), desk, awaits=True)
    page = person.get("/mon-espace")
    assert page.h1 == "Trois choses vous attendent"
    rows = [plain(" ".join(each.text_content().split())) for each in page.tree.xpath("//ol/li[.//h2]")]
    assert rows[0].startswith(
        "27 novembre dans 4 jours Le capteur La Région attend votre réponse au plus tard le 27 novembre 2026."
    )
    assert "Le brouillon" in rows[1]
    assert rows[2].startswith("Sans date Sans terme La Région attend votre réponse.")
    [href] = page.tree.xpath("//ol/li[.//h2[. = 'Le capteur']]/a/@href")
    assert person.get(href).tree.xpath("//details[@id='ecrire'][@open]")
    with unit_of_work():
        said(db.session.get_one(Application, asked.id), db.session.get_one(Account, number), side=MessageSide.CARRIER)
    assert "Le capteur La Région attend" not in person.get("/mon-espace").text


def test_my_evaluations_registrations_and_reuses_are_there(app, clock, db):
    person, number = signed_in(app)
    with unit_of_work():
        me = db.session.get_one(Account, number)
        grid = Grid(code="grille", title="Grille")
        db.session.add(grid)
        db.session.flush()
        for subject, state in ((1, EvaluationState.ASSIGNED), (2, EvaluationState.RECUSED)):
            db.session.add(
                Evaluation(
                    subject_kind=SubjectKind.APPLICATION, subject_id=subject, grid_id=grid.id, reviewer_id=number,
                    state=state, assigned_at=NOON, due_at=NOON + timedelta(days=9),
                )
            )  # fmt: skip
        events.registration(events.event(title="Hackathon de l’eau"), me)
        reuses.reuse("Ma carte", declarer=me)
    page = person.get("/mon-espace")
    assert page.h1 == "Une chose vous attend"
    assert "1 dossier vous est confié Le premier est à rendre avant le 2 décembre 2026" in page.text
    assert "/evaluations" in page.links()
    assert "Hackathon de l'eau" in page.text
    assert "Ma carte" in page.text


def test_a_place_that_is_offered_awaits_its_answer(app, clock, db):
    person, number = signed_in(app)
    with unit_of_work():
        me = db.session.get_one(Account, number)
        events.registration(events.event(title="Atelier des cartes"), me, RegistrationState.OFFERED)
    page = person.get("/mon-espace")
    assert page.h1 == "Une chose vous attend"
    assert "Une place est pour vous, à accepter avant le" in page.text
    assert "Atelier des cartes" in page.text


@pytest.mark.parametrize(("role", "waits"), [(MembershipRole.OWNER, True), (MembershipRole.EDITOR, False)])
def test_an_agreement_awaits_those_who_may_sign_it(app, clock, db, role, waits):
    person, number = signed_in(app)
    with unit_of_work():
        sent = grant_agreement(AgreementState.SENT)
        member(db.session.get_one(Account, number), sent.organisation, role)
        title = sent.title
    page = person.get("/mon-espace")
    assert (page.h1 == "Une chose vous attend") is waits
    assert (plain(title) in page.text and "Lire et signer" in page.text) is waits


def test_a_reuse_whose_address_is_lost_awaits_its_author(app, clock, db):
    person, number = signed_in(app)
    with unit_of_work():
        me = db.session.get_one(Account, number)
        reuses.reuse("Ma carte", declarer=me, state=ReuseState.BROKEN_LINK)
        reuses.reuse("Une autre", declarer=me)
    page = person.get("/mon-espace")
    assert page.h1 == "Une chose vous attend"
    assert "Corriger l'adresse" in page.text


@pytest.mark.parametrize(("days", "words"), [(-1, "passé"), (0, "aujourd’hui"), (1, "demain"), (2, "dans 2 jours")])
def test_how_near_a_deadline_is_said_in_words(app, days, words):
    with app.test_request_context():
        assert awaiting.left(date(2026, 11, 30) + timedelta(days=days), date(2026, 11, 30)) == words


def test_i_see_nothing_of_other_people(app, clock, db):
    person, _number = signed_in(app)
    with unit_of_work():
        other = account()
        applications.draft(by=other, title="Secret")
        events.registration(events.event(title="Secret"), other)
        reuses.reuse("Secret", declarer=other)
    assert "Secret" not in person.get("/mon-espace").text


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_asks_as_much_for_one_as_for_three(app, clock, db, size, count_queries):
    person, number = signed_in(app)
    with unit_of_work():
        me = db.session.get_one(Account, number)
        mine = organisation()
        member(me, mine)
        to = calls.open_call().sessions[0]
        for _ in range(size):
            member(me, organisation())
            applications.draft(by=me, of=mine, to=to)
            said(applications.submitted(by=me, of=mine, to=to), account(), awaits=True)
            events.registration(events.event(), me)
            reuses.reuse(declarer=me)
            link = member(account(), mine)
            link.state = MembershipState.REQUESTED
    db.session.remove()
    with count_queries(14):
        person.get("/mon-espace")


@pytest.mark.parametrize(
    ("roles", "path"),
    [
        ((Role.ADMIN,), "/agents/comptes"),
        ((Role.DPO,), "/agents/journal"),
        ((Role.DPO, Role.ADMIN), "/agents/comptes"),
    ],
)
def test_agents_are_led_to_their_first_door(app, clock, db, roles, path):
    person, _number = signed_in(app, *roles)
    assert person.get("/mon-espace").path == path
    assert person.get("/agents").path == path


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_door_and_its_menu_leads_only_where_it_may_go(app, clock, db, role):
    person, _number = signed_in(app, role)
    page = person.get("/agents")
    doors = page.tree.xpath("//nav[@aria-label='Principale']//a/@href")
    assert doors
    for href in doors:
        person.get(href)


def test_the_agents_door_is_closed_to_others(app, clock, db):
    person, _number = signed_in(app)
    person.get("/agents", status=404)
