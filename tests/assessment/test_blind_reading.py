"""A blind reading from its assignment to the decision: who may read, what they open, how they step aside."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from programme.accounts.models import RoleGrant
from programme.accounts.states import Role
from programme.applications import services as applications
from programme.applications.models import Application, FundingSource, Piece
from programme.applications.states import ApplicationState, FundingKind, FundingState
from programme.assessment import services
from programme.core import storage
from programme.core.consultations import Consultation
from programme.core.errors import RuleBroken
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import services as evaluation
from programme.evaluation.models import DeclaredInterest, Evaluation, ReviewPool
from programme.evaluation.states import EvaluationState
from programme.extensions import db as database
from programme.organisations.states import MembershipState
from tests.canaries import files
from tests.factories import calls
from tests.factories.applications import PDF
from tests.factories.assessment import LATER, assigned, officer, reader, under_review
from tests.factories.people import account, member, organisation, signed_in, visitor_for

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _five_days_later(db):
    with time_machine.travel(LATER, tick=False):
        yield


def blind_file(by, **values):
    return under_review(by, to=calls.open_call(blind_reading=values.pop("blind", True)).sessions[0], **values)


@pytest.fixture
def given(app, db):
    """A file being read blind: (its reader at the door, the officer, the evaluation's number, the reference)."""
    with unit_of_work():
        by = officer()
        file = blind_file(by, officer_id=by.id, title="Vélos de la Commune de Gap")
        person = reader(file, "Inès")
        number = assigned(file, person, by).id
        reference = file.reference
    return visitor_for(app, person), visitor_for(app, by), number, reference


def piece_of(reference):
    database.session.rollback()
    found = select(Piece).join(Piece.application).options(contains_eager(Piece.application))
    found = found.where(Application.reference == reference).order_by(Piece.id)
    return database.session.scalars(found).first()


def opened(visitor, number):
    return visitor.post(f"/evaluations/{number}/sans-conflit", {}, form=f"/evaluations/{number}")


# ---- who is given a file --------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(MembershipState))
def test_whoever_acts_or_acted_for_the_carrier_is_neither_proposed_nor_accepted(db, state):
    with unit_of_work():
        by = officer()
        file = blind_file(by, blind=False)
        person = reader(file, "Inès")
        member(person, file.organisation).state = state
        assert services.suggest_readers(file, 5, at=LATER) == []
        with pytest.raises(RuleBroken, match="organisme porteur"):
            services.assign_reader(file, person, by=by, at=LATER)


@pytest.mark.parametrize(
    ("name", "ended", "refused"),
    [("Commune de Gap", None, True), ("Mairie de Sisteron", None, True), ("Commune de Digne", None, False),
     ("Commune de Gap", 1000, True), ("Commune de Gap", 1200, False)],
)  # fmt: skip
def test_whoever_declared_a_tie_with_the_carrier_or_a_partner_does_not_read(db, name, ended, refused):
    with unit_of_work():
        by = officer()
        file = blind_file(by)
        file.funding_sources.append(
            FundingSource(
                position=9,
                label="Mairie de Sisteron",
                kind=FundingKind.PUBLIC,
                state=FundingState.SOUGHT,
                amount=Decimal(1),
            )
        )
        person = reader(file, "Inès")
        tie = evaluation.declare_interest(person, name, None, at=LATER - timedelta(days=2000))
        tie.ended_on = None if ended is None else (LATER - timedelta(days=ended)).date()
        database.session.flush()
        if refused:
            with pytest.raises(RuleBroken, match="a déclaré un lien"):
                services.assign_reader(file, person, by=by, at=LATER)
        else:
            services.assign_reader(file, person, by=by, at=LATER)


@pytest.mark.parametrize("blind", [True, False])
def test_nobody_whose_role_shows_the_files_reads_blind(db, blind):
    with unit_of_work():
        by = officer()
        file = blind_file(by, blind=blind)
        agent = account(Role.OFFICER_PROGRAMME, name="Agent")
        evaluation.add_to_pool(database.session.get_one(ReviewPool, file.call.pool_id), agent, by=None, at=LATER)
        database.session.flush()
        assert [each.id for each in services.suggest_readers(file, 5, at=LATER)] == ([] if blind else [agent.id])


def test_a_role_given_afterwards_shows_nothing_of_the_file_that_one_reads_blind(app, given):
    _visitor, desk, number, reference = given
    with unit_of_work():
        person = database.session.get_one(Evaluation, number).reviewer
        for role in (Role.OFFICER_FILE, Role.DIRECTION):
            person.grants.append(RoleGrant(role=role, granted_at=LATER))
        other = under_review(database.session.get_one(Evaluation, number).reviewer, title="Un autre dossier").reference
    visitor = visitor_for(app, database.session.get_one(Evaluation, number).reviewer)
    visitor.get(f"/agents/dossiers/{reference}", status=404)
    visitor.get(f"/agents/dossiers/{other}")
    for page in ("/agents/dossiers", "/agents/a-traiter", "/agents/dossiers?q=Gap"):
        assert reference not in visitor.get(page).body.decode(), page
    assert reference in desk.get("/agents/dossiers").body.decode()
    with unit_of_work():  # The control: the same person, the call no longer blind.
        database.session.get_one(Evaluation, number)
        piece_of(reference).application.call.blind_reading = False
    assert visitor.get(f"/agents/dossiers/{reference}").h1.startswith("Vélos")


# ---- what they read -------------------------------------------------------------------------------


def test_the_declaration_and_the_list_name_the_file_and_not_who_carries_it(given):
    visitor, _desk, number, reference = given
    for page in (visitor.get("/evaluations"), visitor.get(f"/evaluations/{number}"), opened(visitor, number)):
        assert reference in page.text
        assert "Vélos de la [masqué]" in page.text
        assert "Gap" not in page.text
    assert "Fonds propres" in page.text
    assert "pendant la lecture à l'aveugle :" in page.text


@pytest.mark.parametrize("size", [1, 3])
def test_a_list_read_blind_masks_partners_too_and_asks_as_much_whatever_its_size(app, count_queries, size):
    with unit_of_work():
        by, session = officer(), calls.open_call(blind_reading=True).sessions[0]
        made = [under_review(by, to=session, title=f"Projet {place} avec Voies Lactées") for place in range(size)]
        person = reader(made[0], "Inès")
        for file in made:
            file.funding_sources[0].kind, file.funding_sources[0].label = FundingKind.PRIVATE, "Fondation Voies lactées"
            assigned(file, person, by)
    visitor = visitor_for(app, person)
    with count_queries(10):
        page = visitor.get("/evaluations")
    assert page.text.count("avec [masqué]") >= size
    assert "Lactées" not in page.text


def test_an_original_piece_stays_closed_and_a_copy_opens_under_a_neutral_name(given):
    visitor, desk, number, reference = given
    opened(visitor, number)
    piece, address = piece_of(reference), f"/agents/dossiers/{reference}"
    original, piece_id = piece.file.public_id, piece.id
    visitor.get(f"/evaluations/{number}/pieces/{original}", status=404)
    sent = {f"copy-{piece_id}": (BytesIO(files.pdf("Nom masqué")), "RIB Commune de Gap.pdf")}
    page = desk.post(f"{address}/pieces/{piece_id}/caviardage", sent, form=address)
    assert "La version caviardée est donnée aux évaluateurs." in page.flashes[0]
    copy = piece_of(reference).redacted
    assert (copy.name, copy.public_id != original) == (f"{reference}-rib-caviarde.pdf", True)
    page = visitor.get(f"/evaluations/{number}")
    assert f"/evaluations/{number}/pieces/{copy.public_id}" in page.links()
    answer = visitor.get(f"/evaluations/{number}/pieces/{copy.public_id}")
    assert answer.body.startswith(b"%PDF")
    visitor.get(f"/evaluations/{number}/pieces/{original}", status=404)
    assert desk.get(f"/agents/dossiers/pieces/caviardees/{copy.public_id}").body == answer.body
    kinds = database.session.scalars(select(Consultation.kind).where(Consultation.standing == "reader")).all()
    assert set(kinds) == {"application", "piece"}
    acts = database.session.scalars(select(JournalEntry.act).where(JournalEntry.act.like("piece.redacted%"))).all()
    assert acts == ["piece.redacted_copy_released"]
    page = desk.post(f"{address}/pieces/{piece_id}/caviardage/retirer", {}, form=address)
    assert "est retirée" in page.flashes[0]
    visitor.get(f"/evaluations/{number}/pieces/{copy.public_id}", status=404)
    left = select(storage.StoredFile.id).where(storage.StoredFile.name == f"{reference}-rib-caviarde.pdf")
    assert database.session.scalars(left).all() == [], "what may still have held a name stays nowhere"


def test_a_new_file_ends_the_copy_of_the_former_one(given):
    _visitor, desk, _number, reference = given
    piece_id, address = piece_of(reference).id, f"/agents/dossiers/{reference}"
    sent = {f"copy-{piece_id}": (BytesIO(files.pdf("Nom masqué")), "x.pdf")}
    desk.post(f"{address}/pieces/{piece_id}/caviardage", sent, form=address)
    assert piece_of(reference).redacted is not None
    written = storage.write_bytes(PDF, "autre.pdf", "application/pdf")
    with unit_of_work():
        piece = piece_of(reference)
        piece.state = "refused"
        applications.provide_piece(piece, written, by=account(), at=LATER)
    assert piece_of(reference).redacted is None


def test_a_call_that_is_not_blind_takes_no_copy(app, db):
    with unit_of_work():
        by = officer()
        reference = blind_file(by, blind=False).reference
    desk, address = visitor_for(app, by), f"/agents/dossiers/{reference}"
    assert "caviard" not in desk.get(address).text
    sent = {f"copy-{piece_of(reference).id}": (BytesIO(files.pdf("x")), "x.pdf")}
    page = desk.post(f"{address}/pieces/{piece_of(reference).id}/caviardage", sent, form=address, status=422)
    assert piece_of(reference).redacted is None
    assert page.h1


def test_the_award_ends_the_blindness_and_a_refusal_does_not(given):
    visitor, _desk, number, reference = given
    opened(visitor, number)
    for state, named in ((ApplicationState.REJECTED, False), (ApplicationState.AWARDED, True)):
        with unit_of_work():
            file = piece_of(reference).application
            file.state, file.decided_at = state, LATER
        assert ("Commune de Gap" in visitor.get(f"/evaluations/{number}").text) is named


# ---- stepping aside -------------------------------------------------------------------------------


def test_a_reader_who_recognises_the_carrier_steps_aside_during_the_reading(given):
    visitor, desk, number, reference = given
    page = opened(visitor, number)
    assert "Vous reconnaissez le porteur" in page.text
    page = visitor.post(f"/evaluations/{number}/deport", {"reason": " "}, form=f"/evaluations/{number}", status=422)
    assert "Dites en une phrase quel est ce lien." in page.text
    assert page.tree.xpath("//details[@id='deport'][@open]")
    assert "Ouvrir le dossier" not in page.text
    visitor.post(f"/evaluations/{number}/deport", {"reason": "Mon ancien employeur."}, form=f"/evaluations/{number}")
    visitor.get(f"/evaluations/{number}", status=404)
    assert "Déport de Inès" in desk.get(f"/agents/dossiers/{reference}").text


def test_a_tie_declared_later_takes_away_the_files_that_it_concerns_and_no_other(app, given):
    visitor, _desk, number, _reference = given
    page = visitor.post("/evaluations/liens", {"name": "Commune de Digne", "siren": ""}, form="/evaluations/liens")
    assert page.flashes == ["Votre lien est enregistré."]
    assert database.session.get_one(Evaluation, number).state is EvaluationState.ASSIGNED
    page = visitor.post("/evaluations/liens", {"name": "commune de gap", "siren": ""}, form="/evaluations/liens")
    assert "il ne vous est plus montré" in page.flashes[1]
    visitor.get(f"/evaluations/{number}", status=404)
    database.session.rollback()
    assert database.session.get_one(Evaluation, number).state is EvaluationState.RECUSED
    visitor.post("/evaluations/liens", {"name": "Commune de Gap", "siren": ""}, form="/evaluations/liens")
    assert len(database.session.scalars(select(DeclaredInterest)).all()) == 2


def test_ties_are_listed_ended_and_ones_own(app):
    visitor, _number = signed_in(app)
    stranger, _other = signed_in(app)
    assert "Aucun lien déclaré" in visitor.get("/evaluations/liens").text
    for siren, words in (("12", "Un SIREN a 9 chiffres"), ("1" * 31, "30 signes au plus")):
        page = visitor.post(
            "/evaluations/liens", {"name": "Labo", "siren": siren}, form="/evaluations/liens", status=422
        )
        assert words in page.text
        assert page.tree.xpath("//input[@name='name']/@value") == ["Labo"]
    page = visitor.post("/evaluations/liens", {"name": "Labo", "siren": "231 300 021"}, form="/evaluations/liens")
    assert "231300021" in page.text
    [address] = page.tree.xpath("//form[contains(@action, '/terminer')]/@action")
    stranger.post(address, {}, form="/evaluations/liens", status=404)
    page = visitor.post(address, {}, form="/evaluations/liens")
    assert "compte encore trois ans" in page.text
    assert "Labo" not in stranger.get("/evaluations/liens").text


def test_a_pool_and_a_foreign_organisation_change_nothing(db):
    with unit_of_work():
        by = officer()
        file = blind_file(by)
        person = reader(file, "Inès")
        member(person, organisation("Commune de Digne"))
        assert services.suggest_readers(file, 5, at=LATER) == [person]
