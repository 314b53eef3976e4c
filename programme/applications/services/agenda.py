"""The dates of a person's own files, in their calendar: a signed address that they may change."""

from collections.abc import Iterator
from datetime import date, datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import queries
from programme.applications.documents import Deadline, silence_words
from programme.applications.models import Application, CalendarKey
from programme.applications.queries import messages as thread
from programme.applications.states import BEFORE_DECISION, ApplicationState
from programme.core import signed
from programme.core.clock import local_day
from programme.extensions import db

_PURPOSE = "applications.agenda"


def calendar_key(account_id: int) -> str:
    """What opens a person's calendar without a session, the same until they change it."""
    return signed.write_lasting(_PURPOSE, [account_id, _number(account_id)])


def _number(account_id: int) -> int:
    row = db.session.scalars(queries.calendar_key(account_id)).one_or_none()
    return 0 if row is None else row.number


def holder(key: str) -> Account | None:
    """The person whose calendar the key opens; None for a key of nobody, a former one, or that of a closed account."""
    try:
        account_id, number = signed.read_lasting(_PURPOSE, key)
    except (signed.BadLink, ValueError):
        return None
    account = db.session.get(Account, account_id)
    return account if account is not None and account.is_active and _number(account.id) == number else None


def change_calendar_key(account: Account, *, at: datetime) -> None:
    """End the present address of the calendar and all the former ones."""
    row = db.session.scalars(queries.calendar_key(account.id).with_for_update()).one_or_none()
    if row is None:
        db.session.add(CalendarKey(account_id=account.id, number=1, changed_at=at))
    else:
        row.number, row.changed_at = row.number + 1, at


def deadlines(account: Account, *, at: datetime) -> list[Deadline]:
    """The dates of the files of the person's organisations, the nearest first."""
    found = [date for each in db.session.scalars(queries.dated(account.id)) for date in _of(each, at)]
    return sorted([*found, *_answers(account)], key=lambda each: (each.on, each.uid))


def _answers(account: Account) -> Iterator[Deadline]:
    """The answers that the Region awaits by a day, whatever became of the file."""
    for reference, title, call, number, answer_by, sent_at in db.session.execute(thread.owed_by(account.id)):
        if answer_by is not None:
            yield Deadline(
                f"{reference}-reponse-{number}", reference, _("Réponse à envoyer : %(title)s", title=title or reference),
                call, sent_at, day=answer_by,
            )  # fmt: skip


def _of(application: Application, at: datetime) -> Iterator[Deadline]:
    """Closing of the deposit, pieces to send, silence: what the state of the file lets come."""
    name, state = application.title or application.reference, application.state
    if state is ApplicationState.DRAFT and application.session.accepts_at(at):
        yield Deadline(
            f"{application.reference}-depot", application.reference, _("Dépôt à faire : %(title)s", title=name),
            application.call.title, application.saved_at, instant=application.session.closes_at,
        )  # fmt: skip
    if state is ApplicationState.INFO_REQUESTED and application.info_requests:
        asked = application.info_requests[-1]
        yield Deadline(
            f"{application.reference}-complements-{asked.id}", application.reference,
            _("Compléments à envoyer : %(title)s", title=name), application.call.title, asked.asked_at, day=asked.due_on,
        )  # fmt: skip
    if state in BEFORE_DECISION and application.silence_on is not None:
        yield from _silence(application, name, application.silence_on, at)


def _silence(application: Application, name: str, silence_on: date, at: datetime) -> Iterator[Deadline]:
    """The day on which silence decides, then the last one to contest the refusal that it was."""
    words = silence_words(silence_on, accepts=application.call.silence_accepts, day=local_day(at))
    note = f"{application.call.title}\n\n{words.said} {words.then}".strip()
    dates = [("silence", words.name, silence_on), ("recours", _("Fin du délai de recours"), words.appeal_until)]
    for kind, title, day in dates:
        if day is not None:
            yield Deadline(
                f"{application.reference}-{kind}", application.reference, _("%(what)s : %(title)s", what=title, title=name),
                note, application.saved_at, day=day,
            )  # fmt: skip
