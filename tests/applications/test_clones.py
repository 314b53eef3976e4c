"""A file that ended without an award is taken up again in a session that accepts, with what the applicant was told beside it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from programme.accounts.states import Role
from programme.applications import queries, services
from programme.applications.models import Application
from programme.applications.queries import again
from programme.applications.rules.remarks import Pinned
from programme.applications.states import WITHOUT_AWARD, ApplicationState, PieceState
from programme.calls.states import SessionState
from programme.core import storage
from programme.core.journal import JournalEntry
from programme.core.storage import ScanState
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import MembershipRole
from programme.questionnaires.rules.fields import Question
from tests.factories import applications, calls
from tests.factories.people import NOON, account, member, signed_in, visitor_for

pytestmark = pytest.mark.db
REASON = "Les usages ne sont pas encore nommés."


@pytest.fixture(autouse=True)
def _at_noon(freeze):
    """The sessions of these tests accept applications at NOON."""


def ended(person, state: ApplicationState = ApplicationState.INADMISSIBLE, **values) -> Application:
    """A file of another session, closed with a reason; another session of its call accepts. Inside a unit of work."""
    made = applications.submitted(by=person, **values)
    made.state, made.closing_reason = state, REASON
    made.decided_at = NOON if state is ApplicationState.REJECTED else None
    made.session.state = SessionState.NOTIFIED
    calls.session(made.call, label="Relève d’après", closes_at=NOON + timedelta(days=40))
    return made


def again_from(former: Application, person, at: datetime = NOON) -> Application:
    """The draft that takes a file up in the first session that accepts it, read anew."""
    [place, *_others] = services.places(former, at)
    copies = services.copy_files(former, place.strand, at=at)
    number = former.id
    with unit_of_work() as session:
        former = session.scalars(queries.for_update(session.get(Application, number).reference)).one()
        [place, *_others] = services.places(former, at)
        made = services.take_up(former, place.session, place.strand, copies, by=person, at=at).reference
    return read(made)


def read(reference: str) -> Application:
    from programme.extensions import db

    db.session.rollback()
    return db.session.scalars(queries.whole(reference)).one()


def whole(db, made: Application) -> Application:
    db.session.rollback()
    return db.session.scalars(queries.whole(made.reference).execution_options(populate_existing=True)).one()


# ---- what comes along ---------------------------------------------------------------------------


def test_a_file_is_taken_up_with_its_project_texts_answers_plan_data_and_pieces(db):
    with unit_of_work():
        person = account()
        former = ended(person)
    former = whole(db, former)
    made = again_from(former, person)
    assert (made.state, made.session.label) == (ApplicationState.DRAFT, "Relève d’après")
    assert (made.project_id, made.organisation_id) == (former.project_id, former.organisation_id)
    assert (made.title, made.summary, made.description) == (former.title, former.summary, former.description)
    assert (made.answers, made.theme_id, made.territory_code) == (former.answers, former.theme_id, "05")
    assert [(e.label, e.amount) for e in made.budget_lines] == [("Relevés", Decimal("26500.00"))]
    assert [(e.label, e.amount) for e in made.funding_sources] == [("Fonds propres", Decimal("13250.00"))]
    assert [(e.title, e.is_opened) for e in made.datasets] == [("Relevés thermiques", True)]
    assert [(e.label, e.state) for e in made.pieces] == [("Relevé d’identité bancaire", PieceState.PROVIDED)]
    assert made.requested_amount == former.requested_amount
    assert made.continued_from_id == former.id
    assert services.faults(made, NOON, subdomain_needed=False), "the control: the commitments are accepted anew"
    assert [each.code for each in services.faults(made, NOON, subdomain_needed=False)] == ["commitments"]
    acts = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "application.taken_up")).all()
    assert [(each.subject_id, each.after) for each in acts] == [(made.id, {"from": former.reference})]


def test_a_piece_is_copied_so_that_the_end_of_one_file_takes_nothing_from_the_other(db):
    with unit_of_work():
        person = account()
        former = ended(person)
    old = whole(db, former).pieces[0].file
    made = again_from(whole(db, former), person)
    new = made.pieces[0].file
    assert (old.sha256, old.name, old.size) == (new.sha256, new.name, new.size)
    assert old.key != new.key
    assert old.public_id != new.public_id
    storage.store().delete([old.key])
    assert storage.read(new.key) == applications.PDF
    [found] = db.session.scalars(queries.piece_file(new.public_id)).all()
    assert found.application_id == made.id, "one file leads to one file of pieces"


@pytest.mark.parametrize(
    ("what", "says"),
    [("refused", "piece_refused"), ("infected", "piece_refused"), ("old", "piece_old"), ("unwanted", "piece_unwanted"), ("lost", "piece_changed")],
)  # fmt: skip
def test_a_piece_that_is_no_longer_good_stays_behind_and_is_expected(db, what, says):
    with unit_of_work():
        person = account()
        documents = [{"code": "rib", "label": "RIB", "hint": "", "valid_months": 3}]
        former = ended(person, to=calls.open_call(documents=documents).sessions[0])
        [piece] = former.pieces
        if what == "refused":
            piece.state, piece.note = PieceState.REFUSED, "Illisible."
        elif what == "infected":
            piece.file.scan = ScanState.INFECTED
        elif what == "old":
            piece.dated_on = (NOON - timedelta(days=120)).date()
        elif what == "unwanted":
            piece.required_document.carrier_kinds = ["company"]
        else:
            storage.store().delete([piece.file.key])
    made = again_from(whole(db, former), person)
    assert says in [each.code for each in Pinned.from_json(made.pinned).left]
    assert [each.file for each in made.pieces if each.file] == []


def test_a_piece_keeps_the_day_of_its_first_deposit_so_that_it_still_grows_old(db):
    with unit_of_work():
        person = account()
        former = ended(person)
        former.pieces[0].provided_at = NOON - timedelta(days=50)
    made = again_from(whole(db, former), person)
    assert made.pieces[0].provided_at == NOON - timedelta(days=50)


def test_answers_go_where_their_question_stands_with_the_same_kind_and_can_still_be_held():
    from programme.applications.rules.carrying import answers

    def ask(key: str, kind: str, **values):
        return Question.from_json({"key": key, "label": key.title(), "kind": kind, **values})

    size = [["s", "Petit"], ["l", "Grand"]]
    former = [ask("a", "text"), ask("b", "text"), ask("c", "text"), ask("d", "choice", options=size), ask("e", "text")]
    asked = [ask("a", "text"), ask("c", "number"), ask("d", "choice", options=size[:1]), ask("e", "text", max_length=2)]
    given = {"a": "Oui", "b": "Non", "c": "Trois", "d": "l", "e": "Trop long"}
    kept, left = answers(former, given, asked)
    assert kept == {"a": "Oui", "e": "Trop long"}, "a text that is too long is shortened by who wrote it, not lost"
    assert [(each.code, each.label) for each in left] == [
        ("question_gone", "B"), ("question_changed", "C"), ("answer_unfit", "D"),
    ]  # fmt: skip


# ---- what was told ------------------------------------------------------------------------------


def test_what_the_applicant_was_told_is_pinned_and_nothing_that_they_may_not_read(db):
    with unit_of_work():
        person, officer = account(), account(Role.OFFICER_FILE)
        former = applications.submitted(by=person)
        services.request_info(former, "Le devis est coupé.", ["Le devis"], date(2026, 12, 10), by=officer, at=NOON)
        former.pieces[0].state, former.pieces[0].note = PieceState.REFUSED, "Compte fermé."
        former.state, former.closing_reason = ApplicationState.DROPPED, REASON
        calls.session(former.call, label="Relève d’après", closes_at=NOON + timedelta(days=40))
    made = again_from(whole(db, former), person)
    told = Pinned.from_json(made.pinned)
    assert (told.number, told.former) == (2, former.id)
    assert [(each.kind, each.text, each.step) for each in told.told] == [
        ("closing", REASON, "projet"), ("request", "Le devis est coupé.", "pieces"), ("piece", "Compte fermé.", "pieces"),
    ]  # fmt: skip
    page = visitor_for_page(db, person, f"/dossiers/{made.reference}/pieces")
    assert "Compte fermé." in page.text
    assert "Le devis est coupé." in page.text


def test_a_decision_that_is_not_notified_yet_is_not_told(db):
    with unit_of_work():
        person = account()
        former = ended(person, ApplicationState.REJECTED)
        former.closing_reason = None
    assert Pinned.from_json(again_from(whole(db, former), person).pinned).told == []


def visitor_for_page(_db, person, path):
    from flask import current_app

    return visitor_for(current_app._get_current_object(), person).get(path)


# ---- when, and by whom --------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(set(ApplicationState) - {ApplicationState.DRAFT, ApplicationState.DEFERRED}))
def test_only_a_file_that_ended_without_an_award_is_taken_up(app, db, state):
    with unit_of_work():
        person = account()
        former = ended(person)
        former.state = state
        former.decided_at = NOON
    allowed = state in WITHOUT_AWARD
    visitor_for(app, person).get(f"/dossiers/{former.reference}/reprendre", status=200 if allowed else 404)


@pytest.mark.parametrize(("told", "status"), [(SessionState.COMMITTEE_HELD, 404), (SessionState.NOTIFIED, 200)])
def test_a_file_put_off_is_taken_up_once_the_votes_are_notified_since_its_opinion_is_told_to_nobody(app, db, told, status):  # fmt: skip
    with unit_of_work():
        person = account()
        former = ended(person, ApplicationState.DEFERRED)
        former.session.state = told
    visitor_for(app, person).get(f"/dossiers/{former.reference}/reprendre", status=status)


def test_a_file_put_off_ends_when_the_new_one_is_handed_in_and_not_before(db):
    with unit_of_work():
        person = account()
        former = ended(person, ApplicationState.DEFERRED)
    made = again_from(whole(db, former), person)
    assert whole(db, former).state is ApplicationState.DEFERRED
    with unit_of_work() as session:
        draft = session.scalars(queries.for_update(made.reference)).one()
        services.accept_commitments(draft, True, at=NOON)
        services.submit(draft, by=person, at=NOON)
    assert whole(db, former).state is ApplicationState.WITHDRAWN


@pytest.mark.parametrize("role", [MembershipRole.READER, None])
def test_a_reader_and_a_stranger_find_no_such_page(app, db, role):
    with unit_of_work():
        former = ended(account())
        person = account()
        if role is not None:
            member(person, former.organisation, role)
    path = f"/dossiers/{former.reference}/reprendre"
    visitor_for(app, person).get(path, status=404)
    visitor_for(app, person).post(path, {"place": "1"}, form="/mon-espace", status=404)


def test_with_no_session_that_accepts_the_page_says_when_the_next_one_opens(app, db):
    with unit_of_work():
        person = account()
        former = applications.submitted(by=person)
        former.state, former.closing_reason = ApplicationState.DROPPED, REASON
        calls.session(
            former.call, label="Relève de printemps", state=SessionState.PLANNED,
            opens_at=NOON + timedelta(days=30), closes_at=NOON + timedelta(days=60),
        )  # fmt: skip
        former.session.state = SessionState.CLOSED
    visitor = visitor_for(app, person)
    path = f"/dossiers/{former.reference}/reprendre"
    page = visitor.get(path)
    assert "Relève de printemps" in page.text
    assert "23 déc." in page.text or "décembre" in page.text
    visitor.post(path, {"place": "1"}, form=path, status=422)
    assert count(db, former) == 0


def made(db, former: Application) -> str:
    """The reference of the draft that takes a file up."""
    db.session.rollback()
    return db.session.scalars(again.continuations(former.id)).one().reference


def count(db, former: Application) -> int:
    db.session.rollback()
    return len(db.session.scalars(again.continuations(former.id)).all())


# ---- once ---------------------------------------------------------------------------------------


def test_two_clicks_open_one_draft_and_lead_to_it(app, db):
    with unit_of_work():
        person = account()
        former = ended(person)
    visitor, path = visitor_for(app, person), f"/dossiers/{former.reference}/reprendre"
    place = services.places(whole(db, former), NOON)[0].code
    first = visitor.post(path, {"place": place}, form=path)
    second = visitor.post(path, {"place": place}, form=path)
    assert first.path == second.path == f"/dossiers/{made(db, former)}/projet"
    assert count(db, former) == 1


def test_two_tabs_at_the_same_instant_open_one_draft(app, db):
    with unit_of_work():
        person = account()
        former = ended(person)
    path, place = f"/dossiers/{former.reference}/reprendre", services.places(whole(db, former), NOON)[0].code
    visitors = [visitor_for(app, person) for _each in range(2)]
    tokens = [each.get(path).token() for each in visitors]
    db.session.rollback()
    start, found = Barrier(2), []

    def press(visitor, token):
        start.wait()
        found.append(visitor.client.post(path, data={"place": place, "csrf_token": token}))

    threads = [Thread(target=press, args=pair) for pair in zip(visitors, tokens, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {each.status_code for each in found} == {302}
    assert len({each.headers["Location"] for each in found}) == 1
    assert count(db, former) == 1


def test_the_database_itself_holds_one_live_file_a_session(db):
    with unit_of_work():
        person = account()
        former = ended(person)
    made = again_from(whole(db, former), person)
    with unit_of_work():
        other = applications.draft(by=person, of=former.organisation, to=made.session)
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.get(Application, other.id).continued_from_id = former.id
    with unit_of_work() as session:
        services.withdraw(session.get(Application, made.id), by=person, at=NOON)
    with unit_of_work() as session:
        session.get(
            Application, other.id
        ).continued_from_id = former.id  # The control: a file that was given up leaves its place.


# ---- drafts whose session closed ----------------------------------------------------------------


def test_a_draft_whose_session_closed_moves_within_its_call(app, db):
    with unit_of_work():
        person = account()
        draft = applications.ready_draft(by=person)
        draft.session.closes_at = NOON - timedelta(hours=1)
        calls.session(draft.call, label="Relève d’après", closes_at=NOON + timedelta(days=40))
    visitor, path = visitor_for(app, person), f"/dossiers/{draft.reference}/reprendre"
    place = services.places(whole(db, draft), NOON)[0]
    assert (place.is_same_call, place.left) == (True, [])
    visitor.post(path, {"place": place.code}, form=path)
    assert whole(db, draft).session.label == "Relève d’après"
    assert db.session.scalar(select(func.count()).select_from(Application)) == 1


def test_a_draft_goes_to_another_call_that_shares_answers_as_a_new_draft_which_replaces_it(app, db):
    with unit_of_work():
        person = account()
        draft = applications.ready_draft(by=person)
        draft.session.closes_at = NOON - timedelta(hours=1)
        calls.open_call(title="Appel voisin")
        calls.open_call(title="Appel étranger", strands=[_strand_of_other_questions()])
    visitor, path = visitor_for(app, person), f"/dossiers/{draft.reference}/reprendre"
    [place] = services.places(whole(db, draft), NOON)
    assert place.session.call.title == "Appel voisin"
    visitor.post(path, {"place": place.code}, form=path)
    former = whole(db, draft)
    assert former.state is ApplicationState.WITHDRAWN
    [made] = db.session.scalars(again.continuations(former.id)).all()
    pinned = Pinned.from_json(made.pinned)
    assert (pinned.number, pinned.former, list(pinned.told)) == (1, None, []), "nothing was presented yet"
    assert whole(db, made).answers == former.answers


def _strand_of_other_questions() -> dict:
    strand = calls.definition()["strands"][0]
    return strand | {"questions": [{"key": "other", "label": "Autre chose ?", "kind": "text"}]}


# ---- pages --------------------------------------------------------------------------------------


def test_the_page_of_the_file_leads_to_it_then_to_the_draft_that_takes_it_up(app, db):
    with unit_of_work():
        person = account()
        former = ended(person)
    visitor = visitor_for(app, person)
    page = visitor.get(f"/dossiers/{former.reference}")
    assert f"/dossiers/{former.reference}/reprendre" in page.links()
    made = again_from(whole(db, former), person)
    page = visitor.get(f"/dossiers/{former.reference}")
    assert f"/dossiers/{former.reference}/reprendre" not in page.links()
    assert f"/dossiers/{made.reference}" in page.links()


@pytest.mark.parametrize("more", [1, 3])
def test_where_a_file_may_go_asks_the_same_questions_whatever_the_calls(db, count_queries, more):
    with unit_of_work():
        former = ended(account())
        for _each in range(more):
            calls.open_call()
    former = whole(db, former)
    with count_queries(3):
        assert len(services.places(former, NOON)) == more + 1


def test_signed_in_alone_shows_nothing(app, db):
    with unit_of_work():
        former = ended(account())
    visitor, _number = signed_in(app)
    visitor.get(f"/dossiers/{former.reference}/reprendre", status=404)


def test_a_piece_that_the_room_of_the_organisation_cannot_hold_stays_behind(app, db, monkeypatch):
    with unit_of_work():
        person = account()
        former = ended(person)
    monkeypatch.setitem(app.config, "STORAGE_QUOTA_MB", 0)
    made = again_from(whole(db, former), person)
    assert [each.code for each in Pinned.from_json(made.pinned).left] == ["no_room"]
    assert [each.state for each in made.pieces] == [PieceState.EXPECTED]
