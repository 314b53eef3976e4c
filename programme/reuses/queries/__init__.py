"""Statements about reuses. Those of the gallery, its search and its facets are in `gallery_list`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, raiseload, selectinload

from programme.catalogue.models import Dataset
from programme.core import search
from programme.core.identifiers import fold
from programme.core.storage import StoredFile
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import MembershipState
from programme.projects.models import Project
from programme.reuses.models import Reuse, ReuseDataset, ReuseThumbnail
from programme.reuses.queries.gallery_list import (
    EVERYWHERE,
    SHOWN,
    Facet,
    Filters,
    Sort,
    along,
    card_options,
    facets,
    found_by_rank,
    gallery,
    page,
)
from programme.reuses.states import PUBLIC, ReuseState
from programme.strategy.models import Theme, ThemeSet

__all__ = [
    "EVERYWHERE",
    "Facet",
    "Filters",
    "Sort",
    "by_nonce",
    "by_slug",
    "card_options",
    "dataset_matches",
    "datasets_by_id",
    "desk",
    "facets",
    "feed",
    "for_reading",
    "for_update",
    "found_by_rank",
    "gallery",
    "image",
    "known_dataset_count",
    "live_at",
    "mine",
    "newest",
    "of_project",
    "of_theme",
    "page",
    "public_count",
    "published",
    "similar",
    "slugs_like",
    "state_counts",
    "themes",
    "thumbnail",
    "uses_of_dataset",
    "waiting",
]


def _page_options() -> tuple[Any, ...]:
    """The project, and the data sets with their producers, in two statements whatever their number."""
    producers = selectinload(Reuse.datasets).joinedload(ReuseDataset.dataset).joinedload(Dataset.producer)
    organisation = joinedload(Reuse.project).joinedload(Project.organisation)
    return producers.raiseload(Organisation.categories), organisation.raiseload(Organisation.categories)


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


NEIGHBOURS = 200
"""Last declared uses of the same data sets among which similar reuses are sought: enough, and the same at any size."""


def similar(reuse: Reuse, limit: int = 3) -> Select[Reuse]:
    """Public reuses of the same data sets, those that share the most first."""
    known = [each.dataset_id for each in reuse.datasets if each.dataset_id]
    last = (
        select(ReuseDataset.reuse_id)
        .where(ReuseDataset.dataset_id.in_(known), ReuseDataset.reuse_id != reuse.id)
        .order_by(ReuseDataset.id.desc())
        .limit(NEIGHBOURS)
        .subquery()
    )
    shared = select(last.c.reuse_id, func.count().label("n")).group_by(last.c.reuse_id).subquery()
    return (
        select(Reuse)
        .join(shared, shared.c.reuse_id == Reuse.id)
        .where(Reuse.state.in_(SHOWN))
        .options(*card_options())
        .order_by(shared.c.n.desc(), Reuse.published_at.desc(), Reuse.id.desc())
        .limit(limit)
    )


def of_theme(reuse: Reuse, *, but: Iterable[int], limit: int) -> Select[Reuse]:
    """The newest public reuses of the same theme, without those already found."""
    return (
        select(Reuse)
        .where(along(PUBLIC), Reuse.theme_id == reuse.theme_id, Reuse.id.not_in([reuse.id, *but]))
        .options(*card_options())
        .order_by(Reuse.published_at.desc(), Reuse.id.desc())
        .limit(limit)
    )


def newest(limit: int) -> Select[Reuse]:
    """The last published ones with a link that works, those put forward first, with their project: for the home page."""
    shown = PUBLIC - {ReuseState.BROKEN_LINK}
    last = select(Reuse.id).where(along(shown)).order_by(Reuse.published_at.desc(), Reuse.id.desc()).limit(limit)
    featured = last.where(Reuse.featured_at.is_not(None)).subquery()
    return (
        select(Reuse)
        .where(or_(Reuse.id.in_(select(featured.c.id)), Reuse.id.in_(select(last.subquery().c.id))))
        .options(
            *card_options(),
            joinedload(Reuse.project).options(raiseload(Project.organisation), raiseload(Project.theme)),
        )
        .order_by(Reuse.featured_at.is_(None), Reuse.published_at.desc(), Reuse.id.desc())
        .limit(limit)
    )


def feed(limit: int) -> Select[Reuse]:
    """The last published ones, newest first, for the Atom feed."""
    last = select(Reuse).where(along(PUBLIC)).options(*card_options())
    return last.order_by(Reuse.published_at.desc(), Reuse.id.desc()).limit(limit)


def published() -> Select[Reuse]:
    """Every public reuse with what the open data tell of it, by number."""
    return select(Reuse).where(Reuse.state.in_(SHOWN)).options(*card_options(), *_page_options()).order_by(Reuse.id)


def public_count() -> Select[int]:
    """How many reuses are public."""
    return select(func.count()).select_from(Reuse).where(Reuse.state.in_(SHOWN))


def known_dataset_count() -> Select[int]:
    """How many data sets of the catalogue have a known, public reuse."""
    return select(func.count(ReuseDataset.dataset_id.distinct())).join(ReuseDataset.reuse).where(Reuse.state.in_(SHOWN))


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
        .where(ReuseDataset.dataset_id == dataset_id, Reuse.state.in_(SHOWN))
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


def thumbnail(picture_id: int, width: int | None) -> Select[StoredFile]:
    """The smaller copy of a picture, if there is one."""
    wanted = (ReuseThumbnail.source_id == picture_id, ReuseThumbnail.width == width)
    return select(StoredFile).join(ReuseThumbnail, ReuseThumbnail.file_id == StoredFile.id).where(*wanted)
