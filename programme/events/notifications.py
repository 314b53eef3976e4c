"""Mails of this room."""

from programme.core import mail
from programme.events.models import Challenge, Registration, Team


def _compose(name: str, registration: Registration, **context: object) -> mail.Mail:
    return mail.compose(
        f"events/{name}", to=registration.account.email, registration=registration, event=registration.event, **context
    )


def registered(registration: Registration) -> mail.Mail:
    """A selective event has the request; the answer comes later."""
    return _compose("registered", registration)


def waiting(registration: Registration, rank: int) -> mail.Mail:
    """The event is full: the person's rank in the waiting list."""
    return _compose("waiting", registration, rank=rank)


def offered(registration: Registration) -> mail.Mail:
    """A place is free for the person, until a deadline."""
    return _compose("offered", registration)


def confirmed(registration: Registration) -> mail.Mail:
    """The person has a place."""
    return _compose("confirmed", registration)


def withdrawn(registration: Registration) -> mail.Mail:
    """The registration ended: by the person, or because the offer's time was over."""
    return _compose("withdrawn", registration)


def declined(registration: Registration) -> mail.Mail:
    """The registration is refused, and why."""
    return _compose("declined", registration)


def cancelled(registration: Registration) -> mail.Mail:
    """The event does not take place."""
    return _compose("cancelled", registration)


def team_confirmed(team: Team, to: str) -> mail.Mail:
    """Staff validated the team."""
    return mail.compose("events/team_confirmed", to=to, team=team, event=team.event)


def team_result(team: Team, to: str) -> mail.Mail:
    """What the jury decided, once the results are public."""
    return mail.compose("events/team_result", to=to, team=team, event=team.event)


def challenge_dismissed(challenge: Challenge, to: str, reason: str) -> mail.Mail:
    """The proposed challenge is not kept, and why."""
    return mail.compose("events/challenge_dismissed", to=to, challenge=challenge, event=challenge.event, reason=reason)
