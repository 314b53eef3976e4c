"""The deposit is judged by the server's clock; the receipt and the clock of silence follow from it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from programme.applications import documents, queries, services
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.calls.states import CallState, SessionState
from programme.core.clock import at_local
from programme.core.documents import IssuedDocument
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.journal import JournalEntry
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications, calls
from tests.factories.people import NOON, account, member, organisation

pytestmark = pytest.mark.db
MS = timedelta(milliseconds=1)


def whole(db, made: Application) -> Application:
    db.session.rollback()
    return db.session.scalars(queries.whole(made.reference)).one()


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2027, 3, 28), date(2027, 10, 31)])
@pytest.mark.parametrize(("shift", "accepted"), [(-MS, True), (0 * MS, False), (MS, False)])
def test_the_deadline_falls_at_noon_in_paris_to_the_millisecond(db, day, shift, accepted):
    """28 March and 31 October 2027 are the days on which clocks change, hours before noon."""
    closes_at = at_local(day, time(12, 0))
    assert closes_at.astimezone(UTC).hour == (11 if day.month == 11 or day == date(2027, 10, 31) else 10)
    with unit_of_work():
        person = account()
        made = applications.ready_draft(by=person, to=calls.open_call(closes_at=closes_at).sessions[0])
        made.starts_on, made.ends_on = date(2028, 1, 1), date(2028, 6, 1)
        if accepted:
            services.submit(made, by=person, at=closes_at + shift)
        else:
            with pytest.raises(RuleBroken, match="La relève est close"):
                services.submit(made, by=person, at=closes_at + shift)
    kept = whole(db, made)
    assert kept.state is (ApplicationState.SUBMITTED if accepted else ApplicationState.DRAFT)
    assert kept.submitted_at == (closes_at + shift if accepted else None)


def test_the_opening_is_judged_too(db):
    with unit_of_work():
        person = account()
        made = applications.ready_draft(by=person)
        made.session.opens_at = NOON
        with pytest.raises(RuleBroken):
            services.submit(made, by=person, at=NOON - MS)
        services.submit(made, by=person, at=NOON)
    assert whole(db, made).submitted_at == NOON


def test_a_late_task_neither_closes_early_nor_lets_in_late(db):
    """The session's state still says open; the hour decides."""
    with unit_of_work():
        person = account()
        made = applications.ready_draft(by=person)
        assert made.session.state is SessionState.OPEN
        with pytest.raises(RuleBroken):
            services.submit(made, by=person, at=calls.CLOSES + timedelta(hours=1))


def test_a_suspended_call_takes_no_deposit(db):
    with unit_of_work():
        person = account()
        made = applications.ready_draft(by=person)
        made.call.state = CallState.SUSPENDED
        with pytest.raises(RuleBroken):
            services.submit(made, by=person, at=NOON)


def test_a_deposit_has_its_number_its_clock_its_receipt_its_mails(db):
    with unit_of_work():
        person, colleague, reader = account(email="camille@a.fr"), account(email="sacha@a.fr"), account()
        commune = organisation("Commune de Gap")
        member(person, commune)
        member(colleague, commune, role="editor")
        member(reader, commune, role="reader")
        made = applications.submitted(by=person, of=commune)
    kept = whole(db, made)
    assert kept.receipt_number == "AR-2026-00001"
    assert kept.silence_on == date(2027, 1, 23)
    issued = db.session.scalars(select(IssuedDocument)).one()
    assert (issued.number, issued.subject_type, issued.subject_id) == (kept.receipt_number, "application", kept.id)
    mails = db.session.scalars(select(OutboxMessage)).all()
    assert sorted(each.recipient for each in mails) == ["camille@a.fr", "sacha@a.fr"]
    acts = db.session.scalars(select(JournalEntry.act).where(JournalEntry.subject_type == "application")).all()
    assert acts == ["application.started", "application.submitted"]


def test_receipt_numbers_follow_without_gap(db):
    with unit_of_work():
        first = applications.submitted()
    with pytest.raises(KeyError), unit_of_work():
        applications.submitted()
        raise KeyError
    with unit_of_work():
        second = applications.submitted()
    assert [first.receipt_number, second.receipt_number] == ["AR-2026-00001", "AR-2026-00002"]


def test_the_year_of_the_number_is_that_of_the_region(db):
    instant = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # Half past midnight in Paris.
    with unit_of_work():
        made = applications.submitted(to=calls.open_call(closes_at=instant + timedelta(days=30)).sessions[0], at=NOON)
        again = applications.ready_draft(to=made.session)
        services.submit(again, by=account(), at=instant)
    assert again.receipt_number.startswith("AR-2027-")
    assert again.silence_on == date(2027, 3, 1)


def test_an_incomplete_draft_is_not_taken(db):
    with unit_of_work():
        made = applications.draft()
        with pytest.raises(RuleBroken, match="Il reste des points à revoir"):
            services.submit(made, by=account(), at=NOON)
    assert whole(db, made).receipt_number is None


def test_it_is_not_handed_in_twice(db):
    with unit_of_work():
        made = applications.submitted()
        with pytest.raises(IllegalTransition):
            services.submit(made, by=account(), at=NOON)
    assert db.session.scalars(select(IssuedDocument.number)).all() == ["AR-2026-00001"]


def test_a_call_may_make_silence_an_acceptance(db):
    with unit_of_work():
        made = applications.submitted(
            to=calls.open_call(silence_accepts=True, silence_months=4, silence_starts_when_complete=False).sessions[0]
        )
    found = documents.receipt(whole(db, made))
    assert found.silence_on == date(2027, 3, 23)
    assert "réputée acceptée" in found.silence_rule
    assert "acceptation" in found.silence_rule
    assert "L232-3" in found.after_note
    assert "court à partir" not in found.clock_note


def test_a_request_suspends_then_completeness_starts_the_clock_again(db):
    with unit_of_work():
        officer = account()
        made = applications.submitted()
        services.request_info(
            made, "Il manque le RIB.", ["RIB"], date(2026, 12, 10), by=officer, at=NOON + timedelta(days=5)
        )
        assert made.silence_on is None
        services.answer_info(made, "Le voici.", by=officer, at=NOON + timedelta(days=12))
        assert made.silence_on == date(2027, 1, 30)
        services.admit(made, by=officer, at=NOON + timedelta(days=14))
        assert made.silence_on == date(2027, 2, 7)


def test_the_receipt_keeps_the_date_of_its_day(db):
    with unit_of_work():
        officer = account()
        made = applications.submitted()
        services.request_info(
            made, "Il manque le RIB.", [], date(2026, 12, 10), by=officer, at=NOON + timedelta(days=5)
        )
    assert documents.receipt(whole(db, made)).silence_on == date(2027, 1, 23)


def test_a_request_leaves_a_day_at_least(db):
    with unit_of_work():
        made = applications.submitted()
        with pytest.raises(RuleBroken, match="au moins un jour"):
            services.request_info(made, "x", [], NOON.date(), by=account(), at=NOON)


def test_an_answer_waits_for_the_mandatory_pieces(db):
    with unit_of_work():
        made = applications.submitted()
        made.pieces[0].state = "refused"
        services.request_info(made, "x", [f"piece-{made.pieces[0].id}"], date(2026, 12, 10), by=account(), at=NOON)
        with pytest.raises(RuleBroken, match="Ajoutez d’abord : Relevé d’identité bancaire"):
            services.answer_info(made, "Voici.", by=account(), at=NOON)


@pytest.mark.parametrize("verb", ["declare_inadmissible", "redirect"])
def test_a_closed_file_has_its_reason_and_no_clock(db, verb):
    with unit_of_work():
        made = applications.submitted()
        services.close(made, verb, "Votre projet relève de l’objectif 1.1.", by=account(), at=NOON)
    kept = whole(db, made)
    assert (kept.silence_on, kept.closing_reason) == (None, "Votre projet relève de l’objectif 1.1.")


def test_a_draft_is_carried_to_the_next_session_with_everything(db):
    with unit_of_work():
        person = account()
        made = applications.ready_draft(by=person)
        later = calls.session(
            made.call, opens_at=calls.CLOSES, closes_at=calls.CLOSES + timedelta(days=90), label="Suivante"
        )
        with pytest.raises(RuleBroken, match="n’a pas à changer"):
            services.carry_over(made, later, by=person, at=calls.CLOSES - MS)
        services.carry_over(made, later, by=person, at=calls.CLOSES)
        services.submit(made, by=person, at=calls.CLOSES)
    kept = whole(db, made)
    assert (kept.session.label, kept.state) == ("Suivante", ApplicationState.SUBMITTED)
    assert kept.answers == {"uses": "Les services de voirie et les écoles."}


def test_a_draft_is_not_carried_to_another_call_or_to_a_session_that_is_over(db):
    with unit_of_work():
        person = account()
        made = applications.ready_draft(by=person)
        other = calls.open_call(closes_at=calls.CLOSES + timedelta(days=90)).sessions[0]
        closed = calls.session(made.call, state=SessionState.CLOSED, closes_at=calls.CLOSES + timedelta(days=90))
        for wrong in (other, closed, made.session):
            with pytest.raises(RuleBroken, match="ne peut pas recevoir"):
                services.carry_over(made, wrong, by=person, at=calls.CLOSES)


def test_pieces_follow_the_theme(db):
    piece = {"code": "hds", "label": "Hébergement de santé", "themes": ["e-sante"]}
    with unit_of_work():
        call = calls.open_call(documents=[piece, {"code": "rib", "label": "RIB"}])
        made = applications.draft(to=call.sessions[0])
        health, other = applications.theme("e-sante"), applications.theme()
        assert [each.required_document.code for each in made.pieces] == ["rib"]
        for chosen, expected in ((health, ["hds", "rib"]), (other, ["rib"])):
            services.save_project(made, {}, theme=chosen, subdomain=None, version=None, at=NOON)
            db.session.flush()
            assert sorted(each.required_document.code for each in made.pieces) == expected


def test_a_stale_version_is_refused(db):
    with unit_of_work():
        made = applications.draft()
        before = made.version
        services.save_answers(made, {"uses": "x"}, version=before, at=NOON)
        with pytest.raises(services.Outdated):
            services.save_answers(made, {"uses": "y"}, version=before, at=NOON)
        assert made.answers == {"uses": "x"}
