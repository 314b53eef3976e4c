"""An organisation's place in the network, as its agreements change it."""

from datetime import datetime

from programme.accounts.models import Account
from programme.agreements import queries
from programme.agreements.models import Partnership
from programme.agreements.states import PARTNER, PartnerStatus
from programme.core import journal, search
from programme.core.clock import local_day
from programme.extensions import db
from programme.organisations.labels import CATEGORIES
from programme.organisations.models import Organisation


def place_of(organisation: Organisation, *, at: datetime) -> Partnership:
    """The organisation's place in the network, opened as a prospect when there is none."""
    found = db.session.scalars(queries.partnership_of(organisation.id)).one_or_none()
    if found is None:
        found = Partnership(organisation=organisation, changed_at=at, status=PartnerStatus.PROSPECT, requests=[])
        db.session.add(found)
    index(found)
    return found


def index(partnership: Partnership) -> None:
    """Keep the words by which the directory finds the partner."""
    organisation = partnership.organisation
    names = [str(CATEGORIES[each.category]) for each in organisation.categories]
    partnership.search_text = search.document(organisation.name, organisation.city, organisation.description, *names)


def move(partnership: Partnership, verb: str, *, by: Account | None, at: datetime) -> None:
    """Say a verb of the partner's life; the journal keeps it."""
    before = partnership.status
    partnership.status = PartnerStatus(PARTNER.target(before, verb))
    partnership.changed_at = at
    if partnership.status is PartnerStatus.ACTIVE:
        partnership.active_since = partnership.active_since or local_day(at)
    index(partnership)
    journal.record(
        f"partnership.{verb}", on=partnership, by=by, at=at, before={"status": before},
        after={"status": partnership.status},
    )  # fmt: skip


def enter(organisation_id: int, *, by: Account | None, at: datetime) -> None:
    """A convention takes effect: the organisation is a partner (if it was already, nothing changes)."""
    partnership = db.session.scalars(queries.partnership_of(organisation_id)).one_or_none()
    if partnership is not None and PARTNER.allows(partnership.status, "activate"):
        move(partnership, "activate", by=by, at=at)


def leave(organisation_id: int, *, by: Account | None, at: datetime) -> None:
    """The convention has ended: so has the partnership."""
    partnership = db.session.scalars(queries.partnership_of(organisation_id)).one_or_none()
    if partnership is not None and PARTNER.allows(partnership.status, "leave"):
        move(partnership, "leave", by=by, at=at)
