"""Statements about the republican engagement."""

from datetime import date

from sqlalchemy import Date, Select, func, literal, select
from sqlalchemy.orm import lazyload

from programme.applications.models import EngagementAcceptance, EngagementText


def text_on(day: date) -> Select[EngagementText]:
    """The version in force on a day, if one was published."""
    return (
        select(EngagementText)
        .where(EngagementText.version <= day)
        .order_by(EngagementText.version.desc())
        .limit(1)
    )  # fmt: skip


def texts() -> Select[EngagementText]:
    """Every version, the newest first."""
    return select(EngagementText).order_by(EngagementText.version.desc())


def acceptance(organisation_id: int, day: date, first: date) -> Select[EngagementAcceptance]:
    """What an organisation took of the version in force on a day; `first`: the version while none was published."""
    in_force = text_on(day).with_only_columns(EngagementText.version).scalar_subquery()
    return (
        select(EngagementAcceptance)
        .where(
            EngagementAcceptance.organisation_id == organisation_id,
            EngagementAcceptance.version == func.coalesce(in_force, literal(first, Date)),
        )
        .options(lazyload(EngagementAcceptance.accepted_by))
    )
