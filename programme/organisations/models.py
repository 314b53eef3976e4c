"""Tables of the network."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.accounts.models import Account
from programme.core.columns import JSONDocument, UTCDateTime, enum_column
from programme.core.personal_data import Basis, not_personal, personal
from programme.core.storage import StoredFile
from programme.extensions import Base
from programme.organisations.rules import company
from programme.organisations.rules.comparison import Difference, Written, differences
from programme.organisations.states import (
    PUBLIC_KINDS,
    ActorCategory,
    AnswerStatus,
    MembershipRole,
    MembershipState,
    OrganisationKind,
    OwnershipRequestState,
)


class Organisation(Base):
    """A legal person known by its SIRET (« organisme »): it owns applications, agreements and data sets."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("length(siret) = 14", name="siret_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    siret: Mapped[str] = mapped_column(String(14), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind))
    rna: Mapped[str | None] = mapped_column(String(10))
    address: Mapped[str | None] = mapped_column(String(300))
    city: Mapped[str | None] = mapped_column(String(100))
    territory_code: Mapped[str | None] = mapped_column(String(3))
    website: Mapped[str | None] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    representative_name: Mapped[str | None] = mapped_column(
        String(120), info=personal("Nommer qui signe pour l’organisme", basis=Basis.CONTRACT, months=120)
    )
    representative_title: Mapped[str | None] = mapped_column(String(120))
    vat_recoverable: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    categories: Mapped[list["OrganisationCategory"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="OrganisationCategory.category"
    )
    memberships: Mapped[list["Membership"]] = relationship(lazy="raise_on_sql", back_populates="organisation")
    registry_answer: Mapped["CompanyAnswer | None"] = relationship(
        primaryjoin="Organisation.siret == foreign(CompanyAnswer.siret)", viewonly=True, uselist=False,
        lazy="raise_on_sql",
    )  # fmt: skip

    @property
    def is_public_body(self) -> bool:
        """Whether it is a public-law person: the convention threshold of 23,000 € concerns the others."""
        return self.kind in PUBLIC_KINDS

    @property
    def siren(self) -> str:
        """The nine digits that name the undertaking."""
        return self.siret[:9]

    @property
    def registry_differences(self) -> list[Difference]:
        """Where what was written differs from what the registry said; its answer must have been loaded."""
        answer = self.registry_answer
        if answer is None or answer.company is None:
            return []
        return differences(Written(self.name, self.kind, self.city, self.territory_code), answer.company)


class CompanyAnswer(Base):
    """What the company registry last said of a SIRET (« réponse du registre »): a cache, which follows no act of a person.

    It is fresh for `FRESH`; it stays, with its date, for as long as an organisation has this SIRET.
    """

    __tablename__ = "company_answer"
    __table_args__ = (CheckConstraint("length(siret) = 14", name="siret_length"),)
    FRESH = timedelta(days=7)

    id: Mapped[int] = mapped_column(primary_key=True)
    siret: Mapped[str] = mapped_column(String(14), unique=True)
    status: Mapped[AnswerStatus] = mapped_column(enum_column(AnswerStatus))
    document: Mapped[dict[str, Any]] = mapped_column(
        JSONDocument,
        info=personal("Vérifier le nom d’un organisme, qui est parfois celui d’une personne", basis=Basis.PUBLIC_TASK),
    )
    fetched_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def company(self) -> company.Company | None:
        """The establishment; None when the registry does not know the number."""
        return company.read(self.document) if self.status is AnswerStatus.FOUND else None


class OrganisationCategory(Base):
    """A place of the organisation in the network (« catégorie d’acteur »)."""

    __tablename__ = "organisation_category"
    __table_args__ = (UniqueConstraint("organisation_id", "category"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    category: Mapped[ActorCategory] = mapped_column(enum_column(ActorCategory))


class Membership(Base):
    """A person acting for an organisation (« membre »)."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("organisation_id", "account_id"),
        Index("ix_membership_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[MembershipRole] = mapped_column(enum_column(MembershipRole))
    state: Mapped[MembershipState] = mapped_column(enum_column(MembershipState))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    # Days after which somebody was last reminded of a request that waits; it starts again with another request.
    reminded_days: Mapped[int] = mapped_column(default=0)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True, back_populates="memberships")
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Handover(Base):
    """The responsibility of an organisation given by one member to another (« transmission de responsabilité »).

    Who gave it may take it back for `UNDO`, unless either membership has changed since. `receiver_role` is what the
    other person was before, `giver_role` what the giver became, None when they left.
    """

    __tablename__ = "handover"
    UNDO = timedelta(days=7)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    giver_role: Mapped[MembershipRole | None] = mapped_column(enum_column(MembershipRole, "handover_giver_role"))
    receiver_role: Mapped[MembershipRole] = mapped_column(enum_column(MembershipRole, "handover_receiver_role"))
    handed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    receiver: Mapped[Account] = relationship(lazy="joined", innerjoin=True, foreign_keys=[receiver_id])


class OwnershipRequest(Base):
    """Somebody asks the Region to be responsible for an organisation whose owners are gone (« demande de responsabilité »).

    The owners may object until the end of `OBJECTION`, unless none of them can be reached. `proof` is read by the Region
    alone; `explanation` by the owners too.
    """

    __tablename__ = "ownership_request"
    __table_args__ = (
        CheckConstraint("(state IN ('granted','refused')) = (decided_at IS NOT NULL)", name="decided_iff_answered"),
        CheckConstraint("(decided_at IS NULL) = (reason IS NULL)", name="decided_with_reason"),
        CheckConstraint("state <> 'objected' OR objected_at IS NOT NULL", name="objected_by_somebody"),
        CheckConstraint("(objected_at IS NULL) = (objection IS NULL)", name="objection_says_why"),
        Index(
            "ix_ownership_request_one_open", "organisation_id", "account_id", unique=True,
            sqlite_where=text("state IN ('waiting', 'objected')"),
            postgresql_where=text("state IN ('waiting', 'objected')"),
        ),
        Index("ix_ownership_request_state_asked_at", "state", "asked_at"),
    )  # fmt: skip
    OBJECTION = timedelta(days=7)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    state: Mapped[OwnershipRequestState] = mapped_column(
        enum_column(OwnershipRequestState), default=OwnershipRequestState.WAITING
    )
    explanation: Mapped[str] = mapped_column(
        Text, info=personal("Décider qui devient responsable d’un organisme", months=60)
    )
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    objection: Mapped[str | None] = mapped_column(
        Text, info=personal("Entendre les responsables avant de décider", months=60)
    )
    objected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    objected_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(Text, info=not_personal("Motif écrit par la Région"))
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True, foreign_keys=[account_id])
    proof: Mapped[StoredFile | None] = relationship(lazy="joined")
