"""The agents' side of teams: validate, note the jury's decision."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core.access import access, current_account
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.unit_of_work import unit_of_work
from programme.events import policy, queries
from programme.events.forms import DecisionForm
from programme.events.labels import TEAM_STATES
from programme.events.models import Event, Team
from programme.events.services import teams
from programme.events.states import TEAM_MACHINE, EventState, TeamResult, TeamState
from programme.events.views import bp, visible_event
from programme.events.views.public import code_or_none
from programme.extensions import db

READERS = staff(*policy.READERS)
WRITERS = staff(Role.OFFICER_PROGRAMME)


@bp.get("/agents/evenements/<slug>/equipes")
@access(READERS)
def desk_teams(slug: str) -> ResponseReturnValue:
    """The teams of an event."""
    event, state = visible_event(slug), code_or_none(TeamState, request.args.get("etat"))
    page = db.paginate(queries.teams(event.id, state), per_page=50, max_per_page=50)
    judging = event.state is EventState.JUDGING
    return render_template(
        "events/desk_teams.html", event=event, page=page, machine=TEAM_MACHINE, judging=judging,
        decisions={each.id: _decision_form(each) for each in page if judging and each.state is TeamState.DELIVERED},
        can_write=policy.can_write(current_account()), chips=_chips(event, state),
        page_url=lambda number: url_for(".desk_teams", slug=slug, page=number, etat=state),
    )  # fmt: skip


def _decision_form(team: Team) -> DecisionForm:
    return DecisionForm(data={"result": team.result or "", "prize": team.prize}, prefix=f"equipe{team.id}-")


def _chips(event: Event, state: TeamState | None) -> list[dict[str, Any]]:
    return [{"label": _("Toutes"), "href": url_for(".desk_teams", slug=event.slug), "current": state is None}] + [
        {"label": label, "href": url_for(".desk_teams", slug=event.slug, etat=each), "current": state is each}
        for each, label in TEAM_STATES.items()
    ]


@bp.post("/agents/evenements/<slug>/equipes/<int:team_id>")
@access(WRITERS)
def decide_team(slug: str, team_id: int) -> ResponseReturnValue:
    """Validate a team, end it, or note what the jury decided."""
    verb, form = request.form.get("verb", ""), DecisionForm(request.form, prefix=f"equipe{team_id}-")
    if verb not in ("confirm", "drop", "decide"):
        abort(404)
    try:
        with unit_of_work():
            team = db.one_or_404(queries.team_of_event(visible_event(slug, lock=True).id, team_id))
            _decide(team, verb, form)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("%(name)s : c’est enregistré.", name=team.name), "success")
    return redirect(url_for(".desk_teams", slug=slug))


def _decide(team: Team, verb: str, form: DecisionForm) -> None:
    by, at = current_account(), now()
    if verb == "confirm":
        teams.confirm(team, by=by, at=at)
    elif verb == "drop":
        teams.drop(team, by=by, at=at)
    elif form.result.validate(form) and form.prize.validate(form):
        result = TeamResult(form.result.data) if form.result.data else None
        teams.decide(team, result, form.prize.data, by=by, at=at)
    else:
        raise RuleBroken(_("Choisissez la décision dans la liste."))
