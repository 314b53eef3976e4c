"""The desk: everything that awaits this person of the house, from every room, the most pressing first."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.agreements import policy as agreement_policy
from programme.agreements import queries as agreements
from programme.agreements.labels import STATES as AGREEMENT_STATES
from programme.agreements.labels import VERBS as AGREEMENT_VERBS
from programme.applications import services as applications
from programme.applications.models import Application
from programme.applications.queries import messages as threads
from programme.applications.states import OPEN_TO_ANSWER, ApplicationState
from programme.assessment import policy, queries
from programme.assessment.labels import TASK_ACTS, TASKS, URGENCIES
from programme.assessment.rules.silence import Face, face
from programme.assessment.rules.tasks import HOUSE_DAYS, Progress, Urgency, house_date, task, urgency
from programme.assessment.views import bp
from programme.calls import queries as calls
from programme.core import exports
from programme.core.access import access, current_account
from programme.core.clock import local_day, now, today
from programme.core.exports import CellKind, Column
from programme.core.i18n import date_short, day_short, plural
from programme.evaluation import queries as evaluations
from programme.evaluation.states import EvaluationState, SubjectKind
from programme.events import queries as events
from programme.extensions import db
from programme.organisations import policy as network_policy
from programme.organisations import queries as network
from programme.reuses import queries as reuses
from programme.reuses.states import ReuseState

DESK_LIMIT = 200
MESSAGE_AGE = timedelta(days=30)
"""How long an unread message that awaits no answer stays on the desk of the person who follows its file."""
_DONE = (EvaluationState.SUBMITTED, EvaluationState.LOCKED)


@dataclass(frozen=True)
class Thing:
    """One line of the desk: what, since when, what is expected of the person, and where to do it."""

    task: str
    title: str
    href: str
    note: str
    expected: str
    act_href: str
    due: date | None = None
    clock: Face | None = None
    reference: str = ""
    accepts: bool = False

    @property
    def urgency(self) -> Urgency:
        """How near its date is."""
        return urgency(self.due, today())

    @property
    def act(self) -> str:
        """The word of the button."""
        return str(TASK_ACTS[self.task])

    @property
    def days_late(self) -> int:
        """Days since its date, none before it."""
        return max((today() - self.due).days, 0) if self.due else 0

    @property
    def clock_text(self) -> str:
        """What the clock says, in words."""
        return "" if self.clock is None else clock_text(self.clock, accepts=self.accepts)


def clock_text(read: Face, *, accepts: bool) -> str:
    """The clock of silence in words."""
    if read.suspended:
        return _("Suspendue à J %(day)s sur %(length)s", day=read.day, length=read.length)
    reached = _("J %(day)s sur %(length)s", day=read.day, length=read.length)
    meaning = _("Accord tacite") if accepts else _("Refus tacite")
    if read.is_over(today()):
        return _("%(meaning)s depuis le %(day)s", meaning=meaning, day=date_short(read.ends_on))
    if read.urgent:
        return _("%(reached)s. %(meaning)s : %(day)s", reached=reached, meaning=meaning, day=day_short(read.ends_on))
    return reached


def read_clock(application: Application) -> Face | None:
    """The clock of a file that waits for its decision; None once it is decided. The requests are loaded."""
    clock = applications.clock(application)
    if application.silence_on is None and not clock.suspended:
        return None
    asked = [local_day(each.asked_at) for each in application.info_requests if each.answered_at is None]
    return face(clock, months=application.call.silence_months, asked_on=asked[-1] if asked else None, today=today())


def progress_of(listed: list[Application]) -> dict[int, Progress]:
    """How the evaluations of each file stand, in one query."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    dates: dict[int, list[datetime]] = defaultdict(list)
    ids = [each.id for each in listed]
    for subject_id, state, count, due_at in db.session.execute(evaluations.progress(SubjectKind.APPLICATION, ids)):
        if state is not EvaluationState.RECUSED:
            counted[subject_id]["assigned"] += count
            counted[subject_id]["handed_in"] += count if state in _DONE else 0
            dates[subject_id] += [due_at] if due_at is not None and state not in _DONE else []
    return {
        each.id: Progress(
            counted[each.id]["assigned"], counted[each.id]["handed_in"], each.call.readers_per_file,
            local_day(min(dates[each.id])) if dates[each.id] else None,
        )
        for each in listed
    }  # fmt: skip


def _files(account: Account) -> Iterator[Thing]:
    """The files, for those who treat or discuss them."""
    listed = list(db.session.scalars(queries.awaiting(account.id).limit(DESK_LIMIT)))
    first_steps = [each for each in listed if each.call.is_first_step and each.state in OPEN_TO_ANSWER]
    if policy.awaits(account, "answer"):
        yield from _expressions(first_steps)
    listed = [each for each in listed if each not in first_steps]
    progress = progress_of(listed)
    for each in listed:
        asked = each.info_requests[-1] if each.info_requests else None
        due_on = asked.due_on if asked and each.state is ApplicationState.INFO_REQUESTED else None
        code = task(
            each.state, due_on=due_on, today=today(), progress=progress[each.id], answered=bool(asked)
        )  # fmt: skip
        if code is not None and policy.awaits(account, code):
            yield _file(each, code, due_on, progress[each.id])


def _expressions(files: list[Application]) -> Iterator[Thing]:
    """One line a call, whatever the number of expressions of interest: they are answered one after the other on one page."""
    for call in dict.fromkeys(each.call for each in files):
        own = [each for each in files if each.call is call]
        page = url_for("assessment.expressions", slug=call.slug)
        said = plural(
            "Répondre à une manifestation d’intérêt", "Répondre à %(count)s manifestations d’intérêt", len(own)
        )
        first = min(own, key=lambda each: (each.silence_on or date.max, each.id))
        yield Thing(
            "answer", call.title, page, _("Inviter ou ne pas retenir"), said % {"count": len(own)}, page,
            due=_file_date("check", first, Progress()), clock=read_clock(first), accepts=call.silence_accepts,
        )  # fmt: skip


def _calls(_account: Account) -> Iterator[Thing]:
    for each in db.session.scalars(calls.in_review()):
        page = url_for("calls.define", slug=each.slug)
        yield Thing("validate", each.title, page, each.code, _("Relire, puis publier ou rendre à la rédaction"), page)


def _file(each: Application, code: str, due_on: date | None, progress: Progress) -> Thing:
    page = url_for("assessment.show", reference=each.reference)
    return Thing(
        code, each.title, page, each.organisation.name, _expected(code, each, progress), _act_href(code, each, page),
        due=due_on or _file_date(code, each, progress), clock=read_clock(each), reference=each.reference,
        accepts=each.call.silence_accepts,
    )  # fmt: skip


def _file_date(code: str, each: Application, progress: Progress) -> date | None:
    """The date that hurries: the readers', the committee's, the house's own; the law's when it comes first."""
    if code == "scoring" and progress.due_on:
        return progress.due_on
    if code == "committee" and each.session.committee_on:
        return each.session.committee_on
    answers = [request.answered_at for request in each.info_requests if request.answered_at]
    assert each.submitted_at is not None
    arrived = {"check": each.submitted_at, "received": max(answers, default=each.submitted_at)}.get(
        code, each.complete_at
    )
    return house_date(code, local_day(arrived) if arrived else None, each.silence_on)


def _expected(code: str, each: Application, progress: Progress) -> str:
    if code in ("waiting", "overdue"):
        asked = date_short(local_day(each.info_requests[-1].asked_at))
        return _("Pièces demandées le %(day)s, pas encore de réponse", day=asked)
    words = {
        "check": _("Déclarer complet ou demander des pièces"),
        "received": _("Pièces reçues : les vérifier"),
        "review": _("Ouvrir l’instruction"),
        "assign": _("Affecter %(count)s évaluateurs", count=progress.wanted),
        "scoring": _("Évaluations remises : %(done)s sur %(all)s", done=progress.handed_in, all=progress.assigned),
        "close_scoring": _("Toutes les évaluations sont remises : les verrouiller"),
        "committee": _("À revoir en comité") if each.state is ApplicationState.DEFERRED else _("À passer en comité"),
    }
    return words[code]


def _act_href(code: str, each: Application, page: str) -> str:
    """Straight to where the act is done."""
    if code == "assign":
        return url_for("assessment.assign", reference=each.reference)
    if code == "committee":
        return url_for("assessment.ranking", session_id=each.session_id)
    anchors = {"check": "pieces", "received": "pieces", "waiting": "complements", "scoring": "lectures"}
    return f"{page}#{anchors.get(code, 'actes')}"


def _messages(account: Account) -> Iterator[Thing]:
    """The threads in which the carrier awaits an answer, or wrote to the person who follows the file."""
    for reference, title, carrier, since, answer_by, waiting in db.session.execute(
        threads.to_answer(account.id, now() - MESSAGE_AGE).limit(DESK_LIMIT)
    ):
        page = url_for("assessment.messages", reference=reference, channel="messages")
        said = _("Le porteur attend une réponse") if waiting else _("Le porteur a écrit : message non lu")
        due = answer_by or house_date("message", local_day(since))
        yield Thing("message", title, page, carrier, said, f"{page}?ecrire=1#ecrire", due=due, reference=reference)


def _releases(_account: Account) -> Iterator[Thing]:
    for number, label, call, vote_on, count in db.session.execute(queries.to_release()):
        page = url_for("assessment.decisions", session_id=number)
        said = plural("Notifier une décision", "Notifier %(count)s décisions", count) % {"count": count}
        yield Thing("release", label, page, call, said, f"{page}#notifier", due=vote_on)


def _agreements(account: Account) -> Iterator[Thing]:
    for each in db.session.scalars(agreements.on_their_way().limit(DESK_LIMIT)):
        verb = agreement_policy.next_verb(account, each, today())
        if verb is not None:
            page = url_for("agreements.show", reference=each.reference)
            stamps = (each.opened_at, each.prepared_at, each.approved_at, each.partner_signed_at)
            arrived = max(stamp for stamp in stamps if stamp is not None)
            yield Thing(
                "agreement", each.title, page, each.organisation.name,
                _("%(verb)s (%(state)s)", verb=AGREEMENT_VERBS[verb], state=str(AGREEMENT_STATES[each.state]).lower()),
                f"{page}#actes", due=house_date("agreement", local_day(arrived)), reference=each.name,
            )  # fmt: skip


def _registrations(_account: Account) -> Iterator[Thing]:
    for slug, title, starts_at, count, since in db.session.execute(events.to_decide()):
        page = url_for("events.registrations", slug=slug)
        said = plural("Décider d’une inscription", "Décider de %(count)s inscriptions", count) % {"count": count}
        day = house_date("registration", local_day(since), local_day(starts_at))
        note = _("Événement du %(day)s", day=date_short(starts_at))
        yield Thing("registration", title, url_for("events.manage", slug=slug), note, said, page, due=day)


def _reuses(_account: Account) -> Iterator[Thing]:
    for slug, title, state, since in db.session.execute(reuses.waiting().limit(DESK_LIMIT)):
        page = url_for("reuses.moderate", slug=slug)
        said = _("Lire les signalements") if state is ReuseState.FLAGGED else _("Lire avant publication")
        due = house_date("reuse", local_day(since) if since else None)
        yield Thing("reuse", title, page, _("Réutilisation"), said, f"{page}#acts-title", due=due)


def _partners(_account: Account) -> Iterator[Thing]:
    for number, name, _status, since in db.session.execute(agreements.candidates()):
        page = url_for("agreements.partner_request", partnership_id=number)
        due = house_date("partner", local_day(since))
        note = _("Demande de partenariat")
        yield Thing("partner", name, page, note, _("Répondre à la demande"), f"{page}#actes", due=due)


def _ownerships(_account: Account) -> Iterator[Thing]:
    """The requests of responsibility for organisations whose owners are gone."""
    for each in db.session.scalars(network.open_ownership_requests().limit(DESK_LIMIT)):
        page = url_for("organisations.ownership_request", number=each.id)
        said = _("Les responsables contestent") if each.objected_at else _("Répondre à la demande")
        due = house_date("ownership", local_day(each.asked_at))
        note = _("Responsabilité demandée par %(name)s", name=each.account.display_name)
        yield Thing("ownership", each.organisation.name, page, note, said, f"{page}#answer-title", due=due)


_ROOMS = (
    (policy.HOLDERS, _files),
    ((Role.OFFICER_FILE,), _messages),
    ((Role.DIRECTION,), _releases),
    ((Role.DIRECTION,), _calls),
    (agreement_policy.DESK, _agreements),
    ((Role.OFFICER_PROGRAMME,), _registrations),
    ((Role.OFFICER_PROGRAMME,), _reuses),
    ((Role.OFFICER_PROGRAMME,), _partners),
    (network_policy.DECIDERS, _ownerships),
)
"""Who looks after each room; a room costs the same number of statements whatever waits in it."""
HOLDERS = frozenset(role for roles, _room in _ROOMS for role in roles)
"""Who has a desk."""


def things(account: Account) -> list[Thing]:
    """Everything that awaits the person, the nearest date first."""
    gathered = [each for roles, room in _ROOMS if account.has_role(*roles) for each in room(account)]
    return sorted(gathered, key=lambda each: (each.due or date.max, each.title))


def _shown(listed: list[Thing]) -> list[Thing]:
    wanted = request.args.get("tache", "")
    if wanted == "retard":
        return [each for each in listed if each.urgency is Urgency.LATE]
    return [each for each in listed if wanted not in TASKS or each.task == wanted]


def _chips(listed: list[Thing]) -> list[dict[str, Any]]:
    wanted, counts = request.args.get("tache", ""), Counter(each.task for each in listed)
    late = sum(each.urgency is Urgency.LATE for each in listed)
    chips = [{"label": _("Tout"), "href": url_for(".desk"), "count": len(listed), "current": not wanted}]
    if late:
        chips.append({"label": _("En retard"), "href": url_for(".desk", tache="retard"), "count": late,
                      "current": wanted == "retard", "alert": True})  # fmt: skip
    return chips + [
        {"label": label, "href": url_for(".desk", tache=code), "count": counts[code], "current": wanted == code}
        for code, label in TASKS.items() if counts[code]
    ]  # fmt: skip


@bp.get("/agents/a-traiter")
@access(staff(*policy.READERS))
def desk() -> ResponseReturnValue:
    """What awaits the person, grouped by urgency, filtered by task."""
    listed = things(current_account())
    shown, by_urgency = _shown(listed), Counter(each.urgency for each in listed)
    return render_template(
        "assessment/desk.html", chips=_chips(listed), total=len(listed), today=today(), house=HOUSE_DAYS,
        groups=[(label, [row for row in shown if row.urgency is each]) for each, label in URGENCIES.items()],
        due_today=by_urgency[Urgency.TODAY], late=by_urgency[Urgency.LATE], wanted=request.args.get("tache") or None,
        can_watch=current_account().has_role(*policy.HOLDERS),
    )  # fmt: skip


@bp.get("/agents/a-traiter/export")
@access(staff(*policy.READERS))
def export_desk() -> Response:
    """The same list for a spreadsheet, with the filter chosen; at most DESK_LIMIT lines a room, hence never a job."""
    columns = [
        Column(_("Échéance"), CellKind.DATE), Column(_("Urgence")), Column(_("Tâche")), Column(_("Titre")),
        Column(_("Référence")), Column(_("Précision")), Column(_("Ce qui est attendu")), Column(_("Horloge du silence")),
    ]  # fmt: skip
    rows = [
        [each.due, str(URGENCIES[each.urgency]), str(TASKS[each.task]), each.title, each.reference, each.note,
         each.expected, each.clock_text] for each in _shown(things(current_account()))
    ]  # fmt: skip
    return exports.answer(f"a-traiter-{today():%Y-%m-%d}", exports.chosen(), columns, rows)
