"""The reader's doors, and what the applicant sees: nothing of the scores before the decision, their own letter after."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.applications.models import Application, Piece
from programme.assessment import queries, services
from programme.assessment.states import Outcome
from programme.core import jobs
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import queries as evaluations
from programme.evaluation import services as evaluation
from programme.evaluation.models import Evaluation, ReviewPool
from programme.evaluation.states import EvaluationState
from programme.extensions import db as database
from tests.factories import calls
from tests.factories.applications import submitted
from tests.factories.assessment import (
    LATER,
    assigned,
    committee_ready,
    deliberation,
    fresh,
    marked,
    officer,
    on_agenda,
    reader,
    under_review,
)
from tests.factories.people import NOON, account, signed_in, visitor_for

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _five_days_later(db):
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def given(app, db):
    """An evaluation not yet opened, and its reader at the door."""
    with unit_of_work():
        by = officer()
        file = under_review(by, officer_id=by.id)
        person = reader(file, "Inès")
        evaluation = assigned(file, person, by)
    return visitor_for(app, person), evaluation.id


def found(number):
    database.session.rollback()
    return database.session.scalars(evaluations.whole(number)).one()


def piece_address(number, file_id=None):
    piece = database.session.scalars(select(Piece).where(Piece.application_id == (file_id or found(number).subject_id)))
    return f"/evaluations/{number}/pieces/{piece.first().file.public_id}"


def values(number, **changed):
    """The whole grid filled in."""
    evaluation = found(number)
    answers = {f"mark_{each.id}": "4" for each in evaluation.grid.criteria}
    answers |= {f"why_{each.id}": "Parce que." for each in evaluation.grid.criteria}
    return answers | {"recommendation": "favourable", "comment": "Bon.", "version": str(evaluation.version)} | changed


# ---- who enters -----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "/sans-conflit", "/deport", "/reprendre"])
def test_an_evaluation_is_its_readers_alone(app, visitor, given, end):
    _person, number = given
    assert visitor().get(f"/evaluations/{number}").path == "/connexion"
    for roles in ((), (Role.OFFICER_FILE,), (Role.DIRECTION,), (Role.ADMIN,), (Role.DPO,)):
        stranger, _number = signed_in(app, *roles)
        stranger.get(f"/evaluations/{number}", status=404)
        stranger.post(f"/evaluations/{number}{end}", values(number), form="/evaluations", status=404)
        stranger.get(piece_address(number), status=404)
    assert found(number).state is EvaluationState.ASSIGNED


def test_nothing_of_the_file_before_the_declaration(given):
    person, number = given
    page = person.get(f"/evaluations/{number}")
    assert page.h1 == "Avez-vous un lien avec ce dossier ?"
    assert "Une carte des lieux frais." not in page.text
    person.get(piece_address(number), status=404)
    person.post(f"/evaluations/{number}", values(number), status=404)
    assert found(number).scores == []


def test_the_file_opens_after_the_declaration(given):
    person, number = given
    page = person.post(f"/evaluations/{number}/sans-conflit", {}, form=f"/evaluations/{number}")
    assert "Une carte des lieux frais." in page.text
    assert person.get(piece_address(number)).body.startswith(b"%PDF")
    person.post(f"/evaluations/{number}/sans-conflit", {}, form="/evaluations", status=404)


def test_a_piece_of_another_file_stays_closed(given):
    person, number = given
    person.post(f"/evaluations/{number}/sans-conflit", {}, form=f"/evaluations/{number}")
    with unit_of_work():
        other = submitted(title="Autre").id
    person.get(piece_address(number, other), status=404)
    person.get(f"/evaluations/{number}/pieces/inconnue", status=404)


def test_stepping_aside_needs_a_sentence_and_shows_nothing_afterwards(given):
    person, number = given
    page = person.post(f"/evaluations/{number}/deport", {"reason": " "}, form=f"/evaluations/{number}", status=422)
    assert "Dites en une phrase quel est ce lien." in page.text
    page = person.post(
        f"/evaluations/{number}/deport", {"reason": "r" * 1001}, form=f"/evaluations/{number}", status=422
    )
    assert page.tree.xpath("//textarea[@name='reason']")[0].text.strip() == "r" * 1001
    page = person.post(f"/evaluations/{number}/deport", {"reason": "Mon frère."}, form=f"/evaluations/{number}")
    assert page.h1 == "Aucun dossier ne vous est confié"
    for address in (f"/evaluations/{number}", piece_address(number)):
        person.get(address, status=404)
    last = database.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert "Mon frère." not in last.text


# ---- the grid -------------------------------------------------------------------------------------


def opened(person, number):
    person.post(f"/evaluations/{number}/sans-conflit", {}, form=f"/evaluations/{number}")
    return f"/evaluations/{number}"


def test_a_draft_is_kept_as_far_as_it_goes(given):
    person, number = given
    address = opened(person, number)
    first = found(number).grid.criteria[0].id
    data = {f"mark_{first}": "3", "comment": "Début.", "version": str(found(number).version), "action": "save"}
    page = person.post(address, data)
    assert page.tree.xpath(f"//input[@name='mark_{first}'][@checked]/@value") == ["3"]
    assert (found(number).comment, found(number).total) == ("Début.", None)


def test_the_bar_tells_the_total_so_far_and_each_criterion_leads_to_its_passage(given):
    person, number = given
    page = person.get(opened(person, number))
    criteria = found(number).grid.criteria
    assert f"{len(criteria)} critères à noter" in page.text
    ids = set(page.tree.xpath("//article[@id='dossier']//@id"))
    passages = page.tree.xpath("//fieldset[@class='criterion']/legend//a/@href")
    assert len(passages) == len(criteria)
    assert {each.removeprefix("#") for each in passages} <= ids
    data = {f"mark_{each.id}": "4" for each in criteria[1:]}
    page = person.post(f"/evaluations/{number}", data | {"version": str(found(number).version), "action": "save"})
    assert "un critère à noter" in page.text


def test_a_reader_goes_from_one_file_to_the_next(app, db):
    with unit_of_work():
        by = officer()
        first = under_review(by, title="Premier")
        second = under_review(by, to=first.session, title="Second")
        person = reader(first, "Inès")
        numbers = [marked(assigned(each, person, by), 4, person).id for each in (first, second)]
    visitor = visitor_for(app, person)
    page = visitor.get(f"/evaluations/{numbers[0]}")
    assert "Dossier 1 sur 2" in page.text
    assert f"/evaluations/{numbers[1]}" in page.links()
    assert "Dossier 2 sur 2" in visitor.get(f"/evaluations/{numbers[1]}").text
    assert "Espace d'évaluation" in page.text


def test_handing_in_needs_every_mark_and_keeps_what_was_typed(given):
    person, number = given
    address = opened(person, number)
    first = found(number).grid.criteria[0].id
    for changed, words in (
        ({f"mark_{first}": ""}, "Donnez une note et une justification"),
        ({f"why_{first}": " "}, "Donnez une note et une justification"),
        ({f"mark_{first}": ""}, "Choisissez une note de 0 à 5."),
        ({f"why_{first}": " "}, "Écrivez ce qui justifie la note du critère 1."),
        ({"recommendation": ""}, "Choisissez votre avis d'ensemble."),
        ({"comment": "c" * 4001}, "4000 signes au plus"),
    ):
        page = person.post(address, values(number, action="submit", **changed), status=422)
        assert words in page.text
        kept = changed.get("comment", "Bon.")
        assert page.tree.xpath("//textarea[@name='comment']")[0].text.strip() == kept
    assert found(number).state is EvaluationState.IN_PROGRESS


def test_a_mark_outside_the_scale_is_refused(given):
    person, number = given
    address = opened(person, number)
    first = found(number).grid.criteria[0].id
    person.post(address, values(number, action="submit", **{f"mark_{first}": "9"}), status=422)
    assert found(number).total is None


def test_a_second_window_does_not_overwrite_the_first(given):
    person, number = given
    address = opened(person, number)
    old = values(number, comment="Dans la seconde fenêtre.")
    person.post(address, values(number, comment="Dans la première."))
    page = person.post(address, old, status=422)
    assert "dans une autre fenêtre" in page.text
    assert page.tree.xpath("//textarea[@name='comment']")[0].text.strip() == "Dans la seconde fenêtre."
    assert found(number).comment == "Dans la première."
    version = page.tree.xpath("//input[@name='version']/@value")[0]
    person.post(address, {**old, "version": version})
    assert found(number).comment == "Dans la seconde fenêtre."


def test_handed_in_then_taken_back_until_the_committee(given):
    person, number = given
    address = opened(person, number)
    page = person.post(address, values(number, action="submit"))
    assert "vous pouvez la reprendre" in page.flashes[0]
    assert "80,00" in page.text
    person.post(f"{address}/reprendre", {}, form=address)
    assert found(number).state is EvaluationState.IN_PROGRESS


def test_a_locked_evaluation_is_read_and_no_more(app):
    with unit_of_work():
        file = committee_ready(officer())
        evaluation = database.session.scalars(select(Evaluation).where(Evaluation.subject_id == file.id)).first()
        person, number = evaluation.reviewer, evaluation.id
    visitor = visitor_for(app, person)
    assert "l'évaluation ne change plus" in visitor.get(f"/evaluations/{number}").text
    visitor.post(f"/evaluations/{number}/reprendre", {}, form="/evaluations", status=404)
    visitor.post(f"/evaluations/{number}", values(number), form="/evaluations", status=404)
    visitor.post(f"/evaluations/{number}/deport", {"reason": "Trop tard."}, form="/evaluations", status=404)


def test_a_reader_sees_nothing_of_another_reading(app):
    with unit_of_work():
        by = officer()
        file = under_review(by)
        other, me = reader(file, "Autre Lectrice"), reader(file, "Moi")
        marked(assigned(file, other, by), 1, other)
        number = assigned(file, me, by).id
    visitor = visitor_for(app, me)
    opened(visitor, number)
    for address in ("/evaluations", f"/evaluations/{number}"):
        text = visitor.get(address).text
        assert ("Autre Lectrice" in text, "20,00" in text) == (False, False)


@pytest.mark.parametrize("size", [1, 3])
def test_my_list_asks_as_much_whatever_its_size(app, count_queries, size):
    with unit_of_work():
        by, session = officer(), calls.open_call().sessions[0]
        files = [under_review(by, to=session, title=f"Projet {place}") for place in range(size)]
        person = reader(files[0], "Inès")
        for file in files:
            assigned(file, person, by)
    visitor = visitor_for(app, person)
    with count_queries(8):
        page = visitor.get("/evaluations")
    assert len(page.tree.xpath("//tbody//tr[contains(., 'Projet ')]")) == size


def test_nothing_to_read_says_what_will_happen(app, visitor):
    assert visitor().get("/evaluations").path == "/connexion"
    assert "vous recevez un courriel" in signed_in(app)[0].get("/evaluations").text


# ---- the applicant --------------------------------------------------------------------------------


def pages_of(visitor, reference):
    return " ".join(visitor.get(each).text for each in (f"/dossiers/{reference}", "/mes-dossiers"))


def test_the_applicant_sees_no_score_reader_note_or_decision_before_the_release(app):
    with unit_of_work():
        by = officer("Dominique Instructrice")
        file = on_agenda(by)
        owner = database.session.get_one(Account, file.created_by_id)
        given = database.session.scalars(evaluations.of_subject("application", file.id)).all()
        given[0].comment = "Entre nous : fragile."
        services.prepare(file, Outcome.AWARD, Decimal(10_000), "Motif encore secret.", by=by, at=LATER)
        reference = file.reference
    visitor = visitor_for(app, owner)
    text = pages_of(visitor, reference)
    for secret in ("Lectrice 0", "80,00", "Entre nous", "Motif encore secret", "10 000,00", "Favorable", "favorable"):
        assert secret not in text, secret
    visitor.get(f"/dossiers/{reference}/decision.pdf", status=404)
    for end in ("", "/lettre.pdf", "/decision"):
        visitor.get(f"/agents/dossiers/{reference}{end}", status=404)


@pytest.mark.slow
def test_letter_and_receipt_are_the_organisations_alone(app, visitor):
    with unit_of_work():
        by = officer()
        file = on_agenda(by)
        owner = database.session.get_one(Account, file.created_by_id)
        services.prepare(file, Outcome.AWARD, Decimal(10_000), "Utile.", by=by, at=LATER)
        services.release(file.session, deliberation(by), by=by, at=LATER)
        reference = file.reference
    letter, receipt = f"/dossiers/{reference}/decision.pdf", f"/dossiers/{reference}/accuse-de-reception.pdf"
    mine = visitor_for(app, owner)
    mine.get(letter, status=404)  # The worker has not made it yet.
    with time_machine.travel(LATER + timedelta(minutes=1)):
        jobs.run_until_idle()
    for address in (letter, receipt):
        assert mine.get(address).body.startswith(b"%PDF")
        assert visitor().get(address).path == "/connexion"
        for roles in ((), (Role.OFFICER_FILE,), (Role.DPO,)):
            signed_in(app, *roles)[0].get(address, status=404)
    assert signed_in(app, Role.FINANCE)[0].get(f"/agents/dossiers/{reference}/lettre.pdf").body.startswith(b"%PDF")
    for roles in ((Role.ELECTED,), (Role.DPO,), ()):
        signed_in(app, *roles)[0].get(f"/agents/dossiers/{reference}/lettre.pdf", status=404)
    assert "Lectrice 0" not in pages_of(mine, reference)
    assert database.session.scalars(select(Application)).one().state == "awarded"


def test_an_officer_who_also_reads_the_file_sees_no_other_mark_before_the_lock(app, db):
    with unit_of_work():
        by = account(Role.OFFICER_FILE, name="Lectrice de la maison")
        file = under_review(by)
        evaluation.add_to_pool(db.session.get_one(ReviewPool, file.call.pool_id), by, by=None, at=NOON)
        other = reader(file, "Karim")
        db.session.flush()
        marked(assigned(file, other, by), 2, other)
        mine = assigned(file, by, by)
        reference = file.reference
    page = visitor_for(app, by).get(f"/agents/dossiers/{reference}")
    assert "Lectrice de la maison" in page.text
    assert "40,00" not in page.text
    with unit_of_work():
        mine = db.session.scalars(evaluations.for_update(mine.id)).one()
        marked(mine, 4, by)
        services.close_scoring(fresh(db.session.scalars(queries.file(reference)).one()), by=by, at=LATER)
    assert "40,00" in visitor_for(app, by).get(f"/agents/dossiers/{reference}").text
