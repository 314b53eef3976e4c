"""The life of an event: written, opened, held, judged, published, followed up, or cancelled."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from programme.accounts.models import Account
from programme.core import journal, mail, search
from programme.core.errors import RuleBroken
from programme.core.identifiers import slugify, unique_slug
from programme.events import notifications, queries
from programme.events.models import Challenge, Event, Team
from programme.events.services import challenges, registrations, teams
from programme.events.states import (
    ENDED,
    EVENT_MACHINE,
    ChallengeState,
    EventKind,
    EventState,
    TeamResult,
    TeamState,
)
from programme.extensions import db

COLUMNS = frozenset(
    {
        "kind", "title", "summary", "description", "schedule", "rules_text", "place", "address", "is_online",
        "territory_code", "theme_id", "starts_at", "ends_at", "registration_opens_at", "registration_closes_at",
        "capacity", "is_selective", "offer_hours", "team_min", "team_max",
    }
)  # fmt: skip
"""What the edit form may change: a closed list."""


def create(values: dict[str, Any], *, by: Account, at: datetime) -> Event:
    """A new event starts as an idea, invisible to the public."""
    taken = {"nouveau", *db.session.scalars(queries.slugs_like(slugify(values["title"])))}  # « nouveau » is a page.
    event = Event(
        slug=unique_slug(values["title"], taken), state=EventState.IDEA, created_at=at, changed_at=at,
        **{column: values[column] for column in COLUMNS & values.keys()},
    )  # fmt: skip
    _index(event)
    db.session.add(event)
    journal.record("event.created", on=event, by=by, at=at)
    return event


def _index(event: Event) -> None:
    event.search_text = search.document(event.title, event.summary, event.place, event.description)


def _touch(event: Event, at: datetime) -> None:
    event.changed_at = at
    event.sequence += 1


def edit(event: Event, values: dict[str, Any], *, by: Account, at: datetime) -> None:
    """Correct the event. New rules have a new version; a raised capacity is offered to those who wait.

    Raises:
        RuleBroken: fewer places than those already taken.
    """
    if values["capacity"] < event.confirmed_count + event.offered_count:
        raise RuleBroken(
            _("%(count)s places sont déjà prises ou proposées : la jauge ne peut pas être plus basse.",
              count=event.confirmed_count + event.offered_count)
        )  # fmt: skip
    watched = ("starts_at", "ends_at", "registration_closes_at", "capacity")
    before = {column: _plain(getattr(event, column)) for column in watched}
    if values["rules_text"] != event.rules_text and event.published_at is not None:
        event.rules_version += 1
    for column in COLUMNS & values.keys():
        setattr(event, column, values[column])
    _index(event)
    _touch(event, at)
    after = {column: _plain(getattr(event, column)) for column in watched}
    journal.record("event.edited", on=event, by=by, at=at, before=before, after=after)
    _resize_teams(event)
    registrations.offer_free_places(event, at=at)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _resize_teams(event: Event) -> None:
    """Teams being formed follow the event's size, unless they are already larger."""
    db.session.flush()  # The UPDATE goes after what is pending.
    db.session.execute(
        update(Team)
        .where(Team.event_id == event.id, Team.state == TeamState.FORMING, Team.members_count <= event.team_max)
        .values(size_limit=event.team_max)
        .execution_options(synchronize_session=False)
    )


def move(event: Event, verb: str, *, by: Account, at: datetime, reason: str = "") -> None:
    """Say a verb of the event's life, with what follows from it.

    Raises:
        IllegalTransition: the verb is not allowed in this state.
        RuleBroken: something is missing for the verb.
    """
    before = event.state
    target = EventState(EVENT_MACHINE.target(before, verb))
    _check(event, verb, reason)
    if verb == "publish_results":
        _publish_results(event, by=by, at=at)
        event.results_at = at
    if verb == "cancel":
        event.cancel_reason = reason
    if verb == "open_registration":
        event.published_at = event.published_at or at
    event.state = target
    _touch(event, at)
    journal.record(f"event.{verb}", on=event, by=by, at=at, before={"state": before}, after={"state": target})
    if verb == "cancel":
        _tell_everybody(event, at)
    if verb == "reopen_registration":
        registrations.offer_free_places(event, at=at)


def _check(event: Event, verb: str, reason: str) -> None:
    if verb == "cancel" and not reason:
        raise RuleBroken(_("Écrivez pourquoi l’événement est annulé : les personnes inscrites le lisent."))
    if verb == "open_registration" and not event.rules_text:
        raise RuleBroken(_("Écrivez d’abord le règlement : il est accepté à l’inscription."))
    if verb == "start_judging" and event.kind is EventKind.MEETUP:
        raise RuleBroken(_("Une rencontre n’a pas de délibération : vous pouvez la clore."))
    if verb == "close" and event.state is EventState.LIVE and event.kind is not EventKind.MEETUP:
        raise RuleBroken(_("Passez d’abord par la délibération, les résultats et le suivi."))


def _tell_everybody(event: Event, at: datetime) -> None:
    for registration in db.session.scalars(queries.registrations(event.id)):
        if registration.state not in ENDED:
            mail.queue(notifications.cancelled(registration), at=at)


def _publish_results(event: Event, *, by: Account, at: datetime) -> None:
    """Each team learns its result; a challenge is solved when one of its teams wins."""
    won: set[int | None] = set()
    for team in db.session.scalars(queries.teams(event.id)):
        teams.publish_result(team, by=by, at=at)
        if team.result is TeamResult.WINNER:
            won.add(team.challenge_id)
    published = select(Challenge).where(Challenge.event_id == event.id, Challenge.state == ChallengeState.PUBLISHED)
    for challenge in db.session.scalars(published):
        challenges.move(challenge, "solve" if challenge.id in won else "leave_unsolved", by=by, at=at)
