"""References of data sets and their collections."""

from itertools import count
from typing import Any

from programme.catalogue.models import CollectionItem, Dataset, DatasetCollection
from programme.core import search
from programme.core.identifiers import fold, slugify
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.strategy.models import Theme
from tests.factories import strategy
from tests.factories.people import NOON, organisation

_number = count(1)


def dataset(
    title: str = "", *, producer: Organisation | None = None, theme: Theme | None = None, **values: Any
) -> Dataset:
    """A reference with its producer and theme. Inside a unit of work."""
    index = next(_number)
    title = title or f"Jeu de données {index}"
    producer, theme = producer or organisation(), theme or strategy.theme()
    made = Dataset(
        **{
            "slug": f"{slugify(title)}-{index}", "title": title, "sort_title": fold(title), "producer": producer,
            "theme": theme, "created_at": NOON, "search_text": search.document(title, producer.name, theme.label),
            **values,
        }
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def collection(title: str = "Transports", datasets: tuple[Dataset, ...] = (), **values: Any) -> DatasetCollection:
    """A collection of these references. Inside a unit of work."""
    made = DatasetCollection(
        **{"slug": f"{slugify(title)}-{next(_number)}", "title": title, "description": "Ce qui va ensemble.", **values}
    )
    made.items = [CollectionItem(dataset=each) for each in datasets]
    db.session.add(made)
    db.session.flush()
    return made
