"""Statements of the site's own pages: journal, issued documents, outbox, health."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, inspect, or_, select
from sqlalchemy.orm import aliased

from programme.accounts.models import Account
from programme.agreements.models import Agreement
from programme.applications.models import Application
from programme.calls.models import Call
from programme.catalogue.models import Dataset
from programme.core.documents import IssuedDocument
from programme.core.jobs import Job, JobState
from programme.core.journal import JournalEntry
from programme.core.mail import MessageState, OutboxMessage
from programme.events.models import Event
from programme.organisations.models import Organisation
from programme.reuses.models import Reuse


@dataclass(frozen=True)
class JournalFilters:
    """What a reader of the journal asks for.

    `act` is the beginning of a code; `verbs` are the codes of verbs that its words stand for; `before` is the
    number of the last entry already seen.
    """

    act: str = ""
    subject_type: str = ""
    subject_id: int | None = None
    before: int | None = None
    verbs: Sequence[str] = ()


_SUBJECT = aliased(Account)
"""The account that an entry is about, beside the one that acted."""
_NAMES: dict[type[Any], Any] = {
    _SUBJECT: _SUBJECT.display_name,
    Agreement: func.coalesce(Agreement.number, Agreement.reference),
    Application: Application.reference,
    Call: Call.title,
    Dataset: Dataset.title,
    Event: Event.title,
    Organisation: Organisation.name,
    Reuse: case((Reuse.published_at.is_not(None), Reuse.title)),
}
"""How a thing is called in the journal: what the house or everybody reads already, never the text of a file or a draft."""


def _named() -> ColumnElement[str | None]:
    """The name of what an entry is about, None when its number says enough."""
    return case(
        *(
            (
                JournalEntry.subject_type == inspect(model).mapper.local_table.name,
                select(name).where(inspect(model).selectable.c.id == JournalEntry.subject_id).scalar_subquery(),
            )
            for model, name in _NAMES.items()
        )
    )


def journal(filters: JournalFilters) -> Select[JournalEntry, str, str | None]:
    """The entries, newest first, each with the name of who acted (None: the machine) and that of the thing."""
    statement = select(JournalEntry, Account.display_name, _named()).outerjoin(
        Account, Account.id == JournalEntry.actor_id
    )
    if filters.act:
        by_word = [JournalEntry.act.endswith(f".{verb}", autoescape=True) for verb in filters.verbs]
        statement = statement.where(or_(JournalEntry.act.startswith(filters.act, autoescape=True), *by_word))
    if filters.subject_type:
        statement = statement.where(JournalEntry.subject_type == filters.subject_type)
    if filters.subject_id is not None:
        statement = statement.where(JournalEntry.subject_id == filters.subject_id)
    if filters.before is not None:
        statement = statement.where(JournalEntry.id < filters.before)
    return statement.order_by(JournalEntry.id.desc())


def document_by_code(code: str) -> Select[IssuedDocument]:
    """The issued document of a check code."""
    return select(IssuedDocument).where(IssuedDocument.code == code)


def outbox(text: str = "", *, words: int = 6) -> Select[OutboxMessage]:
    """The mails of the outbox, newest first, whose subject or recipient holds each of the first words."""
    statement = select(OutboxMessage).order_by(OutboxMessage.queued_at.desc(), OutboxMessage.id.desc())
    for word in text.split()[:words]:
        either = OutboxMessage.subject.icontains(word, autoescape=True) | OutboxMessage.recipient.icontains(
            word, autoescape=True
        )
        statement = statement.where(either)
    return statement


def message(number: int) -> Select[OutboxMessage]:
    """One mail of the outbox."""
    return select(OutboxMessage).where(OutboxMessage.id == number)


def due_jobs(at: datetime) -> Select[int, datetime]:
    """How many jobs are due or running, and since when the oldest waits."""
    waiting = Job.state.in_([JobState.QUEUED, JobState.RUNNING]) & (Job.run_at <= at)
    return select(func.count(), func.min(Job.run_at)).select_from(Job).where(waiting)


def failed_jobs() -> Select[int]:
    """How many jobs were given up."""
    return select(func.count()).select_from(Job).where(Job.state == JobState.FAILED)


def waiting_mails() -> Select[int, datetime]:
    """How many mails wait, and since when the oldest does."""
    waiting = OutboxMessage.state == MessageState.WAITING
    return select(func.count(), func.min(OutboxMessage.queued_at)).select_from(OutboxMessage).where(waiting)
