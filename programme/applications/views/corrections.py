"""What the page of an answer to the Region lets one correct: the questions that it opens again, the budget, the dates of pieces."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, cast

from flask import request
from flask_babel import gettext as _

from programme.applications import services
from programme.applications.forms import AnswerForm, BudgetForm, blank_rows
from programme.applications.models import Application, BudgetLine, FundingSource, InfoRequest
from programme.applications.views import dates
from programme.applications.views.own import plan_of
from programme.applications.views.questions import added_table, catalogued, shown, titles, wanted_rows
from programme.applications.views.tables import budget_data, budget_rows
from programme.core.forms import BaseForm
from programme.questionnaires import documents
from programme.questionnaires.forms import answers_from, data_from, filled_rows, form_class, spare_rows
from programme.questionnaires.rules.kinds import UNTYPED, FieldKind

_ADDED = {"add_line": "lines", "add_source": "sources"}


class _WithBudget(AnswerForm, BudgetForm):
    """The words of the answer, and the budget."""


def read(application: Application, *, every: bool = False) -> Any:
    """The form of what the last request opens, and of nothing else, as it is kept or sent.

    `every`: also the questions that the page which is sent did not show yet, since an answer of it opens them.
    """
    made, opened = application.info_requests[-1], services.reopened(application.info_requests[-1])
    pieces, questions = services.reopened_pieces(application), services.reopened_questions(application)
    questions = questions if every else shown(questions)
    base = dates.with_dates(_WithBudget if opened.budget else AnswerForm, pieces)
    data = {
        "answer": made.answer, "version": application.version, **dates.saved(pieces),
        **data_from({**application.answers_to(questions), **services.corrected_answers(made)}, questions),
        **(budget_data(*_rows(application, made)) if opened.budget else {}),
    }  # fmt: skip
    form = cast(Any, form_class(questions, base)(request.form, data=data))
    form.questions = questions
    return form


def _rows(
    application: Application, made: InfoRequest
) -> tuple[Sequence[BudgetLine], Sequence[FundingSource], Decimal | None]:
    """The budget as it is being corrected."""
    return services.rows_of((made.written or {}).get("budget") or services.budget_of(application))


def written(application: Application, form: Any) -> dict[str, Any]:
    """What of the form replaces what was said: the answers that can be read, the budget."""
    made, found = application.info_requests[-1], {}
    if form.questions:
        given = answers_from(form, form.questions, catalogued(application, form))
        found["answers"] = {**services.corrected_answers(made), **given}
    if "lines" in form:
        found["budget"] = _budget(form, *_rows(application, made))
    return found


def _budget(
    form: Any, lines: Sequence[BudgetLine], sources: Sequence[FundingSource], requested: Decimal | None
) -> dict[str, Any]:
    rows: list[BudgetLine | FundingSource] = [*lines, *sources]
    expenses, fundings = budget_rows(form, {each.label: each.amount for each in rows})
    asked = requested if form.requested.errors else form.requested.data
    return {
        "requested": None if asked is None else f"{asked:.2f}",
        "lines": [[label, category.value, f"{amount:.2f}"] for label, category, amount in expenses],
        "sources": [[label, kind.value, state.value, f"{amount:.2f}"] for label, kind, state, amount in fundings],
    }


def conflict(application: Application, form: Any) -> list[tuple[str, str]]:
    """What a colleague saved where it differs from what was typed: (question, saved answer in words)."""
    saved = {**application.answers, **services.corrected_answers(application.info_requests[-1])}
    typed = answers_from(form, form.questions, catalogued(application, form))
    return [
        (each.label, documents.in_words(each, saved.get(each.key)) or _("(vide)"))
        for each in form.questions
        if each.kind not in UNTYPED and each.key in typed and typed[each.key] != saved.get(each.key)
    ]


def added(form: Any) -> dict[str, Any]:
    """Where « Ajouter une ligne » leads without script: the address of the page with one more row; empty when it was not pressed."""
    if table := added_table(form):
        return {table: filled_rows(form[table]) + 1, "_anchor": table}
    name = _ADDED.get(request.form.get("action", ""), "")
    return {name: len(form[name]) + 1, "_anchor": name} if name and name in form else {}


def context(application: Application, form: Any) -> dict[str, Any]:
    """What the page shows of it: the questions under their sections, the budget with its sums."""
    spare_rows(form, form.questions, wanted_rows(form))
    kept = {**application.answers, **services.corrected_answers(application.info_requests[-1])}
    found: dict[str, Any] = {
        "questions": form.questions,
        "sections": [(title, list(group)) for title, group in groupby(form.questions, key=lambda each: each.section)],
        "totals": {each.key: documents.totals(each, kept.get(each.key)) for each in form.questions},
        "known": titles() if any(each.kind is FieldKind.DATASETS for each in form.questions) else None,
    }
    if "lines" in form:
        for name, least in (("lines", 1), ("sources", 1)):
            blank_rows(form[name], max(request.args.get(name, 0, type=int), least))
        found["plan"] = plan_of(application, *_rows(application, application.info_requests[-1]))
    return found


def said_of_sending(form: BaseForm) -> None:
    """Nothing written yet is a fault only of a sending."""
    if not cast(Any, form).answer.data:
        cast(Any, form).answer.errors = []
