"""Statements of the officer's desk, the ranking and the committee."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, raiseload, selectinload

from programme.accounts.models import Account
from programme.applications.models import Application, ApplicationDataset, RuleJudgement
from programme.applications.states import OPINIONS, ApplicationState
from programme.assessment.models import CommitteeMeeting, CommitteeOpinion, Decision, Deliberation
from programme.assessment.states import DecisionState, Outcome
from programme.calls.models import Call, CallSession, CallStrand, EligibilityRule
from programme.catalogue.models import Dataset
from programme.core.journal import JournalEntry
from programme.evaluation.queries import recused_subjects
from programme.evaluation.states import SubjectKind
from programme.organisations.models import Organisation
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

_SEARCHED = (Application.title, Organisation.name, Application.reference)


# A list shows neither criteria nor questions nor the categories of an organisation.
_WITHOUT_GRID = (
    joinedload(Application.strand, innerjoin=True).options(
        raiseload(CallStrand.grid), raiseload(CallStrand.form_definition)
    ),
    joinedload(Application.organisation, innerjoin=True).raiseload(Organisation.categories),
)


def _seen_by(account_id: int) -> Select[Application]:
    """Applications handed in, without those from which the person stepped aside."""
    return select(Application).where(
        Application.submitted_at.is_not(None),
        Application.id.not_in(recused_subjects(account_id, SubjectKind.APPLICATION)),
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
        statement = statement.join(Organisation, Organisation.id == Application.organisation_id).where(
            or_(*(each.icontains(word, autoescape=True) for each in _SEARCHED))
        )
    return statement


def counts(account_id: int) -> Select[ApplicationState, int]:
    """How many applications of each state the person may see."""
    seen = _seen_by(account_id).subquery()
    return select(seen.c.state, func.count()).group_by(seen.c.state)


def file(reference: str) -> Select[Application]:
    """One file with all that the officer's page shows; grid and categories come when they are asked for."""
    return (
        select(Application)
        .where(Application.reference == reference)
        .options(
            joinedload(Application.strand, innerjoin=True).options(
                lazyload(CallStrand.grid), lazyload(CallStrand.form_definition)
            ),
            joinedload(Application.organisation, innerjoin=True).lazyload(Organisation.categories),
            selectinload(Application.budget_lines),
            selectinload(Application.funding_sources),
            selectinload(Application.pieces),
            selectinload(Application.info_requests),
            selectinload(Application.datasets)
            .joinedload(ApplicationDataset.dataset)
            .options(lazyload(Dataset.producer), lazyload(Dataset.theme)),
            selectinload(Application.rule_judgements),
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
            Application.id.not_in(recused_subjects(account_id, SubjectKind.APPLICATION)),
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
