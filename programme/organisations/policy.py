"""Who may act for an organisation: its members, by role."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import object_session

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.organisations.models import Membership, OwnershipRequest
from programme.organisations.states import OPEN_REQUESTS, OWNERSHIP, MembershipRole, MembershipState

UNANSWERED = timedelta(days=7)
"""How long a request to join waits before the person may turn to the Region."""
DECIDERS = (Role.OFFICER_PROGRAMME, Role.ADMIN)
"""Who answers the requests of responsibility: who knows the network, and who gives the rights."""

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


def can_ask_ownership(link: Membership | None, at: datetime) -> bool:
    """Whether the person of this membership may ask the Region for the responsibility.

    A member who is not responsible, or somebody who asked to join and got no answer for `UNANSWERED`; to anybody else
    the organisation is as if absent.
    """
    if link is None:
        return False
    if link.state is MembershipState.ACTIVE:
        return link.role is not MembershipRole.OWNER
    return link.state is MembershipState.REQUESTED and link.since <= at - UNANSWERED


def is_open(request: OwnershipRequest) -> bool:
    """Whether the Region has not answered yet."""
    return request.state in OPEN_REQUESTS


def can_object(account: Account, request: OwnershipRequest) -> bool:
    """Whether the person may object: a present owner, once."""
    return OWNERSHIP.allows(request.state, "object") and is_owner(account, request.organisation_id)


def can_withdraw_request(account: Account, request: OwnershipRequest) -> bool:
    """Whether the person may give the request up: its own, while it waits."""
    return is_open(request) and request.account_id == account.id


def can_decide(account: Account, request: OwnershipRequest) -> bool:
    """Whether the person may answer for the Region: by role, and never as a party."""
    mine = request.account_id == account.id or is_member(account, request.organisation_id)
    return is_open(request) and account.has_role(*DECIDERS) and not mine
