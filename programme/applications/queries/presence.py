"""Statements about who writes on a draft at this moment."""

from datetime import datetime

from sqlalchemy import Select, select

from programme.accounts.models import Account
from programme.applications.models import Presence


def present(application_id: int, since: datetime) -> Select[int, str, str, datetime, datetime]:
    """Who wrote on a draft since then: number, name, step, since when on it, last seen."""
    return (
        select(Presence.account_id, Account.display_name, Presence.step, Presence.since, Presence.seen_at)
        .join(Account, Account.id == Presence.account_id)
        .where(Presence.application_id == application_id, Presence.seen_at > since)
        .order_by(Presence.since, Presence.account_id)
    )
