"""What was said before each correction that the Region asked for: the file shows it beside what is said now."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from programme.applications.models import Application
from programme.core.clock import local_day
from programme.core.i18n import date_short
from programme.questionnaires import documents
from programme.questionnaires.documents import Answer


@dataclass(frozen=True)
class FormerBudget:
    """A budget as it was until a day (`reopening.budget_of`)."""

    day: date
    budget: dict[str, Any]


def _corrections(application: Application) -> Iterator[tuple[date, dict[str, Any], dict[str, Any]]]:
    """The requests that were answered and opened more than pieces, the last one first: its day, before, after."""
    if application.submitted_at is None:
        return  # Nobody asks anything of a draft.
    for each in reversed(application.info_requests):
        if each.answered_at is not None and each.before is not None:
            yield local_day(each.answered_at), each.before, each.written or {}


def former_budgets(application: Application) -> list[FormerBudget]:
    """The budgets that corrections replaced, the last one first."""
    return [
        FormerBudget(day, before["budget"])
        for day, before, after in _corrections(application)
        if "budget" in after and after["budget"] != before["budget"]
    ]


def printed_answers(application: Application) -> list[Answer]:
    """The questions that are asked, with the answers in words, each with what was said before it was corrected."""
    asked = application.answered_questions
    questions = {each.key: each for each in application.form_definition.questions}
    former: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for day, before, after in _corrections(application):
        for key, answer in after.get("answers", {}).items():
            said = before["answers"].get(key)
            if key in questions and said != answer:
                words = documents.in_words(questions[key], said) or _("(vide)")
                former[key].append((date_short(day), words))
    return [
        replace(each, former=former[question.key]) if question.key in former else each
        for (question, _answer), each in zip(asked, documents.printed(asked), strict=True)
    ]
