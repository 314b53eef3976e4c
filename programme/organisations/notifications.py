"""Mails of this room."""

from programme.accounts.models import Account
from programme.core import mail
from programme.organisations.labels import ROLES
from programme.organisations.models import Membership, Organisation


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
