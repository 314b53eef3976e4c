"""What of a file goes into another one: answers whose question still stands, pieces that are still good. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from programme.core.periods import add_months
from programme.questionnaires.rules import validation, values
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import UNTYPED

CANNOT_HOLD = frozenset({"unknown", "unreadable", "too_many"})
"""Faults that the field of the new question could not even show; with the others the applicant mends what they see."""


@dataclass(frozen=True)
class Left:
    """One thing that could not be taken up: why, as a code of `labels.LEFT`, and which, as the applicant read it."""

    code: str
    label: str = ""


def answers(
    former: Iterable[Question], given: Mapping[str, Any], asked: Iterable[Question]
) -> tuple[dict[str, Any], list[Left]]:
    """The answers that the new questionnaire can hold, and why the others stay behind. What is reckoned is reckoned anew, files are pieces."""
    wanted = {each.key: each for each in asked}
    kept: dict[str, Any] = {}
    left = []
    for question in former:
        answer = given.get(question.key)
        if question.kind in UNTYPED or values.is_empty(answer):
            continue
        reason = _reason(question, wanted.get(question.key), answer)
        if reason is None:
            kept[question.key] = answer
        else:
            left.append(Left(reason, question.label))
    return kept, left


def _reason(question: Question, wanted: Question | None, answer: Any) -> str | None:
    if wanted is None:
        return "question_gone"
    if wanted.kind is not question.kind:
        return "question_changed"
    return "answer_unfit" if validation.fault(wanted, answer) in CANNOT_HOLD else None


def shared(former: Iterable[Question], given: Mapping[str, Any], asked: Iterable[Question]) -> int:
    """How many answers the other questionnaire would hold: what makes one call fit for a file of another."""
    return len(answers(former, given, asked)[0])


def is_too_old(provided_on: date, valid_months: int | None, today: date) -> bool:
    """Whether a piece given that day is over the age that the call accepts; the day of its limit still counts."""
    return valid_months is not None and add_months(provided_on, valid_months) < today
