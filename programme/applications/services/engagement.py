"""The republican engagement: who owes it, which text, who took it (law 2000-321, article 10-1; decree 2021-1947)."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications.labels import ENGAGEMENTS
from programme.applications.models import Application, EngagementAcceptance, EngagementText
from programme.applications.queries import engagement as queries
from programme.applications.queries import organisation_lock
from programme.core import journal
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.organisations.states import OrganisationKind

FIRST = date(2022, 1, 2)
"""The day from which requests for grants come with the engagement (decree 2021-1947)."""


@dataclass(frozen=True)
class Engagement:
    """A version of the text. `is_provisional`: no exact text was published, the titles of the annex stand in its place."""

    version: date
    body: str
    is_provisional: bool = False

    @property
    def digest(self) -> str:
        """The SHA-256 of what is on the screen."""
        return sha256(self.body.encode()).hexdigest()


def is_owed(application: Application) -> bool:
    """Whether the carrier must take it: an association or a foundation that asks for a grant; an interest is no request yet."""
    return application.organisation.kind is OrganisationKind.ASSOCIATION and not application.call.is_first_step


def text_on(day: date) -> Engagement:
    """The text in force on a day."""
    found = db.session.scalars(queries.text_on(day)).one_or_none()
    if found is not None:
        return Engagement(found.version, found.body)
    return Engagement(FIRST, "\n".join(f"{n}. {title}" for n, title in enumerate(map(str, ENGAGEMENTS), 1)), True)


def taken(application: Application, day: date) -> EngagementAcceptance | None:
    """What the carrier took of the version in force on a day."""
    found: EngagementAcceptance | None = db.session.scalars(
        queries.acceptance(application.organisation_id, day, FIRST)
    ).one_or_none()
    return found


def lacks(application: Application, at: datetime) -> bool:
    """Whether the carrier owes the engagement and has not taken its present version."""
    return is_owed(application) and taken(application, local_day(at)) is None


def engage(application: Application, *, by: Account, at: datetime) -> None:
    """Take the engagement for the organisation, where it is owed and not taken yet in its present version.

    Two of its files handed in at the same instant take it once: who comes second waits, and finds it taken.
    """
    if not lacks(application, at):
        return
    db.session.execute(organisation_lock(application.organisation_id))
    if not lacks(application, at):
        return
    text = text_on(local_day(at))
    made = EngagementAcceptance(
        organisation_id=application.organisation_id, version=text.version, sha256=text.digest, accepted_at=at,
        accepted_by_id=by.id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()  # The journal names its number.
    journal.record(
        "engagement.accepted", on=made, by=by, at=at,
        after={"version": text.version.isoformat(), "sha256": text.digest},
    )  # fmt: skip


def publish_text(version: date, body: str, *, by: Account, at: datetime) -> EngagementText:
    """Publish another version of the text: whoever took the former one is asked again.

    Raises:
        RuleBroken: not later than the versions that exist.
    """
    newest = db.session.scalars(queries.texts()).first()
    if newest is not None and version <= newest.version:
        raise RuleBroken(_("Une version du même jour ou plus récente existe : donnez une date plus tardive."))
    made = EngagementText(version=version, body=body, published_at=at, published_by_id=by.id)
    db.session.add(made)
    db.session.flush()  # The journal names its number.
    journal.record(
        "engagement.published", on=made, by=by, at=at,
        after={"version": version.isoformat(), "sha256": sha256(body.encode()).hexdigest()},
    )  # fmt: skip
    return made
