"""Tables of calls."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.calls.states import (
    PUBLIC_CALL_STATES,
    TAKING,
    AidRegime,
    CallKind,
    CallState,
    Check,
    MoneyAsked,
    RuleKind,
    SessionState,
)
from programme.core.clock import local_day
from programme.core.columns import JSONDocument, Money, UTCDateTime, enum_column
from programme.core.personal_data import not_personal
from programme.core.storage import StoredFile
from programme.evaluation.models import Grid, ReviewPool
from programme.extensions import Base
from programme.questionnaires.models import FormDefinition
from programme.strategy.models import Objective, Theme, ThemeSet


class Call(Base):
    """A call for projects (« appel à projets »). Its legal texts are records, so that legal staff can change them.

    A call of expressions of interest may lead to another one (`leads_to`), which takes the full files of those whom
    the Region invites: each is a call of its own, with its questions, its grid, its calendar and its legal clock.
    """

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[CallKind] = mapped_column(enum_column(CallKind))
    state: Mapped[CallState] = mapped_column(enum_column(CallState), default=CallState.DRAFT)
    promise: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)
    amounts: Mapped[str] = mapped_column(Text)
    answer_delay: Mapped[str] = mapped_column(Text)
    contacts: Mapped[str] = mapped_column(
        Text, default="", info=not_personal("Un service et ses coordonnées publiques")
    )
    expenses: Mapped[str] = mapped_column(Text, default="")
    fund: Mapped[str] = mapped_column(String(120))
    # Year of the vote, as four digits -> euros with two decimals.
    annual_envelopes: Mapped[dict[str, str]] = mapped_column(JSONDocument, default=dict)
    award_ceiling: Mapped[Decimal | None] = mapped_column(Money)
    theme_set: Mapped[ThemeSet] = mapped_column(enum_column(ThemeSet))
    theme_codes: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    asks_data: Mapped[bool] = mapped_column(default=True)
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("review_pool.id"))
    readers_per_file: Mapped[int] = mapped_column(default=2)
    blind_reading: Mapped[bool] = mapped_column(default=False)
    spread_alert: Mapped[int] = mapped_column(default=20)
    favourable_from: Mapped[int] = mapped_column(default=60)
    reserved_from: Mapped[int] = mapped_column(default=50)
    # The legal clock of the call. Silence on a request of a financial kind means refusal after two months (CRPA
    # L231-4, 3°) unless a text says otherwise: length, meaning, start and suspension stay settings of the call.
    silence_months: Mapped[int] = mapped_column(default=2)
    silence_accepts: Mapped[bool] = mapped_column(default=False)
    silence_starts_when_complete: Mapped[bool] = mapped_column(default=True)
    silence_suspended_by_request: Mapped[bool] = mapped_column(default=True)
    appeal_text: Mapped[str] = mapped_column(Text)
    receipt_service: Mapped[str] = mapped_column(Text)
    algorithm_notice: Mapped[str] = mapped_column(Text, default="")
    figures_are_fictional: Mapped[bool] = mapped_column(default=False)
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leads_to_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)
    by_invitation: Mapped[bool] = mapped_column(default=False)
    aid_regime: Mapped[AidRegime] = mapped_column(enum_column(AidRegime), default=AidRegime.NONE)
    money_asked: Mapped[MoneyAsked] = mapped_column(enum_column(MoneyAsked), default=MoneyAsked.FULL)
    # These three are read by whoever writes the whole call, and by its page: a list never touches them.
    leads_to: Mapped["Call | None"] = relationship(lazy="select", remote_side=[id])
    objectives: Mapped[list[Objective]] = relationship(
        lazy="select", secondary="call_objective", order_by=(Objective.axis_id, Objective.position, Objective.id)
    )
    regulations: Mapped[list["CallRegulation"]] = relationship(
        lazy="select", back_populates="call", order_by="CallRegulation.id", cascade="all, delete-orphan"
    )
    pool: Mapped[ReviewPool | None] = relationship(lazy="raise_on_sql")
    strands: Mapped[list["CallStrand"]] = relationship(
        lazy="raise_on_sql", back_populates="call", order_by="CallStrand.position", cascade="all, delete-orphan"
    )
    sessions: Mapped[list["CallSession"]] = relationship(
        lazy="raise_on_sql", back_populates="call", order_by="CallSession.closes_at", cascade="all, delete-orphan"
    )
    rules: Mapped[list["EligibilityRule"]] = relationship(
        lazy="raise_on_sql", back_populates="call", order_by="EligibilityRule.position", cascade="all, delete-orphan"
    )
    required_documents: Mapped[list["RequiredDocument"]] = relationship(
        lazy="raise_on_sql", back_populates="call", order_by="RequiredDocument.position", cascade="all, delete-orphan"
    )

    @property
    def is_first_step(self) -> bool:
        """Whether its files are expressions of interest: they end by an invitation to another call, never by an award."""
        return self.leads_to_id is not None

    @property
    def asks_money(self) -> bool:
        """Whether its files ask for an amount; a prize may give one without being asked."""
        return self.money_asked is not MoneyAsked.NONE

    def offers(self, theme: Theme) -> bool:
        """Whether a file may be on this theme; a call that names none offers its whole list."""
        return theme.set is self.theme_set and (not self.theme_codes or theme.code in self.theme_codes)

    def envelope_of(self, year: int) -> Decimal | None:
        """What the Region gives in a year by this call, all its sessions together, in euros; None: it did not say."""
        said = self.annual_envelopes.get(str(year))
        return None if said is None else Decimal(said)

    @property
    def regulation(self) -> "CallRegulation | None":
        """The rules in force; those of a draft are the ones that its publication will bring."""
        published = [each for each in self.regulations if each.number is not None]
        if self.state in PUBLIC_CALL_STATES:
            return max(published, key=lambda each: each.number or 0, default=None)
        return next(reversed(self.regulations), None)


class CallObjective(Base):
    """A call serves an objective of the strategy (« objectif servi »)."""

    __tablename__ = "call_objective"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), primary_key=True)
    objective_id: Mapped[int] = mapped_column(
        ForeignKey("objective.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class CallRegulation(Base):
    """A version of the rules of a call (« règlement »), a PDF: numbered and dated when it is published, then frozen.

    `revision_id`: the change that brought it; None for the one that came with the publication of the call.
    """

    __tablename__ = "call_regulation"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("(number IS NULL) = (published_at IS NULL)", name="numbered_once_published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    number: Mapped[int | None]
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("call_revision.id", ondelete="SET NULL"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    call: Mapped[Call] = relationship(lazy="raise_on_sql", back_populates="regulations")
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class CallRevision(Base):
    """A change of a call after its publication (« modification d’appel »): the whole document as it becomes, and what it changes.

    While it is being written nobody outside sees it; published, it is dated, shown on the page of the call, and never
    changes any more. One at a time is being written. `told_at`: when the mails to those with a draft were queued.
    """

    __tablename__ = "call_revision"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("published_at IS NULL OR changes <> ''", name="published_says_what"),
        Index(
            "ix_call_revision_one_open", "call_id", unique=True,
            sqlite_where=text("published_at IS NULL"), postgresql_where=text("published_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSONDocument, deferred=True)
    changes: Mapped[str] = mapped_column(Text, default="")
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    call: Mapped[Call] = relationship(lazy="raise_on_sql")


class CallStrand(Base):
    """A part of a call with its own grid, questions and limits (« volet »)."""

    __tablename__ = "call_strand"
    __table_args__ = (UniqueConstraint("call_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    form_definition_id: Mapped[int] = mapped_column(ForeignKey("form_definition.id"))
    position: Mapped[int] = mapped_column(default=0)
    call: Mapped[Call] = relationship(lazy="raise_on_sql", back_populates="strands")
    grid: Mapped[Grid] = relationship(lazy="joined", innerjoin=True)
    form_definition: Mapped[FormDefinition] = relationship(lazy="joined", innerjoin=True)


def budget_year(vote_on: date | None, closes_at: datetime) -> int:
    """The year whose envelope the awards of a session are taken from: that of the vote, else that of the closing."""
    return (vote_on or local_day(closes_at)).year


class CallSession(Base):
    """A periodic deadline of a call (« relève ») with its envelope; not a web session."""

    __tablename__ = "call_session"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        Index("ix_call_session_closes_at", "closes_at"),
        CheckConstraint(
            "committed_amount >= 0 AND committed_amount <= envelope_amount", name="envelope_never_exceeded"
        ),
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(120))
    state: Mapped[SessionState] = mapped_column(enum_column(SessionState), default=SessionState.PLANNED)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    committee_on: Mapped[date | None]
    vote_on: Mapped[date | None]
    envelope_amount: Mapped[Decimal] = mapped_column(Money)
    committed_amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    call: Mapped[Call] = relationship(lazy="joined", innerjoin=True, back_populates="sessions")

    def accepts_at(self, instant: datetime) -> bool:
        """Whether an application may be handed in at this instant: the call is open, the hour has come and is not past.

        The clock decides, not the worker: a session whose hour has come accepts before the worker has turned it.
        """
        return self.call.state is CallState.OPEN and self.state in TAKING and self.opens_at <= instant < self.closes_at

    def is_over(self, instant: datetime) -> bool:
        """Whether nothing can be handed in to this session any more."""
        return self.closes_at <= instant or self.state not in TAKING

    @property
    def budget_year(self) -> int:
        """The year whose envelope its awards are taken from."""
        return budget_year(self.vote_on, self.closes_at)

    @property
    def remaining_amount(self) -> Decimal:
        """What is left of the envelope."""
        return self.envelope_amount - self.committed_amount


class EligibilityRule(Base):
    """One condition of a call (« règle d’éligibilité »), automatic with parameters, or judged by an officer.

    `redirect_to` names the instrument that suits a project which does not meet it.
    """

    __tablename__ = "eligibility_rule"
    __table_args__ = (
        CheckConstraint("(kind = 'automatic') = (automatic_check IS NOT NULL)", name="check_iff_automatic"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    strand_id: Mapped[int | None] = mapped_column(ForeignKey("call_strand.id", ondelete="CASCADE"))
    kind: Mapped[RuleKind] = mapped_column(enum_column(RuleKind))
    automatic_check: Mapped[Check | None] = mapped_column(enum_column(Check))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONDocument, default=dict)
    statement: Mapped[str] = mapped_column(Text)
    refusal: Mapped[str] = mapped_column(Text)
    redirect_to: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=0)
    call: Mapped[Call] = relationship(lazy="raise_on_sql", back_populates="rules")
    strand: Mapped[CallStrand | None] = relationship(lazy="joined")


class RequiredDocument(Base):
    """A piece that the call expects (« pièce attendue »), for some kinds of carriers, strands or themes only.

    `valid_months`: how old it may be on the day of the deposit; None when its age does not matter.
    """

    __tablename__ = "required_document"
    __table_args__ = (UniqueConstraint("call_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    strand_id: Mapped[int | None] = mapped_column(ForeignKey("call_strand.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(200))
    hint: Mapped[str] = mapped_column(Text, default="")
    is_mandatory: Mapped[bool] = mapped_column(default=True)
    valid_months: Mapped[int | None]
    carrier_kinds: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    theme_codes: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    position: Mapped[int] = mapped_column(default=0)
    call: Mapped[Call] = relationship(lazy="raise_on_sql", back_populates="required_documents")

    def applies_to(self, *, strand_id: int, carrier_kind: str, theme_code: str | None) -> bool:
        """Whether an application of this strand, carrier and theme owes the piece; an empty list means « all »."""
        return (
            (self.strand_id is None or self.strand_id == strand_id)
            and (not self.carrier_kinds or carrier_kind in self.carrier_kinds)
            and (not self.theme_codes or theme_code in self.theme_codes)
        )
