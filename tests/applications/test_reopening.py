"""A request of the Region opens again what it names and nothing else; before and after stay readable."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest

from programme.accounts.states import Role
from programme.applications import queries, services
from programme.applications.models import Application
from programme.applications.rules import reopening
from programme.applications.states import ApplicationState, PieceState
from programme.assessment import services as instruction
from programme.core.documents import IssuedDocument
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications, calls
from tests.factories.assessment import LATER, assigned, officer, reader
from tests.factories.people import NOON, account, signed_in, visitor_for

pytestmark = pytest.mark.db
DUE = date(2026, 12, 10)
DOCUMENTS = [
    {"code": "rib", "label": "RIB"},
    {"code": "statuts", "label": "Statuts"},
    {"code": "devis", "label": "Devis"},
]
QUESTIONS = [
    {"key": "uses", "label": "Qui s’en servira ?", "kind": "long_text", "section": "Usages"},
    {"key": "works", "label": "Y a-t-il des travaux ?", "kind": "yes_no", "required": True},
    {"key": "which", "label": "Quels travaux ?", "kind": "text", "required": True, "show_if": ["works", "yes"]},
    {"key": "secret", "label": "Votre trésorerie ?", "kind": "text", "confidential": True, "required": False},
]  # fmt: skip
ANSWERS = {"uses": "Les services de voirie.", "works": "no", "secret": "Fragile."}


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


def handed_in(person, **values) -> Application:
    strand = calls.definition()["strands"][0] | {"questions": QUESTIONS}
    session = calls.open_call(documents=DOCUMENTS, strands=[strand]).sessions[0]
    made = applications.ready_draft(by=person, to=session, **values)
    services.save_answers(made, ANSWERS, version=None, at=NOON)
    services.submit(made, by=person, at=NOON)
    return made


@pytest.fixture
def asked(app, db):
    """Makes a file of which these names are asked again, and opens it as who carries it: (visitor, file, its numbers)."""

    def make(*names: str, codes: tuple[str, ...] = ()):
        with unit_of_work():
            person, by = account(name="Camille"), officer()
            made = handed_in(person)
            numbers = {each.code: each.id for each in made.pieces}
            chosen = [*(reopening.piece(numbers[each]) for each in codes), *names]
            services.request_info(made, "À revoir.", chosen, DUE, by=by, at=NOON + timedelta(seconds=1))
        return visitor_for(app, person), made, numbers

    return make


def kept(db, made: Application) -> Application:
    db.session.rollback()
    return db.session.scalars(queries.whole(made.reference)).one()


def pdf(name: str = "nouveau.pdf"):
    return io.BytesIO(applications.PDF + b"%"), name


def page_of(made: Application) -> str:
    return f"/dossiers/{made.reference}/complements"


# ---- pieces -------------------------------------------------------------------------------------


def test_only_the_pieces_that_are_asked_are_shown_and_taken(db, asked, freeze):
    visitor, made, numbers = asked(codes=("statuts",))
    path = page_of(made)
    page = visitor.get(path)
    assert page.tree.xpath("//input[@type='file']/@name") == [f"file-{numbers['statuts']}"]
    freeze.move_to(NOON + timedelta(minutes=1))
    visitor.post(path, {"answer": "x", "action": "keep", f"file-{numbers['rib']}": pdf()}, status=404)
    visitor.post(path, {"answer": "x", "action": "send", f"file-{numbers['rib']}": pdf()}, status=404)
    part = {"name": "n.pdf", "size": "9", "stamp": "1", "offset": "0"}
    visitor.post(f"/dossiers/{made.reference}/pieces/{numbers['rib']}/envoi", part, form=path, status=404)
    visitor.post(f"/dossiers/{made.reference}/pieces/{numbers['statuts']}/envoi", part, form=path)
    saved = kept(db, made)
    assert {each.file.name for each in saved.pieces} == {"piece.pdf"}
    assert saved.info_requests[0].answer == ""
    visitor.post(path, {"answer": "Les voici.", "action": "send", f"file-{numbers['statuts']}": pdf()})
    saved = kept(db, made)
    assert saved.state is ApplicationState.SUBMITTED
    assert {each.code: each.file.name for each in saved.pieces} == {
        "rib": "piece.pdf", "statuts": "nouveau.pdf", "devis": "piece.pdf",
    }  # fmt: skip


def test_the_clock_resumes_when_all_the_pieces_asked_have_come_and_no_other_is_waited_for(db, asked, freeze):
    visitor, made, numbers = asked(codes=("statuts", "devis"))
    with unit_of_work():
        kept(db, made).pieces[0].state = PieceState.REFUSED  # Not asked: the officer lets it be.
    path = page_of(made)
    freeze.move_to(NOON + timedelta(minutes=1))
    page = visitor.post(path, {"answer": "Un.", "action": "send", f"file-{numbers['statuts']}": pdf()}, status=422)
    assert "Ajoutez d'abord : Devis." in page.text
    assert kept(db, made).silence_on is None
    page = visitor.post(path, {"answer": "Deux.", "action": "send", f"file-{numbers['devis']}": pdf()})
    assert any("le délai reprend" in each for each in page.flashes)
    assert kept(db, made).silence_on is not None


def test_a_piece_that_was_found_right_is_not_offered_to_be_asked_again(app, db):
    with unit_of_work():
        made = handed_in(account())
        made.pieces[0].state = PieceState.ACCEPTED
        reference = made.reference
    desk, _account = signed_in(app, Role.OFFICER_FILE)
    page = desk.get(f"/agents/dossiers/{reference}/demander-des-complements")
    assert len(page.tree.xpath("//input[@name='items']")) == len(DOCUMENTS) - 1


# ---- answers ------------------------------------------------------------------------------------


def test_an_officer_asks_to_correct_an_answer_and_reads_before_and_after(app, db, freeze):
    with unit_of_work():
        person = account(name="Camille")
        made = handed_in(person)
        reference, issued = made.reference, made.receipt
        before = (issued.html, issued.data)
    desk, _account = signed_in(app, Role.OFFICER_FILE)
    form = f"/agents/dossiers/{reference}/demander-des-complements"
    desk.post(form, {"questions": "question-uses", "message": "Précisez les usages.", "due_on": "2026-12-10"})
    visitor, path = visitor_for(app, person), f"/dossiers/{reference}/complements"
    page = visitor.get(path)
    assert [each.text.strip() for each in page.tree.xpath("//textarea[@name='q_uses']")] == ["Les services de voirie."]
    assert not page.tree.xpath("//*[@name='q_works' or @name='requested' or @type='file']")
    forged = {"q_uses": "Les écoles de Gap.", "q_works": "yes", "requested": "99999", "shown": ["uses", "works"]}
    visitor.post(path, {**forged, "answer": "Corrigé.", "action": "keep"})
    assert kept(db, made).answers == ANSWERS, "nothing is said before it is sent"
    freeze.move_to(NOON + timedelta(hours=1))
    visitor.post(path, {**forged, "answer": "Corrigé.", "action": "send"})
    saved = kept(db, made)
    assert saved.answers == ANSWERS | {"uses": "Les écoles de Gap."}, "what was not asked is as it was"
    assert saved.requested_amount == made.requested_amount
    receipt = db.session.get(IssuedDocument, saved.receipt_id)
    assert (receipt.html, receipt.data) == before, "the receipt stays as it was issued"
    for reading in (desk.get(f"/agents/dossiers/{reference}"), visitor.get(f"/dossiers/{reference}")):
        assert "Les écoles de Gap." in reading.text
        assert "Avant la correction du 23 novembre 2026" in reading.text
        assert "Les services de voirie." in reading.text
    entry = db.session.query(JournalEntry).filter_by(act="application.corrected").one()
    assert entry.after == {"questions": ["uses"]}
    assert entry.actor_id == person.id


def test_a_correction_opens_the_question_that_it_calls_for_and_waits_for_it(db, asked):
    visitor, made, _numbers = asked("question-works")
    path = page_of(made)
    assert not visitor.get(path).tree.xpath("//*[@name='q_which']")
    page = visitor.post(path, {"q_works": "yes", "answer": "Oui.", "action": "send", "shown": "works"}, status=422)
    assert "Répondez à la question « Quels travaux ? »." in page.text
    assert page.tree.xpath("//*[@name='q_which']")
    visitor.post(path, {"q_works": "yes", "q_which": "Un mur.", "answer": "Oui.", "action": "send"})
    assert kept(db, made).answers == ANSWERS | {"works": "yes", "which": "Un mur."}


def test_what_is_being_corrected_is_saved_while_one_writes_and_two_people_do_not_erase_each_other(db, asked):
    visitor, made, _numbers = asked("question-uses")
    path = page_of(made)
    version, token = str(kept(db, made).version), visitor.token(path)

    def typed(text: str):
        values = {
            "csrf_token": token,
            "version": version,
            "q_uses": text,
            "shown": "uses",
            "answer": "",
            "action": "autosave",
        }
        return visitor.client.post(path, data=values, headers={"Accept": "application/json"})

    first = typed("Les écoles.")
    assert (first.status_code, first.json["errors"]) == (200, [])
    assert kept(db, made).info_requests[0].written["answers"] == {"uses": "Les écoles."}
    assert typed("Les crèches.").status_code == 409, "made from a page that is older"
    assert visitor.get(path).tree.xpath("//textarea[@name='q_uses']")[0].text.strip() == "Les écoles."
    page = visitor.post(
        path, {"version": version, "q_uses": "Les crèches.", "answer": "x", "action": "keep"}, status=409
    )
    assert "Les crèches." in page.tree.xpath("//textarea[@name='q_uses']")[0].text
    assert "Les écoles." in page.text


def test_a_file_that_the_script_sends_alone_leaves_what_is_being_corrected_as_it_is(db, asked):
    visitor, made, numbers = asked("question-uses", "budget", codes=("rib",))
    path = page_of(made)
    budget = {
        "lines-0-label": "Relevés",
        "lines-0-category": "services",
        "lines-0-amount": "26500",
        "requested": "13250",
    }
    visitor.post(path, {"q_uses": "Les écoles.", "shown": "uses", "answer": "Voici.", "action": "keep", **budget})
    before = kept(db, made)
    was = before.version, before.info_requests[0].answer, before.info_requests[0].written
    assert was[1:2] == ("Voici.",)
    assert was[2]["answers"] == {"uses": "Les écoles."}
    visitor.post(path, {"action": "keep", f"file-{numbers['rib']}": pdf()})
    after = kept(db, made)
    assert (after.version, after.info_requests[0].answer, after.info_requests[0].written) == was
    assert next(each for each in after.pieces if each.code == "rib").file.name == "nouveau.pdf"


def test_a_session_that_ended_loses_nothing(db, asked):
    visitor, made, _numbers = asked("question-uses")
    page = visitor.post(
        page_of(made),
        {"q_uses": "Les écoles.", "answer": "Corrigé.", "action": "send", "csrf_token": "faux"},
        status=422,
    )
    assert page.tree.xpath("//textarea[@name='q_uses']")[0].text.strip() == "Les écoles."
    assert page.tree.xpath("//textarea[@name='answer']")[0].text.strip() == "Corrigé."
    assert kept(db, made).info_requests[0].written == {}


@pytest.mark.parametrize("blind", [False, True])
def test_a_reader_reads_before_and_after_and_nothing_of_what_is_confidential(app, db, freeze, blind):
    with unit_of_work():
        person, by = account(), officer()
        made = handed_in(person)
        made.call.blind_reading = blind
        made.funding_sources[0].label = "Fondation Durand-Lefèvre"
        made.answers = {**made.answers, "uses": "Les services de voirie. La Commune de Gap les paie."}
        names = ["question-uses", "question-secret", "budget"]
        services.request_info(made, "Précisez.", names, DUE, by=by, at=NOON)
        plan = {
            "requested": "13250.00",
            "lines": [["Relevés", "services", "26500.00"]],
            "sources": [["Cagnotte", "own", "sought", "13250.00"]],
        }
        written = {"answers": {"uses": "Les écoles de la Commune de Gap.", "secret": "Solide."}, "budget": plan}
        services.keep_answer(made, "Voici.", written, version=None)
        services.answer_info(made, "Voici.", by=person, at=NOON)
        services.admit(made, by=by, at=NOON)
        instruction.open_review(made, by=by, at=NOON)
        one = reader(made)
        number = assigned(made, one, by).id
    freeze.move_to(LATER)
    visitor = visitor_for(app, one)
    visitor.post(f"/evaluations/{number}/sans-conflit", {}, form=f"/evaluations/{number}")
    page = visitor.get(f"/evaluations/{number}")
    assert "Les écoles de" in page.text
    assert "Avant la correction du 23 novembre 2026" in page.text
    assert "Les services de voirie." in page.text
    assert "Solide" not in page.text
    assert "Fragile" not in page.text
    assert ("Commune de Gap" in page.text) is not blind
    assert ("Fondation Durand-Lefèvre" in page.text) is not blind, "what was written before is masked like what is"


# ---- the budget ---------------------------------------------------------------------------------


def budget(amount: str, asked_for: str, own: str) -> dict[str, str]:
    return {
        "lines-0-label": "Relevés", "lines-0-category": "services", "lines-0-amount": amount, "requested": asked_for,
        "sources-0-label": "Fonds propres", "sources-0-kind": "own", "sources-0-state": "obtained", "sources-0-amount": own,
    }  # fmt: skip


def test_the_budget_is_corrected_as_a_whole_and_judged_as_at_the_deposit(app, db, asked, freeze):
    visitor, made, _numbers = asked("budget")
    path = page_of(made)
    page = visitor.get(path)
    assert page.tree.xpath("//input[@name='lines-0-amount']/@value") == ["26\u202f500,00"]
    freeze.move_to(NOON + timedelta(hours=1))
    words = {"answer": "Corrigé.", "action": "send"}
    page = visitor.post(path, {**words, **budget("20000", "15000", "5000")}, status=422)
    assert "La Région finance 50 % au plus." in page.text
    assert page.tree.xpath("//input[@name='requested']/@value") == ["15000"]
    page = visitor.post(path, {**words, **budget("20000", "10000", "5000")}, status=422)
    assert "Il manque 5 000,00 € de financements" in page.text
    assert kept(db, made).requested_amount == Decimal("13250.00")
    visitor.post(path, {**words, **budget("20000", "10000", "10000")})
    saved = kept(db, made)
    assert (saved.requested_amount, saved.budget_lines[0].amount) == (Decimal("10000.00"), Decimal("20000.00"))
    entry = db.session.query(JournalEntry).filter_by(act="application.corrected").one()
    assert entry.before == {"cost": "26500.00", "requested": "13250.00"}
    assert entry.after == {"questions": [], "cost": "20000.00", "requested": "10000.00"}
    desk, _account = signed_in(app, Role.OFFICER_FILE)
    page = desk.get(f"/agents/dossiers/{made.reference}")
    assert "Avant la correction du 23 novembre 2026" in page.text
    assert "26 500,00 €" in page.text


def test_without_script_a_row_is_added_and_what_was_typed_stays(db, asked):
    visitor, made, _numbers = asked("budget")
    page = visitor.post(page_of(made), {"answer": "", "action": "add_line", **budget("20000", "10000", "10000")})
    assert (
        page.tree.xpath("//input[contains(@name,'lines-') and contains(@name,'amount')]/@value")[0] == "20\u202f000,00"
    )
    assert len(page.tree.xpath("//input[starts-with(@name,'lines-') and contains(@name,'-amount')]")) == 3


# ---- when several requests follow each other ----------------------------------------------------


def test_each_correction_is_read_beside_what_it_replaced(db):
    with unit_of_work():
        person = account()
        made = handed_in(person)
        for day, text in ((1, "Les écoles."), (3, "Les crèches.")):
            at = NOON + timedelta(days=day)
            services.request_info(made, "Précisez.", ["question-uses"], DUE, by=person, at=at)
            services.keep_answer(made, "Voici.", {"answers": {"uses": text}}, version=None)
            services.answer_info(made, "Voici.", by=person, at=at)
    printed = {each.label: each for each in services.printed_answers(kept(db, made))}
    uses = printed["Qui s’en servira ?"]
    assert uses.text == "Les crèches."
    assert uses.former == [("26 novembre 2026", "Les écoles."), ("24 novembre 2026", "Les services de voirie.")]
    assert printed["Votre trésorerie ?"].former == ()
