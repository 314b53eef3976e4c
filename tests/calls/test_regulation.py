"""The rules of a call as a PDF: checked, versioned with the changes of the call, downloadable for ever, named by the receipts."""

import io

import pytest
from sqlalchemy import func, select

from programme.accounts.states import Role
from programme.applications import documents, queries
from programme.calls import queries as call_queries
from programme.calls.models import CallRegulation
from programme.calls.states import CallState
from programme.core.unit_of_work import unit_of_work
from tests.calls.test_revisions import WORDS, publish
from tests.calls.test_screens import document, found, upload
from tests.factories import applications, calls
from tests.factories.people import account, signed_in

pytestmark = pytest.mark.db
FIRST, SECOND = (applications.PDF + end for end in (b"%first\n", b"%second\n"))


@pytest.fixture
def direction(app, db):
    return signed_in(app, Role.DIRECTION)[0]


@pytest.fixture
def draft(db):
    with unit_of_work():
        return f"/agents/appels/{calls.call(CallState.DRAFT, slug='rivieres').slug}"


@pytest.fixture
def opened(db):
    with unit_of_work():
        return f"/agents/appels/{calls.open_call(slug='rivieres').slug}"


def send(person, address, body=FIRST, name="reglement.pdf", status=200):
    return person.post(f"{address}/definition/reglement", {"file": (io.BytesIO(body), name)}, status=status)


def versions(db):
    db.session.rollback()
    rows = db.session.scalars(select(CallRegulation).order_by(CallRegulation.id)).all()
    return [(each.number, each.published_at is not None) for each in rows]


def links(page):
    return page.tree.xpath("//a[contains(@href, '/reglement/')]/@href")


def test_a_draft_holds_one_file_which_its_publication_numbers(db, agent, direction, draft, visitor):
    send(agent, draft)
    send(agent, draft, SECOND)
    assert versions(db) == [(None, False)]
    agent.post("/agents/appels/rivieres/ask_review")
    direction.post("/agents/appels/rivieres/publish")
    assert versions(db) == [(1, True)]
    page = visitor().get("/appels/rivieres")
    assert "Lire le règlement (PDF," in page.text
    assert "version 1 du" in page.text
    [address] = links(page)
    assert visitor().client.get(address).data == SECOND


def test_a_file_that_is_not_published_is_for_those_who_prepare_it(app, db, agent, opened, visitor):
    send(agent, opened)
    [address] = links(agent.get(f"{opened}/definition/reglement"))
    assert agent.client.get(address).status_code == 200
    assert visitor().client.get(address).status_code == 404
    assert signed_in(app, Role.FINANCE)[0].client.get(address).status_code == 404
    assert links(visitor().get("/appels/rivieres")) == []


def test_a_new_version_comes_by_a_dated_change_and_the_former_one_stays(db, agent, direction, opened, visitor):
    send(agent, opened)
    publish(direction, opened)
    send(agent, opened, SECOND)
    assert versions(db) == [(1, True), (None, False)]
    assert "Règlement" in agent.get(f"{opened}/definition").text
    publish(direction, opened, {"changes": "Le règlement précise les dépenses."})
    assert versions(db) == [(1, True), (2, True)]
    page = visitor().get("/appels/rivieres")
    bodies = {visitor().client.get(each).data for each in links(page)}
    assert bodies == {FIRST, SECOND}
    assert "Règlement, version 1 (PDF" in page.text
    assert "Règlement, version 2 (PDF" in page.text


def test_what_is_prepared_can_be_taken_back_and_what_is_published_cannot(db, agent, direction, opened):
    send(agent, opened)
    publish(direction, opened)
    send(agent, opened, SECOND)
    agent.post(f"{opened}/definition/reglement/retirer")
    assert versions(db) == [(1, True)]
    assert db.session.scalars(call_queries.open_revision(found(db, opened).id)).one_or_none() is None
    agent.post(f"{opened}/definition/reglement/retirer")
    assert versions(db) == [(1, True)]


def test_the_same_file_again_is_no_new_version(db, agent, direction, opened):
    send(agent, opened)
    publish(direction, opened)
    assert "C'est déjà le règlement" in send(agent, opened, status=422).text


@pytest.mark.parametrize(
    ("body", "name"),
    [(b"", "reglement.pdf"), (b"MZ\x90\x00" + bytes(80), "reglement.pdf"), (b"<html></html>", "reglement.html")],
)
def test_what_is_no_pdf_is_refused_with_a_sentence(db, agent, draft, body, name):
    page = send(agent, draft, body, name, status=422)
    assert page.tree.xpath("//*[@id='file-error']")
    assert versions(db) == []


def test_a_text_in_the_place_of_the_file_is_refused(db, agent, draft):
    page = agent.post(f"{draft}/definition/reglement", {"file": "reglement.pdf"}, status=422)
    assert "Choisissez un fichier PDF" in page.text


def test_the_direction_reads_and_writes_nothing(db, direction, draft):
    assert "Joindre le règlement" not in direction.get(f"{draft}/definition/reglement").text
    send(direction, draft, status=404)


def test_the_export_names_the_file_without_holding_it_and_the_import_says_that_it_is_missing(db, agent, draft):
    send(agent, draft)
    written = document(db, draft)
    assert set(written["regulation"]) == {"name", "sha256"}
    page = upload(agent, written)
    assert "le fichier du règlement (reglement.pdf)" in page.text
    assert db.session.scalar(select(func.count()).select_from(CallRegulation)) == 1


def test_a_copy_of_the_call_has_no_rules_of_its_own_yet(db, agent, draft):
    send(agent, draft)
    agent.post("/agents/appels/rivieres/dupliquer")
    assert db.session.scalar(select(func.count()).select_from(CallRegulation)) == 1


def test_the_receipt_names_the_version_that_was_in_force_and_later_ones_do_not_change_it(
    db, freeze, agent, direction, opened
):
    send(agent, opened)
    publish(direction, opened)
    with unit_of_work():
        file = applications.submitted(by=account(name="Camille"), to=found(db, opened).sessions[0])
        reference, at = file.reference, file.submitted_at
    freeze.shift(60)
    send(agent, opened, SECOND)
    publish(direction, opened, WORDS)
    db.session.rollback()
    file = db.session.scalars(queries.whole(reference)).one()
    assert at is not None
    kept = db.session.scalars(call_queries.regulation_at(file.session.call_id, at)).first()
    receipt = documents.receipt(file, rules=kept)
    assert receipt.regulation is not None
    assert receipt.regulation.number == 1
    assert file.receipt.data["rules"]["version"] == 1
    assert file.receipt.data["rules"]["sha256"] == receipt.regulation.sha256


def test_control_a_call_without_rules_has_a_receipt_that_says_nothing_of_them(db, freeze):
    with unit_of_work():
        file = applications.submitted()
        assert "rules" not in file.receipt.data
