"""Assigning readers, declaring conflicts, giving marks, locking them."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.core import journal
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.identifiers import fold
from programme.evaluation import queries
from programme.evaluation.models import DeclaredInterest, Evaluation, Grid, PoolMember, Recusal, ReviewPool, Score
from programme.evaluation.scoring import weighted_score
from programme.evaluation.states import MACHINE, EvaluationState, Recommendation, SubjectKind
from programme.extensions import db


def add_to_pool(pool: ReviewPool, account: Account, *, by: Account | None, at: datetime) -> None:
    """Make somebody a reviewer of a pool."""
    db.session.add(PoolMember(pool_id=pool.id, account_id=account.id))
    journal.record("pool.member_added", on=pool, by=by, at=at, after={"account": account.id})


def assign(
    kind: SubjectKind, subject_id: int, grid: Grid, reviewer: Account, *, by: Account, at: datetime,
    due_at: datetime | None = None,
) -> Evaluation:  # fmt: skip
    """Give a subject to a reader; somebody who stepped aside from it cannot get it."""
    if db.session.scalars(queries.recusal_of(reviewer.id, kind, subject_id)).first() is not None:
        raise RuleBroken(_("%(name)s s’est déporté de ce dossier.", name=reviewer.display_name))
    known = [each.reviewer_id for each in db.session.scalars(queries.of_subject(kind, subject_id))]
    if reviewer.id in known:
        raise RuleBroken(_("%(name)s évalue déjà ce dossier.", name=reviewer.display_name))
    evaluation = Evaluation(
        subject_kind=kind, subject_id=subject_id, grid=grid, reviewer=reviewer, assigned_at=at, due_at=due_at,
        state=EvaluationState.ASSIGNED, scores=[],
    )  # fmt: skip
    db.session.add(evaluation)
    journal.record("evaluation.assigned", on=evaluation, by=by, at=at, after={"reviewer": reviewer.id})
    return evaluation


def declare_no_conflict(evaluation: Evaluation, *, by: Account, at: datetime) -> None:
    """The reader has no interest in the subject: it opens."""
    evaluation.state = EvaluationState(MACHINE.target(evaluation.state, "declare_no_conflict"))
    evaluation.declared_at = at
    journal.record("evaluation.declared", on=evaluation, by=by, at=at)


def recuse(evaluation: Evaluation, reason: str, *, by: Account, at: datetime) -> Recusal:
    """The reader steps aside: marks are withdrawn, the subject disappears for them (law 2013-907, art. 2)."""
    evaluation.state = EvaluationState(MACHINE.target(evaluation.state, "recuse"))
    evaluation.total = evaluation.submitted_at = evaluation.recommendation = None
    evaluation.comment, evaluation.scores = "", []
    recusal = Recusal(
        account_id=by.id, subject_kind=evaluation.subject_kind, subject_id=evaluation.subject_id, reason=reason,
        declared_at=at,
    )  # fmt: skip
    db.session.add(recusal)
    journal.record("evaluation.recused", on=evaluation, by=by, at=at)
    return recusal


def declare_interest(account: Account, name: str, siren: str | None, *, at: datetime) -> DeclaredInterest:
    """Somebody says to which organisation they are tied; said twice, it is one declaration."""
    for known in db.session.scalars(queries.interests_of([account.id])):
        if known.ended_on is None and (fold(known.name), known.siren) == (fold(name), siren):
            return known
    declared = DeclaredInterest(account_id=account.id, name=name, siren=siren, declared_at=at)
    db.session.add(declared)
    journal.record("interest.declared", on=account, by=account, at=at)
    return declared


def end_interest(interest: DeclaredInterest, *, by: Account, at: datetime) -> None:
    """The tie is over; it still counts for three years."""
    if interest.ended_on is None:
        interest.ended_on = local_day(at)
        journal.record("interest.ended", on=interest, by=by, at=at)


def keep(
    evaluation: Evaluation, marks: Mapping[int, tuple[int | None, str]], comment: str,
    recommendation: Recommendation | None, *, version: int | None, at: datetime,
) -> None:  # fmt: skip
    """Keep marks and words as far as they go."""
    if version is not None and version != evaluation.version:
        if _already(evaluation, marks, comment, recommendation):
            return
        raise RuleBroken(
            _("Cette évaluation a été enregistrée dans une autre fenêtre entre-temps. Votre texte est ci-dessous : relisez, puis enregistrez de nouveau.")
        )  # fmt: skip
    evaluation.version += 1
    evaluation.comment, evaluation.recommendation = comment, recommendation
    known = {score.criterion_id: score for score in evaluation.scores}
    for criterion in evaluation.grid.criteria:
        mark, justification = marks.get(criterion.id, (None, ""))
        score = known.get(criterion.id)
        if score is None:
            score = Score(criterion_id=criterion.id, criterion=criterion)
            evaluation.scores.append(score)
        score.mark, score.justification = mark, justification


def _already(
    evaluation: Evaluation, marks: Mapping[int, tuple[int | None, str]], comment: str,
    recommendation: Recommendation | None,
) -> bool:  # fmt: skip
    """Whether all of it is kept already: a second click, or a save whose answer was lost on the way."""
    saved = {score.criterion_id: (score.mark, score.justification) for score in evaluation.scores}
    given = {each.id: marks.get(each.id, (None, "")) for each in evaluation.grid.criteria}
    return (saved, evaluation.comment, evaluation.recommendation) == (given, comment, recommendation)


def submit(evaluation: Evaluation, *, by: Account, at: datetime) -> None:
    """Hand in: every criterion has a mark and a reason, the total is computed once and stored."""
    target = MACHINE.target(evaluation.state, "submit")
    lacking = [s.criterion.label for s in evaluation.scores if s.mark is None or not s.justification.strip()]
    if lacking or len(evaluation.scores) != len(evaluation.grid.criteria):
        raise RuleBroken(_("Donnez une note et une justification à chaque critère."))
    if evaluation.recommendation is None:
        raise RuleBroken(_("Choisissez votre avis d’ensemble."))
    marks = {score.criterion.code: score.mark for score in evaluation.scores if score.mark is not None}
    evaluation.total = weighted_score(marks, evaluation.grid.weighted, evaluation.grid.scale)
    evaluation.submitted_at = at
    evaluation.state = EvaluationState(target)
    journal.record("evaluation.submitted", on=evaluation, by=by, at=at, after={"total": str(evaluation.total)})


def reopen(evaluation: Evaluation, *, by: Account, at: datetime) -> None:
    """Take back what was submitted, until the committee locks it."""
    evaluation.state = EvaluationState(MACHINE.target(evaluation.state, "reopen"))
    evaluation.total = evaluation.submitted_at = None
    journal.record("evaluation.reopened", on=evaluation, by=by, at=at)


def lock(kind: SubjectKind, subject_id: int, *, by: Account, at: datetime) -> int:
    """Lock the submitted evaluations of a subject: they count from now on; says how many."""
    locked = 0
    for evaluation in db.session.scalars(queries.of_subject(kind, subject_id)):
        if evaluation.state is EvaluationState.SUBMITTED:
            evaluation.state = EvaluationState(MACHINE.target(evaluation.state, "lock"))
            journal.record("evaluation.locked", on=evaluation, by=by, at=at)
            locked += 1
    return locked
