"""Statements about files that are taken up again, and about where they may go."""

from collections.abc import Collection

from sqlalchemy import Select, func, select
from sqlalchemy.orm import lazyload

from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.calls.models import CallStrand, RequiredDocument


def continuations(application_id: int) -> Select[Application]:
    """The live files that take up this one, the newest first."""
    return (
        select(Application)
        .where(Application.continued_from_id == application_id, Application.state != ApplicationState.WITHDRAWN)
        .options(
            lazyload(Application.strand), lazyload(Application.organisation), lazyload(Application.theme),
        )
        .order_by(Application.id.desc())
    )  # fmt: skip


def continuation(application_id: int, session_id: int) -> Select[Application]:
    """The live file that takes up this one in a session."""
    return continuations(application_id).where(Application.session_id == session_id)


def strands_of_calls(call_ids: Collection[int]) -> Select[CallStrand]:
    """The strands of several calls with their questions, in order."""
    return (
        select(CallStrand)
        .where(CallStrand.call_id.in_(call_ids))
        .options(lazyload(CallStrand.grid))
        .order_by(CallStrand.call_id, CallStrand.position, CallStrand.id)
    )


def documents_of_calls(call_ids: Collection[int]) -> Select[RequiredDocument]:
    """The pieces that several calls expect, in order."""
    return (
        select(RequiredDocument)
        .where(RequiredDocument.call_id.in_(call_ids))
        .order_by(RequiredDocument.call_id, RequiredDocument.position)
    )


def states_of_organisation(organisation_id: int) -> Select[ApplicationState, int]:
    """How many files of each state an organisation has."""
    counted = select(Application.state, func.count()).where(Application.organisation_id == organisation_id)
    return counted.group_by(Application.state)
