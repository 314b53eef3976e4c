"""Statements about people."""

from sqlalchemy import Select, select

from programme.accounts.models import Account, EmailLink, RoleGrant
from programme.accounts.states import LinkPurpose, Role
from programme.core.identifiers import fold


def normal_email(email: str) -> str:
    """The form under which an address is kept and compared."""
    return email.strip().casefold()


def by_email(email: str) -> Select[tuple[Account]]:
    """The account of an address."""
    return select(Account).where(Account.email == normal_email(email))


def by_id(account_id: int) -> Select[tuple[Account]]:
    """One account."""
    return select(Account).where(Account.id == account_id)


def link_by_digest(token_digest: str, purpose: LinkPurpose) -> Select[tuple[EmailLink]]:
    """A one-use link, locked until the end of the transaction."""
    return (
        select(EmailLink)
        .where(EmailLink.token_digest == token_digest, EmailLink.purpose == purpose)
        .with_for_update(of=EmailLink)
    )


def directory(text: str = "") -> Select[tuple[Account]]:
    """Every account, for the administrator, by name."""
    statement = select(Account).order_by(Account.display_name, Account.id)
    if text:
        like = f"%{text.strip()}%"
        statement = statement.where(Account.email.ilike(like) | Account.display_name.ilike(like))
    return statement


def holders(*roles: Role) -> Select[tuple[Account]]:
    """The active accounts that hold one of the roles."""
    return (
        select(Account)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role.in_(roles))
        .distinct()
        .order_by(Account.id)
    )


def sort_key(name: str) -> str:
    """Order of names in French, the same on both engines."""
    return fold(name)
