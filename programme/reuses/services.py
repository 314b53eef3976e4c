"""What people do with reuses: declare, complete, moderate, report, keep alive."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from programme.accounts import queries as people
from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.core import database, jobs, journal, limits, mail, search, storage
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.identifiers import fold, slug_stem, slugify, unique_slug
from programme.core.trame import trame
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.projects import services as projects
from programme.projects.models import Project
from programme.reuses import notifications, queries
from programme.reuses.models import DatasetUse, Reuse, ReuseDataset, ReuseFlag
from programme.reuses.rules.addresses import address_key
from programme.reuses.states import MACHINE, FlagReason, ReuseOrigin, ReuseState
from programme.strategy.models import Theme

DESCRIBED = (
    "title", "kind", "summary", "description", "url", "image", "image_alt", "theme_id", "territory_code", "territory",
    "organisation_id", "signature", "effect_text", "effect_value", "effect_unit", "effect_on", "missing", "licence",
    "code_url",
)  # fmt: skip
"""The columns that the author writes: a closed list."""

SHRINK = "reuses.shrink"
"""The kind of the job that makes the smaller copies of a picture."""
RESERVED_SLUGS = {"proposer"}
DECLARATIONS_PER_HOUR = 10
FLAGS_PER_HOUR = 5
HOUR = timedelta(hours=1)
S = ReuseState


def declare(
    values: Mapping[str, Any], uses: Sequence[DatasetUse], *, by: Account, at: datetime,
    project: Project | None = None, origin: ReuseOrigin = ReuseOrigin.FREE, nonce: str | None = None,
) -> Reuse:  # fmt: skip
    """Begin a reuse, as a draft: it continues the given project, or starts a thread of its own.

    Raises:
        RuleBroken: too many declarations in an hour.

    """
    limits.count("reuse.declare", str(by.id), at=at, limit=DECLARATIONS_PER_HOUR, window=HOUR)
    database.in_turn(db.session(), f"reuse:{slug_stem(values['title'])}")
    taken = RESERVED_SLUGS | set(db.session.scalars(queries.slugs_like(slugify(values["title"]))).all())
    slug = unique_slug(values["title"], taken)
    thread = project or projects.start(
        values["title"], at=at, by=by, organisation_id=values.get("organisation_id"), theme_id=values.get("theme_id"),
        summary=values.get("summary") or "", territory=values.get("territory"),
    )  # fmt: skip
    reuse = Reuse(
        slug=slug, nonce=nonce, project=thread, declarer=by, origin=origin, state=S.DRAFT, created_at=at, version=0,
        flag_count=0, datasets=[], flags=[],
    )  # fmt: skip
    _write(reuse, values, uses, at)
    db.session.add(reuse)
    journal.record("reuse.declared", on=reuse, by=by, at=at, after={"state": reuse.state, "origin": origin})
    return reuse


def keep_picture(written: storage.Written, *, by: Account, at: datetime) -> storage.StoredFile:
    """Make the row of a picture already in the store, and ask the worker for its smaller copies."""
    row = storage.keep(written, by=by, at=at)
    db.session.flush()  # Its public number is made with the row.
    jobs.enqueue(SHRINK, {"picture": row.public_id}, at=at)
    return row


def edit(reuse: Reuse, values: Mapping[str, Any], uses: Sequence[DatasetUse], *, by: Account, at: datetime) -> None:
    """The author changes what is said; a new address repairs a broken link.

    Raises:
        RuleBroken: the address is that of another reuse.

    """
    old_key = reuse.url_key
    _write(reuse, values, uses, at)
    journal.record("reuse.edited", on=reuse, by=by, at=at, after={"version": reuse.version})
    if reuse.state is not S.DRAFT:
        _claim_address(reuse)
    if reuse.state is S.BROKEN_LINK and reuse.url_key != old_key:
        repair(reuse, by=by, at=at)


def _write(reuse: Reuse, values: Mapping[str, Any], uses: Sequence[DatasetUse], at: datetime) -> None:
    with db.session.no_autoflush:  # The row is not whole before the end of this function.
        for column in DESCRIBED:
            if column in values:
                setattr(reuse, column, values[column])
        reuse.theme = theme = db.session.get(Theme, reuse.theme_id) if reuse.theme_id else None
        reuse.organisation = db.session.get(Organisation, reuse.organisation_id) if reuse.organisation_id else None
        known = {each.id: each for each in db.session.scalars(queries.datasets_by_id(u.dataset_id or 0 for u in uses))}
        _set_datasets(reuse, [use for use in uses if use.dataset_id is None or use.dataset_id in known])
    reuse.version = (reuse.version or 0) + 1
    reuse.updated_at = at
    reuse.url_key = address_key(reuse.url or "")
    reuse.sort_title = fold(reuse.title)[:150]
    reuse.drawing = trame(reuse.slug, theme.drawing) if theme else ""
    names = [known[use.dataset_id].title if use.dataset_id in known else use.title for use in uses]
    reuse.search_title = search.document(reuse.title)
    reuse.search_text = search.document(
        reuse.title, reuse.summary, reuse.description, reuse.territory, reuse.signature, theme.label if theme else None,
        reuse.effect_text, *names,
    )  # fmt: skip


def _set_datasets(reuse: Reuse, uses: Sequence[DatasetUse]) -> None:
    """Keep the rows that stay, so that a data set removed and added again is one and the same line."""
    old = {(each.dataset_id, each.title): each for each in reuse.datasets}
    lines: dict[tuple[int | None, str], ReuseDataset] = {}
    for use in uses:
        key = (use.dataset_id, "" if use.dataset_id else use.title)
        line = lines.setdefault(key, old.get(key) or ReuseDataset(dataset_id=use.dataset_id, title=key[1]))
        line.url, line.use, line.position = ("" if use.dataset_id else use.url), use.use, len(lines)
    reuse.datasets = list(lines.values())
    reuse.dataset_count = len(lines)


def _claim_address(reuse: Reuse) -> None:
    """An address has one live reuse; the unique index settles the case of two people at the same instant."""
    taken = RuleBroken(_("Cette adresse est déjà celle d’une réutilisation connue : cherchez-la dans la galerie."))
    with db.session.no_autoflush:
        if reuse.url_key and db.session.scalars(queries.live_at(reuse.url_key, but=reuse.id)).first() is not None:
            raise taken
    try:
        db.session.flush()
    except IntegrityError as error:
        raise taken from error


def _move(reuse: Reuse, verb: str, *, by: Account | None, at: datetime) -> None:
    before = reuse.state
    reuse.state = ReuseState(MACHINE.target(reuse.state, verb))
    journal.record(f"reuse.{verb}", on=reuse, by=by, at=at, before={"state": before}, after={"state": reuse.state})


def _settle(reuse: Reuse, *, at: datetime) -> None:
    """Back among the published ones: reports still unread, and an older highlight, find their state again."""
    if reuse.flag_count:
        _move(reuse, "flag", by=None, at=at)
    elif reuse.featured_at is not None:
        _move(reuse, "feature", by=None, at=at)


def _tell_author(message: Callable[[Reuse, Account], mail.Mail], reuse: Reuse, at: datetime) -> None:
    if reuse.declarer is not None and reuse.declarer.is_active:
        mail.queue(message(reuse, reuse.declarer), at=at)


def _officers() -> Sequence[Account]:
    return [each for each in db.session.scalars(people.holders(Role.OFFICER_PROGRAMME)).all() if each.is_active]


def submit(reuse: Reuse, *, by: Account, at: datetime) -> None:
    """Send the draft to the Region, which reads it before publishing.

    Raises:
        RuleBroken: something compulsory is missing, or the address is already known.

    """
    if not (reuse.kind and reuse.theme_id and reuse.url_key and reuse.summary and reuse.datasets):
        raise RuleBroken(_("Il manque une réponse : ouvrez le formulaire, il dit laquelle."))
    reuse.submitted_at = at
    _move(reuse, "submit", by=by, at=at)
    _claim_address(reuse)
    _tell_author(notifications.submitted, reuse, at)
    for officer in _officers():
        mail.queue(notifications.to_moderate(reuse, officer), at=at)


def complete(reuse: Reuse, *, by: Account, at: datetime) -> None:
    """Send it again after what the Region asked for."""
    _move(reuse, "complete", by=by, at=at)
    for officer in _officers():
        mail.queue(notifications.to_moderate(reuse, officer), at=at)


def publish(reuse: Reuse, *, by: Account, at: datetime) -> None:
    """Put it in the gallery: the project has a public page from now on."""
    if reuse.published_at is None:
        reuse.published_at, reuse.published_year = at, local_day(at).year
    reuse.updated_at, reuse.moderation_note = at, ""
    _move(reuse, "publish", by=by, at=at)
    projects.make_public(reuse.project, at=at)
    _tell_author(notifications.published, reuse, at)


def ask_for_info(reuse: Reuse, message: str, *, by: Account, at: datetime) -> None:
    """Ask the author to complete; the message is kept and sent."""
    reuse.moderation_note = message
    _move(reuse, "ask_for_info", by=by, at=at)
    _tell_author(notifications.info_requested, reuse, at)


def unpublish(reuse: Reuse, reason: str, *, by: Account, at: datetime) -> None:
    """Refuse a proposal, or withdraw a published reuse: its address then answers « gone »."""
    reuse.moderation_note, reuse.broken_since, reuse.updated_at = reason, None, at
    _handle_flags(reuse, by=by, at=at)
    _move(reuse, "unpublish", by=by, at=at)
    _tell_author(notifications.unpublished, reuse, at)


def reopen(reuse: Reuse, *, by: Account, at: datetime) -> None:
    """Put a refused or withdrawn reuse back among the proposals."""
    _move(reuse, "reopen", by=by, at=at)
    _claim_address(reuse)


def feature(reuse: Reuse, *, by: Account, at: datetime) -> None:
    """Put it forward on the home page."""
    reuse.featured_at = at
    _move(reuse, "feature", by=by, at=at)


def unfeature(reuse: Reuse, *, by: Account, at: datetime) -> None:
    """Put it forward no longer."""
    _move(reuse, "unfeature", by=by, at=at)
    reuse.featured_at = None


def flag(reuse: Reuse, reason: FlagReason, message: str, email: str | None, *, source: str, at: datetime) -> ReuseFlag:
    """Keep a visitor's report; the page stays until an officer has read it.

    `source` tells visitors apart (a network address) and is kept as a digest only.

    Raises:
        RuleBroken: too many reports from the same source in an hour.

    """
    limits.count("reuse.flag", source, at=at, limit=FLAGS_PER_HOUR, window=HOUR)
    report = ReuseFlag(reuse=reuse, reason=reason, message=message, email=email or None, at=at)
    db.session.add(report)
    reuse.flag_count += 1
    journal.record("reuse.reported", on=reuse, by=None, at=at, after={"reason": reason})
    if MACHINE.allows(reuse.state, "flag"):
        _move(reuse, "flag", by=None, at=at)
        for officer in _officers():
            mail.queue(notifications.flagged(reuse, report, officer), at=at)
    return report


def clear_flags(reuse: Reuse, *, by: Account, at: datetime) -> None:
    """The reports are read and nothing is wrong any more."""
    _handle_flags(reuse, by=by, at=at)
    _move(reuse, "clear_flags", by=by, at=at)
    _settle(reuse, at=at)


def _handle_flags(reuse: Reuse, *, by: Account, at: datetime) -> None:
    for each in reuse.flags:
        if each.handled_at is None:
            each.handled_at, each.handled_by_id = at, by.id
    reuse.flag_count = 0


def mark_broken(reuse: Reuse, *, by: Account | None, at: datetime) -> None:
    """Its link does not answer: the page says so and the author is asked for the new address."""
    reuse.broken_since = reuse.updated_at = at
    _move(reuse, "mark_broken", by=by, at=at)
    _tell_author(notifications.broken_link, reuse, at)


def repair(reuse: Reuse, *, by: Account | None, at: datetime) -> None:
    """Its link answers again."""
    reuse.broken_since, reuse.updated_at = None, at
    _move(reuse, "repair", by=by, at=at)
    _settle(reuse, at=at)
