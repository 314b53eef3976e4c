"""Statements about the republican engagement."""

from datetime import date

from sqlalchemy import Select, select

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


def acceptance(organisation_id: int, version: date) -> Select[EngagementAcceptance]:
    """What an organisation took of a version."""
    return select(EngagementAcceptance).where(
        EngagementAcceptance.organisation_id == organisation_id, EngagementAcceptance.version == version
    )
