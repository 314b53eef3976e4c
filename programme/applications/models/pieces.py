"""The tables of pieces: what is owed, what is held, and what was held before."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.applications.states import PieceState
from programme.calls.models import RequiredDocument
from programme.core.columns import UTCDateTime, enum_column
from programme.core.storage import ACCEPTED, MAX_BYTES, StoredFile
from programme.extensions import Base
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.formats import types_of

if TYPE_CHECKING:
    from programme.applications.models import Application


class Piece(Base):
    """A document that the application owes or holds (« pièce »): one that the call expects, or the file of a question.

    What is expected reads the same for both: `label`, `hint`, `is_mandatory`… The row of a question stays while a
    condition hides it, and `Application.asked_pieces` leaves it out: its file is there if the answer comes back.
    """

    __tablename__ = "piece"
    __table_args__ = (
        UniqueConstraint("application_id", "required_document_id"),
        UniqueConstraint("application_id", "question_key"),
        CheckConstraint("(required_document_id IS NULL) <> (question_key IS NULL)", name="of_document_or_question"),
        CheckConstraint("(state = 'expected') = (file_id IS NULL)", name="file_unless_expected"),
        CheckConstraint("redacted_id IS NULL OR file_id IS NOT NULL", name="redacted_copy_of_a_file"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    required_document_id: Mapped[int | None] = mapped_column(ForeignKey("required_document.id"))
    question_key: Mapped[str | None] = mapped_column(String(40))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    redacted_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[PieceState] = mapped_column(enum_column(PieceState), default=PieceState.EXPECTED)
    note: Mapped[str | None] = mapped_column(Text)
    provided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The day that the document bears (« datée du »), said by the applicant where the call limits its age.
    dated_on: Mapped[date | None]
    application: Mapped["Application"] = relationship(lazy="raise_on_sql", back_populates="pieces")
    required_document: Mapped[RequiredDocument | None] = relationship(lazy="joined")
    file: Mapped[StoredFile | None] = relationship(lazy="joined", foreign_keys=[file_id])
    # The copy without names that blind readers get (« version caviardée »): of this very file, so a new file ends it.
    redacted: Mapped[StoredFile | None] = relationship(lazy="joined", foreign_keys=[redacted_id])

    @property
    def question(self) -> Question | None:
        """The question that asks for it, as the application's own questionnaire has it, if one does."""
        if self.question_key is None:
            return None
        return next(each for each in self.application.form_definition.questions if each.key == self.question_key)

    @property
    def _expected(self) -> RequiredDocument | Question:
        found = self.required_document or self.question
        assert found is not None  # A CHECK holds it.
        return found

    @property
    def code(self) -> str:
        """What names it among those of the application."""
        return self.question_key or (self.required_document.code if self.required_document else "")

    @property
    def label(self) -> str:
        """What is asked, in words."""
        return self._expected.label

    @property
    def hint(self) -> str:
        """What it must show."""
        return self._expected.hint

    @property
    def is_mandatory(self) -> bool:
        """Whether the application cannot be handed in without it."""
        asked = self._expected
        return asked.required if isinstance(asked, Question) else asked.is_mandatory

    @property
    def valid_months(self) -> int | None:
        """How old it may be on the day of the deposit; a question does not say."""
        return None if self.required_document is None else self.required_document.valid_months

    @property
    def is_confidential(self) -> bool:
        """Whether the Region alone opens it, never those who evaluate."""
        return self.question is not None and self.question.confidential

    @property
    def bears_identity(self) -> bool:
        """Whether it says who carries the project, so that a blind reading withholds it whatever was taken out of it."""
        return self.question is not None and self.question.identity_bearing

    @property
    def accepted(self) -> tuple[str, ...]:
        """The media types that its file may have."""
        return tuple(ACCEPTED) if self.question is None else types_of(self.question.formats)

    @property
    def max_bytes(self) -> int:
        """What its file may weigh."""
        return MAX_BYTES if self.question is None else self.question.max_megabytes * 1024 * 1024

    @property
    def as_answer(self) -> dict[str, Any] | None:
        """What its question is told of the file; nothing without one, or of one in which the antivirus found something."""
        if self.file is None or self.file.is_infected:
            return None
        return {"name": self.file.name, "size": self.file.size, "sha256": self.file.sha256}


class PieceVersion(Base):
    """A file that was handed in and that another one replaced (« version remplacée »): it can still be read."""

    __tablename__ = "piece_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    provided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    replaced_at: Mapped[datetime] = mapped_column(UTCDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    piece: Mapped[Piece] = relationship(lazy="raise_on_sql")
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
