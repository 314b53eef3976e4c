"""The doors of the committee, the decisions and the pool: who enters, what is refused, how many statements they take."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select

from programme.accounts.states import AccountState, Role
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.assessment import services
from programme.assessment.models import CommitteeMeeting, CommitteeOpinion, Decision, Deliberation
from programme.assessment.states import CommitteeState, DecisionState, Opinion, Outcome
from programme.assessment.views import committee
from programme.calls.models import Call
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.evaluation.models import PoolMember
from programme.extensions import db as database
from tests.factories import calls
from tests.factories.assessment import (
    LATER,
    committee_ready,
    deliberation,
    fresh,
    officer,
    on_agenda,
    reader,
    sitting,
    under_review,
)
from tests.factories.people import account, signed_in, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db
FILE, PROGRAMME, DIRECTION = Role.OFFICER_FILE, Role.OFFICER_PROGRAMME, Role.DIRECTION
FINANCE, ELECTED, DPO, ADMIN = Role.FINANCE, Role.ELECTED, Role.DPO, Role.ADMIN
HOLDERS = {FILE, PROGRAMME, DIRECTION}
DAY = LATER.date()


@pytest.fixture(autouse=True)
def _five_days_later(db):
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def ready(db):
    """A file ready for the committee: its reference and its session."""
    with unit_of_work():
        file = committee_ready(officer())
        return file.reference, file.session_id


@pytest.fixture
def held(db):
    """A file and the committee that sits about it."""
    with unit_of_work():
        by = officer()
        file = committee_ready(by)
        return file.reference, sitting(file, by).id


@pytest.fixture
def listed(db):
    """A file entered for the vote: its reference and its session."""
    with unit_of_work():
        file = on_agenda(officer())
        return file.reference, file.session_id


def one(model):
    database.session.rollback()
    return database.session.scalars(select(model)).one()


def prepared(session=None, amount=10_000, **values):
    """A file with its decision prepared. Inside a unit of work."""
    by = officer()
    file = on_agenda(by, to=session, **values)
    services.prepare(file, Outcome.AWARD, Decimal(amount), "Utile.", by=by, at=LATER)
    return file


# ---- who enters -----------------------------------------------------------------------------------


def test_each_page_opens_to_its_roles(app, visitor, held):
    reference, meeting = held
    session, slug = one(CommitteeMeeting).session_id, one(Call).slug
    pages = {
        "/agents/comites": HOLDERS | {ELECTED},
        f"/agents/comites/{meeting}": HOLDERS | {ELECTED},
        f"/agents/comites/{meeting}/avis/{reference}": HOLDERS,
        f"/agents/releves/{session}/classement": HOLDERS | {ELECTED},
        f"/agents/releves/{session}/decisions": HOLDERS | {FINANCE},
        f"/agents/dossiers/{reference}/decision": {FILE},
        "/agents/deliberations": {FILE},
        f"/agents/appels/{slug}/vivier": HOLDERS,
    }
    people = {role: signed_in(app, role)[0] for role in Role}
    stranger, anonymous = signed_in(app)[0], visitor()
    for address, roles in pages.items():
        assert anonymous.get(address).path == "/connexion", address
        stranger.get(address, status=404)
        for role, person in people.items():
            person.get(address, status=200 if role in roles else 404)


def test_each_act_has_its_roles(app, held):
    reference, meeting = held
    session, slug = one(CommitteeMeeting).session_id, one(Call).slug
    acts = {
        f"/agents/releves/{session}/comites": HOLDERS, f"/agents/comites/{meeting}/ouvrir": HOLDERS,
        f"/agents/comites/{meeting}/clore": HOLDERS, f"/agents/comites/{meeting}/avis/{reference}": HOLDERS,
        f"/agents/releves/{session}/ordre-du-jour": {FILE}, f"/agents/releves/{session}/notifier": {DIRECTION},
        f"/agents/dossiers/{reference}/decision": {FILE}, "/agents/deliberations": {FILE},
        f"/agents/appels/{slug}/vivier": {FILE, PROGRAMME}, f"/agents/appels/{slug}/vivier/1/retirer": {FILE, PROGRAMME},
    }  # fmt: skip
    for role in (FILE, PROGRAMME, DIRECTION, FINANCE, ELECTED, DPO):
        person, _number = signed_in(app, role)
        for address, roles in acts.items():
            if role not in roles:
                person.post(address, {}, form="/connexion/lien", status=404)
    assert one(CommitteeMeeting).state is CommitteeState.HELD


def test_an_unknown_thing_is_absent(app, held):
    person, _number = signed_in(app, FILE)
    with unit_of_work():
        other = committee_ready(officer(), title="Autre relève").reference
    for address in (
        "/agents/comites/999", "/agents/releves/999/classement", "/agents/releves/999/decisions",
        "/agents/appels/inconnu/vivier", f"/agents/comites/{held[1]}/avis/{other}", f"/agents/comites/999/avis/{held[0]}",
    ):  # fmt: skip
        person.get(address, status=404)


# ---- ranking and committee ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3])
def test_the_pages_of_the_committee_ask_as_much_whatever_their_size(app, count_queries, size):
    with unit_of_work():
        by, session = officer(), calls.open_call().sessions[0]
        files = [committee_ready(by, to=session, title=f"Projet {place}") for place in range(size)]
        meeting = sitting(files[0], by)
        for file in files:
            services.give_opinion(meeting, file, Opinion.RESERVED, "À voir.", None, row=None, by=by, at=LATER)
        session_id, meeting_id = session.id, meeting.id
    person, _number = signed_in(app, FILE)
    for address, statements in (
        (f"/agents/releves/{session_id}/classement", 10), (f"/agents/comites/{meeting_id}", 10),
        (f"/agents/releves/{session_id}/decisions", 9),
    ):  # fmt: skip
        with count_queries(statements):
            page = person.get(address)
        assert page.text.count("Projet ") >= size


@pytest.mark.parametrize("size", [1, 3])
def test_the_lists_of_sittings_and_votes_ask_as_much_whatever_their_size(app, count_queries, size):
    with unit_of_work():
        by = officer()
        for place in range(size):
            session = calls.open_call().sessions[0]
            services.convene(session, DAY, f"Salle {place}", by=by, at=LATER)
            deliberation(by, f"26-0{place}")
    person, _number = signed_in(app, FILE)
    for address, statements, word in (("/agents/comites", 4, "Salle "), ("/agents/deliberations", 3, "26-0")):
        with count_queries(statements):
            page = person.get(address)
        assert len(page.tree.xpath(f"//main//tr[contains(., '{word}')]")) >= size


def test_a_long_ranking_has_pages_whose_sums_are_those_of_all(app, monkeypatch):
    monkeypatch.setattr(committee, "RANKING_ROWS", 2)
    with unit_of_work():
        by, session = officer(), calls.open_call().sessions[0]
        for place in range(3):
            committee_ready(by, to=session, title=f"Projet {place}")
        session_id = session.id
    person, _number = signed_in(app, FILE)
    pages = [person.get(f"/agents/releves/{session_id}/classement?page={number}") for number in (1, 2)]
    shown = [page.tree.xpath("//tbody//tr/th//a/@href|//tbody//tr[.//a]//a/@href") for page in pages]
    assert [len(set(each)) for each in shown] == [2, 1]
    assert not set(shown[0]) & set(shown[1])
    assert [page.tree.xpath("string(//p[@class='lead'])") for page in pages[:1]] == [
        pages[1].tree.xpath("string(//p[@class='lead'])")
    ]
    person.get(f"/agents/releves/{session_id}/classement?page=3", status=404)


def test_the_ranking_tells_the_floor_in_words(app):
    with unit_of_work():
        session_id = committee_ready(officer(), (1, 1)).session_id
    page = signed_in(app, ELECTED)[0].get(f"/agents/releves/{session_id}/classement")
    assert "Sous le plancher : Valeur des données" in page.text
    assert not [href for href in page.links() if "/agents/dossiers/" in href or "/decisions" in href]


def test_convening_reads_a_day_and_keeps_the_place(app, ready):
    person, _number = signed_in(app, PROGRAMME)
    ranking = f"/agents/releves/{ready[1]}/classement"
    for day, words in (("", "Donnez la date de la séance."), ("bientôt", "Écrivez une date")):
        page = person.post(
            f"/agents/releves/{ready[1]}/comites", {"held_on": day, "place": "Salle 12"}, form=ranking, status=422
        )
        assert words in page.text
        assert page.tree.xpath("//input[@name='place']/@value") == ["Salle 12"]
    page = person.post(f"/agents/releves/{ready[1]}/comites", {"held_on": str(DAY), "place": "Salle 12"}, form=ranking)
    assert "Salle 12" in page.text
    assert one(CommitteeMeeting).state is CommitteeState.CONVENED
    meeting = page.path
    assert "Donner l'avis" in person.post(f"{meeting}/ouvrir", {}, form=meeting).text
    assert "a changé d'état" in person.post(f"{meeting}/ouvrir", {}, form=meeting).flashes[0]


def test_an_opinion_is_given_then_revised(app, held):
    reference, meeting = held
    person, _number = signed_in(app, DIRECTION)
    address = f"/agents/comites/{meeting}/avis/{reference}"
    good = {"opinion": "favourable", "proposed_amount": "10 000,00", "reason": "Utile."}
    for changed, words in (
        ({"opinion": ""}, "Choisissez un avis."), ({"reason": " "}, "Écrivez le motif de l'avis."),
        ({"proposed_amount": "beaucoup"}, "Écrivez un montant en chiffres"),
        ({"proposed_amount": "900 000"}, "dépasse le montant demandé"),
    ):  # fmt: skip
        page = person.post(address, good | changed, status=422)
        assert words in page.text
        assert page.tree.xpath("//input[@name='proposed_amount']/@value") == [(good | changed)["proposed_amount"]]
    assert person.post(address, good).flashes == ["L'avis du comité est enregistré."]
    assert "Revoir l'avis" in person.get(f"/agents/comites/{meeting}").text
    person.post(address, good | {"opinion": "deferred"})
    given = one(CommitteeOpinion)
    assert (given.opinion, given.proposed_amount, given.rank) == (Opinion.DEFERRED, None, 1)


def test_no_opinion_before_the_sitting(app, ready):
    with unit_of_work():
        by = officer()
        meeting = services.convene(one_now(Application).session, DAY, "", by=by, at=LATER)
        database.session.flush()
        number = meeting.id
    person, _number = signed_in(app, FILE)
    page = person.post(
        f"/agents/comites/{number}/avis/{ready[0]}", {"opinion": "reserved", "reason": "À préciser."}, status=422
    )
    assert "Ouvrez d'abord la séance" in page.text
    assert page.tree.xpath("//textarea[@name='reason']")[0].text.strip() == "À préciser."


def one_now(model):
    """The only row, inside the running unit of work."""
    return database.session.scalars(select(model)).one()


def test_a_sitting_closes_with_its_minutes(app, held):
    address = f"/agents/comites/{held[1]}"
    person, _number = signed_in(app, FILE)
    assert "Écrivez le relevé" in person.post(f"{address}/clore", {"minutes": " "}, form=address, status=422).text
    page = person.post(f"{address}/clore", {"minutes": "m" * 8001}, form=address, status=422)
    assert page.tree.xpath("//textarea[@name='minutes']")[0].text.strip() == "m" * 8001
    assert "Quatre présents." in person.post(f"{address}/clore", {"minutes": "Quatre présents."}, form=address).text
    again = person.post(f"{address}/clore", {"minutes": "Encore."}, form=address)
    assert "a changé d'état" in again.flashes[0]
    assert one(CommitteeMeeting).minutes == "Quatre présents."


def test_who_stepped_aside_is_outside_the_committee_and_the_vote(app):
    with unit_of_work():
        by, me = officer(), account(FILE, DIRECTION, name="Mina")
        session = calls.open_call().sessions[0]
        hidden = under_review(by, to=session, title="Carte cachée")
        services.recuse(_given_to(hidden, me, by), hidden, "Ma sœur.", by=me, at=LATER)
        hidden = _to_the_vote(fresh(hidden), by)
        shown = prepared(session, 6_000, title="Carte visible")
        meeting = database.session.scalars(select(CommitteeMeeting)).first().id
        session_id, reference = session.id, hidden.reference
        assert shown.session_id == session_id
    person = visitor_for(app, me)
    person.get(f"/agents/comites/{meeting}/avis/{reference}", status=404)
    person.post(
        f"/agents/releves/{session_id}/ordre-du-jour", {"reference": reference}, form="/agents/dossiers", status=404
    )
    page = person.get(f"/agents/releves/{session_id}/decisions")
    assert page.h1 == "Une décision attend le vote"
    for address in ("classement", "decisions"):
        assert "cachée" not in person.get(f"/agents/releves/{session_id}/{address}").text
    assert "cachée" not in person.get(f"/agents/comites/{meeting}").text


def _given_to(file, person, by):
    from programme.evaluation import services as evaluation
    from programme.evaluation.models import ReviewPool

    evaluation.add_to_pool(database.session.get_one(ReviewPool, file.call.pool_id), person, by=None, at=LATER)
    database.session.flush()
    return services.assign_reader(file, person, by=by, at=LATER)


def _to_the_vote(file, by):
    from tests.factories.assessment import assigned, marked

    for name in ("Une", "Deux"):
        person = reader(file, name)
        marked(assigned(file, person, by), 5, person)
    services.close_scoring(file, by=by, at=LATER)
    services.give_opinion(
        sitting(file, by), file, Opinion.FAVOURABLE, "Oui.", Decimal(5_000), row=None, by=by, at=LATER
    )
    services.put_on_agenda(file, by=by, at=LATER)
    services.prepare(file, Outcome.AWARD, Decimal(5_000), "Utile.", by=by, at=LATER)
    return file


# ---- decisions ------------------------------------------------------------------------------------


def test_the_agenda_needs_a_file_of_its_session(app, held):
    with unit_of_work():
        file = fresh(one_now(Application))
        services.give_opinion(
            one_now(CommitteeMeeting), file, Opinion.FAVOURABLE, "Oui.", None, row=None, by=officer(), at=LATER
        )
        session = file.session_id
    person, _number = signed_in(app, FILE)
    address, page = f"/agents/releves/{session}/ordre-du-jour", f"/agents/releves/{session}/decisions"
    assert person.post(address, {}, form=page).flashes == ["Cochez au moins un dossier à inscrire au vote."]
    person.post("/agents/releves/999/ordre-du-jour", {"reference": held[0]}, form=page, status=404)
    assert person.post(address, {"reference": held[0]}, form=page).flashes == ["Un dossier est inscrit au vote."]
    assert "a changé d'état" in person.post(address, {"reference": held[0]}, form=page).flashes[0]
    assert one(Application).state is ApplicationState.ON_AGENDA


def test_a_decision_is_prepared_within_the_request_and_the_envelope(app, listed):
    person, _number = signed_in(app, FILE)
    address = f"/agents/dossiers/{listed[0]}/decision"
    assert plain(person.get(address).tree.xpath("//input[@name='amount']/@value")[0]) == "10 000,00"
    good = {"outcome": "award", "amount": "9 000,00", "reason": "Utile."}
    for changed, words in (
        ({"outcome": ""}, "Choisissez une décision."), ({"reason": ""}, "Écrivez le motif."),
        ({"amount": "neuf mille"}, "Écrivez un montant en chiffres"), ({"amount": ""}, "Écrivez le montant attribué."),
        ({"amount": "900 000,00"}, "dépasse le montant demandé"),
    ):  # fmt: skip
        page = person.post(address, good | changed, status=422)
        assert words in page.text
        assert page.tree.xpath("//textarea[@name='reason']")[0].text.strip() == (good | changed)["reason"]
    assert "La décision est préparée" in person.post(address, good).flashes[0]
    person.post(address, good | {"outcome": "reject", "amount": ""})
    assert (one(Decision).outcome, one(Decision).amount) == (Outcome.REJECT, None)


def test_a_vote_is_recorded_then_completed(app, db):
    person, _number = signed_in(app, FILE)
    address = "/agents/deliberations"
    good = {"number": "26-0231", "title": "Attributions", "voted_on": str(DAY)}
    for changed, words in (
        ({"number": ""}, "Écrivez le numéro"), ({"title": ""}, "Écrivez l'objet"), ({"voted_on": ""}, "Donnez la date du vote."),
        ({"voted_on": "31/02/2026"}, "Écrivez une date"), ({"voted_on": str(DAY + timedelta(days=2))}, "dans le futur"),
        ({"published_on": str(DAY - timedelta(days=1))}, "après le vote"),
    ):  # fmt: skip
        page = person.post(address, good | changed, status=422)
        assert words in page.text
        assert page.tree.xpath("//input[@name='title']/@value") == [(good | changed)["title"]]
    assert "dates à compléter" in person.post(address, good).text
    assert "exécutoire" in person.post(address, good | {"published_on": str(DAY), "received_on": str(DAY)}).text
    assert one(Deliberation).received_on == DAY


def test_the_direction_releases_all_decisions_at_once(app):
    with unit_of_work():
        session = prepared().session
        prepared(session, 4_000, title="Autre")
        vote = deliberation(officer()).number
        session_id, before = session.id, database.session.query(OutboxMessage).count()
    chief, _number = signed_in(app, DIRECTION)
    page, address = f"/agents/releves/{session_id}/decisions", f"/agents/releves/{session_id}/notifier"
    assert chief.get(page).h1 == "2 décisions attendent le vote"
    chief.post(address, {"deliberation": "inconnue"}, form=page, status=404)
    shown = chief.post(address, {"deliberation": vote}, form=page)
    assert shown.flashes == ["2 décisions sont notifiées. Les lettres se préparent ci-dessous."]
    assert "0 prête sur 2" in shown.text
    assert chief.post(address, {"deliberation": vote}, form=page).flashes[0].startswith("Aucune décision n'est prête")
    database.session.rollback()
    assert set(database.session.scalars(select(Decision.state))) == {DecisionState.RELEASED}
    assert database.session.query(OutboxMessage).count() >= before + 2


@pytest.mark.parametrize("size", [1, 3])
def test_the_released_decisions_ask_as_much_whatever_their_number(app, count_queries, size):
    with unit_of_work():
        session = calls.open_call().sessions[0]
        for place in range(size):
            prepared(session, 1_000, title=f"Projet {place}")
        services.release(session, deliberation(officer()), by=officer(), at=LATER)
        session_id = session.id
    person, _number = signed_in(app, FINANCE)
    with count_queries(11):
        page = person.get(f"/agents/releves/{session_id}/decisions")
    assert page.text.count("Projet ") == size
    assert not [href for href in page.links() if "classement" in href]


# ---- pool -----------------------------------------------------------------------------------------


@pytest.fixture
def slug(db):
    """A call with its empty pool."""
    with unit_of_work():
        return calls.open_call().slug


def test_the_pool_takes_open_accounts_once(app, slug):
    with unit_of_work():
        account(name="Inès", email="ines@a.fr")
        account(email="fermee@a.fr", state=AccountState.CLOSED)
    person, _number = signed_in(app, PROGRAMME)
    address = f"/agents/appels/{slug}/vivier"
    assert person.get(address).h1 == "Personne ne peut encore évaluer"
    for email, words in (
        ("", "adresse"), ("ines", "adresse"), ("personne@a.fr", "Aucun compte ouvert"), ("fermee@a.fr", "Aucun compte ouvert"),
    ):  # fmt: skip
        page = person.post(address, {"email": email}, status=422)
        assert words in page.text
        assert page.tree.xpath("//input[@name='email']/@value") == [email]
    assert "peut maintenant évaluer" in person.post(address, {"email": "ines@a.fr"}).flashes[0]
    assert "Inès est déjà dans le vivier." in person.post(address, {"email": "ines@a.fr"}, status=422).text
    member = one(PoolMember).account_id
    page = person.post(f"{address}/{member}/retirer", {}, form=address)
    assert page.flashes == ["Cette personne ne recevra plus de dossier de cet appel."]
    person.post(f"{address}/{member}/retirer", {}, form=address)
    assert page.h1 == "Personne ne peut encore évaluer"


@pytest.mark.parametrize("size", [1, 3])
def test_the_pool_asks_as_much_whatever_its_size(app, count_queries, size):
    with unit_of_work():
        file = under_review(officer())
        for place in range(size):
            reader(file, f"Lectrice {place}")
        address = f"/agents/appels/{file.call.slug}/vivier"
    person, _number = signed_in(app, DIRECTION)
    with count_queries(11):
        page = person.get(address)
    assert len(page.tree.xpath("//main//tbody/tr")) == size
    assert "Retirer" not in page.text
