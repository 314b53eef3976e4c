"""What the script that saves while one writes gets from the server: the same rights and the same rules, in short."""

import re

import pytest
from sqlalchemy import func, select

from programme.applications import queries, services
from programme.core import journal
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import MembershipRole
from tests.factories import applications
from tests.factories.people import NOON, account, member, signed_in, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


@pytest.fixture
def made(app, db):
    """A draft, and the person who opened it."""
    with unit_of_work():
        person = account(name="Camille")
        draft = applications.draft(by=person)
    return visitor_for(app, person), draft


def save(visitor, path, data, **more):
    """Send what the script sends; the answer is never a page."""
    values = {"csrf_token": visitor.token(path), "action": "autosave", **data} if "csrf_token" not in data else data
    visitor._arrive()
    return visitor.client.post(path, data=values, headers=JSON | more)


def shown_version(visitor, path):
    return visitor.get(path).tree.xpath("//input[@name='version']/@value")[0]


def kept(db, draft):
    db.session.rollback()
    return db.session.scalars(queries.whole(draft.reference)).one()


def acts(db):
    return db.session.scalar(select(func.count()).select_from(journal.JournalEntry))


def test_a_save_says_when_with_the_version_and_the_token_to_send_next(db, made):
    person, draft = made
    path = f"/dossiers/{draft.reference}/projet"
    answer = save(person, path, {"version": shown_version(person, path), "title": "Fraîcheurs", "summary": "Court."})
    assert answer.status_code == 200
    assert plain(answer.json["message"]) == "Enregistré à 12 h 00."
    assert (answer.json["errors"], answer.json["version"]) == ([], str(kept(db, draft).version))
    assert kept(db, draft).summary == "Court."
    again = {
        "version": answer.json["version"],
        "csrf_token": answer.json["csrf"],
        "title": "Fraîcheurs",
        "summary": "Plus.",
    }
    assert save(person, path, again).status_code == 200
    assert kept(db, draft).summary == "Plus."


def test_ten_saves_write_no_entry_in_the_journal(db, made):
    person, draft = made
    before = acts(db)
    for turn in range(10):
        assert save(person, f"/dossiers/{draft.reference}/projet", {"summary": f"Tour {turn}"}).status_code == 200
    assert acts(db) == before


def test_a_budget_comes_back_with_its_balance(made):
    person, draft = made
    rows = {"lines-0-label": "Relevés", "lines-0-category": "services", "lines-0-amount": "1 500", "requested": "500"}
    answer = save(person, f"/dossiers/{draft.reference}/budget", rows)
    assert "Il manque 1 000,00 €" in plain(answer.json["fragments"]["balance"])
    assert "<html" not in answer.json["fragments"]["balance"]


def test_a_passed_limit_comes_back_with_the_changes_that_hold_together(made):
    person, draft = made
    rows = {"lines-0-label": "Relevés", "lines-0-category": "services", "lines-0-amount": "1 500", "requested": "900"}
    said = save(person, f"/dossiers/{draft.reference}/budget", rows).json["fragments"]["balance"]
    changes = "Demandez 750,00 € au plus. Portez votre apport à 750,00 € pour équilibrer le plan."
    assert f"<strong>{changes}</strong>" in plain(said)
    rows["requested"] = "700"
    assert (
        "<strong>Demandez" not in save(person, f"/dossiers/{draft.reference}/budget", rows).json["fragments"]["balance"]
    )


def test_what_cannot_be_read_is_named_by_its_field_and_the_rest_is_kept(db, made):
    person, draft = made
    rows = {"lines-0-label": "Relevés", "lines-0-category": "services", "lines-0-amount": "à voir", "requested": "500"}
    answer = save(person, f"/dossiers/{draft.reference}/budget", rows)
    assert answer.status_code == 422
    assert [field for field, _text in answer.json["errors"]] == ["lines-0-amount"]
    assert [each.label for each in kept(db, draft).budget_lines] == ["Relevés"]


def test_a_stale_token_writes_nothing_and_brings_a_new_one(db, made):
    person, draft = made
    path = f"/dossiers/{draft.reference}/projet"
    answer = save(person, path, {"csrf_token": "vieux", "summary": "Rien."}, Origin="http://localhost")
    assert answer.status_code == 412
    assert kept(db, draft).summary != "Rien."
    assert save(person, path, {"csrf_token": answer.json["csrf"], "summary": "Gardé."}).status_code == 200
    assert kept(db, draft).summary == "Gardé."


def test_a_colleagues_save_is_a_conflict_that_writes_nothing(db, made):
    person, draft = made
    path = f"/dossiers/{draft.reference}/projet"
    version = shown_version(person, path)
    assert save(person, path, {"version": version, "summary": "Le premier."}).status_code == 200
    answer = save(person, path, {"version": version, "summary": "Le second."})
    assert answer.status_code == 409
    assert "enregistrée ailleurs" in answer.json["message"]
    assert kept(db, draft).summary == "Le premier."


@pytest.mark.parametrize("headers", [JSON, {}])
def test_the_very_same_save_sent_twice_is_no_conflict(db, made, headers):
    """The answer was lost on the way, or the button pressed twice: what is sent is what is saved."""
    person, draft = made
    path = f"/dossiers/{draft.reference}/budget"
    data = {
        "version": shown_version(person, path), "requested": "500", "lines-0-label": "Relevés",
        "lines-0-category": "services", "lines-0-amount": "1 500", "csrf_token": person.token(path), "action": "save",
    }  # fmt: skip
    first = save(person, path, data)
    person._arrive()
    second = person.client.post(path, data=data, headers=headers)
    assert (first.status_code, second.status_code) == (200, 200 if headers else 302)
    assert kept(db, draft).version == int(first.json["version"])
    assert [each.label for each in kept(db, draft).budget_lines] == ["Relevés"]


def test_nobody_signed_in_is_told_so_without_a_page(app, made, visitor):
    _person, draft = made
    someone = visitor()
    answer = someone.client.post(f"/dossiers/{draft.reference}/projet", headers=JSON | {"Origin": "http://localhost"})
    assert (answer.status_code, answer.mimetype) == (401, "application/json")


def test_a_stranger_and_a_mere_reader_of_the_organisation_meet_nothing(app, db, made):
    _person, draft = made
    stranger, _id = signed_in(app)
    with unit_of_work():
        person = account(name="Lectrice")
        member(person, kept(db, draft).organisation, MembershipRole.READER)
    for each in (stranger, visitor_for(app, person)):
        data = {"csrf_token": each.token("/compte"), "summary": "Intrus."}
        assert save(each, f"/dossiers/{draft.reference}/projet", data).status_code == 404
    assert kept(db, draft).summary != "Intrus."


def test_a_draft_handed_in_meanwhile_says_so_with_the_way_to_its_receipt(app, db):
    with unit_of_work():
        person = account(name="Camille")
        file = applications.submitted(by=person)
    visitor = visitor_for(app, person)
    data = {"csrf_token": visitor.token("/compte"), "summary": "Trop tard."}
    answer = save(visitor, f"/dossiers/{file.reference}/projet", data)
    assert answer.status_code == 410
    assert answer.json["href"].endswith("/accuse-de-reception")
    assert kept(db, file).summary != "Trop tard."


def test_an_answer_to_the_region_is_kept_without_being_sent(app, db):
    with unit_of_work():
        person = account(name="Camille")
        file = applications.submitted(by=person)
        officer = account(name="Dominique")
        services.request_info(file, "La lettre signée ?", ["Lettre"], NOON.date().replace(day=28), by=officer, at=NOON)
    visitor, before = visitor_for(app, person), acts(db)
    answer = save(visitor, f"/dossiers/{file.reference}/complements", {"answer": "Elle vient."})
    assert (answer.status_code, acts(db)) == (200, before)
    assert kept(db, file).info_requests[-1].answer == "Elle vient."
    assert kept(db, file).info_requests[-1].answered_at is None


def test_an_answer_that_opens_questions_erases_none_of_theirs(db, made):
    """The script saves from a page that does not show the questions opened meanwhile: what they hold stays."""
    person, draft = made
    path = f"/dossiers/{draft.reference}/questions"
    page = person.get(path)
    keys = page.tree.xpath("//input[@name='shown']/@value")
    if not keys:
        pytest.skip("this call asks no question")
    with unit_of_work():
        kept_now = db.session.scalars(queries.for_update(draft.reference)).one()
        kept_now.answers = {**kept_now.answers, "ailleurs": "gardé"}
    assert save(person, path, {"shown": keys[0]}).status_code in (200, 422)
    assert kept(db, draft).answers["ailleurs"] == "gardé"


def test_the_session_can_be_renewed_and_sign_out_clears_the_browser(app, made):
    person, _draft = made
    answer = save(person, "/compte/session", {"csrf_token": person.token("/compte")})
    assert answer.json["seconds"] == 12 * 3600
    person._arrive()
    left = person.client.post("/deconnexion", data={"csrf_token": person.token("/compte")})
    assert left.headers["Clear-Site-Data"] == '"storage"'


def test_pages_of_a_signed_in_person_say_for_how_long(made, visitor):
    person, _draft = made
    seconds = re.search(r'id="session-words"[^>]*data-seconds="(\d+)"', person.get("/compte").body.decode())
    assert 11 * 3600 < int(seconds[1]) <= 12 * 3600
    assert b"session-words" not in visitor().get("/connexion").body
