"""Mails of this room."""

from programme.accounts.models import Account
from programme.agreements.labels import FAMILIES
from programme.agreements.models import Agreement, PartnershipRequest
from programme.core import mail


def to_sign(owner: Account, agreement: Agreement) -> mail.Mail:
    """A convention waits for the organisation's signature."""
    return mail.compose(
        "agreements/to_sign", to=owner.email, owner=owner, agreement=agreement, family=FAMILIES[agreement.family]
    )


def in_force(person: Account, agreement: Agreement) -> mail.Mail:
    """The notification: the convention signed by both sides takes effect."""
    return mail.compose(
        "agreements/in_force", to=person.email, person=person, agreement=agreement, family=FAMILIES[agreement.family]
    )


def request_received(person: Account, request: PartnershipRequest) -> mail.Mail:
    """The request has arrived, and what follows."""
    return mail.compose("agreements/request_received", to=request.contact_email, person=person, request=request)


def request_declined(request: PartnershipRequest) -> mail.Mail:
    """No convention for now, and why."""
    return mail.compose("agreements/request_declined", to=request.contact_email, request=request)
