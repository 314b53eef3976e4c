"""A prize asks for nothing and gives something; the envelope of a year holds over its sessions."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from programme.assessment import queries, services
from programme.assessment.models import Decision
from programme.assessment.states import Opinion, Outcome
from programme.calls.models import Call, CallSession
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.grants.models import Grant
from tests.factories import calls
from tests.factories.assessment import LATER, committee_ready, deliberation, officer, on_agenda, sitting
from tests.factories.people import NOON

pytestmark = pytest.mark.db
PRIZE = {"kind": "prize", "money_asked": "none", "asks_data": False, "documents": [], "rules": []}


def prize(**values) -> CallSession:
    """The session of a prize. Inside a unit of work."""
    return calls.open_call(**{**PRIZE, "award_ceiling": "12000.00", **values}).sessions[0]


def candidate(by, session, **values):
    """A candidature with a favourable opinion, entered for the vote, that asks for nothing."""
    return on_agenda(by, to=session, requested_amount=None, **values)


def test_a_prize_is_bounded_by_its_ceiling_and_the_session_and_its_award_has_no_cost(db):
    with unit_of_work():
        by = officer()
        session = prize(envelope=Decimal(15_000))
        one, two = candidate(by, session), candidate(by, session, title="Autre projet")
        with pytest.raises(RuleBroken, match="au plus 12"):
            services.prepare(one, Outcome.AWARD, Decimal("12000.01"), "Utile.", by=by, at=LATER)
        services.prepare(one, Outcome.AWARD, Decimal(12_000), "Utile.", by=by, at=LATER)
        with pytest.raises(RuleBroken, match="enveloppe de la relève"):
            services.prepare(two, Outcome.AWARD, Decimal(3_001), "Utile.", by=by, at=LATER)
        services.prepare(two, Outcome.AWARD, Decimal(3_000), "Utile.", by=by, at=LATER)
        db.session.flush()
        services.release(session, deliberation(by), by=by, at=LATER)
    db.session.expire_all()
    grants = db.session.scalars(select(Grant).order_by(Grant.amount)).all()
    assert [(each.amount, each.eligible_cost) for each in grants] == [(3_000, 0), (12_000, 0)]


def test_the_committee_too_proposes_a_prize_up_to_the_ceiling(db):
    with unit_of_work():
        by = officer()
        file = committee_ready(by, to=prize(), requested_amount=None)
        meeting = sitting(file, by)
        with pytest.raises(RuleBroken, match="au plus 12"):
            services.give_opinion(
                meeting, file, Opinion.FAVOURABLE, "Utile.", Decimal(13_000), row=None, by=by, at=LATER
            )
        given = services.give_opinion(
            meeting, file, Opinion.FAVOURABLE, "Utile.", Decimal(12_000), row=None, by=by, at=LATER
        )
        rows = services.order(file.session, [file])
    assert given.proposed_amount == Decimal(12_000)
    assert rows[0].entry.amount == Decimal(12_000)  # What it would take from the envelope.


def test_a_ceiling_holds_under_what_is_asked(db):
    """The control of the other side: a call that asks for money is bounded by what is asked, and by its ceiling too."""
    with unit_of_work():
        by = officer()
        file = on_agenda(by, to=calls.open_call(award_ceiling="11000.00").sessions[0])
        for amount, said in ((Decimal(11_001), "au plus 11"), (file.requested_amount + 1, "montant demandé")):
            with pytest.raises(RuleBroken, match=said):
                services.prepare(file, Outcome.AWARD, amount, "Utile.", by=by, at=LATER)


def two_sessions(yearly: str, **values) -> list[CallSession]:
    """Two open sessions of a call, 20,000 € each, voted in 2027. Inside a unit of work."""
    made = calls.open_call(envelope=Decimal(20_000), annual_envelopes={"2027": yearly, "2028": "0"}, **values)
    second = calls.session(made, closes_at=NOON + timedelta(days=9), envelope=Decimal(20_000), label="Autre relève")
    return [made.sessions[0] if made.sessions[0] is not second else made.sessions[1], second]


def test_the_envelope_of_the_year_holds_over_the_sessions_and_another_year_has_its_own(db):
    with unit_of_work():
        by = officer()
        first, second = two_sessions("12000.00")
        one, two = on_agenda(by, to=first), on_agenda(by, to=second, title="Autre projet")
        services.prepare(one, Outcome.AWARD, Decimal(10_000), "Utile.", by=by, at=LATER)
        with pytest.raises(RuleBroken, match="pour 2027 ne suffit plus : il en reste 2"):
            services.prepare(two, Outcome.AWARD, Decimal("2000.01"), "Utile.", by=by, at=LATER)
        services.prepare(
            one, Outcome.AWARD, Decimal(9_000), "Utile.", by=by, at=LATER
        )  # What is given back may be taken.
        services.prepare(two, Outcome.AWARD, Decimal(3_000), "Utile.", by=by, at=LATER)
        second.vote_on = date(2029, 1, 8)  # A year of which the call says nothing: the session alone holds.
        db.session.flush()
        services.prepare(two, Outcome.AWARD, Decimal(10_000), "Utile.", by=by, at=LATER)
    db.session.expire_all()
    assert sum(db.session.scalars(select(CallSession.committed_amount))) == Decimal(19_000)


@pytest.mark.slow
def test_officers_at_once_on_two_sessions_never_exceed_the_year(app, db):
    with unit_of_work():
        by = officer()
        sessions = two_sessions("25000.00")
        references = [
            on_agenda(by, to=sessions[n % 2], title=f"Projet {n}").reference for n in range(4)
        ]  # Each session alone would take its two.
        officer_id = by.id
    start, refusals = Barrier(4), []

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
    assert db.session.query(Decision).filter_by(outcome=Outcome.AWARD).count() == 2
    assert len(refusals) == 2
    assert sum(db.session.scalars(select(CallSession.committed_amount))) == Decimal(20_000)
    assert db.session.scalars(select(Call)).one().envelope_of(2027) == Decimal(25_000)
