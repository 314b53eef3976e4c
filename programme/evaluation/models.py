"""Tables of evaluation."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.accounts.models import Account
from programme.core.columns import ExactDecimal, JSONDocument, UTCDateTime, enum_column
from programme.core.personal_data import Fate, personal
from programme.evaluation.scoring import MARK_MAX, SCALE_LEAST, SCALE_MOST, Weighted
from programme.evaluation.states import EvaluationState, Recommendation, SubjectKind
from programme.extensions import Base


class Grid(Base):
    """A list of weighted criteria (« grille »), each marked from 0 to `scale`."""

    __tablename__ = "grid"
    __table_args__ = (CheckConstraint(f"scale >= {SCALE_LEAST} AND scale <= {SCALE_MOST}", name="scale_in_bounds"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    scale: Mapped[int] = mapped_column(default=MARK_MAX)
    criteria: Mapped[list["Criterion"]] = relationship(
        lazy="selectin", back_populates="grid", order_by="Criterion.position", cascade="all, delete-orphan"
    )

    @property
    def weighted(self) -> list[Weighted]:
        """The criteria as the pure scoring rule wants them."""
        return [Weighted(each.code, each.weight, each.floor) for each in self.criteria]


class Criterion(Base):
    """One criterion (« critère »), marked from 0 to the scale of its grid; `guidance` says what each mark means, from 0 on (empty: nothing is said)."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("grid_id", "code"),
        CheckConstraint("weight > 0", name="positive_weight"),
        CheckConstraint(f"floor IS NULL OR (floor >= 0 AND floor <= {SCALE_MOST})", name="floor_is_a_mark"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(200))
    help: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[Decimal] = mapped_column(ExactDecimal(2))
    floor: Mapped[int | None]
    guidance: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    position: Mapped[int] = mapped_column(default=0)
    grid: Mapped[Grid] = relationship(lazy="raise_on_sql", back_populates="criteria")


class ReviewPool(Base):
    """The people who may evaluate for a call or a jury (« vivier d’évaluateurs »)."""

    __tablename__ = "review_pool"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    members: Mapped[list["PoolMember"]] = relationship(
        lazy="raise_on_sql", order_by="PoolMember.id", cascade="all, delete-orphan"
    )


class PoolMember(Base):
    """A reviewer in a pool (« évaluateur »)."""

    __tablename__ = "pool_member"
    __table_args__ = (UniqueConstraint("pool_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("review_pool.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Evaluation(Base):
    """One reader's evaluation of one subject (« évaluation »)."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "reviewer_id"),
        Index("ix_evaluation_reviewer_id_state", "reviewer_id", "state"),
        CheckConstraint(
            "(state IN ('submitted','locked')) = (total IS NOT NULL AND submitted_at IS NOT NULL)",
            name="total_iff_submitted",
        ),
        CheckConstraint("state IN ('assigned','recused') OR declared_at IS NOT NULL", name="declared_before_opening"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_column(SubjectKind))
    subject_id: Mapped[int]
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    state: Mapped[EvaluationState] = mapped_column(enum_column(EvaluationState), default=EvaluationState.ASSIGNED)
    assigned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    declared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    total: Mapped[Decimal | None] = mapped_column(ExactDecimal(2))
    recommendation: Mapped[Recommendation | None] = mapped_column(enum_column(Recommendation))
    comment: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    grid: Mapped[Grid] = relationship(lazy="joined", innerjoin=True)
    reviewer: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    scores: Mapped[list["Score"]] = relationship(
        lazy="raise_on_sql", back_populates="evaluation", cascade="all, delete-orphan"
    )


class Score(Base):
    """The mark of one criterion, with its justification (« note »)."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "criterion_id"),
        CheckConstraint(f"mark IS NULL OR (mark >= 0 AND mark <= {SCALE_MOST})", name="mark_in_scale"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id", ondelete="CASCADE"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    mark: Mapped[int | None]
    justification: Mapped[str] = mapped_column(Text, default="")
    evaluation: Mapped[Evaluation] = relationship(lazy="raise_on_sql", back_populates="scores")
    criterion: Mapped[Criterion] = relationship(lazy="joined", innerjoin=True)


class Recusal(Base):
    """Somebody steps aside from a subject (« déport »): they see nothing of it any more."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("account_id", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    subject_kind: Mapped[SubjectKind] = mapped_column(enum_column(SubjectKind))
    subject_id: Mapped[int]
    reason: Mapped[str] = mapped_column(
        Text, info=personal("Prouver l’impartialité de la décision", months=120, fate=Fate.ARCHIVED)
    )
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class DeclaredInterest(Base):
    """An organisation to which somebody who evaluates is tied (« lien d’intérêt »): its files are not given to them.

    It counts until `ended_on` and for three years after it.
    """

    __tablename__ = "declared_interest"
    __table_args__ = (CheckConstraint("siren IS NULL OR length(siren) = 9", name="siren_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(
        String(200),
        info=personal("Ne pas confier à un évaluateur le dossier d’un organisme auquel il est lié", months=36),
    )
    siren: Mapped[str | None] = mapped_column(String(9))
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_on: Mapped[date | None]
