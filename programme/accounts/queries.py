"""Statements about people."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Delete, Select, delete, select
from sqlalchemy.orm import joinedload, lazyload

from programme.accounts.models import Account, EmailLink, RoleGrant
from programme.accounts.states import AccountState, LinkPurpose, Role
from programme.core.identifiers import fold


def normal_email(email: str) -> str:
    """The form under which an address is kept and compared."""
    return email.strip().casefold()


def by_email(email: str) -> Select[Account]:
    """The account of an address."""
    return select(Account).where(Account.email == normal_email(email))


def credentials(email: str) -> Select[Account]:
    """The account of an address as one statement, known or not: its roles would be a second one, and be seen by the time."""
    return by_email(email).options(lazyload(Account.grants))


def by_id(account_id: int) -> Select[Account]:
    """One account."""
    return select(Account).where(Account.id == account_id)


def with_roles(account_id: int) -> Select[Account]:
    """One account and its roles as one statement, which every page of a signed-in person asks (`.unique()`)."""
    return by_id(account_id).options(joinedload(Account.grants))


def link_by_digest(token_digest: str, purpose: LinkPurpose) -> Select[EmailLink]:
    """A one-use link, locked until the end of the transaction."""
    return (
        select(EmailLink)
        .where(EmailLink.token_digest == token_digest, EmailLink.purpose == purpose)
        .with_for_update(of=EmailLink)
    )


def pending_links(account_id: int) -> Delete:
    """Forget the unused links of an account: what they allowed has been settled otherwise."""
    return delete(EmailLink).where(EmailLink.account_id == account_id, EmailLink.used_at.is_(None))


class Sort(StrEnum):
    """Orders of the directory; the values are those of the address."""

    NAME = "nom"
    NAME_DOWN = "nom-inverse"
    SEEN = "connexion"
    OLDEST = "ancien"


_ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.NAME: (Account.sort_name,),
    Sort.NAME_DOWN: (Account.sort_name.desc(),),
    Sort.SEEN: (Account.signed_in_at.is_(None), Account.signed_in_at.desc()),
    Sort.OLDEST: (Account.signed_in_at.is_not(None), Account.signed_in_at),
}


def directory(text: str = "", sort: Sort = Sort.NAME) -> Select[Account]:
    """Every account, for the administrator; the search reads names without accents, and addresses."""
    statement = select(Account).order_by(*_ORDERS[sort], Account.id)
    if text.strip():
        by_email = Account.email.contains(normal_email(text), autoescape=True)
        statement = statement.where(by_email | Account.sort_name.contains(fold(text.strip()), autoescape=True))
    return statement


def holders(*roles: Role) -> Select[Account]:
    """The active accounts that hold one of the roles."""
    return (
        select(Account)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role.in_(roles), Account.state == AccountState.ACTIVE)
        .distinct()
        .order_by(Account.id)
    )
