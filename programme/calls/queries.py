"""Statements about calls."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Select, Update, func, select, update
from sqlalchemy.orm import aliased, contains_eager, lazyload, selectinload, undefer

from programme.calls.models import (
    Call,
    CallObjective,
    CallRegulation,
    CallRevision,
    CallSession,
    CallStrand,
    EligibilityRule,
    RequiredDocument,
)
from programme.calls.states import PUBLIC_CALL_STATES, TAKING, CallState, SessionState
from programme.core.storage import StoredFile

# The strand of a rule is one of those that are loaded beside it: asked for again, it would bring its questions once a rule.
_PARTS = (
    selectinload(Call.sessions), selectinload(Call.rules).lazyload(EligibilityRule.strand),
    selectinload(Call.required_documents),
)  # fmt: skip
_WHOLE = (selectinload(Call.strands), *_PARTS)
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


def strands_elsewhere(call_id: int) -> Select[str, str, str, str]:
    """The strands of the other calls, whose questions may be taken: name and title of the call, code and title of the strand."""
    return (
        select(Call.slug, Call.title, CallStrand.code, CallStrand.title)
        .join(CallStrand, CallStrand.call_id == Call.id)
        .where(Call.id != call_id, Call.state != CallState.DROPPED)
        .order_by(Call.id.desc(), CallStrand.position)
        .limit(200)
    )


def by_slug(slug: str) -> Select[Call]:
    """One call with all that defines it."""
    return select(Call).where(Call.slug == slug).options(*_WHOLE)


def public_page(slug: str) -> Select[Call]:
    """One call as everybody reads it: its questions are for those who answer them."""
    strands = selectinload(Call.strands).lazyload(CallStrand.form_definition)
    return select(Call).where(Call.slug == slug).options(strands, *_PARTS)


def open_revision(call_id: int) -> Select[CallRevision]:
    """The change that is being written, with its document."""
    return (
        select(CallRevision)
        .where(CallRevision.call_id == call_id, CallRevision.published_at.is_(None))
        .options(undefer(CallRevision.document))
    )


def last_revision(call_id: int) -> Select[int | None]:
    """The greatest number of the changes of a call."""
    return select(func.max(CallRevision.number)).where(CallRevision.call_id == call_id)


def published_revisions(call_id: int) -> Select[CallRevision]:
    """The changes since the publication, the newest first, without their documents."""
    return (
        select(CallRevision)
        .where(CallRevision.call_id == call_id, CallRevision.published_at.is_not(None))
        .order_by(CallRevision.number.desc())
        .limit(50)
    )


def untold(revision_id: int) -> Update:
    """A published change of which nobody was told yet."""
    return update(CallRevision).where(
        CallRevision.id == revision_id, CallRevision.published_at.is_not(None), CallRevision.told_at.is_(None)
    )


def with_name(code: str, slug: str) -> Select[Call]:
    """The calls that have this code or this address."""
    return select(Call).where((Call.code == code) | (Call.slug == slug))


def in_review() -> Select[Call]:
    """The calls that wait for their validation, without their parts."""
    return select(Call).where(Call.state == CallState.IN_REVIEW).order_by(Call.id)


def steps() -> Select[str, str, CallState, bool, str, datetime]:
    """Each call that is not given up: code, title, state, whether it takes only those invited, where it leads, last closing."""
    led = aliased(Call)
    return (
        select(Call.code, Call.title, Call.state, Call.by_invitation, led.code, func.max(CallSession.closes_at))
        .outerjoin(led, led.id == Call.leads_to_id)
        .outerjoin(CallSession, CallSession.call_id == Call.id)
        .where(Call.state != CallState.DROPPED)
        .group_by(Call.id, led.code)
        .order_by(Call.title, Call.id)
    )


def called(code: str) -> Select[Call]:
    """One call by its code, without its parts."""
    return select(Call).where(Call.code == code)


def leading_to(call_id: int) -> Select[Call]:
    """The calls that everybody sees and that lead to this one: the way in."""
    return select(Call).where(Call.leads_to_id == call_id, Call.state.in_(PUBLIC_CALL_STATES)).order_by(Call.id)


def serving() -> Select[int, str, str]:
    """What serves each objective of the strategy: its number, the address and the title of a call that everybody sees."""
    return (
        select(CallObjective.objective_id, Call.slug, Call.title)
        .join(Call, Call.id == CallObjective.call_id)
        .where(Call.state.in_(PUBLIC_CALL_STATES))
        .order_by((Call.state != CallState.OPEN), Call.id)
    )


def regulation_file(call_id: int, public_id: str) -> Select[CallRegulation]:
    """One version of the rules of a call, by the address of its file."""
    return (
        select(CallRegulation)
        .join(CallRegulation.file)
        .options(contains_eager(CallRegulation.file))
        .where(CallRegulation.call_id == call_id, StoredFile.public_id == public_id)
    )


def regulation_at(call_id: int, at: datetime) -> Select[CallRegulation]:
    """The version of the rules of a call that was in force at an instant (`.first()`)."""
    return (
        select(CallRegulation)
        .where(CallRegulation.call_id == call_id, CallRegulation.published_at <= at)
        .order_by(CallRegulation.number.desc())
        .limit(1)
    )


def by_code(code: str) -> Select[Call]:
    """One call with all that defines it, by its code."""
    return select(Call).where(Call.code == code).options(*_WHOLE)


def for_update(slug: str) -> Select[Call]:
    """One call with all that defines it, locked."""
    return by_slug(slug).with_for_update(of=Call)


def strand(call_id: int, code: str) -> Select[CallStrand]:
    """One strand of a call."""
    return select(CallStrand).where(CallStrand.call_id == call_id, CallStrand.code == code)


def session_for_update(session_id: int) -> Select[CallSession]:
    """One session, locked: its envelope is about to change."""
    return select(CallSession).where(CallSession.id == session_id).with_for_update(of=CallSession)


def taken(call_id: int) -> Select[date | None, datetime, Decimal]:
    """Of each session of a call: day of the vote, closing, amount awarded so far."""
    return select(CallSession.vote_on, CallSession.closes_at, CallSession.committed_amount).where(
        CallSession.call_id == call_id
    )


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
    """The sessions whose hour to open or to close has come, locked.

    Those of a call that is not open yet wait: its hours may still change.
    """
    return (
        select(CallSession)
        .join(CallSession.call)
        .options(contains_eager(CallSession.call))
        .where(
            Call.state.in_((CallState.OPEN, CallState.SUSPENDED, CallState.CLOSED)),
            ((CallSession.state == SessionState.PLANNED) & (CallSession.opens_at <= at))
            | ((CallSession.state == SessionState.OPEN) & (CallSession.closes_at <= at)),
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
