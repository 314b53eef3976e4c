"""Statements about the two steps of a call: who was invited, and what an invitation opened."""

from sqlalchemy import Select, select

from programme.applications.models import Application
from programme.applications.queries.again import continuations
from programme.applications.states import ApplicationState
from programme.calls.models import Call, CallSession


def to(project_id: int, call_id: int) -> Select[int]:
    """The expressions of interest by which a project is invited to a call."""
    return (
        select(Application.id)
        .join(CallSession, CallSession.id == Application.session_id)
        .join(Call, Call.id == CallSession.call_id)
        .where(
            Application.project_id == project_id, Application.state == ApplicationState.INVITED,
            Call.leads_to_id == call_id,
        )
    )  # fmt: skip


def full_file(application_id: int, call_id: int) -> Select[Application]:
    """The full file that an invitation opened, in the call of the second step."""
    return continuations(application_id).join(Application.session).where(CallSession.call_id == call_id)


def call_of(reference: str) -> Select[Call]:
    """The call of one file, alone."""
    return (
        select(Call)
        .join(CallSession, CallSession.call_id == Call.id)
        .join(Application, Application.session_id == CallSession.id)
        .where(Application.reference == reference)
    )
