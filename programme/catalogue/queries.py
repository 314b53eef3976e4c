"""Statements about the references, their collections and their imports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import contains_eager
from sqlalchemy.sql.selectable import CompoundSelect

from programme.catalogue.models import CollectionItem, Dataset, DatasetCollection, DatasetImport
from programme.catalogue.states import DatasetKind, DatasetSort, Granularity, Licence
from programme.core import search as words
from programme.organisations.models import Organisation
from programme.strategy.models import Theme


@dataclass(frozen=True)
class Filters:
    """What the reader asks of the list; codes of themes, slugs of producers, codes of this room."""

    text: str = ""
    themes: tuple[str, ...] = ()
    producers: tuple[str, ...] = ()
    kinds: tuple[DatasetKind, ...] = ()
    licences: tuple[Licence, ...] = ()
    granularities: tuple[Granularity, ...] = ()
    only_new: bool = False
    only_opened: bool = False
    sort: DatasetSort = DatasetSort.TITLE

    @property
    def any(self) -> bool:
        """Whether something is filtered."""
        return bool(
            self.text.strip() or self.themes or self.producers or self.kinds or self.licences or self.granularities
            or self.only_new or self.only_opened
        )  # fmt: skip


def by_slug(slug: str) -> Select[Dataset]:
    """One reference."""
    return select(Dataset).where(Dataset.slug == slug)


def by_slug_for_update(slug: str) -> Select[Dataset]:
    """One reference, locked."""
    return by_slug(slug).with_for_update(of=Dataset)


def by_ids(numbers: Iterable[int]) -> Select[Dataset]:
    """These references, by title."""
    return _listed().where(Dataset.id.in_(list(numbers))).order_by(Dataset.sort_title, Dataset.id)


def slugs_like(base: str) -> Select[str]:
    """The slugs that begin so."""
    return select(Dataset.slug).where(Dataset.slug.startswith(base, autoescape=True))


def all_slugs() -> Select[str]:
    """Every slug, for an import to make new ones."""
    return select(Dataset.slug)


def pick_list(text: str = "", *, producer_id: int | None = None) -> Select[int, str, str]:
    """Number, title and producer of the references, by title, to choose some in a form."""
    statement = (
        select(Dataset.id, Dataset.title, Organisation.name)
        .join(Dataset.producer)
        .order_by(Dataset.sort_title, Dataset.id)
    )
    if producer_id is not None:
        statement = statement.where(Dataset.producer_id == producer_id)
    found = words.matches(Dataset.search_text, text)
    return statement if found is None else statement.where(found)


def _listed() -> Select[Dataset]:
    """References with their producer and theme in the same statement, and nothing more of the producer."""
    return (
        select(Dataset)
        .join(Dataset.producer)
        .join(Dataset.theme)
        .options(
            contains_eager(Dataset.producer).lazyload(Organisation.categories),
            contains_eager(Dataset.theme),
        )
    )


def _conditions(filters: Filters) -> dict[str, ColumnElement[bool]]:
    """The condition of each filter that is set, by facet."""
    found = {
        "text": words.matches(Dataset.search_text, filters.text),
        "theme": Theme.code.in_(filters.themes) if filters.themes else None,
        "producer": Organisation.slug.in_(filters.producers) if filters.producers else None,
        "kind": Dataset.kind.in_(filters.kinds) if filters.kinds else None,
        "licence": Dataset.licence.in_(filters.licences) if filters.licences else None,
        "granularity": Dataset.granularity.in_(filters.granularities) if filters.granularities else None,
        "new": Dataset.is_new.is_(True) if filters.only_new else None,
        "opened": Dataset.opened_through.is_not(None) if filters.only_opened else None,
    }
    return {facet: condition for facet, condition in found.items() if condition is not None}


_ORDERS: dict[DatasetSort, tuple[Any, ...]] = {
    DatasetSort.TITLE: (Dataset.sort_title, Dataset.id),
    DatasetSort.NEWEST: (Dataset.created_at.desc(), Dataset.id.desc()),
    DatasetSort.PRODUCER: (Organisation.sort_name, Dataset.sort_title, Dataset.id),
}


def search(filters: Filters) -> Select[Dataset]:
    """The references that answer, in the order asked for."""
    return _listed().where(*_conditions(filters).values()).order_by(*_ORDERS[filters.sort])


def facets(filters: Filters) -> CompoundSelect[Any]:
    """How many references each choice would show, all facets in one statement: (facet, code, label, count).

    A facet leaves its own filter out of its counts, so that choosing a second theme widens the list.
    """
    conditions = _conditions(filters)
    groups: dict[str, tuple[Any, Any, ColumnElement[bool] | None]] = {
        "theme": (Theme.code, Theme.label, None),
        "producer": (Organisation.slug, Organisation.name, None),
        "kind": (cast(Dataset.kind, String), literal(""), None),
        "licence": (cast(Dataset.licence, String), literal(""), None),
        "granularity": (cast(Dataset.granularity, String), literal(""), None),
        "new": (literal("1"), literal(""), Dataset.is_new.is_(True)),
        "opened": (literal("1"), literal(""), Dataset.opened_through.is_not(None)),
    }
    parts = []
    for facet, (code, label, own) in groups.items():
        part = (
            select(literal(facet).label("facet"), code.label("code"), label.label("label"), func.count(Dataset.id))
            .join(Dataset.producer)
            .join(Dataset.theme)
            .where(*(condition for name, condition in conditions.items() if name != facet))
        )
        if own is not None:
            part = part.where(own)
        elif facet in ("theme", "producer"):
            part = part.group_by(code, label)
        else:
            part = part.group_by(code)
        parts.append(part)
    return union_all(*parts)


def counts_by_theme() -> Select[int, int]:
    """How many references each theme has."""
    return select(Dataset.theme_id, func.count()).group_by(Dataset.theme_id)


def totals(at: datetime) -> Select[int, int, int]:
    """References, those never published before, and their producers, as they were known at this instant."""
    return select(
        func.count(Dataset.id),
        func.count(Dataset.id).filter(Dataset.is_new.is_(True)),
        func.count(Dataset.producer_id.distinct()),
    ).where(Dataset.created_at <= at)


def opened_through(name: str) -> Select[Dataset]:
    """The references opened thanks to this programme, call, agreement or event, by title."""
    return _listed().where(Dataset.opened_through == name).order_by(Dataset.sort_title, Dataset.id)


def producers() -> Select[int, str]:
    """Number and name of the organisations, to choose the producer of a reference."""
    return select(Organisation.id, Organisation.name).order_by(Organisation.sort_name, Organisation.id)


def producer_keys() -> Select[int, str, str]:
    """Number, name and SIRET of the organisations, to recognise a producer in a list."""
    return select(Organisation.id, Organisation.name, Organisation.siret)


def theme_keys() -> Select[int, str, str]:
    """Number, code and label of the themes, to recognise a theme in a list."""
    return select(Theme.id, Theme.code, Theme.label)


def same_data(urls: Iterable[str], titles: Iterable[str]) -> Select[Dataset]:
    """The references at one of these addresses, or with one of these folded titles."""
    return select(Dataset).where(or_(Dataset.url.in_(list(urls)), Dataset.sort_title.in_(list(titles))))


def collections() -> Select[DatasetCollection, int]:
    """Each collection with its number of references."""
    counts = (
        select(CollectionItem.collection_id, func.count().label("size"))
        .group_by(CollectionItem.collection_id)
        .subquery()
    )
    return (
        select(DatasetCollection, func.coalesce(counts.c.size, 0))
        .outerjoin(counts, counts.c.collection_id == DatasetCollection.id)
        .order_by(DatasetCollection.position, DatasetCollection.title, DatasetCollection.id)
    )


def collection(slug: str) -> Select[DatasetCollection]:
    """One collection."""
    return select(DatasetCollection).where(DatasetCollection.slug == slug)


def collection_datasets(collection_id: int) -> Select[Dataset]:
    """The references of a collection, by title."""
    return (
        _listed()
        .join(CollectionItem, CollectionItem.dataset_id == Dataset.id)
        .where(CollectionItem.collection_id == collection_id)
        .order_by(Dataset.sort_title, Dataset.id)
    )


def collections_of(dataset_id: int) -> Select[DatasetCollection]:
    """The collections that hold a reference."""
    return (
        select(DatasetCollection)
        .join(CollectionItem, CollectionItem.collection_id == DatasetCollection.id)
        .where(CollectionItem.dataset_id == dataset_id)
        .order_by(DatasetCollection.position, DatasetCollection.title)
    )


def imports() -> Select[DatasetImport]:
    """The lists sent, the latest first."""
    return select(DatasetImport).order_by(DatasetImport.created_at.desc(), DatasetImport.id.desc())


def import_by_id(number: int) -> Select[DatasetImport]:
    """One list."""
    return select(DatasetImport).where(DatasetImport.id == number)


def import_for_update(number: int) -> Select[DatasetImport]:
    """One list, locked."""
    return import_by_id(number).with_for_update(of=DatasetImport)
