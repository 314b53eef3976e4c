"""Mails of this room."""

from programme.accounts.models import Account
from programme.core import mail
from programme.organisations.labels import ROLES
from programme.organisations.models import Handover, Membership, Organisation, OwnershipRequest


def membership_requested(owner: Account, membership: Membership) -> mail.Mail:
    """Somebody asks to join: the owner decides."""
    return mail.compose("organisations/requested", to=owner.email, owner=owner, membership=membership)


def membership_accepted(membership: Membership) -> mail.Mail:
    """The person is in."""
    return mail.compose(
        "organisations/accepted", to=membership.account.email, membership=membership,
        member_role=ROLES[membership.role],
    )  # fmt: skip


def invited(email: str, organisation: Organisation, by: Account, token: str) -> mail.Mail:
    """A colleague is invited; the letter is the same whether or not they have an account."""
    return mail.compose("organisations/invited", to=email, organisation=organisation, by=by, token=token)


def member_left(owner: Account, membership: Membership) -> mail.Mail:
    """A colleague left: their drafts stay with the organisation."""
    return mail.compose("organisations/member_left", to=owner.email, membership=membership)


def handed_over(to: Account, made: Handover, giver: Membership, receiver: Membership) -> mail.Mail:
    """The responsibility went from one to the other: what it means for who reads."""
    return mail.compose(
        "organisations/handed_over", to=to.email, reader=to, made=made, giver=giver, receiver=receiver,
        organisation=receiver.organisation, undo_until=made.handed_at + Handover.UNDO,
    )  # fmt: skip


def handed_back(to: Account, made: Handover, giver: Membership, receiver: Membership) -> mail.Mail:
    """Who gave the responsibility took it back."""
    return mail.compose(
        "organisations/handed_back", to=to.email, reader=to, made=made, giver=giver, receiver=receiver,
        organisation=receiver.organisation,
    )  # fmt: skip


def ownership_received(request: OwnershipRequest) -> mail.Mail:
    """The Region has the request, and what happens next."""
    return mail.compose("organisations/ownership_received", to=request.account.email, request=request)


def ownership_asked(owner: Account, request: OwnershipRequest) -> mail.Mail:
    """Somebody asks for what the reader holds: they may object until a date."""
    return mail.compose(
        "organisations/ownership_asked", to=owner.email, request=request,
        until=request.asked_at + OwnershipRequest.OBJECTION,
    )  # fmt: skip


def ownership_answered(request: OwnershipRequest) -> mail.Mail:
    """The Region's answer, to who asked."""
    return mail.compose("organisations/ownership_answered", to=request.account.email, request=request)


def ownership_settled(owner: Account, request: OwnershipRequest) -> mail.Mail:
    """The same answer, to those who were in charge."""
    return mail.compose("organisations/ownership_settled", to=owner.email, request=request)


def join_waiting(owner: Account, membership: Membership) -> mail.Mail:
    """Somebody still waits at the door."""
    return mail.compose("organisations/join_waiting", to=owner.email, membership=membership)


def join_unanswered(membership: Membership) -> mail.Mail:
    """Nobody answered: what the person can do now."""
    return mail.compose("organisations/join_unanswered", to=membership.account.email, membership=membership)
