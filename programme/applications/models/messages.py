"""Tables of the thread of messages between a carrier and the Region, and of the printed file."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.accounts.models import Account
from programme.applications.states import MessageSide
from programme.core.columns import UTCDateTime, enum_column
from programme.core.jobs import Job, JobState
from programme.core.personal_data import Basis, Fate, personal
from programme.core.storage import StoredFile
from programme.extensions import Base

_SAID = personal("Échanger sur un dossier", basis=Basis.PUBLIC_TASK, months=120, fate=Fate.ARCHIVED)


class Message(Base):
    """What one side writes to the other on a file, or a note that the Region keeps for itself (« message du dossier »).

    Nothing changes it once it is sent: a correction is another message. Just sent and not yet read by anybody else, its author may take
    it back: its words go, its place stays. `waits_for` is the side that owes it an answer, until it is settled.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("author_id", "nonce"),
        CheckConstraint("side = 'region' OR NOT is_internal", name="notes_are_the_regions"),
        CheckConstraint("waits_for IS NULL OR (waits_for <> side AND NOT is_internal)", name="waits_for_the_other"),
        CheckConstraint("withdrawn_at IS NULL OR (text = '' AND waits_for IS NULL)", name="nothing_left_if_withdrawn"),
        Index("ix_message_application_id_id", "application_id", "id"),
        # A few files wait for an answer among all those that ever were; the lists filter and sort within it.
        Index("ix_message_side_sent_at", "side", "sent_at"),
        Index("ix_message_waits_for", "waits_for", "application_id", "answer_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    side: Mapped[MessageSide] = mapped_column(enum_column(MessageSide))
    is_internal: Mapped[bool] = mapped_column(default=False)
    nonce: Mapped[str] = mapped_column(String(43))
    text: Mapped[str] = mapped_column(Text, info=_SAID)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    waits_for: Mapped[MessageSide | None] = mapped_column(enum_column(MessageSide, "waitingside"))
    answer_by: Mapped[date | None]
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    announced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    author: Mapped[Account] = relationship(lazy="raise_on_sql")
    files: Mapped[list["MessageFile"]] = relationship(
        lazy="raise_on_sql",
        order_by="MessageFile.id",
        cascade="all, delete-orphan",
        foreign_keys="MessageFile.message_id",
    )


class MessageDraft(Base):
    """What a person is writing in the thread of a file and has not sent (« message en cours »): one for each audience."""

    __tablename__ = "message_draft"
    __table_args__ = (UniqueConstraint("application_id", "author_id", "is_internal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    is_internal: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text, default="", info=_SAID)
    awaits_answer: Mapped[bool] = mapped_column(default=False)
    answer_by: Mapped[date | None]
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    files: Mapped[list["MessageFile"]] = relationship(
        lazy="raise_on_sql", order_by="MessageFile.id", foreign_keys="MessageFile.draft_id", passive_deletes=True
    )


class MessageFile(Base):
    """A file joined to a message or to one being written (« pièce jointe »)."""

    __tablename__ = "message_file"
    __table_args__ = (CheckConstraint("(message_id IS NULL) <> (draft_id IS NULL)", name="of_one_message"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("message_draft.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
    message: Mapped[Message | None] = relationship(lazy="raise_on_sql", foreign_keys=[message_id], viewonly=True)


class MessageRead(Base):
    """How far a person has read the thread of a file (« lecture des messages »)."""

    __tablename__ = "message_read"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True,
        info=personal("Montrer ce qui reste à lire", months=120),
    )  # fmt: skip
    last_id: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FilePrint(Base):
    """The whole file as one PDF (« impression du dossier »), kept until the file changes: `digest` is that of what it says."""

    __tablename__ = "file_print"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    job: Mapped[Job | None] = relationship(lazy="joined")
    file: Mapped[StoredFile | None] = relationship(lazy="joined")

    @property
    def is_pending(self) -> bool:
        """Whether the worker has still to make it."""
        return self.file_id is None and self.job is not None and self.job.state in (JobState.QUEUED, JobState.RUNNING)
