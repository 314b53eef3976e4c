"""Pieces, the last reading, the deposit, and what follows on the applicant's side."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from programme.accounts.states import Role
from programme.applications import queries, services
from programme.applications.models import Application, Piece
from programme.applications.rules import reopening
from programme.applications.states import ApplicationState, PieceState
from programme.core import jobs
from programme.core.documents import IssuedDocument
from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import MembershipRole
from tests.factories import applications, calls
from tests.factories.people import NOON, account, member, organisation, signed_in, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db
MS = timedelta(milliseconds=1)


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


@pytest.fixture
def ready(app, db):
    """A draft that lacks nothing, and the person who fills it in."""
    with unit_of_work():
        person = account(name="Camille")
        draft = applications.ready_draft(by=person)
    return visitor_for(app, person), draft


@pytest.fixture
def handed_in(app, db):
    """An application handed in."""
    with unit_of_work():
        person = account(name="Camille", email="camille@a.fr")
        made = applications.submitted(by=person)
    return visitor_for(app, person), made


@pytest.fixture
def incomplete(app, db):
    """An application to which a piece was refused and asked for again."""
    with unit_of_work():
        person, officer = account(name="Camille"), account(Role.OFFICER_FILE, email="instruction@a.fr")
        made = applications.submitted(by=person, officer_id=officer.id)
        made.pieces[0].state = PieceState.REFUSED
        services.request_info(
            made, "Le RIB est illisible.", [reopening.piece(made.pieces[0].id)], date(2026, 12, 10), by=officer, at=NOON
        )
    return visitor_for(app, person), made


def kept(db, made: Application) -> Application:
    db.session.rollback()
    return db.session.scalars(queries.whole(made.reference)).one()


def first(db, made: Application) -> Piece:
    return kept(db, made).pieces[0]


def file(content: bytes = applications.PDF, name: str = "rib.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


# ---- pieces -------------------------------------------------------------------------------------


def test_a_piece_is_added_replaced_and_taken_back(app, db):
    with unit_of_work():
        person = account()
        draft = applications.draft(by=person)
    visitor, path = visitor_for(app, person), f"/dossiers/{draft.reference}/pieces"
    number = first(db, draft).id
    for name in ("premier.pdf", "second.pdf"):
        page = visitor.post(f"{path}/{number}", {f"file-{number}": file(name=name)}, form=path)
        assert name in page.text
        assert "Déposée" in page.text
    page = visitor.post(f"{path}/{number}/retirer", form=path)
    assert "Attendue" in page.text
    assert kept(db, draft).pieces[0].file is None
    assert db.session.scalars(select(StoredFile)).all() == [], (
        "nobody could open them any more: the sweep takes the bytes"
    )


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [(b"MZ\x90\x00 programme", "devis.pdf", "n'est pas d'un type accepté"), (b"<svg/>", "plan.svg", "type accepté"),
     (b"", "vide.pdf", "Choisissez un fichier")],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_sentence(db, ready, content, name, words):
    visitor, draft = ready
    number, path = first(db, draft).id, f"/dossiers/{draft.reference}/pieces"
    values = {f"file-{number}": file(content, name)} if content else {}
    page = visitor.post(f"{path}/{number}", values, form=path, status=422)
    assert words in page.text
    assert page.tree.xpath("//title")[0].text.startswith("Erreur")
    assert kept(db, draft).pieces[0].file.name == "piece.pdf"


def test_a_file_that_is_too_large_is_refused_with_its_sentence(db, ready):
    visitor, draft = ready
    number, path = first(db, draft).id, f"/dossiers/{draft.reference}/pieces"
    head = "--x\r\nContent-Disposition: form-data; name={}\r\n{}\r\n"
    body = (head.format('"csrf_token"', "") + visitor.token(path) + "\r\n").encode()
    body += head.format(f'"file-{number}"; filename="lourd.pdf"', "Content-Type: application/pdf\r\n").encode()
    body += b"\x00" * (20 * 1024 * 1024 + 1) + b"\r\n--x--\r\n"
    answer = visitor.client.post(f"{path}/{number}", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422
    assert "dépasse 20 Mo" in plain(answer.get_data(as_text=True))


def test_the_file_is_on_disk_before_the_transaction_begins(app, db, ready):
    visitor, draft = ready
    number, path = first(db, draft).id, f"/dossiers/{draft.reference}/pieces"
    token = visitor.token(path)
    content = b"Un texte que personne d'autre n'envoie."
    folder = Path(app.config["STORAGE_FOLDER"])
    seen: list[bool] = []

    def on_disk(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO stored_file"):
            seen.append(any(each.read_bytes() == content for each in folder.rglob("*") if each.is_file()))

    begun: list[bool] = []

    def begin(connection):
        if connection.get_execution_options().get("programme_writing"):
            begun.append(any(each.read_bytes() == content for each in folder.rglob("*") if each.is_file()))

    event.listen(db.engine, "before_cursor_execute", on_disk)
    event.listen(db.engine, "begin", begin)
    try:
        visitor.client.post(
            f"{path}/{number}", data={"csrf_token": token, f"file-{number}": file(content, "note.txt")},
            content_type="multipart/form-data",
        )  # fmt: skip
    finally:
        event.remove(db.engine, "before_cursor_execute", on_disk)
        event.remove(db.engine, "begin", begin)
    assert seen == [True]
    assert begun
    assert begun[0]


def test_a_piece_of_another_application_is_absent(db, ready):
    visitor, draft = ready
    with unit_of_work():
        other = applications.draft()
    path = f"/dossiers/{draft.reference}/pieces"
    number = first(db, other).id
    visitor.post(f"{path}/{number}", {f"file-{number}": file()}, form=path, status=404)
    visitor.post(f"{path}/{number}/retirer", form=path, status=404)


def test_a_file_is_for_the_members_only(app, db, ready):
    visitor, draft = ready
    address = f"/dossiers/pieces/{first(db, draft).file.public_id}"
    page = visitor.get(address)
    assert page.body == applications.PDF
    assert page.response.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in page.response.headers["Content-Security-Policy"]
    signed_in(app)[0].get(address, status=404)
    signed_in(app, Role.ADMIN)[0].get(address, status=404)


# ---- the last reading and the deposit -----------------------------------------------------------


def test_the_last_reading_lists_what_is_missing_with_its_place(app, db):
    with unit_of_work():
        person = account()
        draft = applications.draft(by=person)
    page = visitor_for(app, person).get(f"/dossiers/{draft.reference}/relecture")
    assert page.h1.startswith("Il reste onze")
    base = f"/dossiers/{draft.reference}"
    for place in (f"{base}/projet#summary", f"{base}/questions#q_uses", f"{base}/donnees#rows-0-label",
                  f"{base}/budget#lines-0-label", f"{base}/pieces#piece-{first(db, draft).id}"):  # fmt: skip
        assert place in page.links()
    assert "Ajoutez la pièce « Relevé d'identité bancaire »." in page.text


def test_each_place_exists_on_its_page(app, db):
    with unit_of_work():
        person = account()
        draft = applications.draft(by=person)
    visitor = visitor_for(app, person)
    page = visitor.get(f"/dossiers/{draft.reference}/relecture")
    places = [each for each in page.links() if "#" in each and each.startswith("/dossiers/")]
    assert len(places) >= 10
    for address, _hash, anchor in (each.partition("#") for each in places):
        assert visitor.get(address).tree.xpath("//*[@id=$anchor]", anchor=anchor), f"{anchor} is not on {address}"


def test_a_broken_condition_is_said_with_the_sentence_of_the_call(db, ready):
    visitor, draft = ready
    with unit_of_work():
        db.session.get_one(Application, draft.id).requested_amount += 1
    page = visitor.post(f"/dossiers/{draft.reference}/relecture", {"commitments": "y"}, status=422)
    assert "La Région finance 50 % au plus." in page.text
    assert "Il reste des points à revoir avant le dépôt" in page.text
    assert page.tree.xpath("//input[@name='commitments']/@checked")


def test_the_commitments_must_be_taken(db, ready):
    visitor, draft = ready
    page = visitor.post(f"/dossiers/{draft.reference}/relecture", {}, status=422)
    assert "Lisez les engagements et cochez la case." in page.text
    assert kept(db, draft).state is ApplicationState.DRAFT


def test_a_deposit_leads_to_its_receipt(db, ready):
    visitor, draft = ready
    page = visitor.post(f"/dossiers/{draft.reference}/relecture", {"commitments": "y", "action": "submit"})
    assert page.path == f"/dossiers/{draft.reference}/accuse-de-reception"
    assert page.h1 == "Votre demande est arrivée le lundi 23 novembre 2026 à 12 h 00 (heure de Paris)"
    assert "AR-2026-00001" in page.text


def test_a_second_click_finds_the_one_receipt(db, ready):
    visitor, draft = ready
    path = f"/dossiers/{draft.reference}/relecture"
    values = {"commitments": "y", "csrf_token": visitor.token(path)}
    visitor.post(path, values)
    page = visitor.post(path, values)
    assert page.path.endswith("/accuse-de-reception")
    assert any("déjà déposé, sous le numéro AR-2026-00001" in each for each in page.flashes)
    assert db.session.scalars(select(IssuedDocument.number)).all() == ["AR-2026-00001"]


def test_a_save_after_the_deposit_says_what_happened(db, handed_in):
    visitor, made = handed_in
    page = visitor.post(f"/dossiers/{made.reference}/projet", {"title": "Trop tard"}, form="/mes-dossiers")
    assert any("déjà déposé" in each for each in page.flashes)
    assert visitor.get(f"/dossiers/{made.reference}/budget").path == f"/dossiers/{made.reference}"


@pytest.mark.parametrize(("shift", "state"), [(-MS, ApplicationState.SUBMITTED), (0 * MS, ApplicationState.DRAFT)])
def test_the_door_uses_the_instant_of_arrival(app, db, freeze, shift, state):
    freeze.move_to(calls.CLOSES - timedelta(hours=1))
    with unit_of_work():
        person = account()
        draft = applications.ready_draft(by=person, at=NOON)
    visitor = visitor_for(app, person)
    token = visitor.token(f"/dossiers/{draft.reference}/relecture")
    freeze.move_to(calls.CLOSES + shift)
    visitor.post(
        f"/dossiers/{draft.reference}/relecture", {"commitments": "y", "csrf_token": token},
        status=200 if state is ApplicationState.SUBMITTED else 422,
    )  # fmt: skip
    saved = kept(db, draft)
    assert saved.state is state
    assert saved.submitted_at == (calls.CLOSES + shift if state is ApplicationState.SUBMITTED else None)


def test_a_reader_or_a_stranger_does_not_hand_in(app, db, ready):
    _visitor, draft = ready
    with unit_of_work():
        reader, stranger = account(), account()
        member(reader, db.session.merge(draft.organisation), MembershipRole.READER)
        member(stranger, organisation())
    for person in (reader, stranger):
        visitor_for(app, person).post(
            f"/dossiers/{draft.reference}/relecture", {"commitments": "y"}, form="/mes-dossiers", status=404
        )
    assert kept(db, draft).state is ApplicationState.DRAFT


def test_a_draft_whose_session_closed_goes_to_the_next(app, db, freeze):
    freeze.move_to(calls.CLOSES)
    with unit_of_work():
        person = account()
        draft = applications.ready_draft(by=person, at=NOON)
        calls.session(
            draft.call, opens_at=calls.CLOSES, closes_at=calls.CLOSES + timedelta(90), label="Relève de février"
        )
    visitor = visitor_for(app, person)
    page = visitor.get(f"/dossiers/{draft.reference}/budget")
    assert "La relève est close" in page.text
    assert "Déposer à la relève suivante" in page.text
    page = visitor.post(f"/dossiers/{draft.reference}/releve-suivante", form=f"/dossiers/{draft.reference}/budget")
    assert any("attend maintenant la relève « Relève de février »" in each for each in page.flashes)
    page = visitor.post(f"/dossiers/{draft.reference}/relecture", {"commitments": "y"})
    assert page.path.endswith("/accuse-de-reception")


def test_without_a_next_session_the_draft_waits(app, db, freeze):
    freeze.move_to(calls.CLOSES)
    with unit_of_work():
        person = account()
        draft = applications.ready_draft(by=person, at=NOON)
    visitor = visitor_for(app, person)
    page = visitor.get(f"/dossiers/{draft.reference}/projet")
    assert "Aucune autre relève n'est encore prévue" in page.text
    page = visitor.post(f"/dossiers/{draft.reference}/releve-suivante", form=f"/dossiers/{draft.reference}/projet")
    assert any("Aucune autre relève n'est prévue" in each for each in page.flashes)


# ---- afterwards ---------------------------------------------------------------------------------


def test_the_answer_keeps_words_while_pieces_come(db, incomplete):
    visitor, made = incomplete
    path, number = f"/dossiers/{made.reference}/complements", first(db, made).id
    page = visitor.get(path)
    assert page.h1 == "Complétez votre dossier au plus tard le jeudi 10 décembre 2026"
    assert "Le RIB est illisible." in page.text
    page = visitor.post(path, {"answer": "Le voici", "action": "keep", f"file-{number}": file()})
    assert page.path == path
    assert "Le voici" in page.text
    assert kept(db, made).pieces[0].state is PieceState.PROVIDED
    assert kept(db, made).state is ApplicationState.INFO_REQUESTED
    page = visitor.post(path, {"answer": "Le voici, lisible.", "action": "send"})
    assert any("le délai reprend" in each for each in page.flashes)
    saved = kept(db, made)
    assert (saved.state, saved.info_requests[0].answer) == (ApplicationState.SUBMITTED, "Le voici, lisible.")


def test_pieces_chosen_at_the_last_moment_are_sent_too(db, incomplete):
    visitor, made = incomplete
    number = first(db, made).id
    visitor.post(
        f"/dossiers/{made.reference}/complements", {"answer": "Voici.", "action": "send", f"file-{number}": file()}
    )
    assert kept(db, made).state is ApplicationState.SUBMITTED


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"answer": ""}, "Écrivez au moins une phrase"),
        ({"answer": "Voici."}, "Ajoutez d'abord : Relevé d'identité bancaire."),
    ],
)
def test_an_incomplete_answer_comes_back_with_its_words(db, incomplete, values, words):
    visitor, made = incomplete
    page = visitor.post(f"/dossiers/{made.reference}/complements", {**values, "action": "send"}, status=422)
    assert words in page.text
    assert values["answer"] in page.text
    saved = kept(db, made)
    assert (saved.state, saved.info_requests[0].answer) == (ApplicationState.INFO_REQUESTED, values["answer"])


def test_a_refused_file_keeps_the_words(db, incomplete):
    visitor, made = incomplete
    number = first(db, made).id
    page = visitor.post(
        f"/dossiers/{made.reference}/complements",
        {"answer": "Voici.", "action": "send", f"file-{number}": file(b"MZ\x90\x00", "rib.pdf")}, status=422,
    )  # fmt: skip
    assert "n'est pas d'un type accepté" in page.text
    assert "Voici." in page.text
    assert kept(db, made).info_requests[0].answer == "Voici."


def test_what_was_handed_in_is_not_removed(db, incomplete):
    visitor, made = incomplete
    visitor.post(
        f"/dossiers/{made.reference}/pieces/{first(db, made).id}/retirer",
        form=f"/dossiers/{made.reference}/complements",
    )
    assert kept(db, made).pieces[0].file is not None


def test_nobody_answers_what_was_not_asked(db, handed_in):
    visitor, made = handed_in
    visitor.get(f"/dossiers/{made.reference}/complements", status=404)


def test_the_withdrawal_is_asked_twice(db, handed_in):
    visitor, made = handed_in
    path = f"/dossiers/{made.reference}/retirer"
    assert "Vous ne pourrez pas revenir en arrière" in visitor.get(path).text
    page = visitor.post(path)
    assert any("retiré" in each for each in page.flashes)
    assert kept(db, made).state is ApplicationState.WITHDRAWN
    assert visitor.get(path).path == f"/dossiers/{made.reference}"


def test_a_draft_that_is_withdrawn_stays_readable(db, ready):
    visitor, draft = ready
    visitor.post(f"/dossiers/{draft.reference}/retirer")
    assert "Ce dossier est retiré" in visitor.get(f"/dossiers/{draft.reference}").text


@pytest.mark.parametrize("page", ["", "/accuse-de-reception", "/accuse-de-reception.pdf", "/complements", "/retirer"])
def test_others_find_nothing(app, db, incomplete, page):
    with unit_of_work():
        stranger = account()
        member(stranger, organisation())
    visitor_for(app, stranger).get(f"/dossiers/{incomplete[1].reference}{page}", status=404)
    signed_in(app, Role.OFFICER_FILE)[0].get(f"/dossiers/{incomplete[1].reference}{page}", status=404)


def test_a_draft_has_no_receipt(ready):
    visitor, draft = ready
    visitor.get(f"/dossiers/{draft.reference}/accuse-de-reception", status=404)
    visitor.get(f"/dossiers/{draft.reference}/accuse-de-reception.pdf", status=404)


def test_the_applicant_never_reads_an_inner_state(db, handed_in):
    visitor, made = handed_in
    with unit_of_work():
        db.session.get_one(Application, made.id).state = ApplicationState.UNFAVOURABLE
    for path in (f"/dossiers/{made.reference}", "/mes-dossiers", f"/projets/{made.project.slug}"):
        page = visitor.get(path, status=200)
        assert "défavorable" not in page.text
        assert "En cours d'instruction" in page.text


@pytest.mark.parametrize("size", [1, 3])
def test_my_list_asks_as_much_for_one_file_as_for_three(app, db, count_queries, size):
    with unit_of_work():
        person = account()
        commune = organisation("Commune de Gap")
        member(person, commune)
        for _each in range(size):
            applications.submitted(by=person, of=commune)
    visitor = visitor_for(app, person)
    with count_queries(8):
        page = visitor.get("/mes-dossiers")
    assert plain(page.text).count("Carte des fraîcheurs") == size


def test_my_list_says_what_comes_next(app, db, incomplete):
    visitor, _made = incomplete
    page = visitor.get("/mes-dossiers")
    assert page.h1 == "Un dossier attend vos compléments"
    assert "Complétez au plus tard le 10 décembre 2026." in page.text


def test_an_empty_list_leads_to_the_calls(app, db):
    page = signed_in(app)[0].get("/mes-dossiers")
    assert page.h1 == "Vous n'avez pas encore de dossier"
    assert "/appels" in page.links()


def test_the_receipt_in_pdf_is_said_to_be_coming(handed_in):
    visitor, made = handed_in
    page = visitor.get(f"/dossiers/{made.reference}/accuse-de-reception.pdf", status=202)
    assert page.h1 == "L'accusé de réception est en préparation"


@pytest.mark.slow
def test_the_worker_makes_the_pdf(app, db, handed_in):
    visitor, made = handed_in
    with app.app_context():
        assert jobs.run_until_idle()
    page = visitor.get(f"/dossiers/{made.reference}/accuse-de-reception.pdf")
    assert page.body.startswith(b"%PDF-")
    assert kept(db, made).receipt.file is not None
    assert db.session.scalars(select(Piece)).all()


def test_a_colleague_s_answer_is_never_written_over_in_silence(db, incomplete):
    visitor, made = incomplete
    path = f"/dossiers/{made.reference}/complements"
    version = visitor.get(path).tree.xpath("//input[@name='version']/@value")[0]
    visitor.post(path, {"answer": "Le RIB arrive lundi.", "action": "keep", "version": version})
    page = visitor.post(path, {"answer": "Le voici.", "action": "keep", "version": version}, status=409)
    assert "Le RIB arrive lundi." in page.text
    assert "Le voici." in page.text
    assert kept(db, made).info_requests[0].answer == "Le RIB arrive lundi."
    renewed = page.tree.xpath("//input[@name='version']/@value")[0]
    visitor.post(path, {"answer": "Le voici.", "action": "keep", "version": renewed})
    assert kept(db, made).info_requests[0].answer == "Le voici."


def test_the_same_answer_sent_twice_is_no_conflict(db, incomplete):
    visitor, made = incomplete
    path = f"/dossiers/{made.reference}/complements"
    version = visitor.get(path).tree.xpath("//input[@name='version']/@value")[0]
    for _time in range(2):
        visitor.post(path, {"answer": "Le voici.", "action": "keep", "version": version})
    assert kept(db, made).info_requests[0].answer == "Le voici."
