"""What happens to events, registrations, teams and challenges; and the points where upper rooms hang their links."""

from collections.abc import Callable

from programme.events.models import Team

TeamLink = Callable[[Team], str | None]


class LinkPoint:
    """A place where an upper room hangs one function team -> address; nothing hangs there by default."""

    def __init__(self) -> None:
        self._function: TeamLink | None = None

    def register(self, function: TeamLink) -> TeamLink:
        """Hang the function; usable as a decorator."""
        self._function = function
        return function

    def __call__(self, team: Team) -> str | None:
        """The address for this team, None when nothing hangs here or nothing is possible for the team."""
        return None if self._function is None else self._function(team)


continue_link = LinkPoint()
"""Where the team's project goes on as an application (« Continuer dans l’appel à projets »)."""

reuse_link = LinkPoint()
"""Where the team's project is published in the gallery (« Publier comme réutilisation »)."""
