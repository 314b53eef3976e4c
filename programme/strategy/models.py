"""Tables of the strategy."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.core.columns import ExactDecimal, UTCDateTime, enum_column
from programme.extensions import Base


class ThemeSet(StrEnum):
    """The two lists of themes: those of the data platform, those of the smart-territories call."""

    DATA = "data"
    TERRITORIES = "territories"


class IndicatorMode(StrEnum):
    """Whether a value is declared by people or computed from the records."""

    DECLARED = "declared"
    COMPUTED = "computed"


class Carrier(StrEnum):
    """Who carries an axis or an objective."""

    REGION = "region"
    PARTNER = "partner"
    SHARED = "shared"


class Strategy(Base):
    """A strategy adopted by the Region (« stratégie »), with its act and date."""

    __tablename__ = "strategy"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[date | None]
    act: Mapped[str | None] = mapped_column(String(200))
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
    """A plan that projects must be consistent with (« cadre de référence »); it may be part of another."""

    __tablename__ = "policy_frame"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[date | None]
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("policy_frame.id"))
    part_of: Mapped["PolicyFrame | None"] = relationship(lazy="raise_on_sql", remote_side=[id])


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
    definition: Mapped[str] = mapped_column(Text)
    on_home: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    values: Mapped[list["IndicatorValue"]] = relationship(
        lazy="raise_on_sql", back_populates="indicator", order_by="IndicatorValue.reference_on"
    )


class IndicatorValue(Base):
    """A dated, sourced value (« valeur d’indicateur »): a past value is never overwritten."""

    __tablename__ = "indicator_value"
    __table_args__ = (UniqueConstraint("indicator_id", "reference_on", "recorded_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    value: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    reference_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(String(300))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    indicator: Mapped[Indicator] = relationship(lazy="raise_on_sql", back_populates="values")


class RegionalRole(Base):
    """One of the Region's four roles (« tiers de confiance, régulateur, facilitateur, accélérateur »)."""

    __tablename__ = "regional_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
