"""What the steps of a draft share: the page, the saving, the moves; and the instant at which a request arrived."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from markupsafe import escape
from sqlalchemy import Select

from programme.applications import policy, queries, services
from programme.applications.labels import LEFT, REMARKS, STEP_TITLES
from programme.applications.models import Application
from programme.applications.queries import invitations
from programme.applications.rules.carrying import Left
from programme.applications.rules.remarks import Pinned, Remark
from programme.applications.states import ApplicationState
from programme.applications.views import bp
from programme.calls import queries as calls
from programme.calls.models import Call, CallSession, EligibilityRule
from programme.calls.states import AidRegime
from programme.core import arrival, short_answers
from programme.core.access import current_account, require
from programme.core.addresses import whole_number
from programme.core.clock import local_day, now
from programme.core.forms import BaseForm, csrf_token, token_is_stale
from programme.core.i18n import date_short, datetime_short, hour, money
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.strategy.models import ThemeSet

Read = Callable[[Application], Any]
"""The form of a step as it was sent, for this draft."""
Keep = Callable[[Application, Any], None]
"""Puts in the draft what could be read of the form."""
Load = Callable[[str], Select[Application]]
"""The draft of a reference, locked."""

ENDPOINTS = {
    "projet": ".project_step", "questions": ".questions_step", "donnees": ".datasets_step", "budget": ".budget_step",
    "aides": ".aid_step", "pieces": ".pieces_step", "relecture": ".review_step",
}  # fmt: skip
STEPS = tuple(ENDPOINTS)


@bp.app_url_value_preprocessor
def note_arrival(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Note the server's instant before anything of the request is read: a deposit is judged by it."""
    g.arrived_at = arrival.arrived_at()


def arrived_at() -> datetime:
    """When the present request reached us."""
    instant: datetime = g.arrived_at
    return instant


class DraftOver(Exception):
    """The page of a draft that is a draft no more: handed in or withdrawn meanwhile, perhaps by a second click."""

    def __init__(self, application: Application) -> None:
        super().__init__(application.reference)
        self.reference = application.reference
        self.receipt = application.receipt_number


@bp.errorhandler(DraftOver)
def draft_over(over: DraftOver) -> ResponseReturnValue:
    """Lead to what the application has become; a second « Déposer » finds the one receipt."""
    if request.method == "GET":
        return redirect(url_for("applications.show", reference=over.reference))
    if over.receipt is None:
        if short_answers.wanted():
            return short_answers.refused(_("Ce dossier est retiré."), short_answers.GONE)
        flash(_("Ce dossier est retiré : rien n’a été enregistré."), "error")
        return redirect(url_for("applications.show", reference=over.reference))
    if short_answers.wanted():
        said = _("Ce dossier est déjà déposé, sous le numéro %(number)s.", number=over.receipt)
        return short_answers.refused(
            said, short_answers.GONE, url_for("applications.receipt", reference=over.reference)
        )
    flash(_("Ce dossier est déjà déposé, sous le numéro %(number)s : voici son accusé.", number=over.receipt), "info")
    return redirect(url_for("applications.receipt", reference=over.reference))


def ensure_draft(application: Application) -> None:
    """A draft that the person may fill in; absent for others.

    Raises:
        DraftOver: an editor of the organisation meets what is a draft no more.
    """
    account = current_account()
    if application.state is not ApplicationState.DRAFT and policy.can_act(account, application):
        raise DraftOver(application)
    require(policy.can_edit(account, application))


def load_draft(reference: str) -> Application:
    """The draft of this reference, for those who may fill it in."""
    application = db.one_or_404(queries.draft(reference))
    ensure_draft(application)
    return application


def steps_of(call: Call) -> tuple[str, ...]:
    """The steps of the drafts of a call: a first step or a prize may ask neither data sets nor a budget."""
    left = set() if call.asks_data else {"donnees"}
    left |= {"aides"} if call.aid_regime is AidRegime.NONE else set()
    left |= set() if call.asks_money else {"budget"}
    return tuple(each for each in STEPS if each not in left)


def titles() -> dict[str, str]:
    """The steps in words."""
    return {step: str(STEP_TITLES[step]) for step in ENDPOINTS}


def needs_subdomain(application: Application) -> bool:
    """The themes of the smart-territories list come with sub-domains, one of which must be chosen."""
    return application.call.theme_set is ThemeSet.TERRITORIES


def step_page(application: Application, step: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """One step of the draft, with the thread of steps, the deadline and the bar; a step that is not asked leads to the next."""
    steps = steps_of(application.call)
    if step not in steps:
        return redirect(url_for(ENDPOINTS["pieces"], reference=application.reference))
    at, rules = now(), context.pop("rules", None) or call_rules(application)
    remaining = services.faults(application, at, subdomain_needed=needs_subdomain(application), rules=rules)
    to_mend = {each.step for each in remaining}
    named, beside = titles(), noted(application, step)
    items = [
        (named[each], url_for(ENDPOINTS[each], reference=application.reference), each not in to_mend) for each in steps
    ]
    return render_template(
        f"applications/steps/{step}.html", application=application, step=step, place=steps.index(step) + 1, items=items,
        titles=named, faults=remaining, saved=saved_at(application, at), deadline=deadline(application.session, at),
        left=time_left(application.session, at), ceilings=services.ceilings(application, rules),
        next_session=next_session(application, at), is_over=application.session.is_over(at),
        beside=beside,
        marks=[(f"presence-{each}", beside[f"presence-{each}"]) for each in steps], pinned=pinned(application), remark_titles=REMARKS, **context,
    ), status  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """What stands beside a file taken up again, in words: what was told, what stayed behind, the steps that it is about."""

    told: Sequence[Remark]
    left: Sequence[str]
    steps: frozenset[str]


def pinned(application: Application) -> Beside | None:
    """What was told of the former file and what of it stayed behind; None for a first file."""
    if application.pinned is None:
        return None
    found = Pinned.from_json(application.pinned)
    return Beside(found.told, left_words(found.left), found.steps)


def left_words(left: Iterable[Left]) -> list[str]:
    """What could not be taken up, one sentence each."""
    return [str(LEFT[each.code]) % {"label": each.label} for each in left]


def beside_words(people: Sequence[services.Colleague], step: str) -> dict[str, str]:
    """Who else writes on the draft, as pieces of its pages by their id: the line of the step, the words beside the steps."""
    if not people:
        return {"presence": ""} | {f"presence-{each}": "" for each in STEPS}
    said = render_template("applications/steps/_presence.html", people=people, step=step, titles=titles())
    named = {each: [person.name for person in people if person.step == each] for each in STEPS}
    words = {
        each: ngettext("%(names)s modifie", "%(names)s modifient", len(names), names=", ".join(names)) if names else ""
        for each, names in named.items()
    }
    return {"presence": said.strip()} | {f"presence-{each}": str(escape(text)) for each, text in words.items()}


def noted(application: Application, step: str) -> dict[str, str]:
    """The person is on this step: who else writes on the draft, in words."""
    return beside_words(services.note_presence(application.id, current_account().id, step, at=now()), step)


def call_rules(application: Application) -> Sequence[EligibilityRule]:
    """The conditions of its call."""
    return db.session.scalars(calls.rules_of(application.session.call_id)).all()


def next_session(application: Application, at: datetime) -> CallSession | None:
    """Where the draft may go when its own session is over."""
    if not application.session.is_over(at):
        return None
    return db.session.scalars(calls.next_sessions(application.session.call_id, at)).first()


def saved_at(application: Application, at: datetime) -> str:
    """« Enregistré à 23 h 50. », or its day when it was not today."""
    if local_day(application.saved_at) == local_day(at):
        return _("Enregistré à %(hour)s.", hour=hour(application.saved_at))
    return _("Enregistré le %(day)s", day=format_date(local_day(application.saved_at), "d MMM"))


def deadline(session: CallSession, at: datetime) -> str:
    """« Il reste 6 jours et 12 h »."""
    if session.is_over(at):
        return _("La relève est close.")
    if session.opens_at > at:
        return _("Le dépôt ouvre le %(instant)s.", instant=datetime_short(session.opens_at))
    minutes = int((session.closes_at - at).total_seconds() // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return _("Il reste %(days)s et %(hours)s h.", days=ngettext("%(num)s jour", "%(num)s jours", days), hours=hours)
    if hours:
        return _("Il reste %(hours)s h et %(minutes)s min.", hours=hours, minutes=minutes % 60)
    return _("Il reste %(minutes)s min.", minutes=minutes)


def time_left(session: CallSession, at: datetime) -> str:
    """« Il reste 4 j 18 h. », « Il reste 83 jours. » from ten days on: the time left where room is scarce."""
    minutes = int((session.closes_at - at).total_seconds() // 60)
    if session.is_over(at):
        return _("La relève est close.")
    if minutes >= 14_400:
        return _("Il reste %(days)s jours.", days=minutes // 1440)
    if minutes >= 1440:
        return _("Il reste %(days)s j %(hours)s h.", days=minutes // 1440, hours=minutes % 1440 // 60)
    return deadline(session, at)


@dataclass(frozen=True)
class Saving:
    """What became of a form: the status of the page that shows again what was typed, None when all of it is kept.

    `form` is what was sent, read; `application` is the draft as it was committed, None when nothing was.
    """

    status: int | None
    form: Any
    application: Application | None = None


class _Undone(Exception):
    """Leaves a unit of work without writing."""


def kept(reference: str, read: Read, keep: Keep, load: Load = queries.for_update) -> Saving:
    """Read what is sent and keep what can be, in one transaction; `load`: as much of the draft as the two of them touch.

    422 when something cannot be read or the session changed, 409 when a colleague saved the same page meanwhile.
    """
    if token_is_stale():
        form = read(load_draft(reference))
        form.validate()
        return Saving(422, form)
    try:
        with unit_of_work():
            application = db.one_or_404(load(reference))
            ensure_draft(application)
            form = read(application)
            valid = form.validate()
            keep(application, form)
    except services.Outdated as refusal:
        if not _already_kept(reference, form, keep):
            form.form_errors.append(refusal.message)
            return Saving(409, form)
        application = load_draft(reference)
    return Saving(None if valid else 422, form, application)


def _already_kept(reference: str, form: Any, keep: Keep) -> bool:
    """Whether what is sent is what is saved: a second click, or a save whose answer was lost on the way."""
    same = False
    try:
        with unit_of_work():
            application = db.one_or_404(queries.for_update(reference))
            before, form.version.data = services.written(application), str(application.version)
            keep(application, form)
            same = services.written(application) == before
            raise _Undone
    except _Undone:
        return same


@dataclass(frozen=True)
class FormStep:
    """A step made of one form: how it is read and kept, the page with a status, what follows when all of it is kept.

    `load` locks as much of the draft as reading and keeping touch; `fragments` is what the script shows besides.
    """

    read: Read
    keep: Keep
    page: Callable[[Application, Any, int], ResponseReturnValue]
    after: Callable[[str, Any], ResponseReturnValue]
    load: Load = queries.for_update
    fragments: Callable[[Application], dict[str, str]] | None = None


def answered(step: FormStep, reference: str) -> ResponseReturnValue:
    """The page of a step; or what became of the form that was sent, shown again where it could not all be kept."""
    if request.method == "GET":
        application = load_draft(reference)
        return step.page(application, step.read(application), 200)
    saving = kept(reference, step.read, step.keep, step.load)
    if short_answers.wanted():
        return short(saving, step.fragments)
    if saving.status is None:
        return step.after(reference, saving.form)
    application = load_draft(reference)
    renew(saving.form, application)
    return step.page(application, saving.form, saving.status)


def short(saving: Saving, fragments: Callable[[Application], dict[str, str]] | None = None) -> ResponseReturnValue:
    """The answer to the script that saves while one writes."""
    form = saving.form
    if saving.application is None:
        return short_answers.stale(csrf_token()) if form.csrf_token.errors else saved_elsewhere()
    application = saving.application
    return short_answers.kept(
        form, saved_at(application, now()), token=csrf_token(), version=application.version,
        **(fragments(application) if fragments else {}), **noted(application, _step_shown()),
    )  # fmt: skip


def _step_shown() -> str:
    """The step whose address is asked for."""
    return next(step for step, endpoint in ENDPOINTS.items() if request.endpoint == f"applications{endpoint}")


def saved_elsewhere() -> ResponseReturnValue:
    """The short answer to a save that came after another's."""
    said = _("Cette page a été enregistrée ailleurs entre-temps. Enregistrez pour voir les deux textes.")
    return short_answers.refused(said, 409)


def renew(form: Any, application: Application) -> None:
    """The page that comes back is made from what is saved now: a second « save » keeps the typed text."""
    if not form.csrf_token.errors:
        form.version.data = str(application.version)


def version_of(form: Any) -> int | None:
    """The version that the page was made from."""
    return whole_number(form.version.data)


def differences(form: BaseForm, saved: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is saved where it differs from what was typed: (label, saved value in words)."""
    found = []
    for name, value in saved.items():
        field = form[name]
        if (field.data or None) != (value or None):
            words = {str(each.value): str(each.label) for each in getattr(field, "choices", None) or []}
            found.append((field.label.text, _in_words(value, words)))
    return found


def _in_words(value: Any, words: Mapping[str, str]) -> str:
    if value in (None, "", []):
        return _("(vide)")
    if isinstance(value, list | tuple):
        return ", ".join(words.get(str(each), str(each)) for each in value)
    if isinstance(value, Decimal):
        return money(value)
    return date_short(value) if isinstance(value, date) else words.get(str(value), str(value))


def go_on(reference: str, step: str) -> ResponseReturnValue:
    """Where the pressed button leads: save and stay, go on, or go back."""
    move = {"next": 1, "previous": -1}.get(request.form.get("action", ""), 0)
    steps = steps_of(db.one_or_404(invitations.call_of(reference))) if move else STEPS
    place = min(max(steps.index(step) + move, 0), len(steps) - 1)
    return redirect(url_for(ENDPOINTS[steps[place]], reference=reference))
