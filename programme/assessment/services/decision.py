"""Ranking, committee, decisions prepared in silence and released in one batch with the deliberation."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import services as applications
from programme.applications.models import Application
from programme.applications.rules.budget import agreement_due
from programme.applications.states import MACHINE, ApplicationState
from programme.assessment import documents, notifications, queries
from programme.assessment.models import CommitteeMeeting, CommitteeOpinion, Decision, Deliberation
from programme.assessment.rules import ranking
from programme.assessment.states import COMMITTEE, DECISION, CommitteeState, DecisionState, Opinion, Outcome
from programme.calls import services as calls
from programme.calls.models import Call, CallSession
from programme.calls.states import SESSION
from programme.core import documents as issued
from programme.core import journal, mail
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.i18n import money
from programme.core.numbering import next_number
from programme.evaluation.models import Criterion
from programme.evaluation.scoring import Weighted, below_floor, mean, spread
from programme.extensions import db
from programme.organisations import queries as network
from programme.projects import services as projects

AwardListener = Callable[..., None]
_award_listeners: list[AwardListener] = []
_VERBS = {
    Opinion.FAVOURABLE: "give_favourable",
    Opinion.RESERVED: "give_reserved",
    Opinion.DEFERRED: "defer",
    Opinion.UNFAVOURABLE: "give_unfavourable",
}


def register_award_listener(function: AwardListener) -> AwardListener:
    """An upper room's function(decision, by=, at=), called inside the transaction that releases an award."""
    if function not in _award_listeners:
        _award_listeners.append(function)
    return function


class Ranked(Protocol):
    """What the ranking reads of a file: the file itself, or a row of `queries.ranked_lines`."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def reference(self) -> str:
        """Its reference."""

    @property
    def requested_amount(self) -> Decimal | None:
        """What it asks for."""

    @property
    def strand_id(self) -> int:
        """Its strand, which says the grid."""


def order(session: CallSession, listed: Iterable[Ranked]) -> list[ranking.Row]:
    """The ranking of a session, recomputed from the marks each time: nothing is kept that could differ.

    Sums are made by the database, a row for each file and criterion that counts; four statements at any size.
    """
    call = session.call
    grids: dict[int, list[Criterion]] = defaultdict(list)
    for strand_id, criterion in db.session.execute(queries.criteria_of(call.id)):
        grids[strand_id].append(criterion)
    counting = {each.code for grid in grids.values() for each in grid if each.floor is not None or each in grid[:2]}
    totals: dict[int, list[Decimal]] = defaultdict(list)
    for number, total in db.session.execute(queries.totals_of(session.id)):
        if total is not None:  # Handed in, it has one (CHECK total_iff_submitted).
            totals[number].append(total)
    points: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for number, code, added, count in db.session.execute(queries.points_of(session.id, counting)):
        points[number][code] = (int(added or 0), count)
    entries = [_entry(each, totals[each.id], points[each.id], grids[each.strand_id], call) for each in listed]
    return ranking.rank(entries, thresholds(session), session.envelope_amount)


def thresholds(session: CallSession) -> ranking.Thresholds:
    """The settings of the session's call, as the ranking wants them."""
    call = session.call
    return ranking.Thresholds(call.favourable_from, call.reserved_from, call.spread_alert, call.readers_per_file)


def _entry(
    file: Ranked, totals: list[Decimal], points: dict[str, tuple[int, int]], grid: list[Criterion], call: Call
) -> ranking.Entry:
    # As shares of the best mark: two strands may be marked on two scales.
    ties = tuple(Decimal(points.get(each.code, (0, 0))[0]) / max(len(totals), 1) / each.grid.scale for each in grid[:2])
    floors = [Weighted(each.code, each.weight, each.floor) for each in grid if each.floor is not None]
    return ranking.Entry(
        application_id=file.id, reference=file.reference, ties=ties, amount=hoped(file, call) or Decimal(0),
        score=mean(totals) if len(totals) >= call.readers_per_file else None, spread=spread(totals),
        failed_floors=tuple(below_floor(points, floors)), readers=len(totals), low=min(totals, default=None),
        high=max(totals, default=None),
    )  # fmt: skip


def hoped(file: Ranked, call: Call) -> Decimal | None:
    """What a file would take from the envelope: what it asks for, or the most that a call which asks for nothing gives one."""
    return file.requested_amount if call.asks_money else call.award_ceiling


def convene(session: CallSession, held_on: date, place: str, *, by: Account, at: datetime) -> CommitteeMeeting:
    """Convene the committee of a session."""
    meeting = CommitteeMeeting(session=session, held_on=held_on, place=place, state=CommitteeState.CONVENED)
    db.session.add(meeting)
    journal.record("committee.convened", on=meeting, by=by, at=at, after={"held_on": str(held_on)})
    return meeting


def hold(meeting: CommitteeMeeting, *, by: Account, at: datetime) -> None:
    """The committee sits: opinions can be recorded."""
    meeting.state = CommitteeState(COMMITTEE.target(meeting.state, "hold"))
    journal.record("committee.held", on=meeting, by=by, at=at)


def give_opinion(
    meeting: CommitteeMeeting, application: Application, opinion: Opinion, reason: str,
    proposed_amount: Decimal | None, *, row: ranking.Row | None, by: Account, at: datetime,
) -> CommitteeOpinion:  # fmt: skip
    """Record the committee's opinion on an application, with the score and rank it had before its eyes."""
    if meeting.state is not CommitteeState.HELD:
        raise RuleBroken(_("Ouvrez d’abord la séance du comité."))
    if proposed_amount is not None:
        ensure_within(application, proposed_amount)
    application.state = ApplicationState(MACHINE.target(application.state, _VERBS[opinion]))
    given = db.session.scalars(queries.opinion(meeting.id, application.id)).one_or_none()
    if given is None:
        given = CommitteeOpinion(meeting_id=meeting.id, application_id=application.id)
        db.session.add(given)
    given.opinion, given.reason, given.given_at, given.given_by_id = opinion, reason, at, by.id
    given.proposed_amount = proposed_amount if opinion in (Opinion.FAVOURABLE, Opinion.RESERVED) else None
    given.score, given.rank = (row.entry.score, row.rank) if row else (None, None)
    journal.record("application.opinion_given", on=application, by=by, at=at, after={"opinion": opinion})
    return given


def close_meeting(meeting: CommitteeMeeting, minutes: str, *, by: Account, at: datetime) -> None:
    """Close the sitting with its minutes; the session has had its committee."""
    if not minutes.strip():
        raise RuleBroken(_("Écrivez le relevé de la séance avant de la clore."))
    meeting.state = CommitteeState(COMMITTEE.target(meeting.state, "close"))
    meeting.minutes = minutes
    if SESSION.allows(meeting.session.state, "hold_committee"):
        calls.lead_session(meeting.session, "hold_committee", by=by, at=at)
    journal.record("committee.closed", on=meeting, by=by, at=at)


def put_on_agenda(application: Application, *, by: Account, at: datetime) -> None:
    """Enter the file in the report to the assembly.

    Raises:
        RuleBroken: it is an expression of interest: it asks for an invitation, not for money.
    """
    if application.call.is_first_step:
        raise RuleBroken(
            _(
                "Une manifestation d’intérêt n’est pas une demande d’aide : invitez son porteur à déposer le dossier complet."
            )
        )
    application.state = ApplicationState(MACHINE.target(application.state, "put_on_agenda"))
    journal.record("application.on_agenda", on=application, by=by, at=at)


def prepare(
    application: Application, outcome: Outcome, amount: Decimal | None, reason: str, *, by: Account, at: datetime
) -> Decision:
    """Prepare a decision in silence; an award takes its amount from the envelope, which is never exceeded."""
    if application.state is not ApplicationState.ON_AGENDA:
        raise RuleBroken(_("Inscrivez d’abord le dossier à l’ordre du jour du vote."))
    decision = db.session.scalars(queries.decision_on(application.id)).one_or_none()
    if decision is not None and decision.state is DecisionState.RELEASED:
        raise RuleBroken(_("Cette décision est déjà notifiée : elle ne change plus."))
    former = decision.amount if decision is not None and decision.amount is not None else Decimal(0)
    wanted = amount if outcome is Outcome.AWARD and amount is not None else Decimal(0)
    if outcome is Outcome.AWARD and wanted <= 0:
        raise RuleBroken(_("Écrivez le montant attribué."))
    ensure_within(application, wanted)
    calls.take(application.session, wanted - former)
    if decision is None:
        decision = Decision(application=application, prepared_by_id=by.id, state=DecisionState.PENDING)
        db.session.add(decision)
    decision.outcome, decision.amount = outcome, (wanted if outcome is Outcome.AWARD else None)
    decision.reason, decision.prepared_at, decision.prepared_by_id = reason, at, by.id
    decision.eligible_cost = applications.totals(application).cost if application.call.asks_money else Decimal(0)
    journal.record(
        "decision.prepared", on=decision, by=by, at=at, after={"outcome": outcome, "amount": str(decision.amount)}
    )
    return decision


def ensure_within(application: Application, amount: Decimal) -> None:
    """A file never gets more than it asks for, nor than the call gives one file. A prize may ask for nothing.

    Raises:
        RuleBroken: it would.
    """
    call = application.call
    if call.asks_money and amount > (application.requested_amount or Decimal(0)):
        raise RuleBroken(_("Ce montant dépasse le montant demandé."))
    if call.award_ceiling is not None and amount > call.award_ceiling:
        raise RuleBroken(_("L’appel donne au plus %(most)s à un dossier.", most=money(call.award_ceiling)))


def record_deliberation(
    number: str, title: str, voted_on: date, published_on: date | None, received_on: date | None, *, by: Account,
    at: datetime,
) -> Deliberation:  # fmt: skip
    """Record the vote, or complete its dates of publication and receipt; the number and the vote's date stay."""
    if voted_on > local_day(at):
        raise RuleBroken(_("La date du vote est dans le futur."))
    if any(day is not None and day < voted_on for day in (published_on, received_on)):
        raise RuleBroken(_("La publication et la réception viennent après le vote."))
    deliberation = db.session.scalars(queries.deliberation(number)).one_or_none()
    if deliberation is None:
        deliberation = Deliberation(number=number, voted_on=voted_on, recorded_at=at, recorded_by_id=by.id)
        db.session.add(deliberation)
    elif deliberation.voted_on != voted_on:
        raise RuleBroken(
            _("La délibération %(number)s est déjà enregistrée avec une autre date de vote.", number=number)
        )
    deliberation.title, deliberation.published_on, deliberation.received_on = title, published_on, received_on
    journal.record("deliberation.recorded", on=deliberation, by=by, at=at, after={"voted_on": str(voted_on)})
    return deliberation


def release(session: CallSession, deliberation: Deliberation, *, by: Account, at: datetime) -> list[Decision]:
    """Release every pending decision of a session at once: states change, letters are issued, mails leave."""
    pending = list(db.session.scalars(queries.pending_for_update(session.id)))
    if not pending:
        raise RuleBroken(_("Aucune décision n’est prête pour cette relève."))
    for decision in pending:
        _release_one(decision, deliberation, by=by, at=at)
    issued.ask_for([each.letter for each in pending if each.letter is not None], by=by, at=at)
    for verb in ("vote", "notify"):
        if SESSION.allows(session.state, verb):
            calls.lead_session(session, verb, by=by, at=at)
    return pending


def _release_one(decision: Decision, deliberation: Deliberation, *, by: Account, at: datetime) -> None:
    application = decision.application
    is_award = decision.outcome is Outcome.AWARD
    with db.session.no_autoflush:  # State, date and deliberation are written together, as the CHECKs want them.
        decision.state = DecisionState(DECISION.target(decision.state, "release"))
        decision.deliberation, decision.released_at, decision.released_by_id = deliberation, at, by.id
        application.state = ApplicationState(MACHINE.target(application.state, "award" if is_award else "reject"))
        application.decided_at, application.silence_on = at, None
    due = agreement_due(decision.amount, is_public_body=application.organisation.is_public_body)
    content = documents.letter(decision, deliberation, needs_agreement=due)
    year = local_day(at).year
    decision.letter = issued.issue(
        "letter", label=_("Notification"), number=f"NT-{year}-{next_number('letter', year):05d}",
        title=_("Notification de décision"), template="assessment/letter.html", on=decision, at=at,
        context={"letter": content}, data=documents.data(content), data_name="letter.json", in_batch=True,
    )  # fmt: skip
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.decided(application, content, link.account.email), at=at)
    journal.record("decision.released", on=decision, by=by, at=at, after={"deliberation": deliberation.number})
    if is_award:
        project = db.session.get_one(projects.Project, application.project_id)
        projects.make_public(project, at=at)
        for listener in _award_listeners:
            listener(decision, by=by, at=at)
