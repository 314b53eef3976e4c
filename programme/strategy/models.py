"""Tables of the strategy."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.core.columns import ExactDecimal, JSONDocument, UTCDateTime, enum_column
from programme.core.personal_data import not_personal
from programme.extensions import Base
from programme.organisations.models import Organisation
from programme.strategy.states import (
    Audience,
    Carrier,
    FrameLevel,
    IndicatorKind,
    IndicatorMode,
    RdStage,
    ThemeSet,
)


class Strategy(Base):
    """A strategy adopted by the Region (« stratégie »), with its act and date.

    `further` holds what to read next (« en savoir plus »): a label and an address each; those without an
    address are not shown, and staff are told.
    """

    __tablename__ = "strategy"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[date | None]
    act: Mapped[str | None] = mapped_column(String(200))
    further: Mapped[list[dict[str, str]]] = mapped_column(JSONDocument, default=list)
    position: Mapped[int] = mapped_column(default=0)
    axes: Mapped[list["Axis"]] = relationship(
        lazy="raise_on_sql", back_populates="strategy", order_by="Axis.position", cascade="all, delete-orphan"
    )


class Axis(Base):
    """A direction of a strategy (« axe »)."""

    __tablename__ = "axis"

    id: Mapped[int] = mapped_column(primary_key=True)
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    carrier: Mapped[Carrier] = mapped_column(enum_column(Carrier), default=Carrier.REGION)
    position: Mapped[int] = mapped_column(default=0)
    strategy: Mapped[Strategy] = relationship(lazy="joined", innerjoin=True, back_populates="axes")
    objectives: Mapped[list["Objective"]] = relationship(
        lazy="raise_on_sql", back_populates="axis", order_by="Objective.position", cascade="all, delete-orphan"
    )


class Objective(Base):
    """What an axis wants to obtain (« objectif »)."""

    __tablename__ = "objective"

    id: Mapped[int] = mapped_column(primary_key=True)
    axis_id: Mapped[int] = mapped_column(ForeignKey("axis.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    carrier: Mapped[Carrier] = mapped_column(enum_column(Carrier), default=Carrier.REGION)
    position: Mapped[int] = mapped_column(default=0)
    axis: Mapped[Axis] = relationship(lazy="joined", innerjoin=True, back_populates="objectives")


class PolicyFrame(Base):
    """A plan that projects must be consistent with (« cadre de référence »); it may be part of another.

    `border_rule` says what this frame pays for, so that a project knocks at one door only.
    """

    __tablename__ = "policy_frame"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[date | None]
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("policy_frame.id"))
    level: Mapped[FrameLevel] = mapped_column(enum_column(FrameLevel), default=FrameLevel.REGIONAL)
    border_rule: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
    part_of: Mapped["PolicyFrame | None"] = relationship(lazy="raise_on_sql", remote_side=[id])
    consistent_with: Mapped[list["PolicyFrame"]] = relationship(
        lazy="raise_on_sql",
        secondary="frame_consistency",
        primaryjoin="PolicyFrame.id == FrameConsistency.frame_id",
        secondaryjoin="PolicyFrame.id == FrameConsistency.other_id",
        order_by="PolicyFrame.position",
    )
    strategies: Mapped[list[Strategy]] = relationship(
        lazy="raise_on_sql", secondary="strategy_frame", order_by="Strategy.position"
    )


class FrameConsistency(Base):
    """A frame is written to agree with another (« cohérence »); it is not a part of it."""

    __tablename__ = "frame_consistency"
    __table_args__ = (CheckConstraint("frame_id <> other_id", name="two_frames"),)

    frame_id: Mapped[int] = mapped_column(ForeignKey("policy_frame.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("policy_frame.id", ondelete="CASCADE"), primary_key=True)


class StrategyFrame(Base):
    """A strategy agrees with a frame (« mise en cohérence »)."""

    __tablename__ = "strategy_frame"

    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="CASCADE"), primary_key=True)
    frame_id: Mapped[int] = mapped_column(ForeignKey("policy_frame.id", ondelete="CASCADE"), primary_key=True)


class Theme(Base):
    """A subject of projects, data sets and reuses (« thème »)."""

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    set: Mapped[ThemeSet] = mapped_column(enum_column(ThemeSet))
    code: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    text: Mapped[str | None] = mapped_column(Text)
    drawing: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)
    subdomains: Mapped[list["Subdomain"]] = relationship(
        lazy="raise_on_sql", back_populates="theme", order_by="Subdomain.position", cascade="all, delete-orphan"
    )


class Subdomain(Base):
    """A part of a theme (« sous-domaine »)."""

    __tablename__ = "subdomain"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(160))
    text: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
    theme: Mapped[Theme] = relationship(lazy="joined", innerjoin=True, back_populates="subdomains")


class Indicator(Base):
    """What the programme counts (« indicateur »)."""

    __tablename__ = "indicator"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(60))
    mode: Mapped[IndicatorMode] = mapped_column(enum_column(IndicatorMode))
    kind: Mapped[IndicatorKind] = mapped_column(enum_column(IndicatorKind), default=IndicatorKind.KEY_FIGURE)
    definition: Mapped[str] = mapped_column(Text)
    on_home: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    values: Mapped[list["IndicatorValue"]] = relationship(
        lazy="raise_on_sql", back_populates="indicator", order_by="IndicatorValue.reference_on"
    )


class IndicatorValue(Base):
    """A dated, sourced value (« valeur d’indicateur »): a past value is never overwritten."""

    __tablename__ = "indicator_value"
    __table_args__ = (
        UniqueConstraint("indicator_id", "reference_on", "recorded_at"),
        Index("ix_indicator_value_indicator_id_reference_on", "indicator_id", "reference_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"))
    value: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    reference_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(String(300))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    indicator: Mapped[Indicator] = relationship(lazy="raise_on_sql", back_populates="values")


class PastValueTouched(RuntimeError):
    """A kept value was about to be changed or taken out: a fault of the code, since the past stays as it was."""


@event.listens_for(IndicatorValue, "before_update")
@event.listens_for(IndicatorValue, "before_delete")
def _keep_the_past(_mapper: Any, _connection: Any, value: IndicatorValue) -> NoReturn:
    raise PastValueTouched(f"value {value.id} of indicator {value.indicator_id} is kept as it was recorded")


class RegionalRole(Base):
    """One of the Region's four roles (« tiers de confiance, régulateur, facilitateur, accélérateur »)."""

    __tablename__ = "regional_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
    services: Mapped[list["ProgrammeService"]] = relationship(
        lazy="raise_on_sql", back_populates="role", order_by="ProgrammeService.position", cascade="all, delete-orphan"
    )


class ProgrammeService(Base):
    """What the programme offers (« service »), under the role that the Region plays by it and for whom it is.

    `path` is one of the product's own public addresses, or None when the service has no page.
    """

    __tablename__ = "programme_service"

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("regional_role.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text)
    path: Mapped[str | None] = mapped_column(String(120))
    audience_codes: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    position: Mapped[int] = mapped_column(default=0)
    role: Mapped[RegionalRole] = relationship(lazy="raise_on_sql", back_populates="services")

    @property
    def audiences(self) -> list[Audience]:
        """For whom the service is."""
        return [Audience(code) for code in self.audience_codes]


class RdProgramme(Base):
    """A research and development programme (« programme de recherche et développement »).

    `partners` and `deliverables` have one line each; what the source does not say is None.
    """

    __tablename__ = "rd_programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")
    partners: Mapped[str | None] = mapped_column(Text)
    budget: Mapped[str | None] = mapped_column(String(300))
    deliverables: Mapped[str | None] = mapped_column(Text)
    stage: Mapped[RdStage | None] = mapped_column(enum_column(RdStage))
    source: Mapped[str | None] = mapped_column(String(300))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    position: Mapped[int] = mapped_column(default=0)
    theme: Mapped[Theme | None] = relationship(lazy="joined")


class Award(Base):
    """A distinction received (« récompense »): by whom, when, for what; its recipient may be in the network."""

    __tablename__ = "award"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    organisers: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    category: Mapped[str | None] = mapped_column(String(200))
    recipient: Mapped[str] = mapped_column(String(200), info=not_personal("Nom d’un organisme ou d’un service"))
    text: Mapped[str | None] = mapped_column(Text)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
