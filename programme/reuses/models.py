"""Tables of the gallery."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.accounts.models import Account
from programme.catalogue.models import Dataset
from programme.core import search
from programme.core.columns import ExactDecimal, UTCDateTime, enum_column
from programme.core.personal_data import Basis, Fate, personal
from programme.core.storage import StoredFile
from programme.extensions import Base
from programme.organisations.models import Organisation
from programme.projects.models import Project
from programme.reuses.labels import KINDS, OPENINGS, STATES, TONES
from programme.reuses.states import PUBLIC, FlagReason, ReuseKind, ReuseOrigin, ReuseState
from programme.strategy.models import Theme

WIDTHS = (480, 960)
"""Of the copies of a picture, in pixels: a card, and a card of a sharp screen or the page of a reuse."""

_LIVE = text("url_key IS NOT NULL AND state NOT IN ('draft', 'unpublished')")


@search.indexed("search_title", "search_text")
class Reuse(Base):
    """Something built with data sets (« réutilisation »): a part of a project's thread, published by the Region."""

    __tablename__ = "reuse"
    __table_args__ = (
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted_at_iff_past_draft"),
        CheckConstraint(
            "state NOT IN ('published', 'featured', 'flagged', 'broken_link') "
            "OR (published_at IS NOT NULL AND published_year IS NOT NULL)",
            name="public_has_published_at",
        ),
        CheckConstraint("state <> 'featured' OR featured_at IS NOT NULL", name="featured_has_featured_at"),
        CheckConstraint("(state = 'broken_link') = (broken_since IS NOT NULL)", name="broken_since_iff_broken_link"),
        CheckConstraint(
            "state = 'draft' OR (kind IS NOT NULL AND theme_id IS NOT NULL AND url_key IS NOT NULL AND summary <> '')",
            name="complete_past_draft",
        ),
        CheckConstraint("effect_value IS NULL OR (effect_unit <> '' AND effect_on IS NOT NULL)", name="effect_has_unit_and_day"),
        CheckConstraint("image_id IS NULL OR image_alt <> ''", name="image_has_alt"),
        Index("ix_reuse_newest", "published_at", "id", "state"),
        Index("ix_reuse_theme_newest", "theme_id", "published_at", "id", "state"),
        Index("ix_reuse_facets", "state", "theme_id", "kind", "territory_code", "published_year"),
        Index("ix_reuse_state_submitted_at", "state", "submitted_at"),
        Index("uq_reuse_live_url_key", "url_key", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    nonce: Mapped[str | None] = mapped_column(String(43), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    title: Mapped[str] = mapped_column(String(150))
    sort_title: Mapped[str] = mapped_column(String(150))
    kind: Mapped[ReuseKind | None] = mapped_column(enum_column(ReuseKind))
    summary: Mapped[str] = mapped_column(String(240), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    url_key: Mapped[str | None] = mapped_column(String(500))
    image_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    image_alt: Mapped[str] = mapped_column(String(240), default="")
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    territory_code: Mapped[str | None] = mapped_column(String(3))
    territory: Mapped[str] = mapped_column(String(120), default="")
    declarer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    signature: Mapped[str] = mapped_column(
        String(120), default="",
        info=personal("Nommer l’auteur de la réutilisation, s’il le veut", basis=Basis.CONSENT),
    )  # fmt: skip
    origin: Mapped[ReuseOrigin] = mapped_column(enum_column(ReuseOrigin), default=ReuseOrigin.FREE)
    effect_text: Mapped[str] = mapped_column(String(240), default="")
    effect_value: Mapped[Decimal | None] = mapped_column(ExactDecimal(2))
    effect_unit: Mapped[str] = mapped_column(String(120), default="")
    effect_on: Mapped[date | None]
    missing: Mapped[str] = mapped_column(Text, default="")
    licence: Mapped[str] = mapped_column(String(60), default="")
    code_url: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[ReuseState] = mapped_column(enum_column(ReuseState), default=ReuseState.DRAFT)
    moderation_note: Mapped[str] = mapped_column(Text, default="")
    flag_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_year: Mapped[int | None] = mapped_column(index=True)
    featured_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    broken_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dataset_count: Mapped[int] = mapped_column(default=0)
    drawing: Mapped[str] = mapped_column(Text, default="")
    search_title: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    theme: Mapped[Theme | None] = relationship(lazy="joined")
    declarer: Mapped[Account | None] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    image: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
    datasets: Mapped[list["ReuseDataset"]] = relationship(
        lazy="raise_on_sql", order_by="ReuseDataset.position", cascade="all, delete-orphan", back_populates="reuse"
    )
    flags: Mapped[list["ReuseFlag"]] = relationship(
        lazy="raise_on_sql", order_by="ReuseFlag.id", back_populates="reuse"
    )

    @property
    def is_public(self) -> bool:
        """Whether everybody may read its page."""
        return self.state in PUBLIC

    @property
    def was_public(self) -> bool:
        """Whether its page existed and was withdrawn: its address answers 410, not 404."""
        return self.state is ReuseState.UNPUBLISHED and self.published_at is not None

    @property
    def has_effect(self) -> bool:
        """Whether an effect is told or measured."""
        return self.effect_value is not None or bool(self.effect_text)

    @property
    def kind_label(self) -> Any:
        """The kind in words; empty in a draft that has none."""
        return KINDS[self.kind] if self.kind else ""

    @property
    def opening_label(self) -> Any:
        """The words of the link that leads to the thing itself."""
        return OPENINGS[self.kind] if self.kind else ""

    @property
    def state_label(self) -> Any:
        """The state in words."""
        return STATES[self.state]

    @property
    def state_tone(self) -> str:
        """The tone of the state's mark."""
        return TONES[self.state]

    @property
    def author(self) -> str:
        """Who proposes it, as shown to everybody: the organisation, or the signature the person chose."""
        return self.organisation.name if self.organisation else self.signature


class ReuseDataset(Base):
    """A data set used by a reuse (« donnée utilisée »), with what it is used for in one line.

    It is a reference of the catalogue, or a title and an address when the catalogue does not know it.
    """

    __tablename__ = "reuse_dataset"
    __table_args__ = (
        CheckConstraint("(dataset_id IS NULL) = (title <> '')", name="known_or_titled"),
        UniqueConstraint("reuse_id", "dataset_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reuse_id: Mapped[int] = mapped_column(ForeignKey("reuse.id", ondelete="CASCADE"), index=True)
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"), index=True)
    title: Mapped[str] = mapped_column(String(250), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    use: Mapped[str] = mapped_column(String(240))
    position: Mapped[int] = mapped_column(default=0)
    reuse: Mapped[Reuse] = relationship(lazy="raise_on_sql", back_populates="datasets")
    dataset: Mapped[Dataset | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """The title to show."""
        return self.dataset.title if self.dataset else self.title


class ReuseFlag(Base):
    """A visitor's report (« signalement »), read by the officers only."""

    __tablename__ = "reuse_flag"
    __table_args__ = (CheckConstraint("handled_by_id IS NULL OR handled_at IS NOT NULL", name="handled_has_instant"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reuse_id: Mapped[int] = mapped_column(ForeignKey("reuse.id", ondelete="CASCADE"), index=True)
    reason: Mapped[FlagReason] = mapped_column(enum_column(FlagReason))
    message: Mapped[str] = mapped_column(
        Text, default="", info=personal("Comprendre un signalement", months=12, fate=Fate.ERASED)
    )
    email: Mapped[str | None] = mapped_column(
        String(254), info=personal("Répondre à qui signale", months=12, fate=Fate.ERASED)
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reuse: Mapped[Reuse] = relationship(lazy="raise_on_sql", back_populates="flags")


class ReuseThumbnail(Base):
    """A smaller copy of a picture of the gallery (« vignette »), made by the worker; without file, none can be made of it.

    `width` is the widest that the copy may be, in pixels: one of `WIDTHS`.
    """

    __tablename__ = "reuse_thumbnail"
    __table_args__ = (UniqueConstraint("source_id", "width"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id", ondelete="CASCADE"))
    width: Mapped[int]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql", foreign_keys=[file_id])


@dataclass(frozen=True)
class DatasetUse:
    """A data set as somebody names it: the number of a known one, or a title and an address; and its use."""

    use: str
    dataset_id: int | None = None
    title: str = ""
    url: str = ""
