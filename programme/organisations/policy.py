"""Who may act for an organisation: its members, by role."""

from sqlalchemy import select
from sqlalchemy.orm import object_session

from programme.accounts.models import Account
from programme.organisations.models import Membership
from programme.organisations.states import MembershipRole, MembershipState

_WRITERS = {MembershipRole.OWNER, MembershipRole.EDITOR}


def role_in(account: Account, organisation_id: int | None) -> MembershipRole | None:
    """The role of the person in the organisation, None outside it or while the membership is only asked for."""
    session = object_session(account)
    if organisation_id is None or session is None:
        return None
    # Asked at almost every door, hence nothing but the code is read.
    live = select(Membership.role).where(
        Membership.organisation_id == organisation_id,
        Membership.account_id == account.id,
        Membership.state == MembershipState.ACTIVE,
    )
    return session.scalars(live).one_or_none()


def is_member(account: Account, organisation_id: int | None) -> bool:
    """Whether the person may read what the organisation owns."""
    return role_in(account, organisation_id) is not None


def is_editor(account: Account, organisation_id: int | None) -> bool:
    """Whether the person may act for the organisation."""
    return role_in(account, organisation_id) in _WRITERS


def is_owner(account: Account, organisation_id: int | None) -> bool:
    """Whether the person manages the organisation's members and signs for it."""
    return role_in(account, organisation_id) is MembershipRole.OWNER


def can_end(account: Account, link: Membership) -> bool:
    """Whether the person may end this membership: an owner any of them, everybody their own."""
    return account.id == link.account_id or is_owner(account, link.organisation_id)
