"""Tables of the catalogue."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.accounts.models import Account
from programme.catalogue.states import Completeness, DatasetKind, Granularity, ImportState, Licence
from programme.core import search
from programme.core.columns import JSONDocument, UTCDateTime, enum_column
from programme.extensions import Base
from programme.organisations.models import Organisation
from programme.strategy.models import Theme


@search.indexed("search_text")
class Dataset(Base):
    """A reference to a data set (« jeu de données »).

    `opened_through` names the call, agreement, event or programme thanks to which it was opened; `version` counts
    the edits, so that the second of two editors is told.
    """

    __tablename__ = "dataset"
    __table_args__ = (
        Index("ix_dataset_theme_id_sort_title", "theme_id", "sort_title"),
        Index("ix_dataset_created_at", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(250))
    sort_title: Mapped[str] = mapped_column(String(250), index=True)
    description: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str | None] = mapped_column(String(500))
    producer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"))
    kind: Mapped[DatasetKind] = mapped_column(enum_column(DatasetKind), default=DatasetKind.OPEN)
    licence: Mapped[Licence] = mapped_column(enum_column(Licence), default=Licence.LO_2_0)
    granularity: Mapped[Granularity] = mapped_column(enum_column(Granularity), default=Granularity.UNDEFINED)
    frequency: Mapped[str | None] = mapped_column(String(60))
    is_new: Mapped[bool] = mapped_column(default=False)
    opened_through: Mapped[str | None] = mapped_column(String(120))
    search_text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    producer: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    theme: Mapped[Theme] = relationship(lazy="joined", innerjoin=True)


class DatasetCollection(Base):
    """A set of data sets that belong together (« collection »), with what is still wanted.

    `completeness` says in one sentence what is there; `wanted` has one line for each data set still looked for.
    """

    __tablename__ = "dataset_collection"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    state: Mapped[Completeness] = mapped_column(enum_column(Completeness), default=Completeness.STARTED)
    completeness: Mapped[str] = mapped_column(String(200), default="")
    wanted: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    items: Mapped[list["CollectionItem"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")

    @property
    def wanted_items(self) -> list[str]:
        """What is still wanted, item by item."""
        return [line.strip() for line in self.wanted.splitlines() if line.strip()]


class CollectionItem(Base):
    """A data set's place in a collection (« élément de collection »)."""

    __tablename__ = "collection_item"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("dataset_collection.id", ondelete="CASCADE"), primary_key=True
    )
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True)
    dataset: Mapped[Dataset] = relationship(lazy="joined", innerjoin=True)


class DatasetImport(Base):
    """A list of references read from a file and shown before anything is entered (« import de références »).

    `lines` keeps each row as read: its line, its values, the sentences about its faults. Rows with faults are
    never entered.
    """

    __tablename__ = "dataset_import"
    __table_args__ = (CheckConstraint("(state = 'previewed') = (closed_at IS NULL)", name="closed_at_iff_closed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[ImportState] = mapped_column(enum_column(ImportState), default=ImportState.PREVIEWED)
    file_name: Mapped[str] = mapped_column(String(120))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    left_aside: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    added_count: Mapped[int] = mapped_column(default=0)
    updated_count: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def good_lines(self) -> list[dict[str, Any]]:
        """The rows that can be entered."""
        return [line for line in self.lines if not line["faults"]]

    @property
    def faulty_lines(self) -> list[dict[str, Any]]:
        """The rows that stay out, with their faults."""
        return [line for line in self.lines if line["faults"]]
