"""Whether answers are acceptable: the same pure rule while one types, at submission, and years later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from programme.questionnaires.rules.fields import FieldKind, Question, asked


@dataclass(frozen=True)
class Missing:
    """One question whose answer is missing or wrong; `code` says why, `question` which."""

    question: Question
    code: str


def check(questions: Iterable[Question], answers: Mapping[str, Any], context: Mapping[str, Any]) -> list[Missing]:
    """What is missing or wrong in a complete set of answers. `context` holds what conditions may ask besides."""
    judged = ((each, fault(each, answers.get(each.key))) for each in asked(questions, answers, context))
    return [Missing(question, code) for question, code in judged if code is not None]


def fault(question: Question, answer: Any) -> str | None:
    """Why this answer is not acceptable; None when it is.

    One of `missing`, `refused`, `too_long`, `too_small`, `unknown`, `unreadable`.
    """
    if answer in (None, "", []):
        return "missing" if question.required else None
    if question.must_be is not None and answer != question.must_be:
        return "refused"
    if question.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT):
        return "too_long" if len(str(answer)) > question.max_length else None
    if question.kind is FieldKind.YES_NO:
        return None if answer in ("yes", "no") else "unknown"
    if question.kind is FieldKind.CHOICE:
        return None if answer in dict(question.options) else "unknown"
    if question.kind is FieldKind.CHOICES:
        return None if set(answer) <= set(dict(question.options)) else "unknown"
    if not _readable(question.kind, answer):
        return "unreadable"
    return "too_small" if question.minimum is not None and Decimal(str(answer)) < question.minimum else None


def _readable(kind: FieldKind, answer: Any) -> bool:
    try:
        if kind is FieldKind.DAY:
            date.fromisoformat(str(answer))
        elif kind is FieldKind.NUMBER:
            int(str(answer))
        else:
            Decimal(str(answer))
    except (ValueError, InvalidOperation):
        return False
    return True


def kept(questions: Iterable[Question], answers: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the questions that are asked: what a condition hides does not count."""
    return {each.key: answers[each.key] for each in asked(questions, answers, context) if each.key in answers}
