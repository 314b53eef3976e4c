"""Tables of the decision."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.applications.models import Application
from programme.assessment.states import CommitteeState, DecisionState, Opinion, Outcome
from programme.calls.models import CallSession
from programme.core.columns import ExactDecimal, Money, UTCDateTime, enum_column
from programme.core.documents import IssuedDocument
from programme.extensions import Base


class CommitteeMeeting(Base):
    """The meeting that gives opinions on the applications of a session (« comité de sélection »)."""

    __tablename__ = "committee_meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("call_session.id"), index=True)
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[CommitteeState] = mapped_column(enum_column(CommitteeState), default=CommitteeState.CONVENED)
    minutes: Mapped[str] = mapped_column(Text, default="")
    session: Mapped[CallSession] = relationship(lazy="joined", innerjoin=True)


class CommitteeOpinion(Base):
    """The committee's opinion on one application, with its reason and the amount it proposes (« avis »)."""

    __tablename__ = "committee_opinion"
    __table_args__ = (UniqueConstraint("meeting_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("committee_meeting.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    opinion: Mapped[Opinion] = mapped_column(enum_column(Opinion))
    reason: Mapped[str] = mapped_column(Text)
    proposed_amount: Mapped[Decimal | None] = mapped_column(Money)
    score: Mapped[Decimal | None] = mapped_column(ExactDecimal(2))
    rank: Mapped[int | None]
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    given_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class Deliberation(Base):
    """The vote of the Region's assembly or its permanent commission (« délibération »).

    A signature is lawful only once it is executory: published or notified, and received by the prefecture.
    """

    __tablename__ = "deliberation"
    __table_args__ = (
        CheckConstraint("published_on IS NULL OR published_on >= voted_on", name="published_after_vote"),
        CheckConstraint("received_on IS NULL OR received_on >= voted_on", name="received_after_vote"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    voted_on: Mapped[date]
    published_on: Mapped[date | None]
    received_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    def is_executory_on(self, day: date) -> bool:
        """Whether acts may be signed on its ground that day (CGCT L4141-1: publication and receipt)."""
        return (
            self.published_on is not None
            and self.received_on is not None
            and max(self.published_on, self.received_on) <= day
        )


class Decision(Base):
    """What is decided for an application (« décision »): award with an amount, or rejection, with its reason."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("(outcome = 'award') = (amount IS NOT NULL)", name="amount_iff_award"),
        CheckConstraint("amount IS NULL OR amount > 0", name="award_is_positive"),
        CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL AND deliberation_id IS NOT NULL)",
            name="released_with_deliberation",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    amount: Mapped[Decimal | None] = mapped_column(Money)
    eligible_cost: Mapped[Decimal] = mapped_column(Money)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[DecisionState] = mapped_column(enum_column(DecisionState), default=DecisionState.PENDING)
    prepared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    deliberation_id: Mapped[int | None] = mapped_column(ForeignKey("deliberation.id"))
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("issued_document.id"))
    application: Mapped[Application] = relationship(lazy="joined", innerjoin=True)
    deliberation: Mapped[Deliberation | None] = relationship(lazy="joined")
    letter: Mapped[IssuedDocument | None] = relationship(lazy="raise_on_sql")
