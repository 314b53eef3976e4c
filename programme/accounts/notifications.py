"""Mails of this room."""

from datetime import datetime

from programme.accounts.models import Account
from programme.core import mail


def confirm_address(account: Account, token: str) -> mail.Mail:
    """The link that confirms an address."""
    return mail.compose("accounts/confirm", to=account.email, account=account, token=token)


def sign_in_link(account: Account, token: str) -> mail.Mail:
    """The link that signs in once."""
    return mail.compose("accounts/sign_in", to=account.email, account=account, token=token)


def reset_password(account: Account, token: str) -> mail.Mail:
    """The link that lets one choose a new password."""
    return mail.compose("accounts/reset", to=account.email, account=account, token=token)


def already_known(account: Account) -> mail.Mail:
    """Somebody tried to sign up with an address that has an account: only its owner learns it."""
    return mail.compose("accounts/already_known", to=account.email, account=account)


def infected_file(account: Account, name: str, given_at: datetime) -> mail.Mail:
    """The antivirus found something in a file that this person gave: nobody opens it, another one is needed."""
    return mail.compose("accounts/infected_file", to=account.email, account=account, name=name, given_at=given_at)
