"""Challenges: proposed by partners on the public side, kept and published by agents."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.core.unit_of_work import unit_of_work
from programme.events import policy, queries
from programme.events.forms import ChallengeForm, ReasonForm, blank_lines
from programme.events.labels import CHALLENGE_VERBS
from programme.events.models import Challenge, Event
from programme.events.services import challenges
from programme.events.views import bp, visible_event
from programme.extensions import db
from programme.organisations import policy as network
from programme.organisations import queries as organisations
from programme.organisations.models import Organisation
from programme.organisations.states import MembershipRole, MembershipState

WRITERS = staff(Role.OFFICER_PROGRAMME)


def _form(owners: Sequence[tuple[int, str]], challenge: Challenge | None = None) -> ChallengeForm:
    known: dict[str, Any] = {"datasets": blank_lines(challenge.datasets if challenge else [])}
    if challenge is not None:
        known |= {
            "title": challenge.title, "need": challenge.need, "prize": challenge.prize,
            "organisation_id": str(challenge.organisation_id),
        }  # fmt: skip
    elif len(owners) == 1:
        known["organisation_id"] = str(owners[0][0])
    catalogue = [(number, title) for number, title in db.session.execute(queries.dataset_choices())]
    return ChallengeForm(form_data(), data=known, organisations=owners, catalogue=catalogue)


def _need(form: ChallengeForm) -> challenges.Need:
    return challenges.Need(
        title=form.title.data or "", need=form.need.data or "", prize=form.prize.data,
        organisation_id=int(form.organisation_id.data), datasets=form.lines(),
    )  # fmt: skip


def _my_organisations() -> list[tuple[int, str]]:
    mine = db.session.scalars(organisations.memberships_of(current_account().id))
    return [
        (each.organisation_id, each.organisation.name) for each in mine
        if each.state is MembershipState.ACTIVE and each.role is not MembershipRole.READER
    ]  # fmt: skip


@bp.route("/evenements/<slug>/defis/proposer", methods=["GET", "POST"])
@access(SIGNED_IN)
def propose_challenge(slug: str) -> ResponseReturnValue:
    """A partner brings a challenge with its data."""
    event = visible_event(slug)
    require(policy.can_propose_challenge(current_account(), event))
    owners = _my_organisations()
    form = _form(owners)
    if not form.submitted():
        page = render_template("events/propose_challenge.html", event=event, form=form, owners=owners)
        return page, 422 if form.posted else 200
    with unit_of_work():
        event = visible_event(slug, lock=True)
        need = _need(form)
        may = policy.can_propose_challenge(current_account(), event)
        require(may and network.is_editor(current_account(), need.organisation_id))
        challenges.propose(event, need, by=current_account(), at=now())
    flash(_("Votre défi est proposé : la Région l’étudie et vous répond par courriel."), "success")
    return redirect(url_for(".show", slug=slug))


# ---- agents -------------------------------------------------------------------------------------


def _every_organisation() -> list[tuple[int, str]]:
    rows = db.session.execute(select(Organisation.id, Organisation.name).order_by(Organisation.sort_name))
    return [(number, name) for number, name in rows]


def _edit_page(event: Event, form: ChallengeForm, challenge: Challenge | None) -> ResponseReturnValue:
    page = render_template("events/desk_challenge.html", event=event, form=form, challenge=challenge)
    return page, 422 if form.posted else 200


@bp.route("/agents/evenements/<slug>/defis/nouveau", methods=["GET", "POST"])
@access(WRITERS)
def create_challenge(slug: str) -> ResponseReturnValue:
    """Enter a challenge for a partner."""
    form = _form(_every_organisation())
    if not form.submitted():
        return _edit_page(visible_event(slug), form, None)
    with unit_of_work():
        challenges.propose(visible_event(slug), _need(form), by=current_account(), at=now())
    flash(_("Le défi est enregistré : retenez-le, puis publiez-le."), "success")
    return redirect(url_for(".manage", slug=slug))


@bp.route("/agents/evenements/<slug>/defis/<int:challenge_id>", methods=["GET", "POST"])
@access(WRITERS)
def edit_challenge(slug: str, challenge_id: int) -> ResponseReturnValue:
    """Correct a challenge."""
    event = visible_event(slug)
    challenge = db.one_or_404(queries.challenge(event.id, challenge_id))
    form = _form(_every_organisation(), challenge)
    if not form.submitted():
        return _edit_page(event, form, challenge)
    with unit_of_work():
        challenge = db.one_or_404(queries.challenge(visible_event(slug).id, challenge_id))
        challenges.edit(challenge, _need(form), by=current_account(), at=now())
    flash(_("Le défi est enregistré."), "success")
    return redirect(url_for(".manage", slug=slug))


@bp.post("/agents/evenements/<slug>/defis/<int:challenge_id>/etat")
@access(WRITERS)
def move_challenge(slug: str, challenge_id: int) -> ResponseReturnValue:
    """Keep, publish, note as experimented, or dismiss a challenge."""
    verb, reason = request.form.get("verb", ""), ReasonForm(request.form).reason.data or ""
    if verb != "dismiss" and verb not in CHALLENGE_VERBS:
        abort(404)
    try:
        with unit_of_work():
            challenge = db.one_or_404(queries.challenge(visible_event(slug).id, challenge_id))
            _move(challenge, verb, reason)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(url_for(".manage", slug=slug))


def _move(challenge: Challenge, verb: str, reason: str) -> None:
    if verb != "dismiss":
        challenges.move(challenge, verb, by=current_account(), at=now())
    elif reason:
        challenges.dismiss(challenge, reason, by=current_account(), at=now())
    else:
        raise RuleBroken(_("Écrivez pourquoi ce défi n’est pas retenu : la personne qui l’a proposé le lit."))
