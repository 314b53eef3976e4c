"""Reuses, and the themes and data sets that they need."""

from datetime import datetime
from itertools import count
from typing import Any

from programme.accounts.models import Account
from programme.catalogue.models import Dataset
from programme.core import search
from programme.core.identifiers import fold, slugify
from programme.extensions import db
from programme.projects.models import Project
from programme.reuses.models import Reuse, ReuseDataset
from programme.reuses.rules.addresses import address_key
from programme.reuses.states import PUBLIC, ReuseKind, ReuseState
from programme.strategy.models import Theme, ThemeSet
from tests.factories.people import NOON, account, organisation

_number = count(1)


def theme(label: str = "Environnement et climat", code: str = "", drawing: str = "relief") -> Theme:
    """A theme of the data platform. Inside a unit of work."""
    made = Theme(set=ThemeSet.DATA, code=code or slugify(label), label=label, drawing=drawing)
    db.session.add(made)
    db.session.flush()
    return made


def dataset(
    title: str = "Indices horaires de la qualité de l’air", theme: Theme | None = None, **values: Any
) -> Dataset:
    """A reference of the catalogue with its producer. Inside a unit of work."""
    index = next(_number)
    made = Dataset(
        slug=f"{slugify(title)}-{index}", title=title, sort_title=fold(title), producer=organisation(f"Producteur {index}"),
        theme=theme or globals()["theme"](f"Thème du jeu {index}"), search_text=search.document(title), created_at=NOON,
        **values,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def reuse(
    title: str = "", state: ReuseState = ReuseState.PUBLISHED, *, declarer: Account | None = None,
    theme: Theme | None = None, datasets: tuple[Dataset, ...] = (), at: datetime = NOON, **values: Any,
) -> Reuse:  # fmt: skip
    """A whole reuse in the given state, with one data set outside the catalogue when none is given."""
    index = next(_number)
    title = title or f"Réutilisation {index}"
    url = values.pop("url", f"https://reutilisation-{index}.example/carte")
    lines = [
        ReuseDataset(dataset_id=each.id, title="", use=f"Pour la couche {place}.", position=place)
        for place, each in enumerate(datasets)
    ] or [ReuseDataset(title="Relevés de terrain", use="Pour le fond de carte.", position=0)]
    dates: dict[str, Any] = {"submitted_at": None if state is ReuseState.DRAFT else at}
    if state in PUBLIC:
        dates |= {"published_at": at, "published_year": at.year}
    if state is ReuseState.FEATURED:
        dates["featured_at"] = at
    if state is ReuseState.BROKEN_LINK:
        dates["broken_since"] = at
    columns: dict[str, Any] = {
        "summary": "L’air de la cour d’école, heure par heure.", "kind": ReuseKind.MAP, "territory_code": "13",
        "flag_count": 0,
    } | dates | values  # fmt: skip
    made = Reuse(
        title=title, slug=slugify(title), sort_title=fold(title), state=state, theme=theme or globals()["theme"](f"Thème {index}"),
        declarer=declarer or account(), url=url, url_key=address_key(url), created_at=at, updated_at=at, datasets=lines,
        dataset_count=len(lines), flags=[], search_title=search.document(title),
        search_text=search.document(title, columns["summary"], columns.get("description")), drawing="<svg></svg>",
        project=Project(title=title, slug=f"projet-r-{index}", created_at=at, public_since=at if state in PUBLIC else None),
        **columns,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made
