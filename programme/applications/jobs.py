"""What the worker does for those who apply, and for the house that owes them an answer."""

from datetime import timedelta
from typing import Any

from programme.applications import queries
from programme.applications.rules.reminders import MORNING
from programme.applications.services import messages, presence, printing, reminders, revision
from programme.applications.states import MessageSide
from programme.core import jobs
from programme.core.clock import local, now
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@jobs.handler(revision.TELL)
def tell_of_revision(payload: dict[str, Any]) -> None:
    """Tell those who have a draft that the call changed."""
    with unit_of_work():
        revision.tell_of_revision(payload["revision"], at=now())


@jobs.handler(messages.TELL)
def tell_of_messages(payload: dict[str, Any]) -> None:
    """Tell one side of a file what the other wrote to it."""
    with unit_of_work():
        messages.tell(payload["application"], MessageSide(payload["side"]), at=now())


@jobs.handler(printing.PRINT, attempts=3)
def print_file(payload: dict[str, Any]) -> None:
    """Make the PDF of a whole file."""
    printing.make(payload["application"])


def _is_night() -> bool:
    return local(now()).time() < MORNING


@jobs.periodic("applications.remind_of_silence", timedelta(minutes=30))
def remind_of_silence() -> None:
    """The round of the day for the house; the turns after it find it done."""
    if not _is_night():
        with unit_of_work():
            reminders.remind_of_silence(at=now())


@jobs.periodic("applications.remind_of_closing", timedelta(minutes=30))
def remind_of_closing() -> None:
    """A short transaction for each draft: what was told before a stop stays told, the rest is for the next turn."""
    if _is_night():
        return
    for reference in reminders.drafts_to_remind(at=now()):
        with unit_of_work():
            draft = db.session.scalars(queries.for_update(reference)).one()
            reminders.remind_of_closing(draft, at=now())


@jobs.periodic("applications.sweep_presence", timedelta(minutes=2))
def sweep_presence() -> None:
    """Who was on which draft is nobody's concern two minutes later."""
    with unit_of_work():
        presence.sweep_presence(at=now())
