"""Tables of applications."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from programme.applications.models.engagement import EngagementAcceptance, EngagementText
from programme.applications.models.messages import (
    FilePrint,
    Message,
    MessageDraft,
    MessageFile,
    MessageRead,
)
from programme.applications.models.pieces import Piece, PieceVersion
from programme.applications.models.presence import Presence
from programme.applications.states import (
    ApplicationState,
    ExpenseCategory,
    FundingKind,
    FundingState,
    ReminderKind,
)
from programme.calls.models import Call, CallSession, CallStrand
from programme.catalogue.models import Dataset
from programme.core.columns import JSONDocument, Money, UTCDateTime, enum_column
from programme.core.documents import IssuedDocument
from programme.core.personal_data import Basis, personal
from programme.evaluation.models import Recusal
from programme.evaluation.states import SubjectKind
from programme.extensions import Base
from programme.organisations.models import Organisation
from programme.organisations.states import family_of
from programme.projects.models import Project
from programme.questionnaires.models import FormDefinition
from programme.questionnaires.rules.fields import Question, answered
from programme.questionnaires.rules.kinds import FieldKind
from programme.strategy.models import Subdomain, Theme

__all__ = [
    "Application", "ApplicationDataset", "BudgetLine", "CalendarKey", "EngagementAcceptance",
    "EngagementText", "FilePrint", "FundingSource", "InfoRequest", "Message",
    "MessageDraft", "MessageFile", "MessageRead", "Piece", "PieceVersion", "Presence", "Reminder", "RuleJudgement",
]  # fmt: skip


class Application(Base):
    """A project handed in to a call (« dossier de candidature »). The organisation owns it, its members act."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("created_by_id", "nonce"),
        CheckConstraint("state IN ('draft','withdrawn') OR submitted_at IS NOT NULL", name="submitted_unless_draft"),
        CheckConstraint("(receipt_number IS NULL) = (submitted_at IS NULL)", name="receipt_iff_submitted"),
        CheckConstraint(
            "state NOT IN ('awarded','rejected','invited','not_retained') OR decided_at IS NOT NULL",
            name="decided_when_closed",
        ),
        CheckConstraint("requested_amount IS NULL OR requested_amount >= 0", name="request_not_negative"),
        # The officers' list filters and counts within these two, without opening a row.
        Index(
            "ix_application_listed",
            "state",
            "submitted_at",
            "id",
            "session_id",
            "organisation_id",
            "title",
            "reference",
        ),
        Index(
            "ix_application_newest",
            "submitted_at",
            "id",
            "state",
            "session_id",
            "organisation_id",
            "title",
            "reference",
        ),
        # How long the answers of a call took is read here, without opening a row.
        Index("ix_application_session_id_state", "session_id", "state", "decided_at", "submitted_at"),
        # Silence decides a few files a day among all those that ever were; the board counts and filters within it.
        Index("ix_application_silence_on", "silence_on", "id", "state", "session_id", "officer_id"),
        # A file is taken up once in a session, however often the button is pressed.
        Index(
            "ix_application_one_continuation",
            "continued_from_id",
            "session_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    nonce: Mapped[str | None] = mapped_column(String(43))
    receipt_number: Mapped[str | None] = mapped_column(String(30), unique=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("call_session.id"))
    strand_id: Mapped[int] = mapped_column(ForeignKey("call_strand.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    form_definition_id: Mapped[int] = mapped_column(ForeignKey("form_definition.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[ApplicationState] = mapped_column(enum_column(ApplicationState), default=ApplicationState.DRAFT)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    frame_note: Mapped[str] = mapped_column(Text, default="")
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    subdomain_id: Mapped[int | None] = mapped_column(ForeignKey("subdomain.id"))
    territory_code: Mapped[str | None] = mapped_column(String(3))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    requested_amount: Mapped[Decimal | None] = mapped_column(Money)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONDocument, default=dict)
    commitments_accepted: Mapped[bool] = mapped_column(default=False)
    # The version of the republican engagement under which the carrier handed the file in; None when it owes none.
    engagement_version: Mapped[date | None]
    # What the carrier says of its State aid (`rules.state_aid.to_json`); kept ten years (Regulation 2023/2831, article 6).
    aid: Mapped[dict[str, Any] | None] = mapped_column(
        JSONDocument,
        info=personal("Compter les aides publiques d’un groupe, dont une entreprise peut porter un nom", basis=Basis.LEGAL_OBLIGATION, months=120),
    )  # fmt: skip
    version: Mapped[int] = mapped_column(default=1)
    # Step of the draft -> version at its last save: two people on two steps do not meet.
    step_versions: Mapped[dict[str, int]] = mapped_column(JSONDocument, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    complete_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    silence_on: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closing_reason: Mapped[str | None] = mapped_column(Text)
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("issued_document.id"))
    continued_from_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    # What was told of the former file and what of it stayed behind (`rules.remarks.Pinned`), read by its own pages only.
    pinned: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument, deferred=True)
    session: Mapped[CallSession] = relationship(lazy="joined", innerjoin=True)
    strand: Mapped[CallStrand] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    form_definition: Mapped[FormDefinition] = relationship(lazy="raise_on_sql")
    theme: Mapped[Theme | None] = relationship(lazy="joined")
    subdomain: Mapped[Subdomain | None] = relationship(lazy="raise_on_sql")
    receipt: Mapped[IssuedDocument | None] = relationship(lazy="raise_on_sql")
    budget_lines: Mapped[list["BudgetLine"]] = relationship(
        lazy="raise_on_sql", order_by="BudgetLine.position", cascade="all, delete-orphan"
    )
    funding_sources: Mapped[list["FundingSource"]] = relationship(
        lazy="raise_on_sql", order_by="FundingSource.position", cascade="all, delete-orphan"
    )
    pieces: Mapped[list["Piece"]] = relationship(
        lazy="raise_on_sql", back_populates="application", order_by="Piece.id", cascade="all, delete-orphan"
    )
    info_requests: Mapped[list["InfoRequest"]] = relationship(
        lazy="raise_on_sql", order_by="InfoRequest.asked_at", cascade="all, delete-orphan"
    )
    datasets: Mapped[list["ApplicationDataset"]] = relationship(
        lazy="raise_on_sql", order_by="ApplicationDataset.position", cascade="all, delete-orphan"
    )
    rule_judgements: Mapped[list["RuleJudgement"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")
    # Asked by every rule on who may read the file, hence read once with it.
    recusals: Mapped[list[Recusal]] = relationship(
        lazy="select", viewonly=True, order_by=Recusal.id,
        primaryjoin=lambda: (foreign(Recusal.subject_id) == Application.id)
        & (Recusal.subject_kind == SubjectKind.APPLICATION),
    )  # fmt: skip

    @property
    def call(self) -> Call:
        """The call, through the session."""
        return self.session.call

    @property
    def condition_context(self) -> dict[str, Any]:
        """What the conditions of questions may ask besides the answers."""
        kind = self.organisation.kind
        return {
            "theme": self.theme.code if self.theme else "", "carrier_kind": kind.value,
            "carrier_family": family_of(kind), "strand": self.strand.code, "requested_amount": self.requested_amount,
        }  # fmt: skip

    @property
    def answered_questions(self) -> list[tuple[Question, Any]]:
        """The questions that are asked to this carrier, on this theme, each with its answer, stored, reckoned or told by a file."""
        questions = self.form_definition.questions
        return answered(questions, self.answers_to(questions), self.condition_context)

    def answers_to(self, questions: Iterable[Question]) -> Mapping[str, Any]:
        """The answers as these questions see them: a file that one asks for is a piece, and nothing that is typed."""
        files = [each.key for each in questions if each.kind is FieldKind.FILE]
        if not files:
            return self.answers
        held = {each.question_key: each.as_answer for each in self.pieces if each.question_key is not None}
        return {**(self.answers or {}), **{key: held.get(key) for key in files}}

    @property
    def asked_pieces(self) -> list[Piece]:
        """The pieces that count, in order: those that the call expects, then the files of the questions that are asked now."""
        for each in self.pieces:
            set_committed_value(each, "application", self)  # Held as long as the piece, whose question is its own.
        expected = [(each.required_document.position, each) for each in self.pieces if each.required_document]
        listed = [each for _position, each in sorted(expected, key=itemgetter(0))]
        files = {each.question_key: each for each in self.pieces if each.question_key is not None}
        if files:
            asked = (each for each, _answer in self.answered_questions if each.kind is FieldKind.FILE)
            listed += [files[each.key] for each in asked if each.key in files]
        return listed

    @property
    def is_read_blind(self) -> bool:
        """Whether its readers must not learn who carries it (« lecture à l’aveugle »).

        It ends with the award, which is public. A refusal is told to the applicant alone: its readers learn no name.
        """
        return self.call.blind_reading and self.state is not ApplicationState.AWARDED


class BudgetLine(Base):
    """One expense of the budget (« poste de dépense »)."""

    __tablename__ = "budget_line"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    category: Mapped[ExpenseCategory] = mapped_column(enum_column(ExpenseCategory))
    amount: Mapped[Decimal] = mapped_column(Money)


class FundingSource(Base):
    """One line of the financing plan besides the requested grant (« financement »)."""

    __tablename__ = "funding_source"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    kind: Mapped[FundingKind] = mapped_column(enum_column(FundingKind))
    state: Mapped[FundingState] = mapped_column(enum_column(FundingState))
    amount: Mapped[Decimal] = mapped_column(Money)


class InfoRequest(Base):
    """A request to complete or correct (« demande de compléments »): it suspends the clock until it is answered.

    `items` says in words what is asked, `asked` names what is opened again (`rules.reopening`). When answers or the budget
    are, `before` holds them as they were and `written` as they are being corrected, then as they were sent.
    """

    __tablename__ = "info_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    message: Mapped[str] = mapped_column(Text)
    items: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    asked: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
    written: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_on: Mapped[date]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")


class ApplicationDataset(Base):
    """A data set that the project uses or opens (« jeu de données du dossier »)."""

    __tablename__ = "application_dataset"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"))
    title: Mapped[str] = mapped_column(String(250))
    use: Mapped[str] = mapped_column(String(300), default="")
    is_opened: Mapped[bool] = mapped_column(default=False)
    dataset: Mapped[Dataset | None] = relationship(lazy="joined")


class RuleJudgement(Base):
    """An officer's answer to a judged rule of the call (« appréciation d’une règle »)."""

    __tablename__ = "rule_judgement"
    __table_args__ = (UniqueConstraint("application_id", "rule_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("eligibility_rule.id"))
    is_met: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    judged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Reminder(Base):
    """Somebody was told that a date comes near (« rappel »): once for a thing and a threshold, whoever sends it.

    `threshold` is in days before the date; `subject_id` is the application. A draft that moves to another session has
    another closing before it: its reminders are forgotten. For the mail of the morning, `subject_id` is the person and
    `threshold` the day itself (its proleptic ordinal).
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "threshold"),
        Index("ix_reminder_kind_sent_at", "kind", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReminderKind] = mapped_column(enum_column(ReminderKind))
    subject_id: Mapped[int]
    threshold: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CalendarKey(Base):
    """How often a person changed the address of their calendar (« clé d’agenda »); no row: never.

    The address itself is signed with this number and kept nowhere: raising the number ends all the former addresses.
    """

    __tablename__ = "calendar_key"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
