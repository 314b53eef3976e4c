"""Tables of agreements, partners and commitments."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.agreements.states import (
    KEPT,
    OWED,
    AgreementFamily,
    AgreementState,
    CommitmentState,
    PartnerStatus,
)
from programme.applications.models import Application
from programme.assessment.models import Deliberation
from programme.catalogue.models import Dataset, Licence
from programme.core import search
from programme.core.columns import JSONDocument, Money, UTCDateTime, enum_column
from programme.core.documents import IssuedDocument
from programme.core.personal_data import Basis, personal
from programme.extensions import Base
from programme.organisations.models import Organisation


class AgreementTemplate(Base):
    """One version of a template of numbered articles (« modèle de convention »); a version never changes."""

    __tablename__ = "agreement_template"
    __table_args__ = (UniqueConstraint("family", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    family: Mapped[AgreementFamily] = mapped_column(enum_column(AgreementFamily))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    source: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


_PAST_TO_PREPARE = "state = 'to_prepare' OR (template_id IS NOT NULL AND prepared_at IS NOT NULL)"
_PARTNER = "state IN ('partner_signed','signed','active','to_renew','expired','terminated')"
_BOTH = "state IN ('signed','active','to_renew','expired','terminated')"


class Agreement(Base):
    """An agreement between the Region and an organisation (« convention »).

    At preparation it takes a version of the template, its values and conditions; `text` is the rendered wording.
    From the approval on nothing of this changes any more, and `text_sha256` is the print of what is signed.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint(_PAST_TO_PREPARE, name="template_once_prepared"),
        CheckConstraint(
            "state IN ('to_prepare','draft','in_review') OR (text_sha256 IS NOT NULL AND approved_at IS NOT NULL)",
            name="print_once_approved",
        ),
        CheckConstraint(
            "state IN ('to_prepare','draft','in_review','approved') OR "
            "(number IS NOT NULL AND deliberation_id IS NOT NULL AND document_id IS NOT NULL AND sent_at IS NOT NULL)",
            name="number_and_deliberation_once_sent",
        ),
        CheckConstraint(f"({_PARTNER}) = (partner_signed_at IS NOT NULL)", name="partner_signed_iff"),
        CheckConstraint(f"({_BOTH}) = (region_signed_on IS NOT NULL)", name="region_signed_iff"),
        CheckConstraint("(state = 'terminated') = (terminated_on IS NOT NULL)", name="terminated_iff"),
        CheckConstraint("(family = 'grant') = (amount IS NOT NULL)", name="amount_iff_grant"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount_positive"),
        Index("ix_agreement_state_family", "state", "family"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    number: Mapped[str | None] = mapped_column(String(30), unique=True)
    family: Mapped[AgreementFamily] = mapped_column(enum_column(AgreementFamily))
    state: Mapped[AgreementState] = mapped_column(enum_column(AgreementState), default=AgreementState.TO_PREPARE)
    title: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("partnership_request.id"), unique=True)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_template.id"))
    # Named so because « values » and « flags » are the words of the template, not columns that SQL compares.
    values: Mapped[dict[str, Any]] = mapped_column(JSONDocument, default=dict)
    flags: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    tables: Mapped[dict[str, Any]] = mapped_column(JSONDocument, default=dict)
    text: Mapped[dict[str, Any]] = mapped_column(JSONDocument, default=dict)
    missing: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    text_sha256: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    amount: Mapped[Decimal | None] = mapped_column(Money)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    deliberation_id: Mapped[int | None] = mapped_column(ForeignKey("deliberation.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("issued_document.id"))
    signed_document_id: Mapped[int | None] = mapped_column(ForeignKey("issued_document.id"))
    issue_count: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    prepared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    partner_signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    partner_signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    partner_signatory: Mapped[str | None] = mapped_column(
        String(120), info=personal("Nommer qui signe pour l’organisme", basis=Basis.CONTRACT, months=120)
    )
    partner_capacity: Mapped[str | None] = mapped_column(String(120))
    region_signed_on: Mapped[date | None]
    region_signatory: Mapped[str | None] = mapped_column(
        String(120), info=personal("Nommer qui signe pour la Région", basis=Basis.CONTRACT, months=120)
    )
    region_capacity: Mapped[str | None] = mapped_column(String(120))
    activated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    terminated_on: Mapped[date | None]
    closing_reason: Mapped[str | None] = mapped_column(Text)
    officer_note: Mapped[str | None] = mapped_column(Text)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    application: Mapped[Application | None] = relationship(lazy="raise_on_sql")
    template: Mapped[AgreementTemplate | None] = relationship(lazy="raise_on_sql")
    deliberation: Mapped[Deliberation | None] = relationship(lazy="joined")
    document: Mapped[IssuedDocument | None] = relationship(lazy="raise_on_sql", foreign_keys=[document_id])
    signed_document: Mapped[IssuedDocument | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[signed_document_id]
    )
    commitments: Mapped[list["Commitment"]] = relationship(
        lazy="raise_on_sql", back_populates="agreement", order_by="Commitment.due_on, Commitment.id",
        cascade="all, delete-orphan",
    )  # fmt: skip

    @property
    def name(self) -> str:
        """The number once sent, the reference before."""
        return self.number or self.reference


class Commitment(Base):
    """A dated promise to open a data set (« engagement »)."""

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('published','up_to_date')) = (published_on IS NOT NULL)", name="published_on_iff_published"
        ),
        CheckConstraint("(state = 'dropped') = (dropped_reason IS NOT NULL)", name="reason_iff_dropped"),
        Index("ix_commitment_state_due_on", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(250))
    frequency: Mapped[str] = mapped_column(String(20), default="yearly")
    licence: Mapped[Licence] = mapped_column(enum_column(Licence), default=Licence.LO_2_0)
    due_on: Mapped[date]
    state: Mapped[CommitmentState] = mapped_column(enum_column(CommitmentState), default=CommitmentState.PLANNED)
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"))
    url: Mapped[str | None] = mapped_column(String(500))
    published_on: Mapped[date | None]
    confirmed_on: Mapped[date | None]
    dropped_reason: Mapped[str | None] = mapped_column(Text)
    agreement: Mapped[Agreement] = relationship(lazy="raise_on_sql", back_populates="commitments")
    dataset: Mapped[Dataset | None] = relationship(lazy="raise_on_sql")

    def is_late(self, day: date) -> bool:
        """Whether the promise is still owed after its date."""
        return self.state in OWED and self.due_on < day

    @property
    def is_kept(self) -> bool:
        """Whether the data set is published."""
        return self.state in KEPT


@search.indexed("search_text")
class Partnership(Base):
    """An organisation's place in the network of partners (« partenariat »)."""

    __tablename__ = "partnership"
    __table_args__ = (
        CheckConstraint("status NOT IN ('active','suspended') OR active_since IS NOT NULL", name="since_when_active"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    status: Mapped[PartnerStatus] = mapped_column(enum_column(PartnerStatus), default=PartnerStatus.PROSPECT)
    active_since: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    requests: Mapped[list["PartnershipRequest"]] = relationship(
        lazy="raise_on_sql", back_populates="partnership", order_by="PartnershipRequest.asked_at.desc()"
    )


class PartnershipRequest(Base):
    """What an organisation wishes when it asks for a convention (« demande de partenariat »)."""

    __tablename__ = "partnership_request"
    __table_args__ = (UniqueConstraint("nonce"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"), index=True)
    wishes: Mapped[str] = mapped_column(Text)
    contact_name: Mapped[str] = mapped_column(
        String(120), info=personal("Joindre la personne référente du partenaire", basis=Basis.CONTRACT)
    )
    contact_email: Mapped[str] = mapped_column(
        String(254), info=personal("Joindre la personne référente du partenaire", basis=Basis.CONTRACT)
    )
    datasets: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument, default=list)
    nonce: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    partnership: Mapped[Partnership] = relationship(lazy="raise_on_sql", back_populates="requests")
