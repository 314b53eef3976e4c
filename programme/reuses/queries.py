"""Statements about reuses. The search and the facets of the gallery are in one place: `Filters`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
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
from sqlalchemy.orm import joinedload, raiseload, selectinload

from programme.catalogue.models import Dataset
from programme.core import search
from programme.core.identifiers import fold
from programme.core.storage import StoredFile
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import MembershipState
from programme.projects.models import Project
from programme.reuses.models import Reuse, ReuseDataset
from programme.reuses.states import PUBLIC, ReuseKind, ReuseState
from programme.strategy.models import Theme, ThemeSet

EVERYWHERE = "region"
"""The facet value of a reuse that concerns the whole Region."""

FACET_ROWS = 12
NO_LABEL = cast(null(), String)
_PUBLIC = sorted(PUBLIC)


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
    """What a visitor asks of the gallery: words, and for each facet the values of which one is enough."""

    text: str = ""
    chosen: tuple[tuple[Facet, str], ...] = ()
    sort: Sort = Sort.NEWEST

    def values(self, facet: Facet) -> list[str]:
        """The chosen values of a facet."""
        return [value for each, value in self.chosen if each is facet]

    def without(self, facet: Facet, value: str) -> "Filters":
        """The same demand less one value."""
        return replace(self, chosen=tuple(each for each in self.chosen if each != (facet, value)))


def card_options() -> tuple[Any, ...]:
    """What a card shows beside the reuse's own columns: the name of its organisation, in the same statement."""
    return (joinedload(Reuse.organisation).raiseload(Organisation.categories),)


def _page_options() -> tuple[Any, ...]:
    """The project, and the data sets with their producers, in two statements whatever their number."""
    producers = selectinload(Reuse.datasets).joinedload(ReuseDataset.dataset).joinedload(Dataset.producer)
    organisation = joinedload(Reuse.project).joinedload(Project.organisation)
    return producers.raiseload(Organisation.categories), organisation.raiseload(Organisation.categories)


def _chosen(facet: Facet, values: Iterable[str]) -> ColumnElement[bool]:
    values = list(values)
    if facet is Facet.THEME:
        return Reuse.theme_id.in_(select(Theme.id).where(Theme.code.in_(values)))
    if facet is Facet.KIND:
        return Reuse.kind.in_([ReuseKind(each) for each in values])
    if facet is Facet.TERRITORY:
        known = Reuse.territory_code.in_([each for each in values if each != EVERYWHERE])
        return or_(known, Reuse.territory_code.is_(None)) if EVERYWHERE in values else known
    if facet is Facet.YEAR:
        return Reuse.published_year.in_([int(each) for each in values])
    used = select(ReuseDataset.reuse_id).join(ReuseDataset.dataset).where(Dataset.slug.in_(values))
    return Reuse.id.in_(used)


def _conditions(filters: Filters, *, but: Facet | None = None) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [Reuse.state.in_(_PUBLIC)]
    words = search.matches(Reuse.search_text, filters.text)
    if words is not None:
        parts.append(words)
    parts += [_chosen(facet, values) for facet in Facet if facet is not but and (values := filters.values(facet))]
    return and_(true(), *parts)


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


def _counted(filters: Filters, facet: Facet, value: Any, label: Any, source: Select[Any]) -> Select[Any]:
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
        .where(_conditions(filters, but=facet))
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
    plain = select(Reuse)
    themed = plain.join(Theme, Theme.id == Reuse.theme_id)
    used = plain.join(ReuseDataset, ReuseDataset.reuse_id == Reuse.id).join(ReuseDataset.dataset)
    # A constant and not a parameter: the two occurrences (SELECT, GROUP BY) must be the same expression.
    territory = func.coalesce(Reuse.territory_code, literal_column(f"'{EVERYWHERE}'"))
    total = (
        select(literal("total"), NO_LABEL, NO_LABEL, func.count()).select_from(Reuse).where(Reuse.state.in_(_PUBLIC))
    )
    everything = union_all(
        _counted(filters, Facet.THEME, Theme.code, Theme.label, themed),
        _counted(filters, Facet.KIND, Reuse.kind, NO_LABEL, plain),
        _counted(filters, Facet.TERRITORY, territory, NO_LABEL, plain),
        _counted(filters, Facet.DATASET, Dataset.slug, Dataset.title, used),
        _counted(filters, Facet.YEAR, Reuse.published_year, NO_LABEL, plain),
        total,
    ).subquery()
    return select(everything)


def by_slug(slug: str) -> Select[Reuse]:
    """One reuse with all that its page shows."""
    return select(Reuse).where(Reuse.slug == slug).options(*card_options(), *_page_options(), joinedload(Reuse.image))


def for_update(slug: str) -> Select[Reuse]:
    """One reuse, locked until the end of the transaction, with all that an act may read or change."""
    return (
        select(Reuse)
        .where(Reuse.slug == slug)
        .options(
            selectinload(Reuse.project), selectinload(Reuse.organisation), selectinload(Reuse.image),
            selectinload(Reuse.declarer), selectinload(Reuse.flags),
            selectinload(Reuse.datasets).selectinload(ReuseDataset.dataset),
        )
        .with_for_update(of=Reuse)
    )  # fmt: skip


def by_nonce(nonce: str, account_id: int) -> Select[Reuse]:
    """What the person already declared with this very form."""
    return select(Reuse).where(Reuse.nonce == nonce, Reuse.declarer_id == account_id)


def slugs_like(base: str) -> Select[str]:
    """The slugs that begin so."""
    return select(Reuse.slug).where(Reuse.slug.startswith(base, autoescape=True))


def live_at(url_key: str, *, but: int | None) -> Select[Reuse]:
    """Another reuse of the same address that is proposed or published."""
    return select(Reuse).where(
        Reuse.url_key == url_key, Reuse.state.not_in([ReuseState.DRAFT, ReuseState.UNPUBLISHED]), Reuse.id != (but or 0)
    )


def similar(reuse: Reuse, limit: int = 3) -> Select[Reuse]:
    """Public reuses of the same data sets, then of the same theme."""
    known = [each.dataset_id for each in reuse.datasets if each.dataset_id]
    shared = (
        select(func.count())
        .where(ReuseDataset.reuse_id == Reuse.id, ReuseDataset.dataset_id.in_(known))
        .correlate(Reuse)
        .scalar_subquery()
    )
    return (
        select(Reuse)
        .where(Reuse.state.in_(_PUBLIC), Reuse.id != reuse.id, or_(shared > 0, Reuse.theme_id == reuse.theme_id))
        .options(*card_options())
        .order_by(shared.desc(), Reuse.published_at.desc(), Reuse.id.desc())
        .limit(limit)
    )


def newest(limit: int) -> Select[Reuse]:
    """The last published ones with a link that works, those put forward first, with their project: for the home page."""
    return (
        select(Reuse)
        .where(Reuse.state.in_(sorted(PUBLIC - {ReuseState.BROKEN_LINK})))
        .options(
            *card_options(),
            joinedload(Reuse.project).options(raiseload(Project.organisation), raiseload(Project.theme)),
        )
        .order_by(Reuse.featured_at.is_(None), Reuse.published_at.desc(), Reuse.id.desc())
        .limit(limit)
    )


def feed(limit: int) -> Select[Reuse]:
    """The last published ones, newest first, for the Atom feed."""
    return (
        select(Reuse)
        .where(Reuse.state.in_(_PUBLIC))
        .options(*card_options())
        .order_by(Reuse.published_at.desc(), Reuse.id.desc())
        .limit(limit)
    )


def published() -> Select[Reuse]:
    """Every public reuse with what the open data tell of it, by number."""
    return select(Reuse).where(Reuse.state.in_(_PUBLIC)).options(*card_options(), *_page_options()).order_by(Reuse.id)


def public_count() -> Select[int]:
    """How many reuses are public."""
    return select(func.count()).select_from(Reuse).where(Reuse.state.in_(_PUBLIC))


def known_dataset_count() -> Select[int]:
    """How many data sets of the catalogue have a known, public reuse."""
    return (
        select(func.count(ReuseDataset.dataset_id.distinct())).join(ReuseDataset.reuse).where(Reuse.state.in_(_PUBLIC))
    )


def state_counts() -> Select[ReuseState, int]:
    """Rows (state, count) for the officers' chips; drafts belong to their authors and are not counted."""
    return select(Reuse.state, func.count()).where(Reuse.state != ReuseState.DRAFT).group_by(Reuse.state)


def desk(state: ReuseState | None) -> Select[Reuse]:
    """What the officers see in one state, or in all; the longest waiting first."""
    shown = Reuse.state == state if state else Reuse.state != ReuseState.DRAFT
    return (
        select(Reuse)
        .where(Reuse.state != ReuseState.DRAFT, shown)
        .options(*card_options(), joinedload(Reuse.declarer))
        .order_by(Reuse.submitted_at, Reuse.id)
    )


def waiting() -> Select[str, str, ReuseState, datetime | None]:
    """What waits for an officer, the oldest first: slug, title, state, since when."""
    return (
        select(Reuse.slug, Reuse.title, Reuse.state, Reuse.submitted_at)
        .where(Reuse.state.in_([ReuseState.SUBMITTED, ReuseState.FLAGGED]))
        .order_by(Reuse.submitted_at, Reuse.id)
    )


def mine(account_id: int) -> Select[Reuse]:
    """What a person declared or what their organisations propose, the last changed first."""
    organisations = select(Membership.organisation_id).where(
        Membership.account_id == account_id, Membership.state == MembershipState.ACTIVE
    )
    return (
        select(Reuse)
        .where(or_(Reuse.declarer_id == account_id, Reuse.organisation_id.in_(organisations)))
        .options(*card_options())
        .order_by(Reuse.updated_at.desc(), Reuse.id.desc())
    )


def of_project(project_id: int) -> Select[Reuse]:
    """Every reuse of a thread with its data sets and their producers, the oldest first."""
    return (
        select(Reuse)
        .where(Reuse.project_id == project_id)
        .options(*card_options(), *_page_options())
        .order_by(Reuse.created_at, Reuse.id)
    )


def uses_of_dataset(dataset_id: int) -> Select[ReuseDataset]:
    """The public uses of a data set, newest first."""
    return (
        select(ReuseDataset)
        .join(ReuseDataset.reuse)
        .where(ReuseDataset.dataset_id == dataset_id, Reuse.state.in_(_PUBLIC))
        .options(joinedload(ReuseDataset.reuse).options(*card_options()))
        .order_by(Reuse.published_at.desc(), Reuse.id.desc())
    )


def dataset_matches(text: str, limit: int = 8) -> Select[Dataset]:
    """Data sets of the catalogue whose words begin as those typed."""
    found = search.matches(Dataset.search_text, text)
    by_title = Dataset.sort_title.contains(fold(text[:200]), autoescape=True)  # A longer pattern is refused by SQLite.
    return (
        select(Dataset)
        .where(by_title if found is None else or_(found, by_title))
        .options(joinedload(Dataset.producer).raiseload(Organisation.categories))
        .order_by(Dataset.sort_title, Dataset.id)
        .limit(limit)
    )


def datasets_by_id(numbers: Iterable[int]) -> Select[Dataset]:
    """The data sets of these numbers."""
    return (
        select(Dataset)
        .where(Dataset.id.in_(list(numbers)))
        .options(joinedload(Dataset.producer).raiseload(Organisation.categories))
    )


def themes() -> Select[Theme]:
    """The themes that a reuse may have: those of the data platform."""
    return select(Theme).where(Theme.set == ThemeSet.DATA).order_by(Theme.position, Theme.id)


def for_reading(slug: str) -> Select[Reuse]:
    """One reuse as the officers read it: its page, and the reports."""
    return by_slug(slug).options(selectinload(Reuse.flags), joinedload(Reuse.declarer))


def image(public_id: str) -> Select[StoredFile]:
    """A stored picture by its public number."""
    return select(StoredFile).where(StoredFile.public_id == public_id)
