"""Publishing a version of a questionnaire."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from programme.extensions import db
from programme.questionnaires import queries
from programme.questionnaires.models import FormDefinition
from programme.questionnaires.rules.columns import Measure
from programme.questionnaires.rules.fields import questions_from
from programme.strategy import queries as strategy


def publish(code: str, title: str, questions: Sequence[dict[str, Any]], *, at: datetime) -> FormDefinition:
    """Add a version; the former ones stay with the applications that answered them.

    Raises:
        ValueError: a question is malformed.
    """
    settled = _settled(questions)
    former = db.session.scalars(queries.latest(code)).one_or_none()
    definition = FormDefinition(
        code=code, title=title, questions_json=settled, version=1 if former is None else former.version + 1,
        created_at=at,
    )  # fmt: skip
    db.session.add(definition)
    return definition


def rewrite(definition: FormDefinition, questions: Sequence[dict[str, Any]]) -> None:
    """Change the questions of a version that nobody answers yet: that of a call that is not published.

    Raises:
        ValueError: a question is malformed.
    """
    definition.questions_json = _settled(questions)


def _settled(questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stored forms, each in its one way of writing; an indicator of the strategy takes its label and unit of the day with it."""
    read = questions_from(questions)
    written = [each.to_json() for each in read]
    unnamed = {one.code for each in read for one in each.indicators if not one.label}
    if not unnamed:
        return written
    named = {each.code: each for each in db.session.scalars(strategy.indicators()) if each.code in unnamed}
    if unknown := unnamed - named.keys():
        raise ValueError(f"no indicator of the strategy has this code: {', '.join(sorted(unknown))}")
    return [_with_labels(each, named) if "indicators" in each else each for each in written]


def _with_labels(question: dict[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """The question with the label and the unit of each indicator that says none."""
    found = []
    for each in map(Measure.from_json, question["indicators"]):
        own = named.get(each.code) if not each.label else None
        found.append((each if own is None else Measure(each.code, own.label, each.unit or own.unit)).to_json())
    return {**question, "indicators": found}
