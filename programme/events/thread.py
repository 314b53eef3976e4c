"""What an event adds to a project's timeline: the challenge, the team, the prototype, the result."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.core.i18n import date_short
from programme.events import policy, queries
from programme.events.labels import TEAM_STATES
from programme.events.models import Team
from programme.events.states import HANDED_IN, RESULTS, TeamState
from programme.extensions import db
from programme.projects.models import Project
from programme.projects.thread import Step, StepState, contribute


@contribute(order=20)
def parts(project: Project, viewer: Account | None) -> list[Step]:
    """The event's knots, for a reader who may see the team."""
    team = db.session.scalars(queries.team_of_project(project.id)).one_or_none()
    if team is None or not policy.can_see_team(viewer, team):
        return []
    return list(_steps(team))


def _steps(team: Team) -> Iterator[Step]:
    event_page = url_for("events.show", slug=team.event.slug)
    if team.challenge is not None:
        label = _("Défi : %(title)s", title=team.challenge.title)
        note = f"{team.challenge.organisation.name}, {team.event.title}"
        yield Step(
            label, team.created_at, StepState.DONE, f"{event_page}#defi-{team.challenge.id}", note,
            date_short(team.created_at), stage=_("Défi"), name=team.challenge.title,
        )  # fmt: skip
    forming = team.state is TeamState.FORMING
    yield Step(
        _("Équipe %(name)s", name=team.name), team.created_at, StepState.HERE if forming else StepState.DONE,
        url_for("events.team", slug=team.slug), when=date_short(team.created_at), stage=_("Équipe"), name=team.name,
    )  # fmt: skip
    if team.state is TeamState.DROPPED:
        yield Step(_("Abandon"), team.dropped_at, StepState.PROBLEM, when=date_short(team.dropped_at))
    else:
        yield from _what_follows(team)


def _what_follows(team: Team) -> Iterator[Step]:
    if team.state in HANDED_IN:
        when = date_short(team.delivered_at)
        href = url_for("events.team", slug=team.slug)
        yield Step(_("Prototype remis"), team.delivered_at, StepState.DONE, href, when=when, stage=_("Prototype"))
    else:
        here = StepState.HERE if team.state is TeamState.CONFIRMED else StepState.TODO
        yield Step(_("Prototype à remettre"), None, here)
    if team.state in RESULTS:
        result = _("Résultat : %(result)s", result=str(TEAM_STATES[team.state]).lower())
        at = team.event.results_at
        yield Step(
            result, at, StepState.DONE, note=team.prize, when=date_short(at) if at else None,
            stage=_("Résultat du jury"), name=str(TEAM_STATES[team.state]),
        )  # fmt: skip
    else:
        here = StepState.HERE if team.state is TeamState.DELIVERED else StepState.TODO
        yield Step(_("Résultat"), None, here)
