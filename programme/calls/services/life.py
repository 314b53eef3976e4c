"""The life of a call and of its sessions."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from flask_babel import ngettext

from programme.accounts.models import Account
from programme.calls import queries
from programme.calls.labels import fault_words
from programme.calls.models import Call, CallSession, EligibilityRule
from programme.calls.rules import definition as rules
from programme.calls.rules import eligibility
from programme.calls.services import references
from programme.calls.services.definition import definition_of
from programme.calls.states import CALL, SESSION, CallState, SessionState
from programme.core import journal
from programme.core.errors import RuleBroken
from programme.extensions import db

COMPLETE_BEFORE = frozenset({"ask_review", "publish"})
"""The verbs that need a call that lacks nothing."""


def plan_session(
    call: Call, *, label: str, opens_at: datetime, closes_at: datetime, envelope: Decimal,
    committee_on: date | None = None, vote_on: date | None = None, at: datetime, by: Account | None = None,
) -> CallSession:  # fmt: skip
    """Add a session to a call."""
    number = 1 + max((each.number for each in call.sessions), default=0)
    session = CallSession(
        call=call, number=number, label=label, opens_at=opens_at, closes_at=closes_at, envelope_amount=envelope,
        committed_amount=Decimal(0), committee_on=committee_on, vote_on=vote_on, state=SessionState.PLANNED,
    )  # fmt: skip
    db.session.add(session)
    journal.record("call_session.planned", on=session, by=by, at=at, after={"envelope": str(envelope)})
    return session


def lead(call: Call, verb: str, *, by: Account | None, at: datetime) -> None:
    """Say one of the verbs of the call's life.

    Raises:
        RuleBroken: the call lacks something that a published call needs; the sentence says what first.
    """
    before, target = call.state, CallState(CALL.target(call.state, verb))
    document = definition_of(call) if verb in COMPLETE_BEFORE else None
    if document is not None and (lacking := rules.lacking(document)):
        raise RuleBroken(
            ngettext(
                "Il manque une chose à l’appel. %(first)s", "Il manque %(num)s choses à l’appel. D’abord : %(first)s",
                len(lacking), first=fault_words(lacking[0], [each["code"] for each in document["strands"]]),
            )
        )  # fmt: skip
    call.state = target
    if verb == "publish" and call.regulations:
        references.number(call, call.regulations[-1], at=at)
    if verb == "open" and call.opens_at is None:
        call.opens_at = at
    if verb == "close":
        call.closes_at = at
        for left in db.session.scalars(queries.open_revision(call.id)):
            journal.record("call.revision_dropped", on=call, by=by, at=at, before={"number": left.number})
            db.session.delete(left)
    journal.record(f"call.{verb}", on=call, by=by, at=at, before={"state": before}, after={"state": call.state})


def lead_session(session: CallSession, verb: str, *, by: Account | None, at: datetime) -> None:
    """Say one of the verbs of a session's life."""
    before = session.state
    session.state = SessionState(SESSION.target(session.state, verb))
    journal.record(
        f"call_session.{verb}", on=session, by=by, at=at, before={"state": before}, after={"state": session.state}
    )


def turn_sessions(*, at: datetime) -> int:
    """Open and close the sessions whose hour has come; says how many turned."""
    turned = db.session.scalars(queries.sessions_to_turn(at)).all()
    for session in turned:
        lead_session(session, "open" if session.state is SessionState.PLANNED else "close", by=None, at=at)
    return len(turned)


def automatic_rules(rules: Iterable[EligibilityRule], strand_id: int | None) -> list[eligibility.Rule]:
    """The automatic conditions of a strand (and those of the whole call), as the pure rule wants them."""
    return [
        eligibility.Rule(each.automatic_check, each.parameters, each.statement, each.refusal)
        for each in rules
        if each.automatic_check is not None and each.strand_id in (None, strand_id)
    ]
