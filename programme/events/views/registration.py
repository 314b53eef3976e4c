"""The person's own place: ask, see where one stands, accept an offer, give up."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.core.access import SIGNED_IN, access, current_account
from programme.core.addresses import whole_number
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.core.unit_of_work import unit_of_work
from programme.events import queries
from programme.events.forms import RegistrationForm
from programme.events.models import Event, Registration
from programme.events.services import registrations
from programme.events.states import MAY_TEAM_UP, REGISTRATION_MACHINE, TEAM_WORK, RegistrationState
from programme.events.views import bp, visible_event
from programme.extensions import db


@bp.route("/evenements/<slug>/inscription", methods=["GET", "POST"])
@access(SIGNED_IN)
def register(slug: str) -> ResponseReturnValue:
    """Ask for a place, or see where one stands."""
    event = visible_event(slug)
    form = RegistrationForm(form_data(), event=event)
    if not form.submitted():
        return _page(event, form, 422 if form.posted else 200)
    try:
        with unit_of_work():
            event = visible_event(slug, lock=True)
            registration = registrations.register(event, current_account(), _answers(form), at=now())
    except RuleBroken as refusal:
        form.form_errors.append(refusal.message)
        return _page(visible_event(slug), form, 422)
    flash(_said(registration), "success")
    return redirect(url_for(".register", slug=slug))


def _answers(form: RegistrationForm) -> registrations.Answers:
    return registrations.Answers(
        rules_version=whole_number(form.rules_version.data) or 0, image_rights=bool(form.image_rights.data),
        motivation=form.motivation.data or "", skills=form.skills.data or "" if "skills" in form else "",
        wants_team=bool(form.wants_team.data) if "wants_team" in form else False,
    )  # fmt: skip


def _said(registration: Registration) -> str:
    if registration.state is RegistrationState.CONFIRMED:
        return str(_("Votre place est confirmée. Un courriel vous le rappelle."))
    if registration.state is RegistrationState.WAITING:
        return str(_("Toutes les places sont prises : vous êtes sur la liste d’attente."))
    return str(_("Votre demande est reçue : la Région vous répond par courriel."))


def _page(event: Event, form: RegistrationForm, status: int = 200) -> ResponseReturnValue:
    account_id = current_account().id
    form.rules_version.data = str(event.rules_version)  # The rules on the screen are the present ones.
    mine = db.session.scalars(queries.last_registration(event.id, account_id)).one_or_none()
    place = db.session.scalars(queries.live_membership(event.id, account_id)).one_or_none()
    waits = mine is not None and mine.state is RegistrationState.WAITING
    return render_template(
        "events/register.html", event=event, form=form, mine=mine, team=place and place.team,
        rank=db.session.scalar(queries.rank(mine)) if mine is not None and waits else None,
        can_withdraw=mine is not None and REGISTRATION_MACHINE.allows(mine.state, "withdraw"),
        can_team_up=event.has_teams and event.state in TEAM_WORK and mine is not None and mine.state in MAY_TEAM_UP,
        waiting=db.session.scalar(queries.waiting_count(event.id)), is_open=event.takes_registrations(now()),
    ), status  # fmt: skip


def _mine(event: Event) -> Registration:
    found: Registration = db.one_or_404(queries.live_registration(event.id, current_account().id))
    return found


@bp.post("/evenements/<slug>/inscription/retrait")
@access(SIGNED_IN)
def withdraw(slug: str) -> ResponseReturnValue:
    """Give one's place up."""
    try:
        with unit_of_work():
            registrations.withdraw(_mine(visible_event(slug, lock=True)), by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Votre inscription est annulée. Merci d’avoir libéré la place."), "success")
    return redirect(url_for(".register", slug=slug))


@bp.post("/evenements/<slug>/inscription/accepter")
@access(SIGNED_IN)
def accept_offer(slug: str) -> ResponseReturnValue:
    """Take the place that was offered."""
    try:
        with unit_of_work():
            registrations.accept_offer(_mine(visible_event(slug, lock=True)), by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Votre place est confirmée."), "success")
    return redirect(url_for(".register", slug=slug))
