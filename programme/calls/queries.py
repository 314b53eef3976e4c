"""Statements about calls."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, lazyload, selectinload

from programme.calls.models import Call, CallSession, CallStrand, EligibilityRule, RequiredDocument
from programme.calls.states import PUBLIC_CALL_STATES, TAKING, CallState, SessionState

# A list names the strands; their grids and questions are for the page of one call.
_STRAND_NAMES = selectinload(Call.strands).options(lazyload(CallStrand.grid), lazyload(CallStrand.form_definition))


def public_calls() -> Select[Call]:
    """The calls that everybody may see, the open ones first, with their sessions and strands."""
    return (
        select(Call)
        .where(Call.state.in_(PUBLIC_CALL_STATES))
        .options(selectinload(Call.sessions), _STRAND_NAMES)
        .order_by((Call.state != CallState.OPEN), Call.id)
    )


def all_calls() -> Select[Call]:
    """Every call, for the officers: the open ones, then those to come, then those that are over, the newest first.

    A draft that was given up is no call any more.
    """
    return (
        select(Call)
        .where(Call.state != CallState.DROPPED)
        .options(selectinload(Call.sessions), _STRAND_NAMES)
        .order_by(
            (Call.state != CallState.OPEN), Call.state.in_((CallState.CLOSED, CallState.ARCHIVED)), Call.id.desc()
        )
    )


def by_slug(slug: str) -> Select[Call]:
    """One call with all that its page shows."""
    return (
        select(Call)
        .where(Call.slug == slug)
        .options(
            selectinload(Call.sessions),
            selectinload(Call.strands),
            selectinload(Call.rules),
            selectinload(Call.required_documents),
        )
    )


def with_name(code: str, slug: str) -> Select[Call]:
    """The calls that have this code or this address."""
    return select(Call).where((Call.code == code) | (Call.slug == slug))


def by_code(code: str) -> Select[Call]:
    """One call by its code."""
    return select(Call).where(Call.code == code).options(selectinload(Call.sessions), selectinload(Call.strands))


def for_update(slug: str) -> Select[Call]:
    """One call, locked."""
    return select(Call).where(Call.slug == slug).with_for_update(of=Call)


def strand(call_id: int, code: str) -> Select[CallStrand]:
    """One strand of a call."""
    return select(CallStrand).where(CallStrand.call_id == call_id, CallStrand.code == code)


def session_for_update(session_id: int) -> Select[CallSession]:
    """One session, locked: its envelope is about to change."""
    return select(CallSession).where(CallSession.id == session_id).with_for_update(of=CallSession)


def session(session_id: int) -> Select[CallSession]:
    """One session with its call."""
    return select(CallSession).where(CallSession.id == session_id)


def accepting(at: datetime, call_id: int | None = None) -> Select[CallSession]:
    """The sessions that accept applications at this instant, the next deadline first."""
    statement = (
        select(CallSession)
        .join(CallSession.call)
        .options(contains_eager(CallSession.call))
        .where(
            Call.state == CallState.OPEN,
            CallSession.state.in_(TAKING),
            CallSession.opens_at <= at,
            CallSession.closes_at > at,
        )
        .order_by(CallSession.closes_at)
    )
    return statement if call_id is None else statement.where(CallSession.call_id == call_id)


def sessions_to_turn(at: datetime) -> Select[CallSession]:
    """The sessions whose hour to open or to close has come, locked."""
    return (
        select(CallSession)
        .where(
            ((CallSession.state == SessionState.PLANNED) & (CallSession.opens_at <= at))
            | ((CallSession.state == SessionState.OPEN) & (CallSession.closes_at <= at))
        )
        .with_for_update(of=CallSession)
    )


def rules_of(call_id: int) -> Select[EligibilityRule]:
    """The conditions of a call, in order."""
    return (
        select(EligibilityRule)
        .where(EligibilityRule.call_id == call_id)
        .options(lazyload(EligibilityRule.strand))
        .order_by(EligibilityRule.position)
    )


def documents_of(call_id: int) -> Select[RequiredDocument]:
    """The pieces that a call expects, in order."""
    return select(RequiredDocument).where(RequiredDocument.call_id == call_id).order_by(RequiredDocument.position)


def next_sessions(call_id: int, at: datetime) -> Select[CallSession]:
    """The sessions that accept or will accept applications, the next deadline first."""
    return (
        select(CallSession)
        .where(
            CallSession.call_id == call_id,
            CallSession.state.in_((SessionState.PLANNED, SessionState.OPEN)),
            CallSession.closes_at > at,
        )
        .order_by(CallSession.closes_at)
    )
