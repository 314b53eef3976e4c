"""Requests to join that nobody answers: the owners are reminded, then the person is told what they can do."""

from datetime import datetime, timedelta

from programme.core import mail
from programme.extensions import db
from programme.organisations import notifications, queries
from programme.organisations.models import Membership
from programme.organisations.policy import UNANSWERED

OWNERS_AFTER = timedelta(days=3)
AT_ONCE = 200


def remind_of_requests(at: datetime) -> int:
    """One reminder to the owners after three days, one word to the person after seven; says how many mails.

    Run twice, the second time says nothing: the membership keeps after how many days somebody was last told.
    """
    told = 0
    for wait, tell in ((UNANSWERED, _tell_person), (OWNERS_AFTER, _tell_owners)):
        waiting = db.session.scalars(queries.unanswered(at - wait, wait.days).limit(AT_ONCE)).all()
        for link in waiting:
            told += tell(link, at)
            link.reminded_days = wait.days
    return told


def _tell_owners(link: Membership, at: datetime) -> int:
    owners = db.session.scalars(queries.owners(link.organisation_id)).all()
    for owner in owners:
        mail.queue(notifications.join_waiting(owner.account, link), at=at)
    return len(owners)


def _tell_person(link: Membership, at: datetime) -> int:
    mail.queue(notifications.join_unanswered(link), at=at)
    return 1
