"""The table of the files, and what is known of a file before and after its row."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from programme.core.columns import JSONDocument, UTCDateTime, enum_column
from programme.core.personal_data import not_personal
from programme.core.storage.content import ACCEPTED
from programme.extensions import Base


class ScanState(StrEnum):
    """What is known of a file's harmlessness. Only `pending` ever changes: to `safe` or to `infected`."""

    PENDING = "pending"
    SAFE = "safe"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"
    OURS = "ours"


class StoredFile(Base):
    """A file kept in the store (« fichier »): its random key, the name the person gave, its size and SHA-256."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_scan", "scan"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(43), unique=True, default=lambda: secrets.token_urlsafe(24))
    key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(255), info=not_personal("Nom de fichier donné par la personne"))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    scan: Mapped[ScanState] = mapped_column(enum_column(ScanState), default=ScanState.NOT_SCANNED)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @property
    def kind(self) -> str:
        """The type in words."""
        return ACCEPTED.get(self.media_type, self.media_type)

    @property
    def is_infected(self) -> bool:
        """Whether the antivirus found something: nobody opens it any more."""
        return self.scan is ScanState.INFECTED

    @property
    def is_withheld(self) -> bool:
        """Whether those who read the file of others may not open it: not analysed yet, or infected."""
        return self.scan in (ScanState.PENDING, ScanState.INFECTED)

    @property
    def scan_words(self) -> str:
        """What the page says of the analysis; nothing when there is nothing to say."""
        words = {
            ScanState.PENDING: _("analyse en cours"),
            ScanState.INFECTED: _("fichier infecté, retiré"),
            ScanState.NOT_SCANNED: _("non analysé"),
        }
        return str(words.get(self.scan, ""))


class PartialFile(Base):
    """A file on its way (« envoi en cours »): what came of it lies in the store in parts, under `parts`, in order.

    `place` is where it will stand (« piece:12 »): one person sends one file at a time to it. `stamp` is when the file was
    last changed on the sender's device: the same name, size and stamp is the same file, which goes on where it was.
    """

    __tablename__ = "partial_file"
    __table_args__ = (
        UniqueConstraint("account_id", "place"),
        CheckConstraint("received >= 0 AND received <= size", name="no_more_than_said"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(43), unique=True, default=lambda: secrets.token_urlsafe(24))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(255), info=not_personal("Nom de fichier donné par la personne"))
    stamp: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    parts: Mapped[list[str]] = mapped_column(JSONDocument, default=list)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True)
class Written:
    """A file safely in the store and not yet in the database."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str
