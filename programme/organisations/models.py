"""Tables of the network."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.accounts.models import Account
from programme.core.columns import UTCDateTime, enum_column
from programme.core.personal_data import Basis, personal
from programme.extensions import Base
from programme.organisations.states import (
    PUBLIC_KINDS,
    ActorCategory,
    MembershipRole,
    MembershipState,
    OrganisationKind,
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

    @property
    def is_public_body(self) -> bool:
        """Whether it is a public-law person: the convention threshold of 23,000 € concerns the others."""
        return self.kind in PUBLIC_KINDS

    @property
    def siren(self) -> str:
        """The nine digits that name the undertaking."""
        return self.siret[:9]


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
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True, back_populates="memberships")
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
