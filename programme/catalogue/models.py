"""Tables of the catalogue."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.core.columns import UTCDateTime, enum_column
from programme.extensions import Base
from programme.organisations.models import Organisation
from programme.strategy.models import Theme


class DatasetKind(StrEnum):
    """The platform's three kinds."""

    OPEN = "open"
    SMART = "smart"
    GEOGRAPHIC = "geographic"


class Licence(StrEnum):
    """Licences met on the platform."""

    LO_2_0 = "lo_2_0"
    ODBL = "odbl"
    ODC_BY = "odc_by"
    CC_BY = "cc_by"
    CC_BY_SA = "cc_by_sa"
    CC0 = "cc0"
    OTHER_OPEN = "other_open"
    OTHER = "other"


class Granularity(StrEnum):
    """The finest territory that a row describes."""

    REGION = "region"
    DEPARTMENT = "department"
    EPCI = "epci"
    COMMUNE = "commune"
    IRIS = "iris"
    PARCEL = "parcel"
    POINT = "point"
    UNDEFINED = "undefined"


class Dataset(Base):
    """A reference to a data set (« jeu de données »)."""

    __tablename__ = "dataset"
    __table_args__ = (Index("ix_dataset_theme_id_sort_title", "theme_id", "sort_title"),)

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
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    producer: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    theme: Mapped[Theme] = relationship(lazy="joined", innerjoin=True)


class DatasetCollection(Base):
    """A set of data sets that belong together (« collection »), with what is still wanted."""

    __tablename__ = "dataset_collection"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    completeness: Mapped[str] = mapped_column(String(200), default="")
    wanted: Mapped[str] = mapped_column(Text, default="")
    items: Mapped[list["CollectionItem"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")


class CollectionItem(Base):
    """A data set's place in a collection (« élément de collection »)."""

    __tablename__ = "collection_item"

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("dataset_collection.id", ondelete="CASCADE"), primary_key=True
    )
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True)
    dataset: Mapped[Dataset] = relationship(lazy="joined", innerjoin=True)
