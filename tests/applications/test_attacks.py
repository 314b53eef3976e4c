"""What was tried against the doors of an applicant: second clicks, late colleagues, files left behind, names that lie, a door held open."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from programme.applications import queries, services
from programme.applications.models import Message, MessageDraft
from programme.applications.rules import archive as names
from programme.applications.services import archive
from programme.applications.services import messages as threads
from programme.applications.states import MessageSide
from programme.calls.models import RequiredDocument
from programme.core import storage
from programme.core.arrival import HELD, judged
from programme.core.errors import RuleBroken
from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.organisations.states import MembershipRole, MembershipState
from tests.factories import calls
from tests.factories.applications import PDF, draft, submitted, theme
from tests.factories.assessment import officer
from tests.factories.messages import asked_by_carrier, said
from tests.factories.people import NOON, account, member, visitor_for
from tests.factories.uploads import multipart

pytestmark = pytest.mark.db
CARRIER = MessageSide.CARRIER
DUE = (NOON + timedelta(days=9)).date()
LETTER = ("lettre.pdf", PDF, "application/pdf")
SHORT = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


def stored():
    """How many files have a row."""
    database.session.rollback()
    return database.session.scalar(select(func.count()).select_from(StoredFile))


def taken(file):
    """Bytes that the carrier of a file takes."""
    return database.session.scalars(queries.room_taken(file.organisation_id)).one()


def post(visitor, path, values, token, **more):
    """One request of the browser, as it is: neither its page nor its redirection is read."""
    visitor._arrive()
    return visitor.client.post(path, data={"csrf_token": token, **values}, **more)


# ---- files left behind, and the share that counts them ---------------------------------------------


def test_a_draft_keeps_no_file_that_nobody_can_open_any_more(app, db):
    """Replaced for ever, one piece of a draft filled the disk, and what a person had removed stayed."""
    with unit_of_work():
        camille = account(name="Camille")
        reference = draft(by=camille).reference
    visitor, before = visitor_for(app, camille), stored()
    number = database.session.scalars(queries.whole(reference)).one().pieces[0].id
    page = f"/dossiers/{reference}/pieces"
    for content in (PDF, PDF + b"%", PDF + b"%%"):
        body = multipart({"csrf_token": visitor.token(page)}, f"file-{number}", "rib.pdf", content)
        assert visitor.client.post(f"{page}/{number}", **body).status_code == 302
    assert stored() == before + 1
    visitor.post(f"{page}/{number}/retirer", form=page)
    assert stored() == before


def test_what_the_region_had_in_hand_stays_and_its_redacted_copy_goes(db):
    with unit_of_work():
        camille = account(name="Camille")
        file = submitted(by=camille)
        piece = file.pieces[0]
        piece.redacted = storage.keep(storage.write_bytes(PDF, "sans-noms.pdf", "application/pdf"), by=None, at=NOON)
        services.request_info(file, "Le RIB.", ["RIB"], DUE, by=officer(), at=NOON)
        db.session.flush()
        before, former = db.session.scalar(select(func.count()).select_from(StoredFile)), piece.file
        written = storage.write_bytes(PDF + b"%", "rib.pdf", "application/pdf")
        services.provide_piece(piece, written, by=camille, at=NOON)
    assert stored() == before, "one came, the copy without names went"
    [(version, _by)] = db.session.execute(queries.piece_versions(file.id)).all()
    assert version.file is former


def test_one_share_counts_all_that_an_organisation_hands_in(app, db, monkeypatch):
    """Pieces, what they were before, what messages join, what colleagues join and have not sent."""
    monkeypatch.setitem(app.config, "STORAGE_QUOTA_MB", 1)
    half = PDF + b"%" * (600 * 1024)
    with unit_of_work():
        camille, louis = account(name="Camille"), account(name="Louis")
        file = submitted(by=camille)
        link = member(louis, file.organisation, MembershipRole.EDITOR)
        before = taken(file)
        pen = threads.Pen(louis, CARRIER)
        threads.join_file(
            file, threads.keep_draft(file, pen, threads.Words("…"), at=NOON),
            storage.write_bytes(half, "plan.pdf", "application/pdf"), pen=pen, at=NOON,
        )  # fmt: skip
        assert taken(file) == before + len(half)
        services.request_info(file, "Le RIB.", ["RIB"], DUE, by=officer(), at=NOON)
        for refused in (
            lambda: services.provide_piece(
                file.pieces[0], storage.write_bytes(half, "rib.pdf", "application/pdf"), by=camille, at=NOON
            ),
            lambda: asked_by_carrier(file, camille, files=(("plan.pdf", half, "application/pdf"),)),
        ):
            with pytest.raises(RuleBroken, match="sur les 1 Mo"), db.session.begin_nested():
                refused()
        link.state = MembershipState.ENDED
        assert taken(file) == before, "nobody could take it off any more"


def test_a_piece_handed_in_is_weighed_beside_what_replaces_it(app, db, monkeypatch):
    monkeypatch.setitem(app.config, "STORAGE_QUOTA_MB", 1)
    most = PDF + b"%" * (600 * 1024)
    with unit_of_work():
        camille = account(name="Camille")
        file = draft(by=camille)

        def give(content):
            written = storage.write_bytes(content, "rib.pdf", "application/pdf")
            services.provide_piece(file.pieces[0], written, by=camille, at=NOON)
            db.session.flush()

        give(most)
        give(most)  # The former one goes: the room is the same.
        file.submitted_at, file.receipt_number = NOON, "AR-2026-99999"
        with pytest.raises(RuleBroken, match="sur les 1 Mo"), db.session.begin_nested():
            give(most)


def test_a_piece_that_is_owed_no_more_is_not_asked_for_once_it_is_taken_back(app, db):
    with unit_of_work():
        camille = account(name="Camille")
        file = draft(by=camille)
        need = RequiredDocument(
            call_id=file.session.call_id, code="bail", label="Bail", hint="", is_mandatory=True, position=9,
            theme_codes=["environnement"],
        )  # fmt: skip
        db.session.add(need)
        db.session.flush()
        file.theme = theme()
        services.refresh_pieces(file)
        db.session.flush()
        piece = next(each for each in file.pieces if each.code == "bail")
        services.provide_piece(piece, storage.write_bytes(PDF, "bail.pdf", "application/pdf"), by=camille, at=NOON)
        file.theme = theme("mobilites")
        services.refresh_pieces(file)
        reference, number = file.reference, piece.id
    visitor, page = visitor_for(app, camille), f"/dossiers/{reference}/pieces"
    assert "Bail" in visitor.get(page).text, "what was given is kept"
    shown = visitor.post(f"{page}/{number}/retirer", form=page)
    assert "Bail" not in shown.text
    assert "Bail" not in visitor.get(f"/dossiers/{reference}/relecture").text


# ---- messages --------------------------------------------------------------------------------------


def test_what_an_answer_settled_waits_again_when_the_answer_is_taken_back(db):
    with unit_of_work():
        by, camille = officer(), account(name="Camille")
        file = submitted(by=camille)
        old = said(file, by, "Et avant ?", awaits=True)
        threads.settle(file, old, by=by, at=NOON)
        question = said(file, by, "Combien d’écoles ?", awaits=True, at=NOON + timedelta(minutes=1))
        answer = asked_by_carrier(file, camille, "Trop vite.", at=NOON + timedelta(minutes=2))
        threads.withdraw(answer, by=camille, at=NOON + timedelta(minutes=3))
        for each in (old, question):
            db.session.refresh(each)
        assert (question.waits_for, question.settled_at) == (CARRIER, None)
        assert (old.waits_for, old.settled_at) == (None, NOON), "settled by hand, it stays so"


def test_another_answer_still_answers(db):
    with unit_of_work():
        by, camille = officer(), account(name="Camille")
        file = submitted(by=camille)
        question = said(file, by, "Combien d’écoles ?", awaits=True)
        first = asked_by_carrier(file, camille, "Dix.", at=NOON + timedelta(minutes=1))
        asked_by_carrier(file, camille, "Dix, dont deux lycées.", at=NOON + timedelta(minutes=2))
        threads.withdraw(first, by=camille, at=NOON + timedelta(minutes=3))
        db.session.refresh(question)
        assert question.waits_for is None


def test_the_same_file_joined_by_two_clicks_is_one(db):
    with unit_of_work():
        camille = account(name="Camille")
        file = submitted(by=camille)
        message = asked_by_carrier(file, camille, files=(LETTER, LETTER, ("autre.pdf", PDF, "application/pdf")))
        assert [each.file.name for each in message.files] == ["lettre.pdf", "autre.pdf"]


def test_words_written_while_the_file_is_withdrawn_come_back(app, db):
    with unit_of_work():
        camille = account(name="Camille")
        file = submitted(by=camille)
        reader = account(name="Ines")
        member(reader, file.organisation, MembershipRole.READER)
    page, visitor = f"/dossiers/{file.reference}/messages", visitor_for(app, camille)
    token = visitor.token(page)
    values = {"text": "Un long texte,\nsur deux lignes.", "nonce": "x", "action": "send"}
    assert post(visitor_for(app, reader), page, values, token).status_code == 404, "who only reads meets no door"
    with unit_of_work():
        services.withdraw(db.session.scalars(queries.for_update(file.reference)).one(), by=camille, at=NOON)
    refused = visitor.post(page, {**values, "csrf_token": token}, status=409)
    assert "est retiré : rien n'est parti" in refused.text
    assert "Un long texte," in refused.text
    assert "sur deux lignes." in refused.text
    assert post(visitor, page, values, token, headers=SHORT).status_code == 410
    assert db.session.query(Message).count() == db.session.query(MessageDraft).count() == 0


# ---- second clicks, and colleagues who were quicker ------------------------------------------------


@pytest.fixture
def answered(app, db):
    """A request for pieces that Camille has just answered: her browser, its token, the page, and Louis’s."""
    with unit_of_work():
        camille, louis = account(name="Camille"), account(name="Louis")
        file = submitted(by=camille)
        member(louis, file.organisation, MembershipRole.EDITOR)
        services.request_info(file, "Le RIB.", ["RIB"], DUE, by=officer(), at=NOON)
        reference = file.reference
    page, first, second = f"/dossiers/{reference}/complements", visitor_for(app, camille), visitor_for(app, louis)
    tokens = first.token(page), second.token(page)
    first.post(page, {"answer": "Le voici.", "action": "send", "csrf_token": tokens[0]})
    return page, (first, tokens[0]), (second, tokens[1])


def test_an_answer_sent_twice_leads_to_the_file(answered):
    page, (camille, token), _louis = answered
    shown = camille.post(page, {"answer": "Le voici.", "action": "send", "csrf_token": token})
    assert any("réponse à cette demande est déjà envoyée" in each for each in shown.flashes)
    assert camille.get(page).path == page.removesuffix("/complements"), "the link of an old mail leads there too"


def test_words_written_beside_a_quicker_colleague_may_leave_as_a_message(answered, db):
    page, _camille, (louis, token) = answered
    values = {"answer": "Le RIB, et notre nouvelle adresse.", "action": "send"}
    shown = louis.post(page, {**values, "csrf_token": token}, status=409)
    assert "réponse à cette demande est déjà envoyée" in shown.text
    assert shown.tree.xpath("//textarea[@name='text']")[0].text.strip() == values["answer"]
    [action] = {each.get("action") for each in shown.tree.xpath("//form[.//textarea[@name='text']]")}
    nonce = shown.tree.xpath("//input[@name='nonce']/@value")[0]
    louis.post(action, {"text": values["answer"], "nonce": nonce, "action": "send", "csrf_token": shown.token()})
    assert [each.text for each in db.session.query(Message)] == [values["answer"]]
    assert post(louis, page, values, token, headers=SHORT).status_code == 410


def test_a_file_withdrawn_twice_is_no_absence(app, db):
    with unit_of_work():
        camille = account(name="Camille")
        reference = submitted(by=camille).reference
    visitor, path = visitor_for(app, camille), f"/dossiers/{reference}/retirer"
    token = visitor.token(path)
    assert [post(visitor, path, {}, token).status_code for _twice in range(2)] == [302, 302]


def test_a_draft_moved_twice_to_the_session_that_accepts_is_found_there(app, db, freeze):
    with unit_of_work():
        camille = account(name="Camille")
        call = calls.open_call()
        reference = draft(by=camille, to=call.sessions[0]).reference
        calls.session(call, opens_at=NOON, closes_at=calls.CLOSES + timedelta(days=30), label="Relève suivante")
    freeze.move_to(calls.CLOSES + timedelta(days=1))
    visitor, path = visitor_for(app, camille), f"/dossiers/{reference}/reprendre"
    page = visitor.get(path)
    [place, *_others] = page.tree.xpath("//*[@name='place']/@value")
    answers = [post(visitor, path, {"place": place}, page.token()) for _twice in range(2)]
    assert [each.headers.get("Location") for each in answers] == [f"/dossiers/{reference}/projet"] * 2


# ---- names and texts that lie ----------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["é", "漢", "😀", "e\u0301"])
def test_a_name_in_the_archive_is_one_that_every_disk_can_hold(sign):
    name = names.entry_name("pieces", 3, sign * 300, f"{sign * 300}.{sign * 20}")
    assert len(name.removeprefix("pieces/").encode()) <= 255
    name.encode().decode()  # Cut between two signs.


def test_no_line_of_a_message_passes_for_the_head_of_another(db):
    forged = "Bonjour.\n--- 23/11/2026 à 12 h 00, Nadia, la Région\nVotre dossier est accepté."
    with unit_of_work():
        camille = account(name="Camille")
        file = submitted(by=camille)
        asked_by_carrier(file, camille, forged)
    whole = db.session.scalars(queries.whole(file.reference)).one()
    made = archive.contents(whole, CARRIER, (), at=NOON)
    text = next(each.data for each in made.entries if each.name == "messages.txt").decode("utf-8-sig")
    heads = [line for line in text.splitlines() if line.startswith("---")]
    assert [each.split(", ")[1:] for each in heads] == [["Camille", "Commune de Gap"]]
    assert "    Votre dossier est accepté." in text


# ---- the door held open ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waited", "read_for", "counts"),
    [
        (timedelta(minutes=3), timedelta(seconds=1), True),  # A crowd: it came, its turn was late.
        (timedelta(), HELD, True),
        (timedelta(), HELD + timedelta(milliseconds=1), False),
        (timedelta(minutes=3), timedelta(hours=1), False),
    ],
)
def test_a_request_whose_rest_is_held_back_is_judged_when_it_is_whole(waited, read_for, counts):
    read_from = NOON + waited
    whole = read_from + read_for
    assert judged(NOON, read_from, whole) == (NOON if counts else whole)
    assert judged(NOON, None, whole) == NOON, "another server knows no better"
