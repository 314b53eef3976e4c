"""The table of questionnaires."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from programme.core.columns import JSONDocument, UTCDateTime
from programme.extensions import Base
from programme.questionnaires.rules.fields import Question, questions_from


class FormDefinition(Base):
    """One version of a questionnaire (« questionnaire »); a published version never changes, a new one is added."""

    __tablename__ = "form_definition"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    questions_json: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    _read = cast(Any, None)
    """The stored form that was read last, and what it holds: a page asks for the questions many times."""

    @property
    def questions(self) -> list[Question]:
        """The questions, in order."""
        if self._read is None or self._read[0] is not self.questions_json:
            self._read = (self.questions_json, questions_from(self.questions_json))
        return list(self._read[1])
