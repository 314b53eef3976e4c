"""Mails of this room."""

from programme.accounts.models import Account
from programme.core import mail
from programme.reuses.labels import FLAG_REASONS
from programme.reuses.models import Reuse, ReuseFlag


def submitted(reuse: Reuse, to: Account) -> mail.Mail:
    """The receipt: the Region has it and will read it."""
    return mail.compose("reuses/submitted", to=to.email, reuse=reuse)


def published(reuse: Reuse, to: Account) -> mail.Mail:
    """It is in the gallery."""
    return mail.compose("reuses/published", to=to.email, reuse=reuse)


def info_requested(reuse: Reuse, to: Account) -> mail.Mail:
    """Something is to be completed before publication; the message is the officer's."""
    return mail.compose("reuses/info_requested", to=to.email, reuse=reuse)


def unpublished(reuse: Reuse, to: Account) -> mail.Mail:
    """It is refused, or withdrawn from the gallery, for the reason given."""
    return mail.compose("reuses/unpublished", to=to.email, reuse=reuse)


def broken_link(reuse: Reuse, to: Account) -> mail.Mail:
    """Its link does not answer any more: the author can give the new one."""
    return mail.compose("reuses/broken_link", to=to.email, reuse=reuse)


def to_moderate(reuse: Reuse, officer: Account) -> mail.Mail:
    """A proposal waits for an officer."""
    return mail.compose("reuses/to_moderate", to=officer.email, reuse=reuse)


def flagged(reuse: Reuse, flag: ReuseFlag, officer: Account) -> mail.Mail:
    """A visitor reports a published reuse."""
    return mail.compose("reuses/flagged", to=officer.email, reuse=reuse, flag=flag, reason=FLAG_REASONS[flag.reason])
