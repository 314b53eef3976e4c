"""Statements about evaluations."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from programme.accounts.models import Account
from programme.evaluation.models import DeclaredInterest, Evaluation, PoolMember, Recusal, Score
from programme.evaluation.states import MACHINE, EvaluationState, SubjectKind


def mine(account_id: int) -> Select[Evaluation]:
    """A reader's evaluations, those to do first; a recusal takes the subject out of every list."""
    return (
        select(Evaluation)
        .where(Evaluation.reviewer_id == account_id, Evaluation.state != EvaluationState.RECUSED)
        .order_by(
            Evaluation.state.in_([EvaluationState.SUBMITTED, EvaluationState.LOCKED]), Evaluation.due_at, Evaluation.id
        )
    )


def my_order(account_id: int) -> Select[int]:
    """The numbers of a reader's evaluations of applications, in the order of their list."""
    return (
        mine(account_id)
        .with_only_columns(Evaluation.id, maintain_column_froms=True)
        .where(Evaluation.subject_kind == SubjectKind.APPLICATION)
        .options(lazyload("*"))
    )


def whole(evaluation_id: int) -> Select[Evaluation]:
    """One evaluation with its marks."""
    return select(Evaluation).where(Evaluation.id == evaluation_id).options(selectinload(Evaluation.scores))


def for_update(evaluation_id: int) -> Select[Evaluation]:
    """One evaluation with its marks, locked."""
    return whole(evaluation_id).with_for_update(of=Evaluation)


def of_subject(kind: SubjectKind, subject_id: int) -> Select[Evaluation]:
    """The evaluations of one subject."""
    return of_subjects(kind, [subject_id])


def of_subjects(kind: SubjectKind, subject_ids: Collection[int]) -> Select[Evaluation]:
    """The evaluations of several subjects with their marks, in one go."""
    return (
        select(Evaluation)
        .where(Evaluation.subject_kind == kind, Evaluation.subject_id.in_(subject_ids))
        .options(selectinload(Evaluation.scores).joinedload(Score.criterion))
        .order_by(Evaluation.subject_id, Evaluation.id)
    )


def readings(kind: SubjectKind, subject_id: int) -> Select[Evaluation]:
    """Who reads a subject, with their total and words, without the marks of each criterion."""
    return (
        select(Evaluation)
        .where(Evaluation.subject_kind == kind, Evaluation.subject_id == subject_id)
        .options(lazyload(Evaluation.grid), joinedload(Evaluation.reviewer, innerjoin=True).lazyload(Account.grants))
        .order_by(Evaluation.id)
    )


def progress(kind: SubjectKind, subject_ids: Collection[int]) -> Select[int, EvaluationState, int, datetime | None]:
    """How many evaluations of each state each subject has, and the nearest date given to their readers."""
    return (
        select(Evaluation.subject_id, Evaluation.state, func.count(), func.min(Evaluation.due_at))
        .where(Evaluation.subject_kind == kind, Evaluation.subject_id.in_(subject_ids))
        .group_by(Evaluation.subject_id, Evaluation.state)
    )


def pool_members(pool_id: int) -> Select[Account]:
    """The people of a pool, by name."""
    return (
        select(Account)
        .join(PoolMember, PoolMember.account_id == Account.id)
        .where(PoolMember.pool_id == pool_id)
        .order_by(Account.display_name, Account.id)
    )


def pool_member(pool_id: int, account_id: int) -> Select[PoolMember]:
    """One person's place in a pool."""
    return select(PoolMember).where(PoolMember.pool_id == pool_id, PoolMember.account_id == account_id)


def loads(pool_id: int) -> Select[int, int]:
    """How many evaluations each person of a pool has to do."""
    return (
        select(Evaluation.reviewer_id, func.count())
        .join(PoolMember, PoolMember.account_id == Evaluation.reviewer_id)
        .where(
            PoolMember.pool_id == pool_id,
            Evaluation.state.in_([EvaluationState.ASSIGNED, EvaluationState.IN_PROGRESS]),
        )
        .group_by(Evaluation.reviewer_id)
    )


def recusal_of(account_id: int, kind: SubjectKind, subject_id: int) -> Select[Recusal]:
    """Whether a person stepped aside from a subject."""
    return select(Recusal).where(
        Recusal.account_id == account_id, Recusal.subject_kind == kind, Recusal.subject_id == subject_id
    )


def held_by(account_id: int, kind: SubjectKind) -> Select[int]:
    """The subjects that a person was given to read and from which they did not step aside."""
    return select(Evaluation.subject_id).where(
        Evaluation.reviewer_id == account_id,
        Evaluation.subject_kind == kind,
        Evaluation.state != EvaluationState.RECUSED,
    )


def to_give_up(account_id: int, kind: SubjectKind) -> Select[Evaluation]:
    """A person's evaluations of one kind that are not locked yet, with their marks, locked for writing."""
    return (
        select(Evaluation)
        .where(
            Evaluation.reviewer_id == account_id, Evaluation.subject_kind == kind,
            Evaluation.state.in_([each for each in EvaluationState if MACHINE.allows(each, "recuse")]),
        )
        .options(selectinload(Evaluation.scores))
        .order_by(Evaluation.id)
        .with_for_update(of=Evaluation)
    )  # fmt: skip


def interests_of(account_ids: Collection[int]) -> Select[DeclaredInterest]:
    """The organisations to which these people said that they are tied, the last said first."""
    return (
        select(DeclaredInterest)
        .where(DeclaredInterest.account_id.in_(account_ids))
        .order_by(DeclaredInterest.declared_at.desc(), DeclaredInterest.id.desc())
    )


def interest(interest_id: int, account_id: int) -> Select[DeclaredInterest]:
    """One of a person's own declared interests, locked."""
    return (
        select(DeclaredInterest)
        .where(DeclaredInterest.id == interest_id, DeclaredInterest.account_id == account_id)
        .with_for_update()
    )


def recused_subjects(account_id: int, kind: SubjectKind) -> Select[int]:
    """The subjects that a person must not see, to take them out of any list."""
    return select(Recusal.subject_id).where(Recusal.account_id == account_id, Recusal.subject_kind == kind)
