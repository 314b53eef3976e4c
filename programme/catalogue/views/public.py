"""What everybody reads: the list of references, a reference, a collection."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from programme.catalogue import labels, policy, queries, services
from programme.catalogue.queries import Filters
from programme.catalogue.states import DatasetKind, DatasetSort, Granularity, Licence
from programme.catalogue.views import bp
from programme.core import search
from programme.core.access import PUBLIC, access, viewer
from programme.extensions import db

Code = TypeVar("Code", bound=StrEnum)
PER_PAGE = 24


@dataclass(frozen=True)
class Choice:
    """One line of a facet."""

    code: str
    label: str
    count: int
    chosen: bool


def _known(kind: type[Code], texts: Iterable[str]) -> tuple[Code, ...]:
    return tuple(kind(text) for text in dict.fromkeys(texts) if text in set(kind))


def filters_of(args: MultiDict[str, str]) -> Filters:
    """What the address asks; an unknown code is left out rather than refused."""
    sorts = _known(DatasetSort, args.getlist("tri"))
    return Filters(
        text=args.get("q", "")[:200], themes=tuple(args.getlist("theme")[:40]),
        producers=tuple(args.getlist("producteur")[:40]), kinds=_known(DatasetKind, args.getlist("nature")),
        licences=_known(Licence, args.getlist("licence")), granularities=_known(Granularity, args.getlist("maille")),
        only_new="nouveau" in args, only_opened="ouvert" in args, sort=sorts[0] if sorts else DatasetSort.TITLE,
    )  # fmt: skip


def address_of(filters: Filters, **changes: Any) -> str:
    """The address of the list under these filters; `changes` replace arguments of the address."""
    args: dict[str, Any] = {
        "q": filters.text or None, "theme": filters.themes, "producteur": filters.producers, "nature": filters.kinds,
        "licence": filters.licences, "maille": filters.granularities, "nouveau": "1" if filters.only_new else None,
        "ouvert": "1" if filters.only_opened else None,
        "tri": filters.sort if filters.sort is not DatasetSort.TITLE else None,
    }  # fmt: skip
    return url_for("catalogue.index", **{name: value for name, value in (args | changes).items() if value})


@bp.get("/donnees")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    """Search and facets over the references."""
    filters = filters_of(request.args)
    page = db.paginate(queries.search(filters), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    facets = facets_of(db.session.execute(queries.facets(filters)).all(), filters)
    return render_template(
        "catalogue/index.html", page=page, filters=filters, facets=facets, labels=labels, chosen=chosen(filters, facets),
        collections=db.session.execute(queries.collections()).all(), sorts=sort_links(filters),
        page_url=lambda number: address_of(filters, page=number),
        said=lambda dataset: search.extract(dataset.description, filters.text),
    )  # fmt: skip


WORDS: dict[str, Any] = {"kind": labels.KINDS, "licence": labels.LICENCES, "granularity": labels.GRANULARITIES}
ARGUMENTS = {
    "theme": "theme",
    "producer": "producteur",
    "kind": "nature",
    "licence": "licence",
    "granularity": "maille",
}
"""The argument of the address of each facet."""


def _taken(filters: Filters) -> dict[str, tuple[str, ...]]:
    """The codes chosen in each facet."""
    return {
        "theme": filters.themes, "producer": filters.producers, "kind": filters.kinds, "licence": filters.licences,
        "granularity": filters.granularities,
    }  # fmt: skip


def facets_of(rows: Iterable[Any], filters: Filters) -> dict[str, list[Choice]]:
    """The choices of each facet: those that some reference has and those that are chosen, the fullest first.

    `rows` are (facet, code, label, count), as `queries.facets` gives them.
    """
    taken = _taken(filters)
    found: dict[str, dict[str, Choice]] = {facet: {} for facet in (*taken, "new", "opened")}
    for facet, code, label, count in rows:
        shown = str(WORDS[facet][code]) if facet in WORDS else label
        found[facet][code] = Choice(code, shown, count, code in taken.get(facet, ()))
    for facet, codes in taken.items():
        for code in codes:
            found[facet].setdefault(code, Choice(code, str(WORDS.get(facet, {}).get(code, code)), 0, True))
    return {
        facet: sorted(choices.values(), key=lambda choice: (-choice.count, choice.label))
        for facet, choices in found.items()
    }


def chosen(filters: Filters, facets: dict[str, list[Choice]]) -> list[dict[str, str]]:
    """The filters that are set, each with the address of the list without it."""
    links = []
    for facet, argument in ARGUMENTS.items():
        picked = [choice for choice in facets[facet] if choice.chosen]
        for each in picked:
            left = [choice.code for choice in picked if choice is not each]
            links.append({"label": each.label, "href": address_of(filters, **{argument: left})})
    if filters.only_new:
        links.append({"label": _("Jamais publié auparavant"), "href": address_of(filters, nouveau=None)})
    if filters.only_opened:
        links.append({"label": _("Ouvert grâce au programme"), "href": address_of(filters, ouvert=None)})
    return links


def sort_links(filters: Filters) -> list[dict[str, Any]]:
    """The orders of the list, as chips."""
    return [
        {"label": label, "current": sort is filters.sort, "href": address_of(filters, tri=sort)}
        for sort, label in labels.SORTS.items()
    ]


@bp.get("/donnees/<slug>")
@access(PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    """One reference: producer, licence, link out, what was done with it."""
    dataset = db.one_or_404(queries.by_slug(slug))
    collections = db.session.scalars(queries.collections_of(dataset.id)).all()
    reader = viewer()
    return render_template(
        "catalogue/show.html", dataset=dataset, collections=collections, labels=labels,
        uses=services.uses_of(dataset, reader), can_edit=reader is not None and policy.can_write(reader),
    )  # fmt: skip


@bp.get("/donnees/collections/<slug>")
@access(PUBLIC)
def collection(slug: str) -> ResponseReturnValue:
    """One collection: what is there, what is still wanted."""
    found = db.one_or_404(queries.collection(slug))
    datasets = db.session.scalars(queries.collection_datasets(found.id)).all()
    return render_template("catalogue/collection.html", collection=found, datasets=datasets, labels=labels)
