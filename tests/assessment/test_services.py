"""From assignment to the letters: the rules of the house, one by one."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from programme.applications.states import ApplicationState, PieceState
from programme.assessment import queries, services
from programme.assessment.models import Decision
from programme.assessment.states import DecisionState, Opinion, Outcome
from programme.calls.models import CallSession
from programme.core.documents import IssuedDocument
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
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
    sitting,
    under_review,
)
from tests.factories.people import NOON, account

pytestmark = pytest.mark.db


def test_a_refused_piece_needs_its_reason(db):
    with unit_of_work():
        by, file = officer(), fresh(submitted())
        piece = next(each for each in file.pieces if each.file)
        with pytest.raises(RuleBroken, match="ce qui ne convient pas"):
            services.refuse_piece(piece, " ", by=by, at=LATER)
        services.refuse_piece(piece, "Illisible.", by=by, at=LATER)
    assert piece.state is PieceState.REFUSED


def test_readers_come_from_the_pool_the_least_loaded_first(db):
    with unit_of_work():
        by = officer()
        file = under_review(by)
        busy, free = reader(file, "Occupée"), reader(file, "Libre")
        other = under_review(by, to=file.session, title="Autre projet")
        assigned(other, busy, by)
        assert [each.display_name for each in services.suggest_readers(file, 2, at=LATER)] == ["Libre", "Occupée"]
        with pytest.raises(RuleBroken, match="vivier"):
            services.assign_reader(file, account(), by=by, at=LATER)
        assigned(file, free, by)
        with pytest.raises(RuleBroken, match="évalue déjà"):
            services.assign_reader(file, free, by=by, at=LATER)
    assert file.state is ApplicationState.SCORING


def test_somebody_who_stepped_aside_is_never_proposed_nor_assigned_again(db):
    with unit_of_work():
        by = officer()
        file = under_review(by)
        person = reader(file)
        given = assigned(file, person, by)
        services.recuse(given, file, "Je connais le porteur.", by=person, at=LATER)
        db.session.flush()
        assert services.suggest_readers(file, 5, at=LATER) == []


def test_scoring_is_not_closed_while_a_reading_is_missing(db):
    with unit_of_work():
        by = officer()
        file = under_review(by)
        first, second = reader(file, "Une"), reader(file, "Deux")
        marked(assigned(file, first, by), 4, first)
        with pytest.raises(RuleBroken, match="Il faut 2 évaluations"):
            services.close_scoring(file, by=by, at=LATER)
        assigned(file, second, by)
        with pytest.raises(RuleBroken, match="Deux"):
            services.close_scoring(file, by=by, at=LATER)
    assert file.state is ApplicationState.SCORING


def test_the_ranking_is_recomputed_from_the_marks(db):
    with unit_of_work():
        by = officer()
        best = committee_ready(by, (5, 4))
        other = committee_ready(by, (3, 3), to=best.session, title="Autre projet")
        rows = services.order(best.session, [other, best])
    assert [(row.entry.reference, row.entry.score) for row in rows] == [
        (best.reference, Decimal("90.00")),
        (other.reference, Decimal("60.00")),
    ]
    assert rows[0].entry.spread == Decimal("20.00")


def test_opinions_wait_for_the_sitting(db):
    with unit_of_work():
        by = officer()
        file = committee_ready(by)
        meeting = services.convene(file.session, LATER.date(), "", by=by, at=LATER)
        with pytest.raises(RuleBroken, match="séance"):
            services.give_opinion(meeting, file, Opinion.FAVOURABLE, "Utile.", None, row=None, by=by, at=LATER)
        services.hold(meeting, by=by, at=LATER)
        with pytest.raises(RuleBroken, match="dépasse le montant demandé"):
            services.give_opinion(
                meeting, file, Opinion.FAVOURABLE, "Utile.", Decimal(900_000), row=None, by=by, at=LATER
            )
        services.give_opinion(meeting, file, Opinion.RESERVED, "À préciser.", None, row=None, by=by, at=LATER)
        services.give_opinion(meeting, file, Opinion.FAVOURABLE, "Précisé.", None, row=None, by=by, at=LATER)
    assert file.state is ApplicationState.FAVOURABLE  # An opinion may change until the file is on the agenda.


def test_a_sitting_is_closed_with_its_minutes(db):
    with unit_of_work():
        by = officer()
        meeting = sitting(committee_ready(by), by)
        with pytest.raises(RuleBroken, match="relevé"):
            services.close_meeting(meeting, "  ", by=by, at=LATER)
        services.close_meeting(meeting, "Quatre présents.", by=by, at=LATER)
        with pytest.raises(IllegalTransition):
            services.hold(meeting, by=by, at=LATER)


def test_the_envelope_is_never_exceeded_and_gives_back_what_is_lowered(db):
    with unit_of_work():
        by = officer()
        session = calls.open_call(envelope=Decimal(15_000)).sessions[0]
        one, two = on_agenda(by, to=session), on_agenda(by, to=session, title="Autre projet")
        services.prepare(one, Outcome.AWARD, Decimal(10_000), "Utile.", by=by, at=LATER)
        with pytest.raises(RuleBroken, match="enveloppe"):
            services.prepare(two, Outcome.AWARD, Decimal(6_000), "Utile.", by=by, at=LATER)
        services.prepare(one, Outcome.AWARD, Decimal(9_000), "Utile.", by=by, at=LATER)
        services.prepare(two, Outcome.AWARD, Decimal(6_000), "Utile.", by=by, at=LATER)
        services.prepare(one, Outcome.REJECT, None, "Finalement non.", by=by, at=LATER)
    db.session.expire_all()
    assert db.session.scalars(select(CallSession)).one().committed_amount == Decimal(6_000)


def test_the_database_itself_refuses_an_exceeded_envelope(db):
    """The control of the conditional UPDATE: the CHECK behind it stops even a write that forgot to ask."""
    from sqlalchemy.exc import IntegrityError

    with unit_of_work():
        session = calls.open_call(envelope=Decimal(15_000)).sessions[0]
    with pytest.raises(IntegrityError), unit_of_work():
        fresh_session = db.session.get_one(CallSession, session.id)
        fresh_session.committed_amount = Decimal("15000.01")
        db.session.flush()


@pytest.mark.slow
def test_ten_officers_at_once_never_exceed_the_envelope(app, db):
    with unit_of_work():
        by = officer()
        session = calls.open_call(envelope=Decimal(25_000)).sessions[0]
        references = [on_agenda(by, to=session, title=f"Projet {n}").reference for n in range(6)]
        officer_id = by.id
    start, refusals = Barrier(6), []

    def decide(reference: str) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work() as unit:
                    file = database.session.scalars(queries.file_for_update(reference)).one()
                    me = unit.get_one(type(by), officer_id)
                    services.prepare(file, Outcome.AWARD, Decimal(10_000), "Utile.", by=me, at=LATER)
            except RuleBroken as refusal:
                refusals.append(refusal.message)
            finally:
                database.session.remove()

    threads = [Thread(target=decide, args=(each,)) for each in references]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    db.session.rollback()
    db.session.expire_all()
    awards = db.session.scalars(select(Decision).where(Decision.outcome == Outcome.AWARD)).all()
    assert len(awards) == 2
    assert len(refusals) == 4
    assert db.session.scalars(select(CallSession)).one().committed_amount == Decimal(20_000)


def test_an_award_is_positive_and_not_above_the_request(db):
    with unit_of_work():
        by = officer()
        file = on_agenda(by)
        for amount in (None, Decimal(0)):
            with pytest.raises(RuleBroken, match="montant attribué"):
                services.prepare(file, Outcome.AWARD, amount, "Utile.", by=by, at=LATER)
        with pytest.raises(RuleBroken, match="dépasse le montant demandé"):
            services.prepare(file, Outcome.AWARD, file.requested_amount + 1, "Utile.", by=by, at=LATER)


def test_nothing_is_decided_before_the_agenda(db):
    with unit_of_work():
        by = officer()
        file = committee_ready(by)
        with pytest.raises(RuleBroken, match="ordre du jour"):
            services.prepare(file, Outcome.REJECT, None, "Non.", by=by, at=LATER)


def test_a_deliberation_has_its_dates_in_order(db):
    with unit_of_work():
        by, day = officer(), NOON.date()
        with pytest.raises(RuleBroken, match="futur"):
            services.record_deliberation("1", "t", LATER.date() + timedelta(days=9), None, None, by=by, at=LATER)
        with pytest.raises(RuleBroken, match="après le vote"):
            services.record_deliberation("1", "t", day, day - timedelta(days=1), None, by=by, at=LATER)
        made = services.record_deliberation("1", "t", day, day, None, by=by, at=LATER)
        assert not made.is_executory_on(day + timedelta(days=9))
        db.session.flush()
        same = services.record_deliberation("1", "t", day, day, day + timedelta(days=1), by=by, at=LATER)
        assert same is made
        assert not made.is_executory_on(day)
        assert made.is_executory_on(day + timedelta(days=1))
        with pytest.raises(RuleBroken, match="autre date de vote"):
            services.record_deliberation("1", "t", day - timedelta(days=1), None, None, by=by, at=LATER)


def test_decisions_leave_together_with_their_letters_and_mails(db):
    with unit_of_work():
        by, chief = officer(), account(name="Maxime")
        session = calls.open_call().sessions[0]
        won, lost = on_agenda(by, to=session), on_agenda(by, to=session, title="Autre projet")
        services.prepare(won, Outcome.AWARD, Decimal(10_000), "Utile.", by=by, at=LATER)
        services.prepare(lost, Outcome.REJECT, None, "Données trop faibles.", by=by, at=LATER)
        before = db.session.query(OutboxMessage).count()
        assert (won.state, lost.state) == (ApplicationState.ON_AGENDA, ApplicationState.ON_AGENDA)
        released = services.release(session, deliberation(by), by=chief, at=LATER)
    assert len(released) == 2
    assert (won.state, lost.state) == (ApplicationState.AWARDED, ApplicationState.REJECTED)
    letters = db.session.scalars(select(IssuedDocument).where(IssuedDocument.kind == "letter")).all()
    assert len({each.number for each in letters}) == 2
    assert any("Données trop faibles." in each.html for each in letters)
    assert db.session.query(OutboxMessage).count() >= before + 2
    with pytest.raises(RuleBroken, match="Aucune décision"), unit_of_work():
        services.release(session, db.session.merge(released[0].deliberation), by=chief, at=LATER)


def test_a_released_decision_does_not_change(db):
    with unit_of_work():
        by = officer()
        file = on_agenda(by)
        services.prepare(file, Outcome.REJECT, None, "Non.", by=by, at=LATER)
        services.release(file.session, deliberation(by), by=by, at=LATER)
        decision = db.session.scalars(queries.decision_on(file.id)).one()
        assert decision.state is DecisionState.RELEASED
        with pytest.raises(RuleBroken):
            services.prepare(file, Outcome.AWARD, Decimal(1), "Oui.", by=by, at=LATER)


def test_what_follows_an_award_happens_in_the_same_transaction(db):
    seen = []

    def listener(decision, *, by, at):
        seen.append(decision.application.reference)
        raise KeyError

    services.register_award_listener(listener)
    try:
        with unit_of_work():
            by = officer()
            file = on_agenda(by)
            services.prepare(file, Outcome.AWARD, Decimal(5_000), "Utile.", by=by, at=LATER)
            vote = deliberation(by)
        with pytest.raises(KeyError), unit_of_work():
            services.release(db.session.merge(file.session), db.session.merge(vote), by=db.session.merge(by), at=LATER)
    finally:
        from programme.assessment.services import decision as room

        room._award_listeners.remove(listener)
    db.session.expire_all()
    assert seen == [file.reference]
    assert db.session.scalars(queries.decision_on(file.id)).one().state is DecisionState.PENDING
