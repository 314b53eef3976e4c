"""The gallery: what a visitor asks (`Filters`), the page that answers, its numbers and its facets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload

from programme.catalogue.models import Dataset
from programme.core import search
from programme.organisations.models import Organisation
from programme.reuses.models import Reuse, ReuseDataset
from programme.reuses.states import PUBLIC, ReuseKind, ReuseState
from programme.strategy.models import Theme

EVERYWHERE = "region"
"""The facet value of a reuse that concerns the whole Region."""

FACET_ROWS = 12
NO_LABEL = cast(null(), String)
SHOWN = sorted(PUBLIC)


class Sort(StrEnum):
    """The three orders of the gallery; the values are those of the address."""

    NEWEST = "recentes"
    TITLE = "titre"
    EFFECT = "effet"


class Facet(StrEnum):
    """What the gallery is filtered by; the values are those of the address."""

    THEME = "theme"
    KIND = "forme"
    TERRITORY = "territoire"
    DATASET = "donnees"
    YEAR = "annee"


@dataclass(frozen=True)
class Filters:
    """What a visitor asks of the gallery: words, and for each facet the values of which one is enough.

    `is_common`: the words are in many texts (`search.is_common`).
    """

    text: str = ""
    chosen: tuple[tuple[Facet, str], ...] = ()
    sort: Sort = Sort.NEWEST
    is_common: bool = False

    def values(self, facet: Facet) -> list[str]:
        """The chosen values of a facet."""
        return [value for each, value in self.chosen if each is facet]

    def without(self, facet: Facet, value: str) -> "Filters":
        """The same demand less one value."""
        return replace(self, chosen=tuple(each for each in self.chosen if each != (facet, value)))


def card_options() -> tuple[Any, ...]:
    """What a card shows beside the reuse's own columns: the name of its organisation, in the same statement."""
    return (joinedload(Reuse.organisation).raiseload(Organisation.categories),)


def _chosen(facet: Facet, values: Iterable[str], of: Any = Reuse) -> ColumnElement[bool]:
    values = list(values)
    chosen: ColumnElement[bool]
    if facet is Facet.THEME:
        chosen = of.theme_id.in_(select(Theme.id).where(Theme.code.in_(values)))
    elif facet is Facet.KIND:
        chosen = of.kind.in_([ReuseKind(each) for each in values])
    elif facet is Facet.TERRITORY:
        chosen = of.territory_code.in_([each for each in values if each != EVERYWHERE])
        chosen = or_(chosen, of.territory_code.is_(None)) if EVERYWHERE in values else chosen
    elif facet is Facet.YEAR:
        chosen = of.published_year.in_([int(each) for each in values])
    else:
        used = select(ReuseDataset.reuse_id).join(ReuseDataset.dataset).where(Dataset.slug.in_(values))
        chosen = of.id.in_(used)
    return chosen


def _all_chosen(filters: Filters, *, but: Facet | None = None, of: Any = Reuse) -> list[ColumnElement[bool]]:
    return [_chosen(facet, values, of) for facet in Facet if facet is not but and (values := filters.values(facet))]


def _conditions(filters: Filters, *, states: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    parts = [Reuse.state.in_(SHOWN) if states is None else states]
    words = search.matches(Reuse.search_text, filters.text, many=filters.is_common)
    if words is not None:
        parts.append(words)
    return and_(true(), *parts, *_all_chosen(filters))


def along(states: Iterable[ReuseState]) -> ColumnElement[bool]:
    """Rows in these states, read along the order of the page: an index on the state, which finds nearly all of them
    and then sorts them, is put out of reach, since SQLite knows nothing of the shares.
    """
    return func.coalesce(Reuse.state, Reuse.state).in_(sorted(states))


def gallery(filters: Filters) -> Select[Reuse]:
    """The public reuses that answer the demand.

    A search puts first those whose title has the words. A reuse whose link is broken comes after the others of
    the same rank, so that the first page leads somewhere.
    """
    order: list[Any] = []
    in_title = search.matches(Reuse.search_title, filters.text)
    if filters.sort is Sort.TITLE:
        order.append(Reuse.sort_title)
    else:
        if filters.sort is Sort.EFFECT:
            order += [Reuse.effect_on.is_(None), Reuse.effect_on.desc()]
        elif in_title is not None:
            order.append(~in_title)
        order += [Reuse.state == ReuseState.BROKEN_LINK, Reuse.published_at.desc()]
    return select(Reuse).where(_conditions(filters)).options(*card_options()).order_by(*order, Reuse.id.desc())


def page(filters: Filters, *, start: int, size: int, ranks: Sequence[int]) -> list[Select[Reuse]]:
    """The statements of one page of the gallery, in order: one for each rank that it meets; see `found_by_rank`.

    Newest first, the ranks are read apart: one sort of all would read the whole table for every page.
    """
    if filters.sort is not Sort.NEWEST:
        return [gallery(filters).offset(start).limit(size)]
    newest = select(Reuse).options(*card_options()).order_by(Reuse.published_at.desc(), Reuse.id.desc())
    parts = []
    for conditions, number in zip(_by_rank(filters), ranks, strict=True):
        if taken := max(0, min(size, number - start)):
            parts.append(newest.where(conditions).offset(start).limit(taken))
        start, size = max(0, start - number), size - taken
    return parts or [gallery(filters).limit(size)]


def _by_rank(filters: Filters) -> list[ColumnElement[bool]]:
    """The ranks of the answers: a link that works, a broken one; those whose title has the words before the others."""
    working, broken = along(PUBLIC - {ReuseState.BROKEN_LINK}), Reuse.state == ReuseState.BROKEN_LINK
    ranks = [_conditions(filters, states=working), _conditions(filters, states=broken)]
    titled = _titled(filters)
    if titled is None:
        return ranks
    return [and_(each, titled) for each in ranks] + [and_(each, ~titled) for each in ranks]


def found_by_rank(filters: Filters) -> Select[Any]:
    """How many public answers each rank has, in one row. What the title says, the text says: it holds the title."""
    # Few rows have rare words: these are fetched, rather than the state of every reuse read.
    states = along(PUBLIC) if search.terms(filters.text) and not filters.is_common else None
    found = _by_link(_conditions(filters, states=states))
    titled = _titled(replace(filters, is_common=False))  # Far fewer say them in their title: those are fetched.
    if titled is None:
        return select(found.c.working, found.c.broken)
    best = _by_link(and_(_conditions(replace(filters, text=""), states=along(PUBLIC)), titled))
    others = (found.c.working - best.c.working, found.c.broken - best.c.broken)
    return select(best.c.working, best.c.broken, *others).select_from(best.join(found, true()))


def _by_link(conditions: ColumnElement[bool]) -> Subquery:
    broken = Reuse.state == ReuseState.BROKEN_LINK
    numbers = (func.count().filter(~broken).label("working"), func.count().filter(broken).label("broken"))
    return select(*numbers).select_from(Reuse).where(conditions).subquery()


def _titled(filters: Filters) -> ColumnElement[bool] | None:
    """That the title has the words of the search."""
    return search.matches(Reuse.search_title, filters.text, many=filters.is_common)


def _answers(filters: Filters) -> Any:
    """The reuses of which facets are counted, whatever is chosen: those that the search finds, found once for all."""
    states = along(PUBLIC) if search.terms(filters.text) and not filters.is_common else None
    columns = (Reuse.id, Reuse.theme_id, Reuse.kind, Reuse.territory_code, Reuse.published_year)
    found = (
        select(*columns)
        .where(_conditions(Filters(filters.text, is_common=filters.is_common), states=states))
        .cte("found")
    )
    if not search.terms(filters.text):
        return aliased(Reuse, found.prefix_with("NOT MATERIALIZED"))
    return aliased(Reuse, found.prefix_with("MATERIALIZED"))


def _counted(filters: Filters, facet: Facet, value: Any, label: Any, source: Select[Any], *, of: Any) -> Select[Any]:
    """Rows (facet, value, label, count) of one facet, the chosen values first, then the most frequent."""
    number = func.count()
    columns = (
        literal(facet.value).label("facet"),
        cast(value, String).label("value"),
        label.label("label"),
        number.label("n"),
    )
    groups = (value,) if label is NO_LABEL else (value, label)
    chosen_first = cast(value, String).in_(filters.values(facet) or [""]).desc()
    top = (
        source.with_only_columns(*columns)
        .where(true(), *_all_chosen(filters, but=facet, of=of))
        .group_by(*groups)
        .order_by(chosen_first, number.desc(), value)
        .limit(FACET_ROWS if facet is Facet.DATASET else 40)
        .subquery()
    )
    return select(top.c.facet, top.c.value, top.c.label, top.c.n)


def facets(filters: Filters) -> Select[Any]:
    """Rows (facet, value, label, count) of all facets, and the number of public reuses, in one statement.

    The counts of a facet obey the search and the other facets, not the facet's own choice.
    """
    found = _answers(filters)
    plain = select(found)
    themed = plain.join(Theme, Theme.id == found.theme_id)
    used = plain.join(ReuseDataset, ReuseDataset.reuse_id == found.id).join(ReuseDataset.dataset)
    # A constant and not a parameter: the two occurrences (SELECT, GROUP BY) must be the same expression.
    territory = func.coalesce(found.territory_code, literal_column(f"'{EVERYWHERE}'"))
    total = select(literal("total"), NO_LABEL, NO_LABEL, func.count()).select_from(Reuse).where(Reuse.state.in_(SHOWN))
    everything = union_all(
        _counted(filters, Facet.THEME, Theme.code, Theme.label, themed, of=found),
        _counted(filters, Facet.KIND, found.kind, NO_LABEL, plain, of=found),
        _counted(filters, Facet.TERRITORY, territory, NO_LABEL, plain, of=found),
        _counted(filters, Facet.DATASET, Dataset.slug, Dataset.title, used, of=found),
        _counted(filters, Facet.YEAR, found.published_year, NO_LABEL, plain, of=found),
        total,
    ).subquery()
    return select(everything)
