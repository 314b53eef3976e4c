"""Who may see an event, run it, work in a team."""

from sqlalchemy import select
from sqlalchemy.orm import object_session

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.events.models import Event, Team, TeamMember
from programme.events.states import (
    EVENT_MACHINE,
    PUBLISHING_VERBS,
    RESULTS_KNOWN,
    SEATING,
    TEAM_WORK,
    EventState,
    TeamState,
)

READERS = (Role.OFFICER_PROGRAMME, Role.DIRECTION)


def can_read_desk(account: Account | None) -> bool:
    """The agents' pages on events."""
    return account is not None and account.has_role(*READERS)


def can_write(account: Account | None) -> bool:
    """Create and edit events and challenges, decide on registrations and teams."""
    return account is not None and account.has_role(Role.OFFICER_PROGRAMME)


def can_see(account: Account | None, event: Event) -> bool:
    """A draft is invisible to all but its agents."""
    return event.published_at is not None or can_read_desk(account)


def can_say(account: Account, event: Event, verb: str) -> bool:
    """Move the event: what commits the Region in public is said by the direction, the rest by the officers."""
    role = Role.DIRECTION if verb in PUBLISHING_VERBS else Role.OFFICER_PROGRAMME
    return account.has_role(role) and EVENT_MACHINE.allows(event.state, verb)


def can_propose_challenge(account: Account | None, event: Event) -> bool:
    """A partner proposes until the event starts; whose member the person is, the form asks."""
    return event.has_teams and can_see(account, event) and event.state in SEATING


def knows_results(event: Event) -> bool:
    """Whether the jury's decisions are public."""
    return event.state in RESULTS_KNOWN


def membership(account: Account | None, team: Team) -> TeamMember | None:
    """The person's place in the team, None outside it."""
    session = None if account is None else object_session(account)
    if account is None or session is None:
        return None
    live = select(TeamMember).where(
        TeamMember.team_id == team.id, TeamMember.account_id == account.id, TeamMember.left_at.is_(None)
    )
    return session.scalars(live).one_or_none()


def can_see_team(account: Account | None, team: Team) -> bool:
    """Everybody once the team is validated; before, its members and the agents."""
    if not can_see(account, team.event):
        return False
    public = team.project.public_since is not None
    return public or can_read_desk(account) or membership(account, team) is not None


def can_lead(account: Account, team: Team) -> bool:
    """Act in the team's name."""
    found = membership(account, team)
    return found is not None and found.is_lead


def can_leave(account: Account, team: Team) -> bool:
    """A member leaves while the team still works."""
    at_work = team.state in (TeamState.FORMING, TeamState.CONFIRMED) and team.event.state in TEAM_WORK
    return at_work and membership(account, team) is not None


def can_deliver(account: Account, team: Team) -> bool:
    """Hand in, or hand in again, while the event is live; any member may."""
    may = team.state in (TeamState.CONFIRMED, TeamState.DELIVERED) and team.event.state is EventState.LIVE
    return may and membership(account, team) is not None
