"""The agents' side of an event: list, creation, edition, life."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.core.unit_of_work import unit_of_work
from programme.events import policy, queries
from programme.events.forms import EventForm, ReasonForm
from programme.events.labels import CHALLENGE_VERBS, EVENT_STATES, EVENT_VERBS
from programme.events.models import Event
from programme.events.services import lifecycle
from programme.events.states import CHALLENGE_MACHINE, EVENT_MACHINE, EventState
from programme.events.views import bp, visible_event
from programme.events.views.public import code_or_none
from programme.extensions import db

READERS = staff(*policy.READERS)
WRITERS = staff(Role.OFFICER_PROGRAMME)


@bp.get("/agents/evenements")
@access(READERS)
def desk() -> ResponseReturnValue:
    """Every event with its counts."""
    state, text = code_or_none(EventState, request.args.get("etat")), request.args.get("q", "").strip()
    page = db.paginate(queries.desk(state=state, text=text), per_page=50, max_per_page=50)
    numbers = [each.id for each in page]
    registered: dict[int, dict[Any, int]] = {}
    for event_id, each_state, count in db.session.execute(queries.registration_counts(numbers)):
        registered.setdefault(event_id, {})[each_state] = count
    return render_template(
        "events/desk.html", page=page, registered=registered, text=text,
        teams=_team_counts(numbers),
        chips=_chips(state, text), can_write=policy.can_write(current_account()),
        page_url=lambda number: url_for(".desk", page=number, etat=state, q=text or None),
    )  # fmt: skip


def _chips(state: EventState | None, text: str) -> list[dict[str, Any]]:
    counts: dict[EventState, int] = {row[0]: row[1] for row in db.session.execute(queries.counts_by_state())}
    every = {"label": _("Tous"), "href": url_for(".desk", q=text or None), "count": sum(counts.values())}
    return [every | {"current": state is None}] + [
        {"label": label, "href": url_for(".desk", etat=each, q=text or None), "count": counts[each], "current": state is each}
        for each, label in EVENT_STATES.items() if each in counts
    ]  # fmt: skip


def _team_counts(event_ids: list[int]) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(queries.team_counts(event_ids))}


def _themes() -> list[tuple[int, str]]:
    return [(number, label) for number, label in db.session.execute(queries.theme_choices())]


@bp.route("/agents/evenements/nouveau", methods=["GET", "POST"])
@access(WRITERS)
def create() -> ResponseReturnValue:
    """Write a new event, invisible until it is opened."""
    form = EventForm(form_data(), themes=_themes())
    if not form.submitted():
        return render_template("events/edit.html", form=form, event=None), 422 if form.posted else 200
    with unit_of_work():
        event = lifecycle.create(form.values(), by=current_account(), at=now())
    flash(
        _("L’événement est enregistré. Il reste invisible du public jusqu’à l’ouverture des inscriptions."), "success"
    )
    return redirect(url_for(".manage", slug=event.slug))


@bp.route("/agents/evenements/<slug>/modifier", methods=["GET", "POST"])
@access(WRITERS)
def edit(slug: str) -> ResponseReturnValue:
    """Correct the event; the second of two agents who save at once reads a warning and loses nothing."""
    event = visible_event(slug)
    form = EventForm(form_data(), obj=event, data={"version": str(event.sequence)}, themes=_themes())
    if not form.submitted():
        return render_template("events/edit.html", form=form, event=event), 422 if form.posted else 200
    try:
        with unit_of_work():
            event = visible_event(slug, lock=True)
            if form.version.data != str(event.sequence):
                return _stale(form, slug)
            lifecycle.edit(event, form.values(), by=current_account(), at=now())
    except RuleBroken as refusal:
        form.capacity.errors = [refusal.message]
        return render_template("events/edit.html", form=form, event=visible_event(slug)), 422
    flash(_("L’événement est enregistré."), "success")
    return redirect(url_for(".manage", slug=slug))


def _stale(form: EventForm, slug: str) -> ResponseReturnValue:
    event = visible_event(slug)
    form.form_errors.append(
        _(
            "Quelqu’un a enregistré cet événement entre-temps. Comparez avec la page de l’événement, puis enregistrez de nouveau."
        )
    )
    form.version.data = str(event.sequence)
    form.version.raw_data = None
    return render_template("events/edit.html", form=form, event=event), 409


@bp.get("/agents/evenements/<slug>")
@access(READERS)
def manage(slug: str) -> ResponseReturnValue:
    """One event as its agents see it: where it stands, what can be done."""
    event, account = db.one_or_404(queries.page(slug)), current_account()
    counts = {state: count for _event, state, count in db.session.execute(queries.registration_counts([event.id]))}
    verbs = [
        (verb, EVENT_VERBS[verb]) for verb in EVENT_MACHINE.allowed(event.state) if policy.can_say(account, event, verb)
    ]
    return render_template(
        "events/manage.html", event=event, counts=counts, verbs=verbs, can_write=policy.can_write(account),
        reason=ReasonForm(), challenge_verbs=CHALLENGE_VERBS, challenge_machine=CHALLENGE_MACHINE,
        team_count=_team_counts([event.id]).get(event.id, 0),
    )  # fmt: skip


@bp.post("/agents/evenements/<slug>/etat")
@access(READERS)
def move(slug: str) -> ResponseReturnValue:
    """Say a verb of the event's life."""
    verb, reason = request.form.get("verb", ""), ReasonForm(request.form).reason.data or ""
    if verb not in EVENT_VERBS:
        abort(404)
    try:
        with unit_of_work():
            event = visible_event(slug, lock=True)
            _say(event, verb, reason)
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("C’est fait : « %(state)s ».", state=str(EVENT_STATES[event.state])), "success")
    return redirect(url_for(".manage", slug=slug))


def _say(event: Event, verb: str, reason: str) -> None:
    if EVENT_MACHINE.allows(event.state, verb):  # Otherwise the service says that the page is stale.
        require(policy.can_say(current_account(), event, verb))
    lifecycle.move(event, verb, by=current_account(), at=now(), reason=reason)
