"""The agents' side of registrations: the table, decisions, presence, export."""

from collections.abc import Iterator
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core import export_jobs
from programme.core.access import access, current_account
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.exports import CellKind, Column
from programme.core.i18n import plural
from programme.core.unit_of_work import unit_of_work
from programme.events import policy, queries
from programme.events.forms import ReasonForm
from programme.events.labels import REGISTRATION_STATES, REGISTRATION_VERBS
from programme.events.models import Event, Registration
from programme.events.services import registrations as places
from programme.events.states import HELD, REGISTRATION_MACHINE, RegistrationState
from programme.events.views import bp, visible_event
from programme.events.views.public import code_or_none
from programme.extensions import db

READERS = staff(*policy.READERS)
WRITERS = staff(Role.OFFICER_PROGRAMME)
PER_PAGE = 100
TOGETHER = ("open_review", "accept", "mark_present", "mark_absent")
"""What may be said of several registrations at once; a refusal has its own reason."""


@bp.get("/agents/evenements/<slug>/inscriptions")
@access(READERS)
def registrations(slug: str) -> ResponseReturnValue:
    """Who has a place, who waits, who asked."""
    event, state = visible_event(slug), code_or_none(RegistrationState, request.args.get("etat"))
    page = db.paginate(queries.registrations(event.id, state), per_page=PER_PAGE, max_per_page=PER_PAGE)
    return render_template(
        "events/desk_registrations.html", event=event, page=page, chips=_chips(event, state), verbs=_verbs(event),
        labels=REGISTRATION_VERBS, state=state, together=[each for each in _verbs(event) if each in TOGETHER], machine=REGISTRATION_MACHINE, can_write=policy.can_write(current_account()),
        page_url=lambda number: url_for(".registrations", slug=slug, page=number, etat=state),
    )  # fmt: skip


def _verbs(event: Event) -> list[str]:
    """The verbs that make sense now: decisions before the event, presence from its start on."""
    return ["mark_present", "mark_absent"] if event.state in HELD else ["open_review", "accept", "decline"]


def _chips(event: Event, state: RegistrationState | None) -> list[dict[str, Any]]:
    counts = {each: count for _event, each, count in db.session.execute(queries.registration_counts([event.id]))}
    every = {"label": _("Toutes"), "href": url_for(".registrations", slug=event.slug), "count": sum(counts.values())}
    return [every | {"current": state is None}] + [
        {
            "label": label, "href": url_for(".registrations", slug=event.slug, etat=each), "count": counts[each],
            "current": state is each,
        }
        for each, label in REGISTRATION_STATES.items() if each in counts
    ]  # fmt: skip


@bp.post("/agents/evenements/<slug>/inscriptions/<int:registration_id>")
@access(WRITERS)
def decide_registration(slug: str, registration_id: int) -> ResponseReturnValue:
    """Accept, decline, put under review, note presence."""
    verb, reason = request.form.get("verb", ""), ReasonForm(request.form).reason.data or ""
    if verb not in REGISTRATION_VERBS:
        abort(404)
    try:
        with unit_of_work():
            event = visible_event(slug, lock=True)
            registration = db.one_or_404(queries.registration(event.id, registration_id))
            _decide(registration, verb, reason)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        name, state = registration.account.display_name, REGISTRATION_STATES[registration.state]
        flash(_("%(name)s : %(state)s.", name=name, state=str(state).lower()), "success")
    return redirect(url_for(".registrations", slug=slug, etat=request.form.get("etat") or None))


@bp.post("/agents/evenements/<slug>/inscriptions")
@access(WRITERS)
def decide_registrations(slug: str) -> ResponseReturnValue:
    """The same act for every registration picked, all of them or none."""
    verb, picked = request.form.get("verb", ""), request.form.getlist("registration", type=int)
    if verb not in TOGETHER:
        abort(404)
    try:
        _decide_all(slug, verb, picked)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        said = plural("Une inscription est traitée.", "%(count)s inscriptions sont traitées.", len(picked))
        flash(said % {"count": len(picked)}, "success")
    return redirect(url_for(".registrations", slug=slug, etat=request.form.get("etat") or None))


def _decide_all(slug: str, verb: str, picked: list[int]) -> None:
    if not picked:
        raise RuleBroken(_("Cochez au moins une inscription."))
    with unit_of_work():
        event = visible_event(slug, lock=True)
        for number in picked:
            registration = db.one_or_404(queries.registration(event.id, number))
            if not REGISTRATION_MACHINE.allows(registration.state, verb):
                name = registration.account.display_name
                raise RuleBroken(_("Rien n’est fait : l’inscription de %(name)s ne permet pas cet acte.", name=name))
            _decide(registration, verb, "")


def _decide(registration: Registration, verb: str, reason: str) -> None:
    by, at = current_account(), now()
    if verb in ("mark_present", "mark_absent"):
        places.mark(registration, verb, by=by, at=at)
    elif verb == "open_review":
        places.open_review(registration, by=by, at=at)
    elif verb == "accept":
        places.accept(registration, by=by, at=at)
    elif reason:
        places.decline(registration, reason, by=by, at=at)
    else:
        raise RuleBroken(_("Écrivez le motif du refus : la personne le lit."))


@bp.get("/agents/evenements/<slug>/inscriptions/export")
@access(READERS)
def export_registrations(slug: str) -> ResponseReturnValue:
    """The registrations for a spreadsheet, in the format of the address."""
    return export_jobs.answer("events.registrations", {"event": slug}, current_account())


def _may_export(account: Account, parameters: export_jobs.Parameters) -> bool:
    event = db.session.scalars(queries.by_slug(str(parameters.get("event", "")))).one_or_none()
    return event is not None and policy.can_see(account, event) and policy.can_read_desk(account)


@export_jobs.source("events.registrations", allows=_may_export)
def registrations_table(account: Account, parameters: export_jobs.Parameters) -> export_jobs.Table:
    """Everybody who registered, with what they said."""
    event = db.session.scalars(queries.by_slug(str(parameters["event"]))).one()
    columns = [
        Column(_("Nom")), Column(_("Courriel")), Column(_("État")), Column(_("Rang d’arrivée en attente"), CellKind.NUMBER),
        Column(_("Déposée le"), CellKind.INSTANT), Column(_("Règlement accepté (version)"), CellKind.NUMBER),
        Column(_("Accepte les photos"), CellKind.BOOLEAN), Column(_("Cherche une équipe"), CellKind.BOOLEAN),
        Column(_("Compétences")), Column(_("Motivation")),
    ]  # fmt: skip
    count = sum(each for _event, _state, each in db.session.execute(queries.registration_counts([event.id])))
    title = _("Inscriptions : %(event)s", event=event.title)
    return export_jobs.Table(f"inscriptions-{event.slug}", title, columns, _rows(event.id), count)


def _rows(event_id: int) -> Iterator[list[Any]]:
    statement = queries.registrations(event_id).execution_options(yield_per=500)
    for each in db.session.scalars(statement):
        yield [
            each.account.display_name, each.account.email, str(REGISTRATION_STATES[each.state]), each.queue_number,
            each.submitted_at, each.rules_version, each.image_rights, each.wants_team, each.skills, each.motivation,
        ]  # fmt: skip
