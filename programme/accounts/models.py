"""Tables of the people."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from programme.accounts.states import AccountState, LinkPurpose, Role
from programme.core.columns import UTCDateTime, enum_column
from programme.core.identifiers import fold
from programme.core.personal_data import Basis, personal
from programme.extensions import Base


class Account(Base):
    """A person who can sign in (« compte »)."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("(state = 'unconfirmed') = (confirmed_at IS NULL)", name="confirmed_iff_past_unconfirmed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(
        String(254),
        unique=True,
        info=personal("Se connecter et recevoir les réponses de la Région", basis=Basis.CONTRACT),
    )
    display_name: Mapped[str] = mapped_column(
        String(120), info=personal("Savoir qui agit dans un dossier", basis=Basis.CONTRACT)
    )
    sort_name: Mapped[str] = mapped_column(
        String(160), index=True, info=personal("Chercher et ranger les comptes par nom", basis=Basis.CONTRACT)
    )
    password_hash: Mapped[str | None] = mapped_column(
        String(200), info=personal("Vérifier le mot de passe (empreinte seule)", basis=Basis.CONTRACT)
    )
    state: Mapped[AccountState] = mapped_column(enum_column(AccountState), default=AccountState.UNCONFIRMED)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    grants: Mapped[list["RoleGrant"]] = relationship(
        lazy="selectin", foreign_keys="RoleGrant.account_id", cascade="all, delete-orphan"
    )

    @validates("display_name")
    def _keep_sort_name(self, _column: str, name: str) -> str:
        """The name without accents or capitals follows the shown one: both engines search and sort alike."""
        self.sort_name = fold(name)[:160]
        return name

    @property
    def roles(self) -> frozenset[Role]:
        """The staff roles held."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def is_staff(self) -> bool:
        """Whether any staff role is held."""
        return bool(self.grants)

    @property
    def is_active(self) -> bool:
        """For the sign-in extension: only a confirmed, open account has a session."""
        return self.state is AccountState.ACTIVE

    @property
    def is_authenticated(self) -> bool:
        """For the sign-in extension: an account is somebody."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """For the sign-in extension."""
        return False

    def get_id(self) -> str:
        """For the sign-in extension: what the session keeps."""
        return str(self.id)

    def has_role(self, *roles: Role) -> bool:
        """Whether at least one of the roles is held."""
        return not self.roles.isdisjoint(roles)


class RoleGrant(Base):
    """A staff role given to an account (« habilitation »)."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("account_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class EmailLink(Base):
    """A one-use link sent by mail (« lien à usage unique »), known by the digest of its token."""

    __tablename__ = "email_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
