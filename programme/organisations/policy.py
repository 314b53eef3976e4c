"""Who may act for an organisation: its members, by role."""

from sqlalchemy.orm import object_session

from programme.accounts.models import Account
from programme.organisations import queries
from programme.organisations.models import Membership
from programme.organisations.states import MembershipRole

_WRITERS = {MembershipRole.OWNER, MembershipRole.EDITOR}


def role_in(account: Account, organisation_id: int | None) -> MembershipRole | None:
    """The role of the person in the organisation, None outside it or while the membership is only asked for."""
    session = object_session(account)
    if organisation_id is None or session is None:
        return None
    return session.scalars(queries.live_role(organisation_id, account.id)).one_or_none()


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
