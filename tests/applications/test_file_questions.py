"""A question that asks for a file: it is a piece that stands with the question, counts while it is asked, and loses no word."""

import io
from datetime import timedelta

import pytest

from programme.accounts.states import Role
from programme.applications import documents, queries, services
from programme.applications.rules import reopening
from programme.applications.states import PieceState
from programme.core import storage
from programme.core.storage import ScanState
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import applications, calls
from tests.factories.people import NOON, account, signed_in, visitor_for
from tests.factories.uploads import multipart
from tests.pages import Page
from tests.questionnaires.test_agreement import sent

pytestmark = pytest.mark.db
QUESTIONS = [
    {"key": "works", "label": "Y a-t-il des travaux ?", "kind": "yes_no"},
    {"key": "plan", "label": "Le plan des travaux", "kind": "file", "formats": ["pdf", "data"], "max_megabytes": 1,
     "hint": "Coté, à l’échelle.", "show_if": ["works", "yes"]},
    {"key": "why", "label": "Pourquoi ce plan ?", "kind": "text", "show_if": {"key": "plan", "answered": True}},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


def asking(questions=QUESTIONS, *, make=applications.draft, answers=None, **values):
    """An application that is asked these questions, whose answers are these. Inside a unit of work."""
    strand = calls.definition()["strands"][0] | {"questions": questions}
    person = account(name="Camille")
    made = make(by=person, to=calls.open_call(strands=[strand], **values).sessions[0])
    services.save_answers(made, answers or {}, version=None, at=NOON)
    return person, made


@pytest.fixture
def asked(app, db):
    """A draft to which the plan is asked, the person, the address of the step, and the number of the piece."""
    with unit_of_work():
        person, draft = asking(answers={"works": "yes"})
        number = next(each.id for each in draft.pieces if each.question_key == "plan")
    return visitor_for(app, person), draft.reference, f"/dossiers/{draft.reference}/questions", number


def whole(reference):
    database.session.rollback()
    return database.session.scalars(queries.whole(reference)).one()


def pdf(name="plan.pdf", content=applications.PDF):
    return io.BytesIO(content), name


def labels(application):
    return [each.label for each in application.asked_pieces]


# ---- while the question is asked, and when it is not -------------------------------------------------


def test_a_file_counts_only_while_its_question_is_asked(asked):
    _visitor, reference, _path, number = asked
    assert labels(whole(reference)) == ["Relevé d’identité bancaire", "Le plan des travaux"]
    with unit_of_work():
        draft = database.session.scalars(queries.for_update(reference)).one()
        services.save_answers(draft, {"works": "no"}, version=None, at=NOON)
        assert labels(draft) == ["Relevé d’identité bancaire"]
        assert "Le plan des travaux" not in services.missing_pieces(draft)
        assert not [each for each in services.faults(draft, NOON, subdomain_needed=False) if each.step == "questions"]
    assert number in [each.id for each in whole(reference).pieces], "its row stays"


def test_without_it_the_deposit_is_refused_at_the_place_of_the_question(asked):
    visitor, reference, path, _number = asked
    page = visitor.get(f"/dossiers/{reference}/relecture")
    assert "Répondez à la question « Le plan des travaux »." in page.text
    assert f"{path}#q_plan" in page.links()
    assert visitor.get(path).tree.xpath("//*[@id='q_plan']")


def test_its_file_comes_back_with_the_answer_that_asks_for_it(asked):
    visitor, reference, path, number = asked
    visitor.post(f"/dossiers/{reference}/pieces/{number}", {f"file-{number}": pdf()}, form=path)
    for works, shown in (("no", False), ("yes", True)):
        page = visitor.post(path, {"q_works": works, "shown": ["works"], "action": "save"})
        assert ("plan.pdf" in page.text) is shown
        assert ("plan.pdf" in visitor.get(f"/dossiers/{reference}/relecture").text) is shown
    assert [each.label for each in whole(reference).asked_pieces] == [
        "Relevé d’identité bancaire",
        "Le plan des travaux",
    ]


def test_a_file_opens_the_question_that_waits_for_it(asked):
    visitor, reference, path, number = asked
    assert "Pourquoi ce plan ?" not in visitor.get(path).text
    visitor.post(f"/dossiers/{reference}/pieces/{number}", {f"file-{number}": pdf()}, form=path)
    assert "Pourquoi ce plan ?" in visitor.get(path).text


# ---- on the page, without script ----------------------------------------------------------------------


def test_the_question_shows_what_it_takes(asked):
    visitor, reference, path, number = asked
    page = visitor.get(path)
    assert "Coté, à l'échelle. PDF, CSV, JSON ou GeoJSON, 1 Mo au plus." in page.text
    [field] = page.tree.xpath(f"//input[@id='file-{number}']")
    assert field.get("accept") == ".pdf,.csv,.json,.geojson"
    assert field.xpath("ancestor::form")[0].get("enctype") == "multipart/form-data"
    assert f"file-{number}" not in visitor.get(f"/dossiers/{reference}/pieces").body.decode(), (
        "said once, with its question"
    )


def test_a_file_leaves_with_the_words_and_none_of_them_is_lost(asked):
    visitor, reference, path, number = asked
    values = sent(visitor.get(path).tree.xpath("//form[@data-autosave]")[0]).to_dict(flat=False)
    page = visitor.post(path, {**values, "q_works": "yes", f"file-{number}": pdf(), "action": f"join-{number}"})
    assert page.path == path
    assert "plan.pdf" in page.text
    assert "Retirer" in page.text
    assert whole(reference).answers == {"works": "yes"}
    page = visitor.post(path, {"q_works": "yes", "shown": ["works", "plan"], "action": f"take-back-{number}"})
    assert "plan.pdf" not in page.text
    assert whole(reference).answers == {"works": "yes"}


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [(b"MZ\x90\x00 programme", "plan.exe", "n'est pas d'un type accepté. Types acceptés : PDF, CSV, JSON, GeoJSON."),
     (b"\x89PNG\r\n\x1a\n", "plan.png", "type accepté"),
     (applications.PDF + b" " * 1024 * 1024, "lourd.pdf", "dépasse 1 Mo")],
)  # fmt: skip
def test_what_the_question_does_not_take_is_refused_beside_it_and_the_words_are_kept(asked, content, name, words):
    visitor, reference, path, number = asked
    values = {"q_works": "yes", "shown": ["works", "plan"], "action": "next", "csrf_token": visitor.token(path)}
    page = Page(visitor.client.post(path, **multipart(values, f"file-{number}", name, content)))
    assert page.status == 422
    assert words in page.text
    assert f"error-{number}" in page.tree.xpath(f"//input[@id='file-{number}']/@aria-describedby")[0]
    assert "#q_plan" in page.links()
    assert whole(reference).answers == {"works": "yes"}
    assert all(each.file is None for each in whole(reference).pieces)


def test_a_geojson_is_taken_for_what_it_is_and_another_text_is_not(asked):
    visitor, reference, path, number = asked
    for content, name, status in ((b'{"type": "Feature"}', "zone.geojson", 200), (b"{type: 1}", "zone.geojson", 422)):
        values = {"q_works": "yes", "shown": ["works", "plan"], "action": "save", f"file-{number}": pdf(name, content)}
        visitor.post(path, values, status=status)
    [held] = [each.file for each in whole(reference).pieces if each.file]
    assert held.media_type == "application/geo+json"


def test_the_script_sends_the_file_alone_and_a_refusal_comes_back_as_a_message(asked):
    visitor, reference, path, number = asked
    [to] = visitor.get(path).tree.xpath(f"//input[@id='file-{number}']/@data-to")
    page = visitor.post(to, {f"file-{number}": pdf(), "action": "keep"}, form=path)
    assert page.path == path
    assert "plan.pdf" in page.tree.xpath(f"//*[@id='piece-{number}']")[0].text_content()
    page = visitor.post(to, {f"file-{number}": pdf("plan.txt", b"Un plan."), "action": "keep"}, form=path)
    assert any("n'est pas d'un type accepté" in each for each in page.flashes)
    assert whole(reference).answers == {"works": "yes"}


def test_a_text_under_its_name_is_no_file(asked):
    visitor, reference, path, number = asked
    values = {"q_works": "yes", "q_plan": "plan.pdf", "shown": ["works", "plan"], f"file-{number}": "plan.pdf"}
    visitor.post(path, {**values, "action": "save"})
    assert whole(reference).answers == {"works": "yes"}
    assert "Répondez à la question « Le plan des travaux »." in visitor.get(f"/dossiers/{reference}/relecture").text


def test_the_file_of_a_hidden_question_cannot_be_filled_in(asked):
    visitor, reference, path, number = asked
    visitor.post(path, {"q_works": "no", "shown": ["works"], "action": "save"})
    visitor.post(f"/dossiers/{reference}/pieces/{number}", {f"file-{number}": pdf()}, form=path, status=404)


# ---- handed in ----------------------------------------------------------------------------------------


def handed_in(app, *, stored=None, call=None):
    """An application handed in with its plan, and its officer."""
    with unit_of_work():
        questions = [{"key": "plan", "label": "Le plan des travaux", "kind": "file", **(stored or {})}]
        person, made = asking(questions, make=applications.submitted, **(call or {}))
        officer = account(Role.OFFICER_FILE)
        made.officer_id = officer.id
    return person, officer, made.reference


def test_the_receipt_prints_it_once_among_the_pieces_and_once_among_the_answers(app, db):
    _person, _officer, reference = handed_in(app)
    made = whole(reference)
    with app.test_request_context():
        receipt = documents.receipt(made, services.answered_questions(made))
        assert [label for label, _name, _digest in receipt.pieces] == [
            "Relevé d’identité bancaire",
            "Le plan des travaux",
        ]
        assert [(each.label, each.text) for each in receipt.answers] == [
            ("Le plan des travaux", "piece.pdf (69\u202foctets)")
        ]


def test_the_officer_judges_it_and_asks_for_another_like_any_piece(app, db):
    _person, officer, reference = handed_in(app)
    visitor = visitor_for(app, officer)
    path = f"/agents/dossiers/{reference}"
    number = next(each.id for each in whole(reference).pieces if each.question_key)
    visitor.post(f"{path}/pieces/{number}/refuser", {"note": "Illisible."}, form=path)
    assert "Le plan des travaux" in visitor.get(f"{path}/demander-des-complements").text
    assert [each.state for each in whole(reference).pieces if each.question_key] == [PieceState.REFUSED]


def test_the_export_for_machines_tells_its_print(app, db):
    _person, _officer, reference = handed_in(app)
    made = whole(reference)
    with app.test_request_context():
        [told] = documents.data(documents.receipt(made, services.answered_questions(made)))["answers"]
    assert set(told["answer"]) == {"name", "size", "sha256"}


def test_an_infected_file_answers_nothing(app, db):
    _person, _officer, reference = handed_in(app)
    with unit_of_work():
        made = database.session.scalars(queries.for_update(reference)).one()
        piece = next(each for each in made.pieces if each.question_key)
        piece.file.scan = ScanState.INFECTED
        assert {q.key: a for q, a in services.answered_questions(made)}["plan"] is None


# ---- what replaced files leave ---------------------------------------------------------------------------


def replaced(app, db):
    """A piece handed in as « piece.pdf », then refused and replaced in the answer to a request."""
    person, officer, reference = handed_in(app)
    with unit_of_work():
        made = database.session.scalars(queries.for_update(reference)).one()
        piece = next(each for each in made.pieces if each.question_key)
        former = piece.file
        piece.state = PieceState.REFUSED
        services.request_info(
            made, "Illisible.", [reopening.piece(piece.id)], (NOON + timedelta(days=9)).date(), by=officer, at=NOON
        )
        written = storage.write_bytes(applications.PDF + b"%", "lisible.pdf", "application/pdf")
        services.provide_piece(piece, written, by=person, at=NOON + timedelta(hours=1))
    return visitor_for(app, person), visitor_for(app, officer), reference, former.public_id


def test_both_sides_read_what_was_handed_in_before_and_who_replaced_it(app, db):
    carrier, officer, reference, former = replaced(app, db)
    for person, page in ((carrier, f"/dossiers/{reference}"), (officer, f"/agents/dossiers/{reference}")):
        shown = person.get(page)
        assert "Une version précédente" in shown.text
        assert "piece.pdf" in shown.text
        assert "par Camille" in shown.text
        [link] = [each for each in shown.links() if former in each]
        assert person.get(link).body == applications.PDF


def test_nobody_else_opens_a_former_version(app, db):
    _carrier, _officer, _reference, former = replaced(app, db)
    for who in (signed_in(app)[0], signed_in(app, Role.FINANCE)[0]):
        who.get(f"/dossiers/pieces/{former}", status=404)
    signed_in(app)[0].get(f"/agents/dossiers/pieces/{former}", status=404)


def test_what_a_draft_held_leaves_no_version(asked):
    visitor, reference, path, number = asked
    for name in ("premier.pdf", "second.pdf"):
        visitor.post(f"/dossiers/{reference}/pieces/{number}", {f"file-{number}": pdf(name)}, form=path)
    assert database.session.execute(queries.piece_versions(whole(reference).id)).all() == []


def test_a_former_version_still_takes_room_in_the_share_of_the_organisation(app, db):
    _carrier, _officer, reference, _former = replaced(app, db)
    made = whole(reference)
    held = sum(each.file.size for each in made.pieces if each.file)
    former = len(applications.PDF)
    assert database.session.scalars(queries.room_taken(made.organisation_id)).one() == held + former
