"""Statements about events, registrations and teams."""

from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from programme.catalogue.models import Dataset
from programme.core import search
from programme.events.models import (
    Challenge,
    Event,
    Registration,
    Team,
    TeamMember,
)
from programme.events.states import (
    ENDED,
    SEATING,
    SHOWN_CHALLENGES,
    EventKind,
    EventState,
    Period,
    RegistrationState,
    TeamState,
)
from programme.projects.models import Project
from programme.strategy.models import Theme


def by_slug(slug: str) -> Select[Event]:
    """One event."""
    return select(Event).where(Event.slug == slug)


def for_update(slug: str) -> Select[Event]:
    """One event, locked until the end of the transaction: every act on its places goes through this lock."""
    return by_slug(slug).with_for_update(of=Event)


def page(slug: str) -> Select[Event]:
    """One event with its challenges and their data sets."""
    return by_slug(slug).options(selectinload(Event.challenges).selectinload(Challenge.datasets))


def slugs_like(base: str) -> Select[str]:
    """The slugs of events that begin so."""
    return select(Event.slug).where(Event.slug.startswith(base, autoescape=True))


def published(
    *, at: datetime, kind: EventKind | None = None, territory: str | None = None, period: Period | None = None,
    text: str = "",
) -> Select[Event]:  # fmt: skip
    """The events that the public sees: those to come, the nearest first, then the past ones, the latest first."""
    to_come = Event.ends_at >= at
    statement = select(Event).where(Event.published_at.is_not(None))
    if kind is not None:
        statement = statement.where(Event.kind == kind)
    if territory:
        statement = statement.where(Event.territory_code == territory)
    if period is Period.OPEN:
        statement = statement.where(Event.state == EventState.REGISTRATION_OPEN, Event.registration_closes_at > at)
    elif period is not None:
        statement = statement.where(to_come if period is Period.UPCOMING else ~to_come)
    if (found := search.matches(Event.search_text, text)) is not None:
        statement = statement.where(found)
    return statement.order_by(
        case((to_come, 0), else_=1), case((to_come, Event.starts_at)), Event.starts_at.desc(), Event.id
    )


def calendar() -> Select[Event]:
    """Every published event, for the feed; a cancelled one stays, marked so."""
    return select(Event).where(Event.published_at.is_not(None)).order_by(Event.starts_at, Event.id)


def desk(*, state: EventState | None = None, text: str = "") -> Select[Event]:
    """Every event, for the agents: the next first."""
    statement = select(Event)
    if state is not None:
        statement = statement.where(Event.state == state)
    if (found := search.matches(Event.search_text, text)) is not None:
        statement = statement.where(found)
    return statement.order_by(Event.starts_at.desc(), Event.id.desc())


def counts_by_state() -> Select[EventState, int]:
    """How many events stand in each state."""
    return select(Event.state, func.count()).group_by(Event.state)


def registration_counts(event_ids: list[int]) -> Select[int, RegistrationState, int]:
    """How many registrations stand in each state, by event."""
    return (
        select(Registration.event_id, Registration.state, func.count())
        .where(Registration.event_id.in_(event_ids))
        .group_by(Registration.event_id, Registration.state)
    )


def to_decide() -> Select[str, str, datetime, int, datetime]:
    """The events whose registrations wait for a decision: slug, title, start, how many, since when."""
    waiting = [RegistrationState.SUBMITTED, RegistrationState.UNDER_REVIEW]
    return (
        select(Event.slug, Event.title, Event.starts_at, func.count(), func.min(Registration.submitted_at))
        .join(Registration, Registration.event_id == Event.id)
        .where(Registration.state.in_(waiting), Event.state.in_(SEATING))
        .group_by(Event.slug, Event.title, Event.starts_at)
        .order_by(Event.starts_at, Event.slug)
    )


def team_counts(event_ids: list[int]) -> Select[int, int]:
    """How many teams work in each event."""
    return (
        select(Team.event_id, func.count())
        .where(Team.event_id.in_(event_ids), Team.state != TeamState.DROPPED)
        .group_by(Team.event_id)
    )


# ---- registrations ------------------------------------------------------------------------------


def live_registration(event_id: int, account_id: int) -> Select[Registration]:
    """The person's registration that is neither declined nor withdrawn."""
    return select(Registration).where(
        Registration.event_id == event_id, Registration.account_id == account_id, Registration.state.not_in(ENDED)
    )


def last_registration(event_id: int, account_id: int) -> Select[Registration]:
    """The person's latest registration, whatever its state."""
    return (
        select(Registration)
        .where(Registration.event_id == event_id, Registration.account_id == account_id)
        .order_by(Registration.id.desc())
        .limit(1)
    )


def registration(event_id: int, registration_id: int) -> Select[Registration]:
    """One registration of an event."""
    return select(Registration).where(Registration.event_id == event_id, Registration.id == registration_id)


def registrations(event_id: int, state: RegistrationState | None = None) -> Select[Registration]:
    """The registrations of an event: those to decide, in order of arrival; then the others; then those who wait, by rank."""
    statement = select(Registration).where(Registration.event_id == event_id)
    if state is not None:
        statement = statement.where(Registration.state == state)
    waiting = Registration.state == RegistrationState.WAITING
    to_decide = Registration.state.in_([RegistrationState.SUBMITTED, RegistrationState.UNDER_REVIEW])
    return statement.order_by(
        case((to_decide, 0), (waiting, 2), else_=1), case((waiting, Registration.queue_number)), Registration.id
    )


def next_waiting(event_id: int) -> Select[Registration]:
    """The first person of the waiting list."""
    return (
        select(Registration)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.WAITING)
        .order_by(Registration.queue_number)
        .limit(1)
        .with_for_update(of=Registration)
    )


def rank(registration: Registration) -> Select[int]:
    """The rank of somebody who waits: 1 is the next to be offered a place."""
    return select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.state == RegistrationState.WAITING,
        Registration.queue_number <= registration.queue_number,
    )


def waiting_count(event_id: int) -> Select[int]:
    """How many people wait."""
    return select(func.count()).where(
        Registration.event_id == event_id, Registration.state == RegistrationState.WAITING
    )


def expired_offers(event_id: int, at: datetime) -> Select[Registration]:
    """Offers whose time is over, the oldest first."""
    return (
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.state == RegistrationState.OFFERED,
            Registration.offer_expires_at <= at,
        )
        .order_by(Registration.offer_expires_at, Registration.id)
        .with_for_update(of=Registration)
    )


def events_with_expired_offers(at: datetime) -> Select[str]:
    """The slugs of the events where an offer's time is over; a cancelled event keeps its list as it stood."""
    return (
        select(Event.slug)
        .join(Registration, Registration.event_id == Event.id)
        .where(
            Registration.state == RegistrationState.OFFERED,
            Registration.offer_expires_at <= at,
            Event.state != EventState.CANCELLED,
        )
        .distinct()
        .order_by(Event.slug)
    )


def my_registrations(account_id: int) -> Select[Registration]:
    """The live registrations of a person, the nearest event last to first."""
    return (
        select(Registration)
        .join(Registration.event)
        .where(Registration.account_id == account_id, Registration.state.not_in(ENDED))
        .order_by(Event.starts_at.desc(), Registration.id)
    )


BEST_FIRST = (TeamState.WINNER, TeamState.SPECIAL_MENTION, TeamState.FINALIST)

# ---- teams --------------------------------------------------------------------------------------


def team_by_slug(slug: str) -> Select[Team]:
    """One team with its live members and its data sets."""
    return (
        select(Team)
        .where(Team.slug == slug)
        .options(
            selectinload(Team.members.and_(TeamMember.left_at.is_(None))).options(joinedload(TeamMember.account)),
            selectinload(Team.datasets),
        )
    )


def team_for_update(slug: str) -> Select[Team]:
    """One team, locked until the end of the transaction."""
    return team_by_slug(slug).with_for_update(of=Team)


def team_by_code(event_id: int, code: str) -> Select[Team]:
    """The team of a join code."""
    return (
        select(Team).where(Team.event_id == event_id, Team.join_code == code.strip().upper()).with_for_update(of=Team)
    )


def team_of_event(event_id: int, team_id: int) -> Select[Team]:
    """One team of an event, locked until the end of the transaction."""
    return select(Team).where(Team.event_id == event_id, Team.id == team_id).with_for_update(of=Team)


def team_slugs_like(base: str) -> Select[str]:
    """The slugs of teams that begin so."""
    return select(Team.slug).where(Team.slug.startswith(base, autoescape=True))


def teams(event_id: int, state: TeamState | None = None) -> Select[Team]:
    """The teams of an event, by name, with their live members."""
    statement = select(Team).where(Team.event_id == event_id)
    if state is not None:
        statement = statement.where(Team.state == state)
    return statement.options(
        selectinload(Team.members.and_(TeamMember.left_at.is_(None))).options(joinedload(TeamMember.account))
    ).order_by(Team.name, Team.id)


def public_teams(event_id: int) -> Select[Team]:
    """The teams that everybody sees: validated and still there; those that the jury distinguished come first."""
    return (
        select(Team)
        .join(Team.project)
        .where(Team.event_id == event_id, Project.public_since.is_not(None))
        .where(Team.state != TeamState.DROPPED)
        .order_by(
            case({state: rank for rank, state in enumerate(BEST_FIRST)}, value=Team.state, else_=9), Team.name, Team.id
        )
    )


def team_of_project(project_id: int) -> Select[Team]:
    """The team that started a project."""
    return select(Team).where(Team.project_id == project_id)


def live_membership(event_id: int, account_id: int) -> Select[TeamMember]:
    """The person's place in a team of the event."""
    return select(TeamMember).where(
        TeamMember.event_id == event_id, TeamMember.account_id == account_id, TeamMember.left_at.is_(None)
    )


def live_members(team_id: int) -> Select[TeamMember]:
    """Who is in the team, the oldest first."""
    return (
        select(TeamMember)
        .where(TeamMember.team_id == team_id, TeamMember.left_at.is_(None))
        .order_by(TeamMember.id)
        .with_for_update(of=TeamMember)
    )


def my_teams(account_id: int) -> Select[TeamMember]:
    """The places of a person in teams, the latest first."""
    return (
        select(TeamMember)
        .where(TeamMember.account_id == account_id, TeamMember.left_at.is_(None))
        .order_by(TeamMember.id.desc())
    )


# ---- challenges and choices ---------------------------------------------------------------------


def challenge(event_id: int, challenge_id: int) -> Select[Challenge]:
    """One challenge of an event with its data sets and who proposed it."""
    return (
        select(Challenge)
        .where(Challenge.event_id == event_id, Challenge.id == challenge_id)
        .options(selectinload(Challenge.datasets), joinedload(Challenge.proposed_by))
    )


def open_challenges(event_id: int) -> Select[Challenge]:
    """The challenges that a team may take."""
    return (
        select(Challenge)
        .where(Challenge.event_id == event_id, Challenge.state.in_(SHOWN_CHALLENGES))
        .order_by(Challenge.position, Challenge.id)
    )


def dataset_choices() -> Select[int, str]:
    """Every data set as (number, title), by title."""
    return select(Dataset.id, Dataset.title).order_by(Dataset.sort_title, Dataset.id)


def theme_choices() -> Select[int, str]:
    """Every theme as (number, label)."""
    return select(Theme.id, Theme.label).order_by(Theme.set, Theme.position, Theme.id)


def open_now(at: datetime) -> Select[Event]:
    """The events where one may register now or soon, for the home page."""
    return (
        select(Event)
        .where(Event.published_at.is_not(None), Event.state.in_(SEATING), Event.starts_at > at)
        .order_by(Event.starts_at, Event.id)
    )
