"""The table of grants."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.agreements.models import Agreement
from programme.applications.models import Application
from programme.assessment.models import Decision
from programme.calls.models import Call
from programme.core import search
from programme.core.columns import Money, UTCDateTime, enum_column
from programme.extensions import Base
from programme.grants.states import GrantState
from programme.organisations.models import Organisation
from programme.projects.models import Project
from programme.strategy.models import Theme


@search.indexed("search_text")
class Grant(Base):
    """What the Region's vote gives to a project (« subvention »): public from the release of the decision.

    Call, theme, territory and day of the vote are copied from the records once: an award is a past fact, and the
    public list must not depend on what becomes of a theme or an application.
    """

    __tablename__ = "grant_award"  # GRANT is a word of SQL.
    __table_args__ = (
        CheckConstraint("amount > 0 AND (eligible_cost = 0 OR amount <= eligible_cost)", name="amount_within_cost"),
        CheckConstraint("(state = 'voted') = (notified_at IS NULL)", name="notified_unless_voted"),
        CheckConstraint("state <> 'contracted' OR agreement_id IS NOT NULL", name="contracted_with_agreement"),
        Index("ix_grant_award_voted_on", "voted_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    territory_code: Mapped[str | None]
    state: Mapped[GrantState] = mapped_column(enum_column(GrantState), default=GrantState.VOTED)
    amount: Mapped[Decimal] = mapped_column(Money)
    eligible_cost: Mapped[Decimal] = mapped_column(Money)
    voted_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    notified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[Decision] = relationship(lazy="raise_on_sql")
    application: Mapped[Application] = relationship(lazy="raise_on_sql")
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    agreement: Mapped[Agreement | None] = relationship(lazy="raise_on_sql")
    call: Mapped[Call] = relationship(lazy="joined", innerjoin=True)
    theme: Mapped[Theme | None] = relationship(lazy="joined")
