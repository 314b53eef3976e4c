"""Publishing a version of a questionnaire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from programme.extensions import db
from programme.questionnaires import queries
from programme.questionnaires.models import FormDefinition
from programme.questionnaires.rules.fields import questions_from


def publish(code: str, title: str, questions: Sequence[dict[str, Any]], *, at: datetime) -> FormDefinition:
    """Add a version; the former ones stay with the applications that answered them.

    Raises:
        ValueError: a question is malformed.
    """
    questions_from(questions)
    former = db.session.scalars(queries.latest(code)).one_or_none()
    definition = FormDefinition(
        code=code, title=title, questions_json=list(questions), version=1 if former is None else former.version + 1,
        created_at=at,
    )  # fmt: skip
    db.session.add(definition)
    return definition
