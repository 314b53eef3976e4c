"""Those who have a draft of a call are told that the call changed."""

from datetime import datetime

from programme.applications import notifications, queries
from programme.calls import services as calls
from programme.calls.models import CallRevision
from programme.core import jobs, mail
from programme.extensions import db
from programme.organisations import queries as organisations

TELL = "applications.tell_of_revision"


@calls.register_revision_listener
def tell_later(revision: CallRevision, at: datetime) -> None:
    """The mails are the worker's: a call may have thousands of drafts, and its publication waits for none of them."""
    jobs.enqueue(TELL, {"revision": revision.id}, at=at)


def tell_of_revision(revision_id: int, *, at: datetime) -> int:
    """One mail to each acting member of each organisation that has a draft; says how many. Run twice, the second tells nobody."""
    revision = calls.note_told(revision_id, at=at)
    if revision is None:
        return 0
    told = 0
    for draft in db.session.scalars(queries.drafts_of(revision.call_id)):
        for link in db.session.scalars(organisations.editors(draft.organisation_id)):
            mail.queue(notifications.call_revised(draft, revision, link.account.email), at=at)
            told += 1
    return told
