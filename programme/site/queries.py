"""Statements of the site's own pages: journal, issued documents, outbox, health."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, inspect, or_, select
from sqlalchemy.orm import aliased

from programme.accounts.models import Account
from programme.agreements.models import Agreement
from programme.applications.models import Application
from programme.calls.models import Call
from programme.catalogue.models import Dataset
from programme.core.consultations import Consultation
from programme.core.documents import IssuedDocument
from programme.core.identifiers import fold
from programme.core.jobs import Job, JobState
from programme.core.journal import JournalEntry, JournalHead
from programme.core.mail import MessageState, OutboxMessage
from programme.core.sessions import WebSession
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


def journal_head() -> Select[int, str]:
    """The number and the digest of the last entry of the chain."""
    return select(JournalHead.sequence, JournalHead.digest)


@dataclass(frozen=True)
class ConsultationFilters:
    """What a reader of the consultations asks for: a part of a name or address, the beginning of a reference.

    `before` is the number of the last line already seen.
    """

    person: str = ""
    reference: str = ""
    before: int | None = None


def consultations(filters: ConsultationFilters) -> Select[Consultation, str, str]:
    """The openings, newest first, each with the name and the address of who opened."""
    statement = select(Consultation, Account.display_name, Account.email).join(
        Account, Account.id == Consultation.account_id
    )
    for word in filters.person.split()[:6]:
        named = Account.sort_name.contains(fold(word), autoescape=True)
        statement = statement.where(or_(named, Account.email.icontains(word, autoescape=True)))
    if filters.reference:
        statement = statement.where(Consultation.reference.istartswith(filters.reference, autoescape=True))
    if filters.before is not None:
        statement = statement.where(Consultation.id < filters.before)
    return statement.order_by(Consultation.id.desc())


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


class TaskList(StrEnum):
    """The lists of the administrator's page of jobs and mails, in the order of its parts."""

    FAILED = "echecs"
    REFUSED = "refuses"
    JOBS = "taches"
    MAILS = "courriels"


MAIL_LISTS = frozenset({TaskList.REFUSED, TaskList.MAILS})
_IN_LIST: dict[TaskList, ColumnElement[bool]] = {
    TaskList.FAILED: Job.state == JobState.FAILED,
    TaskList.REFUSED: OutboxMessage.state == MessageState.REFUSED,
    # A mail that waits is shown as a mail: its job would say the same again.
    TaskList.JOBS: Job.state.in_([JobState.QUEUED, JobState.RUNNING]) & (Job.kind != "mail.send"),
    TaskList.MAILS: OutboxMessage.state == MessageState.WAITING,
}


def tasks(chosen: TaskList, text: str = "", kinds: Sequence[str] = ()) -> Select[Any]:
    """The jobs or the mails of one list; `kinds` are the codes of jobs that the text stands for."""
    if chosen in MAIL_LISTS:
        mails = select(OutboxMessage).where(_IN_LIST[chosen]).order_by(OutboxMessage.id.desc())
        either = OutboxMessage.subject.icontains(text, autoescape=True) | OutboxMessage.recipient.icontains(
            text, autoescape=True
        )
        return mails.where(either) if text else mails
    jobs = select(Job).where(_IN_LIST[chosen]).order_by(Job.id.desc())
    return jobs.where(Job.kind.in_(kinds) | Job.error.icontains(text, autoescape=True)) if text else jobs


def task_counts() -> Select[Any]:
    """How many each list holds, in one row, in their order."""
    models = {each: OutboxMessage if each in MAIL_LISTS else Job for each in TaskList}
    return select(
        *(select(func.count()).select_from(models[each]).where(_IN_LIST[each]).scalar_subquery() for each in TaskList)
    )


def locked(model: type[Any], number: int) -> Select[Any]:
    """One row, held until the end of the transaction."""
    return select(model).where(model.id == number).with_for_update()


def jobs_by_kind() -> Select[str, JobState, int]:
    """How many jobs of each kind are in each state; those done are not counted, they are all those of the past."""
    return (
        select(Job.kind, Job.state, func.count()).where(Job.state != JobState.DONE).group_by(Job.kind, Job.state)
        .order_by(Job.kind, Job.state)
    )  # fmt: skip


def mails_by_state() -> Select[MessageState, int]:
    """How many mails wait, how many were refused."""
    told = OutboxMessage.state.in_([MessageState.WAITING, MessageState.REFUSED])
    return select(OutboxMessage.state, func.count()).where(told).group_by(OutboxMessage.state)


def sessions(at: datetime) -> Select[int]:
    """How many sessions of visitors are not over."""
    return select(func.count()).select_from(WebSession).where(WebSession.expires_at > at)
