"""Statements of the site's own pages: journal, issued documents, outbox, health."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from programme.accounts.models import Account
from programme.core.documents import IssuedDocument
from programme.core.jobs import Job, JobState
from programme.core.journal import JournalEntry
from programme.core.mail import MessageState, OutboxMessage


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


def journal(filters: JournalFilters) -> Select[JournalEntry, str]:
    """The entries, newest first, each with the name of who acted (None: the machine)."""
    statement = select(JournalEntry, Account.display_name).outerjoin(Account, Account.id == JournalEntry.actor_id)
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
