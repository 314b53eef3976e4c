"""Installing a call, planning its sessions, turning them at their hour."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from programme.calls import queries, services
from programme.calls.models import CallSession, EligibilityRule, RequiredDocument
from programme.calls.states import CallState, Check, RuleKind, SessionState
from programme.core.errors import IllegalTransition
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from tests.factories import calls
from tests.factories.people import NOON

pytestmark = pytest.mark.db
MS = timedelta(milliseconds=1)


def test_a_definition_becomes_a_draft_call(db):
    with unit_of_work():
        made = services.install(calls.definition(), at=NOON)
    found = db.session.scalars(queries.by_slug(made.slug)).one()
    assert found.state is CallState.DRAFT
    assert [(each.code, each.weight, each.floor) for each in found.strands[0].grid.criteria] == [
        ("interest", Decimal(60), None), ("value", Decimal(40), 2),
    ]  # fmt: skip
    assert [each.kind for each in found.rules] == [RuleKind.AUTOMATIC, RuleKind.AUTOMATIC, RuleKind.JUDGED]
    assert [each.key for each in found.strands[0].form_definition.questions] == ["uses"]
    assert [each.label for each in found.required_documents] == ["Relevé d’identité bancaire"]


def test_the_questions_of_the_call_follow_those_of_the_strand(db):
    with unit_of_work():
        made = services.install(calls.definition(questions=[{"key": "ai", "label": "IA ?", "kind": "yes_no"}]), at=NOON)
    found = db.session.scalars(queries.by_slug(made.slug)).one()
    assert [each.key for each in found.strands[0].form_definition.questions] == ["uses", "ai"]


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [("theme_set", "planets", ValueError), ("rules", [{"check": "horoscope", "statement": "x"}], ValueError),
     ("rules", [{"statement": "x", "strand": "Z"}], KeyError)],
)  # fmt: skip
def test_a_wrong_definition_leaves_nothing(db, key, value, fault):
    with pytest.raises(fault), unit_of_work():
        services.install(calls.definition(slug="appel-faux", **{key: value}), at=NOON)
    assert db.session.scalars(queries.by_slug("appel-faux")).one_or_none() is None


def test_a_rule_and_a_piece_may_belong_to_one_strand(db):
    base = calls.definition()
    strands = [base["strands"][0], {**base["strands"][0], "code": "B"}]
    rules = [{"strand": "B", "check": "cost_min", "parameters": {"amount": 4000}, "statement": "4 000 € au moins."}]
    with unit_of_work():
        made = services.install(
            calls.definition(strands=strands, rules=rules, documents=[{"strand": "B", "code": "l", "label": "Lettre"}]),
            at=NOON,
        )
    found = db.session.scalars(queries.by_slug(made.slug)).one()
    first, second = found.strands
    assert services.automatic_rules(found.rules, first.id) == []
    assert [each.check for each in services.automatic_rules(found.rules, second.id)] == [Check.COST_MIN]
    owes = {"carrier_kind": "association", "theme_code": None}
    piece = found.required_documents[0]
    assert piece.applies_to(strand_id=second.id, **owes)
    assert not piece.applies_to(strand_id=first.id, **owes)


@pytest.mark.parametrize(
    ("kinds", "themes", "carrier", "theme", "expected"),
    [([], [], "chamber", None, True), (["association"], [], "association", None, True),
     (["association"], [], "chamber", None, False), ([], ["e-sante"], "chamber", "e-sante", True),
     ([], ["e-sante"], "chamber", "e-education", False), ([], ["e-sante"], "chamber", None, False)],
)  # fmt: skip
def test_a_piece_is_owed_by_some_carriers_and_themes(kinds, themes, carrier, theme, expected):
    piece = RequiredDocument(strand_id=None, carrier_kinds=kinds, theme_codes=themes)
    assert piece.applies_to(strand_id=1, carrier_kind=carrier, theme_code=theme) is expected


def test_sessions_open_and_close_at_their_hour(db):
    with unit_of_work():
        made = calls.open_call()
        session = made.sessions[0]
        session.state = SessionState.PLANNED
    for instant, state in (
        (calls.OPENS - MS, SessionState.PLANNED), (calls.OPENS, SessionState.OPEN),
        (calls.CLOSES - MS, SessionState.OPEN), (calls.CLOSES, SessionState.CLOSED),
    ):  # fmt: skip
        with unit_of_work():
            services.turn_sessions(at=instant)
        assert db.session.get_one(CallSession, session.id).state is state


@pytest.mark.parametrize(
    ("shift", "call_state", "session_state", "accepts"),
    [(-MS, CallState.OPEN, SessionState.OPEN, True), (0 * MS, CallState.OPEN, SessionState.OPEN, False),
     (-MS, CallState.SUSPENDED, SessionState.OPEN, False), (-MS, CallState.OPEN, SessionState.PLANNED, True),
     (-MS, CallState.OPEN, SessionState.CLOSED, False)],
)  # fmt: skip
def test_when_an_application_may_be_handed_in(db, shift, call_state, session_state, accepts):
    with unit_of_work():
        session = calls.open_call().sessions[0]
        session.state, session.call.state = session_state, call_state
    instant = calls.CLOSES + shift
    assert session.accepts_at(instant) is accepts
    assert (db.session.scalars(queries.accepting(instant, session.call_id)).first() is not None) is accepts


def test_the_next_sessions_are_those_that_are_not_over(db):
    with unit_of_work():
        made = calls.open_call()
        later = calls.session(
            made, state=SessionState.PLANNED, opens_at=calls.CLOSES, closes_at=calls.CLOSES + timedelta(90)
        )
    assert [each.id for each in db.session.scalars(queries.next_sessions(made.id, NOON))] == [
        made.sessions[0].id,
        later.id,
    ]
    assert [each.id for each in db.session.scalars(queries.next_sessions(made.id, calls.CLOSES))] == [later.id]


def test_each_verb_is_in_the_journal(db):
    with unit_of_work():
        made = calls.call(CallState.IN_REVIEW)
        services.lead(made, "publish", by=None, at=NOON)
    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.act, entry.before, entry.after) == ("call.publish", {"state": "in_review"}, {"state": "published"})


def test_an_impossible_verb_changes_nothing(db):
    with unit_of_work():
        made = calls.call(CallState.DRAFT)
    with pytest.raises(IllegalTransition), unit_of_work():
        services.lead(db.session.merge(made), "open", by=None, at=NOON)
    assert db.session.get_one(type(made), made.id).state is CallState.DRAFT


@pytest.mark.parametrize(
    "values",
    [{"committed_amount": Decimal(100_001)}, {"committed_amount": Decimal(-1)}, {"closes_at": calls.OPENS}],
)
def test_the_database_itself_keeps_the_envelope_and_the_order_of_hours(db, values):
    with unit_of_work():
        session = calls.open_call().sessions[0]
    with pytest.raises(IntegrityError), unit_of_work():
        kept = db.session.get_one(CallSession, session.id)
        for name, value in values.items():
            setattr(kept, name, value)
        db.session.flush()


def test_an_automatic_rule_has_its_check(db):
    with pytest.raises(IntegrityError), unit_of_work():
        made = calls.call()
        db.session.add(EligibilityRule(call_id=made.id, kind=RuleKind.AUTOMATIC, statement="x", refusal=""))
        db.session.flush()


@pytest.mark.parametrize("state", [CallState.DRAFT, CallState.IN_REVIEW, CallState.PUBLISHED])
def test_the_sessions_of_a_call_that_is_not_open_wait_whatever_the_hour(db, state):
    with unit_of_work():
        made = calls.session(
            calls.call(state),
            state=SessionState.PLANNED,
            opens_at=NOON - timedelta(days=9),
            closes_at=NOON - timedelta(days=8),
        )
        number = made.id
    with unit_of_work():
        assert services.turn_sessions(at=NOON) == 0
    assert db.session.get(CallSession, number).state is SessionState.PLANNED
