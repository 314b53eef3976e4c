"""Teams: start one, join with a code, leave, declare it complete, hand in; the page of a team."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core.access import PUBLIC, SIGNED_IN, access, current_account, require, viewer
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.core.unit_of_work import unit_of_work
from programme.events import policy, queries, services
from programme.events.forms import DeliveryForm, JoinForm, TeamForm, blank_lines
from programme.events.models import Challenge, Event, Team
from programme.events.services import teams
from programme.events.states import HANDED_IN, CodeLicence, TeamState
from programme.events.views import bp, visible_event
from programme.extensions import db
from programme.projects import thread


@bp.get("/equipes/<slug>")
@access(PUBLIC)
def team(slug: str) -> ResponseReturnValue:
    """The team's page, with the thread of its project."""
    team, account = db.one_or_404(queries.team_by_slug(slug)), viewer()
    require(policy.can_see_team(account, team))
    mine = policy.membership(account, team)
    delivered = team.state in HANDED_IN
    return render_template(
        "events/team.html", team=team, event=team.event, mine=mine, delivered=delivered,
        steps=thread.with_place(thread.steps(team.project, account)), on_desk=policy.can_read_desk(account),
        can_leave=account is not None and policy.can_leave(account, team),
        can_deliver=account is not None and policy.can_deliver(account, team),
        continue_url=services.continue_link(team) if mine and delivered else None,
        reuse_url=services.reuse_link(team) if mine and delivered else None,
    )  # fmt: skip


def _challenge_choices(event: Event) -> list[tuple[int, str]]:
    return [(each.id, each.title) for each in db.session.scalars(queries.open_challenges(event.id))]


@bp.route("/evenements/<slug>/equipes/nouvelle", methods=["GET", "POST"])
@access(SIGNED_IN)
def create_team(slug: str) -> ResponseReturnValue:
    """Start a team."""
    event = visible_event(slug)
    form = TeamForm(form_data(), challenges=_challenge_choices(event))
    if not form.submitted():
        return _team_form(event, form, 422 if form.posted else 200)
    try:
        with unit_of_work():
            made = _create(visible_event(slug), form)
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return _team_form(visible_event(slug), form, 422)
    flash(_("L’équipe est créée : partagez son code avec les personnes qui vous rejoignent."), "success")
    return redirect(url_for(".team", slug=made.slug))


def _create(event: Event, form: TeamForm) -> Team:
    challenge = _challenge(event, form)
    name, pitch = form.name.data or "", form.pitch.data or ""
    return teams.create(event, name, pitch, challenge, by=current_account(), at=now())


def _team_form(event: Event, form: TeamForm, status: int) -> ResponseReturnValue:
    return render_template("events/create_team.html", event=event, form=form), status


def _challenge(event: Event, form: TeamForm) -> Challenge | None:
    if not form.challenge_id.data:
        return None
    open_ones = queries.open_challenges(event.id).where(Challenge.id == int(form.challenge_id.data))
    return db.session.scalars(open_ones).one_or_none()


@bp.route("/evenements/<slug>/equipes/rejoindre", methods=["GET", "POST"])
@access(SIGNED_IN)
def join_team(slug: str) -> ResponseReturnValue:
    """Enter a team with its code."""
    event, form = visible_event(slug), JoinForm(form_data())
    if not form.submitted():
        return render_template("events/join_team.html", event=event, form=form), 422 if form.posted else 200
    try:
        with unit_of_work():  # Counted on its own, so that a refused code still counts.
            teams.note_join_try(current_account(), at=now())
        with unit_of_work():
            joined = teams.join(visible_event(slug), form.code.data or "", by=current_account(), at=now())
    except RuleBroken as refusal:
        form.code.errors = [refusal.message]
        return render_template("events/join_team.html", event=visible_event(slug), form=form), 422
    flash(_("Vous êtes dans l’équipe."), "success")
    return redirect(url_for(".team", slug=joined.slug))


@bp.post("/equipes/<slug>/quitter")
@access(SIGNED_IN)
def leave_team(slug: str) -> ResponseReturnValue:
    """Leave the team."""
    try:
        with unit_of_work():
            left = db.one_or_404(queries.team_for_update(slug))
            event_slug = left.event.slug
            require(policy.can_leave(current_account(), left))
            teams.leave(left, current_account(), by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".team", slug=slug))
    flash(_("Vous avez quitté l’équipe."), "success")
    return redirect(url_for(".register", slug=event_slug))


@bp.post("/equipes/<slug>/complete")
@access(SIGNED_IN)
def declare_ready(slug: str) -> ResponseReturnValue:
    """The lead says that the team is complete."""
    try:
        with unit_of_work():
            mine = db.one_or_404(queries.team_for_update(slug))
            require(policy.can_lead(current_account(), mine))
            teams.declare_ready(mine, by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("L’équipe est complète : la Région la valide, puis sa page devient publique."), "success")
    return redirect(url_for(".team", slug=slug))


@bp.route("/equipes/<slug>/livraison", methods=["GET", "POST"])
@access(SIGNED_IN)
def deliver(slug: str) -> ResponseReturnValue:
    """Hand in the prototype, or correct what was handed in."""
    mine = db.one_or_404(queries.team_by_slug(slug))
    require(policy.membership(current_account(), mine) is not None)
    form = _delivery_form(mine)
    if not form.submitted():
        return render_template("events/deliver.html", team=mine, form=form), 422 if form.posted else 200
    try:
        with unit_of_work():
            mine = db.one_or_404(queries.team_for_update(slug))
            require(policy.membership(current_account(), mine) is not None)
            teams.deliver(mine, _delivery(form), by=current_account(), at=now())
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return render_template("events/deliver.html", team=db.one_or_404(queries.team_by_slug(slug)), form=form), 422
    flash(_("Votre prototype est remis. Vous pouvez le corriger jusqu’à la délibération."), "success")
    return redirect(url_for(".team", slug=slug))


def _delivery_form(team: Team) -> DeliveryForm:
    known: dict[str, Any] = {"datasets": blank_lines(team.datasets)}
    if team.state is TeamState.DELIVERED:
        known |= {
            "summary": team.delivery_summary, "code_url": team.code_url, "demo_url": team.demo_url,
            "code_licence": team.code_licence,
        }  # fmt: skip
    return DeliveryForm(form_data(), data=known, catalogue=[tuple(row) for row in _catalogue()])


def _catalogue() -> list[Any]:
    return list(db.session.execute(queries.dataset_choices()).all())


def _delivery(form: DeliveryForm) -> teams.Delivery:
    return teams.Delivery(
        summary=form.summary.data or "", code_url=form.code_url.data or None, demo_url=form.demo_url.data or None,
        code_licence=CodeLicence(form.code_licence.data) if form.code_licence.data else None, datasets=form.lines(),
    )  # fmt: skip
