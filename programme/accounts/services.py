"""What people do with their accounts, and what the administrator does with rights."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from programme.accounts import notifications, queries
from programme.accounts.models import Account, EmailLink, RoleGrant
from programme.accounts.states import MACHINE, AccountState, LinkPurpose, Role
from programme.core import journal, limits, mail, sessions
from programme.core.errors import RuleBroken
from programme.core.identifiers import digest, random_token
from programme.extensions import db

LINK_LIFETIME = {
    LinkPurpose.CONFIRM: timedelta(days=3),
    LinkPurpose.SIGN_IN: timedelta(minutes=20),
    LinkPurpose.RESET: timedelta(hours=2),
}
MAILS_PER_HOUR = 5
TRIES_PER_QUARTER = 8
_hasher = PasswordHash((Argon2Hasher(),))


def hash_password(password: str) -> str:
    """The Argon2id hash of a password. Costs about 0.1 s: call it before the unit of work."""
    return _hasher.hash(password)


def password_matches(account: Account | None, password: str) -> bool:
    """Whether the password is the account's; takes as long for an unknown account. Before the unit of work."""
    decoy = _decoy()  # Made for a known account as well: the first unknown one would wait for it.
    known = None if account is None else account.password_hash
    return _hasher.verify(password, known or decoy) and known is not None


def _decoy() -> str:
    global _decoy_hash  # noqa: PLW0603 - made once a process, as costly as a real one
    if _decoy_hash is None:
        _decoy_hash = _hasher.hash(random_token())
    return _decoy_hash


_decoy_hash: str | None = None


def sign_up(email: str, display_name: str, password_hash: str, *, at: datetime) -> None:
    """Open an account that waits for its address to be confirmed; a known address gets a mail that says so.

    Signing up again replaces what was not confirmed: only the last link works, with the last password.
    """
    limits.count("mail", queries.normal_email(email), at=at, limit=MAILS_PER_HOUR, window=timedelta(hours=1))
    known = db.session.scalars(queries.by_email(email)).one_or_none()
    if known is not None and known.state is not AccountState.UNCONFIRMED:
        mail.queue(notifications.already_known(known), at=at)
        return
    account = known or Account(email=queries.normal_email(email), created_at=at, state=AccountState.UNCONFIRMED)
    account.display_name = display_name
    account.password_hash = password_hash
    db.session.add(account)
    db.session.flush()  # The journal and the link name the account.
    db.session.execute(queries.pending_links(account.id))
    journal.record("account.signed_up", on=account, by=account, at=at)
    mail.queue(notifications.confirm_address(account, _link(account, LinkPurpose.CONFIRM, at)), at=at)


def _link(account: Account, purpose: LinkPurpose, at: datetime) -> str:
    token = random_token()
    db.session.add(
        EmailLink(
            account_id=account.id, purpose=purpose, token_digest=digest(token), created_at=at,
            expires_at=at + LINK_LIFETIME[purpose],
        )
    )  # fmt: skip
    return token


def _use(token: str, purpose: LinkPurpose, at: datetime) -> Account:
    link = db.session.scalars(queries.link_by_digest(digest(token), purpose)).one_or_none()
    if link is None or link.used_at is not None or link.expires_at <= at:
        raise RuleBroken(_("Ce lien a déjà servi ou n’est plus valable : demandez-en un nouveau."))
    link.used_at = at
    return link.account


def confirm(token: str, *, at: datetime) -> Account:
    """The address answers: the account opens."""
    account = _use(token, LinkPurpose.CONFIRM, at)
    if account.state is AccountState.ACTIVE:
        raise RuleBroken(_("Votre adresse est déjà confirmée : connectez-vous."))
    account.state = AccountState(MACHINE.target(account.state, "confirm"))
    account.confirmed_at = at
    journal.record("account.confirmed", on=account, by=account, at=at)
    return account


def note_try(email: str, *, at: datetime) -> None:
    """Count a sign-in attempt on an address; refuse when there were too many."""
    limits.count("sign_in", queries.normal_email(email), at=at, limit=TRIES_PER_QUARTER, window=timedelta(minutes=15))


def note_sign_in(account: Account, *, at: datetime) -> None:
    """The person is in: the count of attempts starts again."""
    limits.forget("sign_in", account.email)
    account.signed_in_at = at
    journal.record("account.signed_in", on=account, by=account, at=at)


def send_link(email: str, purpose: LinkPurpose, *, at: datetime) -> None:
    """Send a one-use link if the address has an open account; nothing is said otherwise.

    For an address without account the mail is written all the same and thrown away: both answers take as long.
    """
    limits.count("mail", queries.normal_email(email), at=at, limit=MAILS_PER_HOUR, window=timedelta(hours=1))
    account = db.session.scalars(queries.by_email(email)).one_or_none()
    if account is None or account.state is AccountState.CLOSED:
        notifications.sign_in_link(Account(email=queries.normal_email(email), display_name=""), random_token())
        return
    if account.state is AccountState.UNCONFIRMED:
        mail.queue(notifications.confirm_address(account, _link(account, LinkPurpose.CONFIRM, at)), at=at)
        return
    write = {LinkPurpose.SIGN_IN: notifications.sign_in_link, LinkPurpose.RESET: notifications.reset_password}
    mail.queue(write[purpose](account, _link(account, purpose, at)), at=at)


def sign_in_by_link(token: str, *, at: datetime) -> Account:
    """The one-use link stands for the password."""
    account = _use(token, LinkPurpose.SIGN_IN, at)
    if not account.is_active:
        raise RuleBroken(_("Ce compte est fermé."))
    note_sign_in(account, at=at)
    return account


def reset_password(token: str, password_hash: str, *, at: datetime) -> Account:
    """A new password by the link; the person may sign in with it at once."""
    account = _use(token, LinkPurpose.RESET, at)
    change_password(account, password_hash, at=at)
    limits.forget("sign_in", account.email)
    return account


def change_password(account: Account, password_hash: str, *, at: datetime) -> None:
    """A new password; every session of the account and every link sent before end."""
    account.password_hash = password_hash
    db.session.execute(queries.pending_links(account.id))
    sessions.revoke_all(account.id)
    journal.record("account.password_changed", on=account, by=account, at=at)


def rename(account: Account, display_name: str, *, at: datetime) -> None:
    """The name shown to others."""
    account.display_name = display_name
    journal.record("account.renamed", on=account, by=account, at=at)


def set_roles(account: Account, roles: frozenset[Role], *, by: Account | None, at: datetime) -> None:
    """Give and take staff roles; the sessions of the account end, so that rights change at once."""
    if by is not None and by.id == account.id and Role.ADMIN not in roles:
        raise RuleBroken(_("Vous ne pouvez pas retirer votre propre rôle d’administration."))
    before = account.roles
    account.grants = [grant for grant in account.grants if grant.role in roles]
    for role in sorted(roles - before):
        account.grants.append(RoleGrant(role=role, granted_at=at, granted_by_id=None if by is None else by.id))
    if by is None or by.id != account.id:
        sessions.revoke_all(account.id)
    journal.record(
        "account.roles_set", on=account, by=by, at=at, before={"roles": sorted(before)}, after={"roles": sorted(roles)}
    )


def close(account: Account, *, by: Account, at: datetime) -> None:
    """The person has left: no session, no sign-in; what they did stays theirs in the journal."""
    if account.id == by.id:
        raise RuleBroken(_("Vous ne pouvez pas fermer votre propre compte d’administration."))
    account.state = AccountState(MACHINE.target(account.state, "close"))
    account.confirmed_at = account.confirmed_at or at
    sessions.revoke_all(account.id)
    journal.record("account.closed", on=account, by=by, at=at)


def reopen(account: Account, *, by: Account, at: datetime) -> None:
    """The person is back."""
    account.state = AccountState(MACHINE.target(account.state, "reopen"))
    journal.record("account.reopened", on=account, by=by, at=at)


def create_account(
    email: str, display_name: str, password_hash: str | None, roles: frozenset[Role], *, at: datetime
) -> Account:
    """An account made by the operator's command, confirmed at once.

    Raises:
        RuleBroken: the address already has an account.
    """
    if db.session.scalars(queries.by_email(email)).first() is not None:
        raise RuleBroken(_("Cette adresse a déjà un compte."))
    account = Account(
        email=queries.normal_email(email), display_name=display_name, password_hash=password_hash,
        state=AccountState.ACTIVE, created_at=at, confirmed_at=at,
    )  # fmt: skip
    db.session.add(account)
    db.session.flush()  # The journal names the account.
    for role in sorted(roles):
        account.grants.append(RoleGrant(role=role, granted_at=at))
    journal.record("account.created", on=account, by=None, at=at, after={"roles": sorted(roles)})
    return account
