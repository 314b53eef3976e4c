"""The page of the thread, for both sides: nothing typed is lost, nobody else reads it, forty messages cost what one does."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine

from programme.accounts.models import RoleGrant
from programme.accounts.states import Role
from programme.applications import queries
from programme.applications import services as applications
from programme.applications.models import Application, Message, MessageDraft, MessageFile
from programme.applications.states import ApplicationState, MessageSide
from programme.core.consultations import Consultation, Consulted
from programme.core.storage import ScanState
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.organisations.states import MembershipRole, MembershipState
from tests.applications.test_race import together
from tests.factories import calls
from tests.factories.applications import PDF, draft, submitted
from tests.factories.assessment import assigned, officer, reader, under_review
from tests.factories.messages import asked_by_carrier, said
from tests.factories.people import NOON, account, member, organisation, signed_in, visitor_for

pytestmark = pytest.mark.db
NOTE = "Note du service, à garder entre nous."


@pytest.fixture
def noon(db):
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def file(app, noon):
    """A file handed in by Camille: its reference, Camille in front of her screen, an officer in front of theirs."""
    with unit_of_work():
        camille, nadia = account(name="Camille"), officer("Nadia")
        reference = submitted(by=camille).reference
    return reference, visitor_for(app, camille), visitor_for(app, nadia)


def ours(reference: str) -> str:
    return f"/dossiers/{reference}/messages"


def theirs(reference: str, channel: str = "messages") -> str:
    return f"/agents/dossiers/{reference}/{channel}"


def send(visitor, address: str, text: str, **values):
    page = visitor.get(f"{address}?ecrire=1")
    nonce = str(page.tree.xpath("//input[@name='nonce']/@value")[0])
    return visitor.post(address, {"text": text, "nonce": nonce, "action": "send", **values}, form=address)


def test_each_side_reads_what_the_other_wrote_with_its_name(file):
    reference, camille, nadia = file
    assert "Votre message est envoyé." in send(camille, ours(reference), "Pouvons-nous attendre le vote ?").text
    page = nadia.get(theirs(reference))
    assert "Camille, Commune de Gap" in page.text
    assert "Pouvons-nous attendre le vote ?" in page.text
    send(nadia, theirs(reference), "Oui.")
    assert "Nadia, Région" in camille.get(ours(reference)).text


def test_a_message_is_unread_until_its_page_is_opened_and_for_each_person(app, file):
    reference, camille, nadia = file
    send(nadia, theirs(reference), "Bonjour.")
    assert "Un message non lu" in camille.get("/mes-dossiers").text
    assert "Un message non lu." in camille.get(f"/dossiers/{reference}").text
    assert "non lu" in camille.get(ours(reference)).text
    assert "non lu" not in camille.get(ours(reference)).text
    assert "non lu" not in camille.get("/mes-dossiers").text
    with unit_of_work():
        louis = account(name="Louis")
        member(louis, _carrier(reference))
    assert "Un message non lu" in visitor_for(app, louis).get("/mes-dossiers").text


def _carrier(reference: str):
    return database.session.query(Application).filter_by(reference=reference).one().organisation


def test_an_awaited_answer_is_said_on_every_page_until_it_comes(file):
    reference, camille, nadia = file
    send(nadia, theirs(reference), "Combien d’écoles ?", answer_by="2026-12-02")
    words = "La Région attend votre réponse au plus tard le"
    assert words in camille.get("/mes-dossiers").text
    assert f"{words} mercredi 2 décembre 2026" in camille.get(f"/dossiers/{reference}").text
    assert camille.get(ours(reference)).h1 == "La Région attend votre réponse"
    answer = "?ecrire=1#ecrire"
    assert f"{ours(reference)}{answer}" in camille.get(ours(reference)).links(), "the question has its answer beside it"
    assert f"{theirs(reference)}{answer}" not in nadia.get(theirs(reference)).links()
    send(camille, ours(reference), "Douze.")
    assert words not in camille.get("/mes-dossiers").text + camille.get(f"/dossiers/{reference}").text


def test_what_the_carrier_awaits_stands_on_the_desk_and_in_the_filter_of_the_list(app, file):
    reference, camille, nadia = file
    assert "Le porteur attend une réponse" not in nadia.get("/agents/a-traiter").text
    send(camille, ours(reference), "Quand ?", awaits_answer="y")
    desk = nadia.get("/agents/a-traiter")
    assert "Le porteur attend une réponse" in desk.text
    assert f"{theirs(reference)}?ecrire=1#ecrire" in desk.links()
    assert "Répondre au porteur" in nadia.get(f"/agents/dossiers/{reference}").text
    assert reference in nadia.get("/agents/dossiers?reponse=region").text
    assert reference not in nadia.get("/agents/dossiers?reponse=porteur").text
    send(nadia, theirs(reference), "Demain.")
    assert reference not in nadia.get("/agents/dossiers?reponse=region").text
    assert "Le porteur attend une réponse" not in nadia.get("/agents/a-traiter").text


def test_it_is_settled_by_hand_by_either_side(file):
    reference, camille, nadia = file
    send(camille, ours(reference), "Quand ?", awaits_answer="y")
    number = database.session.query(Message).one().id
    page = nadia.post(f"{theirs(reference)}/{number}/regler", form=theirs(reference))
    assert "C'est réglé" not in page.text
    assert "Réponse attendue" not in camille.get(ours(reference)).text


# ---- the notes of the house ------------------------------------------------------------------------


def test_a_note_is_written_at_another_address_and_the_carrier_never_sees_it(file):
    reference, camille, nadia = file
    page = nadia.get(f"{theirs(reference, 'notes')}?ecrire=1")
    assert "jamais par le porteur" in page.text
    assert page.tree.xpath("//button[contains(., 'Garder la note interne')]")
    assert not page.tree.xpath("//button[contains(., 'Envoyer')]")
    send(nadia, theirs(reference, "notes"), NOTE)
    shown = nadia.get(theirs(reference))
    assert "Note interne, jamais montrée au porteur" in shown.text
    assert shown.tree.xpath("//li[contains(@class, 'exchange__message--internal')]")
    for path in (ours(reference), f"/dossiers/{reference}", "/mes-dossiers"):
        assert "Note" not in camille.get(path).text


def test_what_is_typed_for_one_audience_is_no_draft_for_the_other(file):
    reference, _camille, nadia = file
    nadia.post(theirs(reference, "notes"), {"text": NOTE, "action": "keep"}, form=theirs(reference, "notes"))
    assert NOTE in nadia.get(theirs(reference, "notes")).text
    assert NOTE not in nadia.get(theirs(reference)).text


# ---- nothing is lost -------------------------------------------------------------------------------


def test_a_double_click_sends_one_message(file):
    reference, camille, _nadia = file
    values = {"text": "Bonjour.", "nonce": "même-page", "action": "send"}
    for _time in range(2):
        assert "Votre message est envoyé." in camille.post(ours(reference), values).text
    assert database.session.query(Message).count() == 1
    assert database.session.query(MessageDraft).count() == 0, "the second click leaves nothing being written"


def test_the_refusal_of_a_file_sends_nothing_and_keeps_the_words(file):
    reference, camille, _nadia = file
    program = (BytesIO(b"\x7fELF" + bytes(64)), "outil.pdf")
    page = camille.post(ours(reference), {"text": "Voici le devis.", "action": "send", "file": program}, status=422)
    assert "Rien n'est parti, votre texte est gardé" in page.text
    assert "n'est pas d'un type accepté" in page.text
    assert page.tree.xpath("//textarea[@name='text']")[0].text.strip() == "Voici le devis."
    assert "Voici le devis." in camille.get(ours(reference)).text, "another day, on another device"
    assert database.session.query(Message).count() == 0


def test_a_file_far_too_heavy_is_refused_beside_the_words(file):
    reference, camille, _nadia = file
    heavy = (BytesIO(bytes(27 * 1024 * 1024)), "plan.pdf")
    page = camille.post(ours(reference), {"text": "Voici le plan.", "action": "send", "file": heavy}, status=422)
    page.response.request.environ["wsgi.input"].close()  # What the client of the tests kept on disk.
    assert "dépasse 20 Mo" in page.text
    assert page.tree.xpath("//textarea[@name='text']")[0].text.strip() == "Voici le plan."


def test_files_are_joined_one_by_one_taken_off_and_sent_with_the_words(file):
    reference, camille, nadia = file
    for name in ("a.pdf", "b.pdf"):
        values = {"text": "Deux pièces.", "action": "keep", "file": (BytesIO(PDF), name)}
        page = camille.post(ours(reference), values)
    assert [str(each) for each in page.tree.xpath("//div[@id='message-files']//li/text()[1]")][:2] != []
    button = page.tree.xpath("//button[contains(., 'b.pdf')]/@value")[0]
    assert "b.pdf" not in camille.post(ours(reference), {"text": "Une pièce.", "action": button}).text
    send(camille, ours(reference), "Une pièce.")
    read = nadia.get(theirs(reference))
    [href] = [each for each in read.links() if "/messages/" in each and "dossiers/messages" in each]
    assert nadia.get(href).body == PDF
    database.session.rollback()  # The line is written in a transaction of its own.
    assert database.session.query(Consultation).filter_by(kind=Consulted.ATTACHMENT).count() == 1


def test_the_script_keeps_the_words_and_sends_nothing(file):
    reference, camille, _nadia = file
    token = camille.token(ours(reference))
    values = {"text": "À moitié écrit", "action": "autosave", "csrf_token": token, "nonce": "n"}
    answer = camille.client.post(ours(reference), data=values, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["message"]) == (200, "Gardé à 12\u202fh\u202f00, pas encore envoyé.")
    assert database.session.query(MessageDraft).one().text == "À moitié écrit"
    camille.post(ours(reference), values | {"action": "send", "text": "Écrit."})
    camille.client.post(ours(reference), data=values, headers={"Accept": "application/json"})
    assert database.session.query(MessageDraft).count() == 0, "a save that arrives after the sending revives nothing"


def test_an_old_token_brings_the_page_back_with_what_was_typed(file):
    reference, camille, _nadia = file
    page = camille.post(ours(reference), {"text": "Mon texte.", "action": "send", "csrf_token": "x"}, status=422)
    assert page.tree.xpath("//textarea[@name='text']")[0].text.strip() == "Mon texte."
    assert database.session.query(Message).count() == 0


# ---- who ------------------------------------------------------------------------------------------


def test_other_organisations_former_members_and_strangers_find_nothing(app, file):
    reference, camille, nadia = file
    send(camille, ours(reference), "Bonjour.", file=(BytesIO(PDF), "a.pdf"))
    [href] = [each for each in camille.get(ours(reference)).links() if "dossiers/messages/" in each]
    with unit_of_work():
        other, left = account(), account()
        member(other, organisation("Autre"))
        member(left, _carrier(reference), MembershipRole.EDITOR).state = MembershipState.ENDED
    for person in (other, left):
        visitor = visitor_for(app, person)
        visitor.get(ours(reference), status=404)
        visitor.get(href, status=404)
        visitor.post(ours(reference), {"text": "x", "action": "send"}, status=404)
    for role in (Role.ELECTED, Role.DPO, Role.ADMIN):
        signed_in(app, role)[0].get(theirs(reference), status=404)
    assert camille.get(href).body == PDF
    nadia.get(href, status=404)


def test_a_reader_of_the_organisation_reads_and_does_not_write(app, file):
    reference, _camille, nadia = file
    send(nadia, theirs(reference), "Bonjour.")
    with unit_of_work():
        louis = account(name="Louis")
        member(louis, _carrier(reference), MembershipRole.READER)
    visitor = visitor_for(app, louis)
    page = visitor.get(ours(reference))
    assert "Bonjour." in page.text
    assert not page.tree.xpath("//textarea")
    visitor.post(ours(reference), {"text": "x", "action": "send"}, form="/mes-dossiers", status=404)


def test_a_colleague_goes_on_with_the_exchange(app, file):
    reference, _camille, nadia = file
    with unit_of_work():
        louis = account(name="Louis")
        member(louis, _carrier(reference), MembershipRole.EDITOR)
    send(visitor_for(app, louis), ours(reference), "Je remplace Camille.")
    assert "Louis, Commune de Gap" in nadia.get(theirs(reference)).text


def test_the_officer_who_reads_blind_or_stepped_aside_finds_no_thread(app, noon):
    with unit_of_work():
        by = officer()
        blind = under_review(by, to=calls.open_call(blind_reading=True).sessions[0])
        person = reader(blind, "Inès")
        assigned(blind, person, by)
        person.grants.append(RoleGrant(role=Role.OFFICER_FILE, granted_at=NOON))
        asked_by_carrier(
            blind, database.session.get_one(type(by), blind.created_by_id), "Camille vous écrit.", awaits=True
        )
        reference = blind.reference
    visitor = visitor_for(app, person)
    for channel in ("messages", "notes"):
        visitor.get(theirs(reference, channel), status=404)
    assert reference not in visitor.get("/agents/a-traiter").text
    assert reference not in visitor.get("/agents/dossiers?reponse=region").text
    assert "Camille vous écrit." in visitor_for(app, by).get(theirs(reference)).text, (
        "the control: another officer does"
    )


def test_a_draft_has_no_thread_and_a_withdrawn_file_is_only_read(app, file):
    reference, camille, nadia = file
    send(nadia, theirs(reference), "Bonjour.")
    with unit_of_work():
        person = account()
        begun = draft(by=person, to=calls.open_call(slug="autre").sessions[0], of=None).reference
    visitor_for(app, person).get(ours(begun), status=404)
    with unit_of_work():
        database.session.query(Application).filter_by(reference=reference).one().state = ApplicationState.WITHDRAWN
    page = camille.get(ours(reference))
    assert "Bonjour." in page.text
    assert not page.tree.xpath("//textarea")
    camille.post(ours(reference), {"text": "x", "action": "send"}, form="/mes-dossiers", status=409)
    nadia.post(theirs(reference), {"text": "x", "action": "send"}, form="/agents/dossiers", status=409)
    send(nadia, theirs(reference, "notes"), "Une note reste possible.")


def test_a_joined_file_is_not_opened_by_others_before_its_analysis(file):
    reference, camille, nadia = file
    send(camille, ours(reference), "Voici.", file=(BytesIO(PDF), "a.pdf"))
    with unit_of_work():
        database.session.query(MessageFile).one().file.scan = ScanState.PENDING
    address = "/agents/dossiers/messages/" + _public_id()
    assert address not in nadia.get(theirs(reference)).links()
    assert "analyse en cours" in nadia.get(address, status=422).text
    assert camille.get(address.replace("/agents", "")).body == PDF


def _public_id() -> str:
    return str(database.session.query(MessageFile).one().file.public_id)


def test_a_message_taken_back_leaves_its_place(file):
    reference, camille, nadia = file
    send(nadia, theirs(reference), "Au mauvais dossier.")
    number = database.session.query(Message).one().id
    nadia.post(f"{theirs(reference)}/{number}/retirer", form=theirs(reference))
    page = camille.get(ours(reference))
    assert "Message retiré par la personne qui l'a écrit." in page.text
    assert "Au mauvais dossier." not in page.text
    camille.post(f"{ours(reference)}/{number}/retirer", form=ours(reference), status=404)


def test_a_request_for_pieces_leads_to_where_it_is_answered(file):
    reference, camille, _nadia = file
    with unit_of_work():
        asked = database.session.scalars(queries.for_update(reference)).one()
        by = officer("Omar")
        applications.request_info(
            asked, "Il manque le RIB.", ["RIB"], (NOON + timedelta(days=9)).date(), by=by, at=NOON
        )
    page = camille.get(ours(reference))
    assert "La Région demande des compléments" in page.text
    assert f"/dossiers/{reference}/complements" in page.links()


# ---- long threads ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 40])
def test_a_long_thread_costs_what_a_short_one_does(app, noon, count_queries, size):
    with unit_of_work():
        camille, nadia = account(name="Camille"), officer("Nadia")
        file = submitted(by=camille)
        for place in range(size):
            said(file, nadia, f"Message {place}", at=NOON + timedelta(minutes=place), side=MessageSide.REGION)
        reference = file.reference
    visitor, staff = visitor_for(app, camille), visitor_for(app, nadia)
    for each, address in ((visitor, ours(reference)), (staff, theirs(reference))):
        each.get(address)  # Read once: the mark is written then.
    with count_queries(13):
        page = visitor.get(ours(reference))
    with count_queries(13):
        staff.get(theirs(reference))
    assert len(page.tree.xpath("//ol[@class='exchange']/li")) == min(size, 20)


def test_every_page_of_a_long_thread_shows_the_next_ones(app, noon):
    with unit_of_work():
        camille, nadia = account(name="Camille"), officer("Nadia")
        file = submitted(by=camille)
        for place in range(45):
            said(file, nadia, f"Message n{place}.", at=NOON + timedelta(minutes=place))
        reference = file.reference
    visitor = visitor_for(app, camille)
    pages = [visitor.get(f"{ours(reference)}?page={number}").text for number in (1, 2, 3)]
    found = [[place for place in range(45) if f"Message n{place}." in page] for page in pages]
    assert [len(each) for each in found] == [20, 20, 5]
    assert sorted(place for each in found for place in each) == list(range(45))
    assert "Revenir au début" in visitor.get(f"{ours(reference)}?page=9").text


@pytest.mark.slow
def test_two_clicks_at_the_same_moment_send_one_message(app, db):
    with unit_of_work():
        camille = account(name="Camille")
        reference = submitted(by=camille).reference
    visitors = [visitor_for(app, camille) for _each in range(2)]
    tokens = [each.token(ours(reference)) for each in visitors]
    values = {"text": "Bonjour.", "nonce": "n" * 30, "action": "send"}
    db.session.rollback()
    answers = together(
        *(lambda v=v, t=t: v.client.post(ours(reference), data={**values, "csrf_token": t})
          for v, t in zip(visitors, tokens, strict=True))
    )  # fmt: skip
    assert [each.status_code for each in answers] == [302, 302]
    assert database.session.query(Message).count() == 1
    assert database.session.query(MessageDraft).count() == 0
