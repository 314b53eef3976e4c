"""Statements about questionnaires."""

from sqlalchemy import Select, select

from programme.questionnaires.models import FormDefinition


def latest(code: str) -> Select[FormDefinition]:
    """The newest version of a questionnaire."""
    return select(FormDefinition).where(FormDefinition.code == code).order_by(FormDefinition.version.desc()).limit(1)
