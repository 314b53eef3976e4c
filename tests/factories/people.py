"""Accounts and organisations."""

import json
import secrets
from datetime import UTC, datetime
from itertools import count
from typing import Any

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from programme.accounts.models import Account, RoleGrant
from programme.accounts.states import AccountState, Role
from programme.core.clock import now
from programme.core.identifiers import digest, fold, random_token, slugify
from programme.core.sessions import LIFETIME, WebSession
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import MembershipRole, MembershipState, OrganisationKind
from tests.pages import Visitor

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
PASSWORD = "une phrase de quatre mots"
# A hash of PASSWORD with the smallest cost, so that a thousand tests do not pay for security.
CHEAP_HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)
_number = count(1)


def account(*roles: Role, name: str = "", email: str = "", state: AccountState = AccountState.ACTIVE) -> Account:
    """An account, confirmed, with the given staff roles. Inside a unit of work."""
    index = next(_number)
    made = Account(
        email=email or f"personne{index}@exemple.fr", display_name=name or f"Personne {index}",
        password_hash=CHEAP_HASH, state=state, created_at=NOON,
        confirmed_at=None if state is AccountState.UNCONFIRMED else NOON,
    )  # fmt: skip
    made.grants = [RoleGrant(role=role, granted_at=NOON) for role in roles]
    db.session.add(made)
    db.session.flush()
    return made


def siret(index: int) -> str:
    """A fictional SIRET with a right key."""
    from stdnum import luhn

    siren = f"9{index:07d}"
    siren += luhn.calc_check_digit(siren)
    nic = f"{siren}0001"
    return nic + luhn.calc_check_digit(nic)


def organisation(name: str = "", kind: OrganisationKind = OrganisationKind.ASSOCIATION, **values: Any) -> Organisation:
    """An organisation. Inside a unit of work."""
    index = next(_number)
    name = name or f"Organisme {index}"
    made = Organisation(
        name=name, sort_name=fold(name), slug=f"{slugify(name)}-{index}", siret=siret(index), kind=kind, city="Gap",
        territory_code="05", created_at=NOON, **values,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def member(person: Account, of: Organisation, role: MembershipRole = MembershipRole.OWNER) -> Membership:
    """Make somebody a member. Inside a unit of work."""
    made = Membership(organisation=of, account=person, role=role, state=MembershipState.ACTIVE, since=NOON)
    db.session.add(made)
    db.session.flush()
    return made


def signed_in(app: Any, *roles: Role, name: str = "") -> tuple[Visitor, int]:
    """A visitor signed in as a new account, and the account's number."""
    with unit_of_work():
        number = account(*roles, name=name).id
    return _entered(Visitor(app), number), number


def visitor_for(app: Any, person: Account) -> Visitor:
    """A visitor signed in as this account."""
    return _entered(Visitor(app), person.id)


def _entered(visitor: Visitor, number: int) -> Visitor:
    """Give the visitor the session that signing in leaves; the form itself has its own tests."""
    key, at = random_token(), now()
    content = json.dumps({"csrf": secrets.token_hex(20), "_user_id": str(number), "_fresh": True})
    with unit_of_work():
        db.session.add(
            WebSession(
                key_digest=digest(key),
                account_id=number,
                content=content,
                created_at=at,
                seen_at=at,
                expires_at=at + LIFETIME,
            )
        )
    visitor.client.set_cookie("session", key)
    return visitor
