"""Places: who has one, who waits, who is offered one. Never more than the capacity, the waiting list in order.

Every function here expects the event's row to be locked by the caller (`queries.for_update`): two acts on the
same event follow each other. The conditional UPDATE and the CHECK on the table hold even without that lock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import update

from programme.accounts.models import Account
from programme.core import journal, mail
from programme.core.errors import RuleBroken
from programme.events import notifications, queries
from programme.events.models import Event, Registration
from programme.events.services import teams
from programme.events.states import (
    HELD,
    REGISTRATION_MACHINE,
    SEATED,
    EndReason,
    RegistrationState,
)
from programme.extensions import db


@dataclass(frozen=True)
class Answers:
    """What the person says when registering; `rules_version` is the one that was on the screen."""

    rules_version: int
    image_rights: bool = False
    motivation: str = ""
    skills: str = ""
    wants_team: bool = False


def register(event: Event, account: Account, answers: Answers, *, at: datetime) -> Registration:
    """Ask for a place: taken at once when one is free, else the person joins the waiting list in order of arrival.

    A selective event keeps the request for its officers instead.

    Raises:
        RuleBroken: registrations are closed, the rules changed, or the person is already in.
    """
    _check_registration(event, account, answers, at)
    registration = Registration(
        event=event, account=account, state=RegistrationState.SUBMITTED, submitted_at=at,
        rules_version=answers.rules_version, image_rights=answers.image_rights, motivation=answers.motivation,
        skills=answers.skills, wants_team=answers.wants_team,
    )  # fmt: skip
    db.session.add(registration)
    journal.record("registration.submitted", on=registration, by=account, at=at)
    if event.is_selective:
        mail.queue(notifications.registered(registration), at=at)
    else:
        seat(registration, by=account, at=at)
    return registration


def _check_registration(event: Event, account: Account, answers: Answers, at: datetime) -> None:
    if not event.takes_registrations(at):
        raise RuleBroken(_("Les inscriptions à cet événement ne sont pas ouvertes."))
    if answers.rules_version != event.rules_version:
        raise RuleBroken(_("Le règlement a changé entre-temps : relisez-le avant de vous inscrire."))
    last = db.session.scalars(queries.last_registration(event.id, account.id)).one_or_none()
    if last is None or last.state is RegistrationState.WITHDRAWN:
        return
    if last.state is RegistrationState.DECLINED:
        raise RuleBroken(_("Votre demande pour cet événement a été refusée : écrivez-nous pour en parler."))
    raise RuleBroken(_("Vous êtes déjà inscrit ou inscrite à cet événement."))


def seat(registration: Registration, *, by: Account | None, at: datetime) -> None:
    """Give a free place, else the next number of the waiting list. Those who wait come before a newcomer."""
    event = registration.event
    nobody_waits = not db.session.scalar(queries.waiting_count(event.id))
    if nobody_waits and _move_counts(event, confirmed=1):
        _become(registration, "accept", by=by, at=at)
        registration.confirmed_at = at
        mail.queue(notifications.confirmed(registration), at=at)
        return
    registration.queue_number = _next_queue_number(event)
    _become(registration, "queue", by=by, at=at)
    db.session.flush()  # The rank counts this row too.
    rank = db.session.scalar(queries.rank(registration)) or 1
    mail.queue(notifications.waiting(registration, rank), at=at)


def _become(registration: Registration, verb: str, *, by: Account | None, at: datetime) -> None:
    before = registration.state
    registration.state = RegistrationState(REGISTRATION_MACHINE.target(before, verb))
    journal.record(
        f"registration.{verb}", on=registration, by=by, at=at, before={"state": before},
        after={"state": registration.state},
    )  # fmt: skip


def _move_counts(event: Event, *, confirmed: int = 0, offered: int = 0) -> bool:
    """Change the places in use by a conditional UPDATE; False when it would exceed the capacity."""
    moved = db.session.execute(
        update(Event)
        .where(Event.id == event.id)
        .where(Event.confirmed_count + Event.offered_count + (confirmed + offered) <= Event.capacity)
        .values(confirmed_count=Event.confirmed_count + confirmed, offered_count=Event.offered_count + offered)
        .returning(Event.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    db.session.refresh(event, attribute_names=["confirmed_count", "offered_count"])
    return moved is not None


def _next_queue_number(event: Event) -> int:
    return db.session.execute(
        update(Event)
        .where(Event.id == event.id)
        .values(last_queue_number=Event.last_queue_number + 1)
        .returning(Event.last_queue_number)
        .execution_options(synchronize_session=False)
    ).scalar_one()


def offer_free_places(event: Event, *, at: datetime) -> int:
    """Offer each free place to the first person who waits; the number of offers made.

    An offer holds the place until its deadline: the event's delay, and never past the start.
    """
    made = 0
    while event.seats_people(at):
        registration = db.session.scalars(queries.next_waiting(event.id)).one_or_none()
        if registration is None or not _move_counts(event, offered=1):
            break
        registration.offer_expires_at = min(at + timedelta(hours=event.offer_hours), event.starts_at)
        _become(registration, "offer", by=None, at=at)
        db.session.flush()  # The next turn of the loop must not find this row again.
        mail.queue(notifications.offered(registration), at=at)
        made += 1
    return made


def accept_offer(registration: Registration, *, by: Account, at: datetime) -> None:
    """The person takes the place that was offered.

    Raises:
        RuleBroken: the deadline has passed, or the event no longer gives places.
    """
    REGISTRATION_MACHINE.target(registration.state, "accept_offer")
    deadline = registration.offer_expires_at
    if deadline is None or at >= deadline or not registration.event.seats_people(at):
        raise RuleBroken(_("Le délai pour accepter cette place est passé : elle va à la personne suivante."))
    _move_counts(registration.event, confirmed=1, offered=-1)
    registration.offer_expires_at, registration.confirmed_at = None, at
    _become(registration, "accept_offer", by=by, at=at)
    mail.queue(notifications.confirmed(registration), at=at)


def withdraw(registration: Registration, *, by: Account, at: datetime) -> None:
    """The person gives up: the place goes to the next one, and the person leaves their team."""
    _end(registration, "withdraw", EndReason.PERSON, by=by, at=at)
    mail.queue(notifications.withdrawn(registration), at=at)
    offer_free_places(registration.event, at=at)


def decline(registration: Registration, reason: str, *, by: Account, at: datetime) -> None:
    """Staff refuses, with a reason that the person reads: the place goes to the next one."""
    registration.end_note = reason
    _end(registration, "decline", EndReason.STAFF, by=by, at=at)
    mail.queue(notifications.declined(registration), at=at)
    offer_free_places(registration.event, at=at)


def _end(registration: Registration, verb: str, reason: EndReason, *, by: Account | None, at: datetime) -> None:
    before = registration.state
    _become(registration, verb, by=by, at=at)
    registration.ended_at, registration.end_reason, registration.offer_expires_at = at, reason, None
    _move_counts(
        registration.event, confirmed=-1 if before in SEATED else 0,
        offered=-1 if before is RegistrationState.OFFERED else 0,
    )  # fmt: skip
    teams.leave_by_registration(registration, by=by, at=at)


def open_review(registration: Registration, *, by: Account, at: datetime) -> None:
    """An officer starts reading the request."""
    _become(registration, "open_review", by=by, at=at)


def accept(registration: Registration, *, by: Account, at: datetime) -> None:
    """A selective event keeps the person: a place when one is free, else the waiting list."""
    REGISTRATION_MACHINE.target(registration.state, "accept")
    seat(registration, by=by, at=at)


def mark(registration: Registration, verb: str, *, by: Account, at: datetime) -> None:
    """Note who came and who did not (`mark_present` or `mark_absent`).

    Raises:
        RuleBroken: the event has not begun.
    """
    if registration.event.state not in HELD:
        raise RuleBroken(_("Déclarez d’abord l’événement commencé : la présence se note à partir de là."))
    _become(registration, verb, by=by, at=at)


def expire_offers(event: Event, *, at: datetime) -> int:
    """End the offers whose time is over and offer the places to the next people; the number of offers ended."""
    expired = db.session.scalars(queries.expired_offers(event.id, at)).all()
    for registration in expired:
        _end(registration, "expire", EndReason.EXPIRED, by=None, at=at)
        mail.queue(notifications.withdrawn(registration), at=at)
    offer_free_places(event, at=at)
    return len(expired)
