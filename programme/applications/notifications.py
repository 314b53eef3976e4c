"""Mails of this room, one for each acting member of the organisation."""

from collections.abc import Sequence
from datetime import date, time

from programme.accounts.models import Account
from programme.applications.labels import STEP_TITLES
from programme.applications.models import Application, InfoRequest, Message
from programme.applications.rules.reminders import ROOM
from programme.calls.models import CallRevision
from programme.core import mail
from programme.core.clock import at_local
from programme.extensions import db

LAST_MINUTE = time(23, 59)


def officer_of(application: Application) -> Account | None:
    """Who follows the file: a mail about it is signed by a person once there is one (CRPA, article L111-2)."""
    return db.session.get(Account, application.officer_id) if application.officer_id is not None else None


def _compose(name: str, application: Application, to: str, **context: object) -> mail.Mail:
    return mail.compose(
        f"applications/{name}", to=to, application=application, person=officer_of(application), **context
    )


def receipt(application: Application, content: object, to: str) -> mail.Mail:
    """The acknowledgement of receipt, with every item of the law; `content` is a `documents.Receipt`."""
    return _compose("receipt", application, to, receipt=content)


def info_requested(application: Application, request: InfoRequest, to: str) -> mail.Mail:
    """Pieces or explanations are missing: what, until when, and that the clock is suspended."""
    until = at_local(request.due_on, LAST_MINUTE)  # The whole day is theirs: the desk calls it late the day after.
    return _compose("info_requested", application, to, request=request, until=until)


def info_answered(application: Application, to: str) -> mail.Mail:
    """The applicant has answered: the officer goes on."""
    return mail.compose("applications/info_answered", to=to, application=application)


def admissible(application: Application, to: str) -> mail.Mail:
    """The application is complete and admissible: the date of silence."""
    return _compose("admissible", application, to)


def inadmissible(application: Application, to: str) -> mail.Mail:
    """The application is not admissible: why, and what one can do."""
    return _compose("inadmissible", application, to)


def withdrawn(application: Application, to: str) -> mail.Mail:
    """The withdrawal is noted."""
    return _compose("withdrawn", application, to)


def call_revised(application: Application, revision: CallRevision, to: str) -> mail.Mail:
    """The call changed while the application is a draft: what, and since when."""
    return mail.compose("applications/call_revised", to=to, application=application, revision=revision)


def silence_near(officer: Account, files: Sequence[Application], today: date) -> mail.Mail:
    """The files on which silence is about to decide, the nearest first; the page has those that the mail has no room for."""
    return mail.compose(
        "applications/silence_near", to=officer.email, files=files[:ROOM], total=len(files), today=today
    )


def draft_closing(application: Application, lacking: Sequence[tuple[str, int]], to: str) -> mail.Mail:
    """The session of a draft is about to close: until when, and how much each step still lacks."""
    steps = [(str(STEP_TITLES[step]), count) for step, count in lacking]
    return mail.compose("applications/draft_closing", to=to, application=application, lacking=steps)


def message_to_carrier(application: Application, messages: Sequence[Message], to: str) -> mail.Mail:
    """The Region wrote in the thread of the file: how many messages, on which file, by when it awaits an answer; no word of them."""
    return _compose("message_to_carrier", application, to, count=len(messages), **_awaited(messages))


def message_to_region(application: Application, messages: Sequence[Message], to: str) -> mail.Mail:
    """The carrier wrote in the thread of the file: the same, for the officer."""
    return mail.compose(
        "applications/message_to_region", to=to, application=application, count=len(messages), **_awaited(messages)
    )


def _awaited(messages: Sequence[Message]) -> dict[str, object]:
    waiting = [each for each in messages if each.waits_for is not None]
    days = [each.answer_by for each in waiting if each.answer_by is not None]
    return {"awaited": bool(waiting), "answer_by": min(days, default=None)}


def invited(application: Application, draft: Application, to: str) -> mail.Mail:
    """The expression of interest is retained: the full file waits, until when, and that it is no award."""
    return _compose("invited", application, to, draft=draft)


def not_retained(application: Application, to: str) -> mail.Mail:
    """The expression of interest is not retained: why, and what one can do."""
    return _compose("not_retained", application, to)
