"""Statements of the officer's desk, the ranking and the committee."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, raiseload, selectinload

from programme.accounts.models import Account
from programme.applications.models import Application, ApplicationDataset, FundingSource, RuleJudgement
from programme.applications.queries import NAMED, hidden_from
from programme.applications.states import OPINIONS, ApplicationState, FundingKind
from programme.assessment.models import CommitteeMeeting, CommitteeOpinion, Decision, Deliberation
from programme.assessment.states import DecisionState, Outcome
from programme.calls.models import Call, CallSession, CallStrand, EligibilityRule
from programme.catalogue.models import Dataset
from programme.core.journal import JournalEntry
from programme.evaluation.models import Criterion, Evaluation, Grid, Recusal, Score
from programme.evaluation.states import EvaluationState, SubjectKind
from programme.organisations.models import Membership, Organisation
from programme.projects.models import Project

S = ApplicationState
AWAITING = (S.SUBMITTED, S.INFO_REQUESTED, S.ADMISSIBLE, S.UNDER_REVIEW, S.SCORING, S.COMMITTEE_READY, S.DEFERRED)
RANKED = (S.SCORING, S.COMMITTEE_READY, *sorted(OPINIONS), S.ON_AGENDA, S.AWARDED, S.REJECTED)


class Sort(StrEnum):
    """Orders of the list of applications; the values are those of the address."""

    DEPOSIT = "depot"
    OLDEST = "ancien"
    DEADLINE = "echeance"
    AMOUNT = "montant"
    SMALLEST = "petit"
    TITLE = "titre"


_ORDERS = {
    Sort.DEPOSIT: (Application.submitted_at.desc(), Application.id.desc()),
    Sort.OLDEST: (Application.submitted_at, Application.id),
    Sort.DEADLINE: (Application.silence_on.is_(None), Application.silence_on, Application.id),
    Sort.AMOUNT: (Application.requested_amount.desc(), Application.id),
    Sort.SMALLEST: (Application.requested_amount, Application.id),
    Sort.TITLE: (Application.title, Application.id),
}

_SEARCHED = (Application.title, Application.reference)


# A list shows neither criteria nor questions nor the categories of an organisation.
_WITHOUT_GRID = (
    joinedload(Application.strand, innerjoin=True).options(
        raiseload(CallStrand.grid), raiseload(CallStrand.form_definition)
    ),
    joinedload(Application.organisation, innerjoin=True).raiseload(Organisation.categories),
)


_IN_RANKING = (
    joinedload(Application.strand, innerjoin=True).raiseload(CallStrand.form_definition),
    joinedload(Application.organisation, innerjoin=True).raiseload(Organisation.categories),
    raiseload(Application.theme),
)


def _seen_by(account_id: int) -> Select[Application]:
    """Applications handed in, without those from which the person stepped aside and those that they read blind."""
    return select(Application).where(
        Application.submitted_at.is_not(None),
        Application.id.not_in(hidden_from(account_id)),
    )


def awaiting(account_id: int) -> Select[Application]:
    """What awaits the house, the nearest deadline first."""
    return (
        _seen_by(account_id)
        .where(Application.state.in_(AWAITING))
        .options(selectinload(Application.info_requests), *_WITHOUT_GRID)
        .order_by(Application.silence_on.is_(None), Application.silence_on, Application.id)
    )


def applications(
    account_id: int, *, call_id: int | None = None, state: ApplicationState | None = None, text: str = "",
    sort: Sort = Sort.DEPOSIT,
) -> Select[Application]:  # fmt: skip
    """The list of applications, filtered and sorted."""
    statement = _seen_by(account_id).options(*_WITHOUT_GRID).order_by(*_ORDERS[sort])
    if call_id is not None:
        statement = statement.join(Application.session).where(CallSession.call_id == call_id)
    if state is not None:
        statement = statement.where(Application.state == state)
    if word := text.strip():
        named = select(Organisation.id).where(Organisation.name.icontains(word, autoescape=True))
        said = [each.icontains(word, autoescape=True) for each in _SEARCHED]
        statement = statement.where(or_(*said, Application.organisation_id.in_(named)))
    return statement


def counts(account_id: int, call_id: int | None = None) -> Select[ApplicationState, int]:
    """How many applications of each state the person may see, of one call or of all."""
    listed = _seen_by(account_id)
    if call_id is not None:
        listed = listed.join(Application.session).where(CallSession.call_id == call_id)
    seen = listed.subquery()
    return select(seen.c.state, func.count()).group_by(seen.c.state)


def file(reference: str) -> Select[Application]:
    """One file with all that the officer's page shows; grid and categories come when they are asked for."""
    return (
        select(Application)
        .where(Application.reference == reference)
        .options(
            *NAMED,
            joinedload(Application.organisation, innerjoin=True).joinedload(Organisation.registry_answer),
            selectinload(Application.budget_lines),
            selectinload(Application.funding_sources),
            selectinload(Application.pieces),
            selectinload(Application.info_requests),
            selectinload(Application.datasets)
            .joinedload(ApplicationDataset.dataset)
            .options(lazyload(Dataset.producer), lazyload(Dataset.theme)),
            selectinload(Application.rule_judgements),
            selectinload(Application.recusals).joinedload(Recusal.account).lazyload(Account.grants),
            joinedload(Application.form_definition),
            joinedload(Application.project).lazyload(Project.organisation),
            joinedload(Application.subdomain),
            joinedload(Application.receipt),
        )
    )


def file_for_update(reference: str) -> Select[Application]:
    """The same, locked."""
    return file(reference).with_for_update(of=Application)


def by_ids(ids: list[int]) -> Select[Application]:
    """Several applications, for the reader's list."""
    return select(Application).where(Application.id.in_(ids))


def with_partners(ids: Collection[int]) -> Select[Application]:
    """Several applications with what their financing plan names."""
    return select(Application).where(Application.id.in_(ids)).options(selectinload(Application.funding_sources))


def people_of(organisation_ids: Collection[int]) -> Select[int, str]:
    """Who acts or acted for these organisations: (organisation, name)."""
    return (
        select(Membership.organisation_id, Account.display_name)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.organisation_id.in_(organisation_ids))
    )


def partners_of(application_ids: Collection[int]) -> Select[int, str]:
    """The public and private partners that the plans of these applications name: (application, name)."""
    return select(FundingSource.application_id, FundingSource.label).where(
        FundingSource.application_id.in_(application_ids),
        FundingSource.kind.in_([FundingKind.PUBLIC, FundingKind.PRIVATE]),
    )


def belonging(organisation_id: int, account_ids: Collection[int]) -> Select[int]:
    """Those of these people who act, acted or ask to act for an organisation."""
    return select(Membership.account_id).where(
        Membership.organisation_id == organisation_id, Membership.account_id.in_(account_ids)
    )


def rules(call_id: int) -> Select[EligibilityRule]:
    """The conditions of a call, in order, without their strands."""
    return (
        select(EligibilityRule)
        .where(EligibilityRule.call_id == call_id)
        .options(lazyload(EligibilityRule.strand))
        .order_by(EligibilityRule.position)
    )


def judgement(application_id: int, rule_id: int) -> Select[RuleJudgement]:
    """The officer's answer to one judged rule."""
    return select(RuleJudgement).where(RuleJudgement.application_id == application_id, RuleJudgement.rule_id == rule_id)


def history(application_id: int) -> Select[JournalEntry, str | None]:
    """The acts on an application and on its decision with the person's name, the newest first; no name: the product itself."""
    decision = select(Decision.id).where(Decision.application_id == application_id).scalar_subquery()
    return (
        select(JournalEntry, Account.display_name)
        .outerjoin(Account, Account.id == JournalEntry.actor_id)
        .where(
            or_(
                and_(JournalEntry.subject_type == "application", JournalEntry.subject_id == application_id),
                and_(JournalEntry.subject_type == "decision", JournalEntry.subject_id == decision),
            )
        )
        .order_by(JournalEntry.id.desc())
        .limit(50)
    )


def sessions() -> Select[CallSession]:
    """Every session with its call, the nearest closing first."""
    return (
        select(CallSession)
        .join(CallSession.call)
        .options(contains_eager(CallSession.call))
        .order_by(CallSession.closes_at.desc(), CallSession.id)
    )


def ranked(session_id: int, account_id: int | None) -> Select[Application]:
    """The applications of a session that have reached scoring, as this person may see them; all of them for nobody."""
    return (
        (select(Application) if account_id is None else _seen_by(account_id))
        .where(Application.session_id == session_id, Application.state.in_(RANKED))
        .order_by(Application.id)
    )


def ranked_lines(session_id: int, account_id: int | None) -> Select[int, str, Decimal | None, int]:
    """The same files, as the ranking reads them: number, reference, amount asked, strand."""
    columns = (Application.id, Application.reference, Application.requested_amount, Application.strand_id)
    return ranked(session_id, account_id).with_only_columns(*columns, maintain_column_froms=True)


def criteria_of(call_id: int) -> Select[int, Criterion]:
    """The criteria of each strand of a call, in order."""
    return (
        select(CallStrand.id, Criterion)
        .join(Criterion, Criterion.grid_id == CallStrand.grid_id)
        .options(joinedload(Criterion.grid, innerjoin=True).lazyload(Grid.criteria))
        .where(CallStrand.call_id == call_id)
        .order_by(CallStrand.id, Criterion.position)
    )


def totals_of(session_id: int) -> Select[int, Decimal | None]:
    """The totals handed in for the files of a session, one row a reader."""
    return _handed_in(session_id, Evaluation.subject_id, Evaluation.total)


def points_of(session_id: int, codes: Iterable[str]) -> Select[int, str, int, int]:
    """For each file of a session and each of these criteria, the sum of its marks and how many there are."""
    return (
        _handed_in(session_id, Evaluation.subject_id, Criterion.code, func.sum(Score.mark), func.count(Score.mark))
        .join(Score, Score.evaluation_id == Evaluation.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Criterion.code.in_(sorted(codes)))
        .group_by(Evaluation.subject_id, Criterion.code)
    )


def _handed_in(session_id: int, *columns: Any) -> Select[Any]:
    subject = and_(Evaluation.subject_kind == SubjectKind.APPLICATION, Evaluation.subject_id == Application.id)
    return (
        select(*columns)
        .select_from(Application)
        .join(Evaluation, subject)
        .where(
            Application.session_id == session_id,
            Evaluation.state.in_([EvaluationState.SUBMITTED, EvaluationState.LOCKED]),
        )
    )


def in_ranking(ids: Iterable[int]) -> Select[Application]:
    """Files as a line of the ranking shows them."""
    return select(Application).where(Application.id.in_(list(ids))).options(*_IN_RANKING)


def meetings() -> Select[CommitteeMeeting]:
    """Every committee, the latest first."""
    return (
        select(CommitteeMeeting)
        .options(joinedload(CommitteeMeeting.session).joinedload(CallSession.call))
        .order_by(CommitteeMeeting.held_on.desc(), CommitteeMeeting.id.desc())
    )


def meeting(meeting_id: int) -> Select[CommitteeMeeting]:
    """One committee."""
    return select(CommitteeMeeting).where(CommitteeMeeting.id == meeting_id)


def meeting_for_update(meeting_id: int) -> Select[CommitteeMeeting]:
    """One committee, locked."""
    return meeting(meeting_id).with_for_update(of=CommitteeMeeting)


def meetings_of(session_id: int) -> Select[CommitteeMeeting]:
    """The committees of a session."""
    return select(CommitteeMeeting).where(CommitteeMeeting.session_id == session_id).order_by(CommitteeMeeting.held_on)


def opinions_of(application_ids: list[int]) -> Select[CommitteeOpinion]:
    """The opinions on several applications, the latest last."""
    return (
        select(CommitteeOpinion)
        .where(CommitteeOpinion.application_id.in_(application_ids))
        .order_by(CommitteeOpinion.given_at, CommitteeOpinion.id)
    )


def opinion(meeting_id: int, application_id: int) -> Select[CommitteeOpinion]:
    """The opinion of one meeting on one application."""
    return select(CommitteeOpinion).where(
        CommitteeOpinion.meeting_id == meeting_id, CommitteeOpinion.application_id == application_id
    )


def decisions_of(session_id: int, account_id: int) -> Select[Decision]:
    """The decisions of a session that this person may see, with their letters, awards first."""
    return (
        select(Decision)
        .join(Decision.application)
        .options(contains_eager(Decision.application), joinedload(Decision.letter))
        .where(
            Application.session_id == session_id,
            Application.id.not_in(hidden_from(account_id)),
        )
        .order_by(Decision.outcome, Application.reference)
    )


def pending_for_update(session_id: int) -> Select[Decision]:
    """The decisions of a session that wait to be released, locked."""
    return (
        select(Decision)
        .join(Decision.application)
        .options(contains_eager(Decision.application))
        .where(Application.session_id == session_id, Decision.state == DecisionState.PENDING)
        .order_by(Decision.id)
        .with_for_update(of=Decision)
    )


def to_release() -> Select[int, str, str, date | None, int]:
    """The sessions whose decisions are prepared and wait for the direction: number, label, call, vote, how many."""
    return (
        select(CallSession.id, CallSession.label, Call.title, CallSession.vote_on, func.count())
        .join(Call, Call.id == CallSession.call_id)
        .join(Application, Application.session_id == CallSession.id)
        .join(Decision, Decision.application_id == Application.id)
        .where(Decision.state == DecisionState.PENDING)
        .group_by(CallSession.id, CallSession.label, Call.title, CallSession.vote_on)
        .order_by(CallSession.vote_on, CallSession.id)
    )


def decision_on(application_id: int) -> Select[Decision]:
    """The decision on an application, if any."""
    return (
        select(Decision)
        .where(Decision.application_id == application_id)
        .options(joinedload(Decision.letter), lazyload(Decision.application))
    )


def deliberations() -> Select[Deliberation]:
    """Every deliberation, the latest first."""
    return select(Deliberation).order_by(Deliberation.voted_on.desc(), Deliberation.id.desc())


def deliberation(number: str) -> Select[Deliberation]:
    """One deliberation by its number."""
    return select(Deliberation).where(Deliberation.number == number)


def released_awards() -> Select[Decision]:
    """The awards that have been notified, in order."""
    return (
        select(Decision)
        .where(Decision.state == DecisionState.RELEASED, Decision.outcome == Outcome.AWARD)
        .options(joinedload(Decision.application).joinedload(Application.project))
        .order_by(Decision.id)
    )


def call_options() -> Select[Call]:
    """The calls, to filter by."""
    return select(Call).order_by(Call.id)
