"""The table of the thread."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.core.columns import UTCDateTime
from programme.extensions import Base
from programme.organisations.models import Organisation
from programme.strategy.models import Theme


class Project(Base):
    """What a team or an organisation builds (« projet »). Applications, agreements, teams and reuses point to it.

    `public_since` is set by the first public fact (a team, an award, a published reuse); before it only those
    who may see one of its parts see the project.
    """

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    territory: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    public_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    theme: Mapped[Theme | None] = relationship(lazy="joined")
