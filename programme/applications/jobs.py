"""What the worker does for those who apply, and for the house that owes them an answer."""

from datetime import timedelta
from typing import Any

from programme.applications import queries
from programme.applications.rules.reminders import MORNING
from programme.applications.services import reminders, revision
from programme.core import jobs
from programme.core.clock import local, now
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@jobs.handler(revision.TELL)
def tell_of_revision(payload: dict[str, Any]) -> None:
    """Tell those who have a draft that the call changed."""
    with unit_of_work():
        revision.tell_of_revision(payload["revision"], at=now())


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
