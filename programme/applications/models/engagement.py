"""The republican engagement of associations and foundations: its text as record data, and who took it when."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.accounts.models import Account
from programme.core.columns import UTCDateTime
from programme.extensions import Base


class EngagementText(Base):
    """A version of the engagement (« texte du contrat d’engagement républicain »): the annex of decree 2021-1947.

    It is published by the Region's staff and never changes; another version follows it, from another day.
    """

    __tablename__ = "engagement_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[date] = mapped_column(unique=True)
    body: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class EngagementAcceptance(Base):
    """An organisation took the engagement (« souscription du contrat d’engagement républicain »), once for each version.

    `sha256` is that of the text that was on the screen.
    """

    __tablename__ = "engagement_acceptance"
    __table_args__ = (UniqueConstraint("organisation_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    version: Mapped[date]
    sha256: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    accepted_by: Mapped[Account | None] = relationship(lazy="joined")
