"""A WTForms class made at run time from the questions of a definition; its values, and the answers to store."""

from collections.abc import Iterable
from typing import Any, cast

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from programme.core.fields import ExactNumberField, ReckonedField
from programme.core.forms import BaseForm, DayField, LongTextField, MoneyField, TextField, at_most, options
from programme.questionnaires import documents
from programme.questionnaires.forms.answers import (
    PREFIX,
    answers_from,
    data_from,
    filled_rows,
    spare_rows,
    tied_titles,
    titles_of,
)
from programme.questionnaires.forms.parts import (
    DatasetRow,
    OrganisationForm,
    indicators_form,
    row_form,
    territory_form,
)
from programme.questionnaires.labels import YES_NO, file_limits, place
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import FieldKind
from programme.questionnaires.rules.validation import Missing

__all__ = [
    "PREFIX", "SENTENCES", "answers_from", "data_from", "filled_rows", "form_class", "sentence", "spare_rows",
    "tied_titles", "titles_of",
]  # fmt: skip

SENTENCES = {
    "missing": _l("Répondez à cette question."),
    "too_long": _l("Raccourcissez cette réponse."),
    "too_small": _l("Écrivez un nombre plus grand, au moins celui que l’appel demande."),
    "too_large": _l("Écrivez un nombre plus petit, au plus celui que l’appel accepte."),
    "too_many": _l("Gardez moins de lignes : cette réponse en a trop."),
    "unknown": _l("Choisissez une réponse de la liste."),
    "unreadable": _l("Cette réponse ne peut pas être lue : écrivez-la de nouveau."),
    "mismatch": _l("Le nom n’est pas celui de ce code : vérifiez l’un et l’autre."),
    "refused": _l("Cette réponse ne permet pas de continuer : relisez les conditions de l’appel."),
}
_IN_PART = {
    "missing": _l("Complétez cette réponse : %(place)s."),
    "too_long": _l("Raccourcissez cette réponse : %(place)s."),
    "unknown": _l("Choisissez dans la liste : %(place)s."),
    "unreadable": _l("Écrivez de nouveau : %(place)s."),
    "mismatch": _l("Le nom n’est pas celui de ce code : vérifiez l’un et l’autre."),
}
"""The same sentences when only a part of the answer is at fault."""


def sentence(missing: Missing) -> str:
    """What to do about a missing or wrong answer, and where in it."""
    if missing.part:
        return str(_IN_PART[missing.code]) % {"place": place(missing)}
    return missing.own_words or str(SENTENCES[missing.code])


def form_class(questions: Iterable[Question], base: type[BaseForm] = BaseForm) -> type[BaseForm]:
    """A form with one field a question. Nothing is required here: a draft is kept as far as it goes."""
    return cast(type[BaseForm], type("QuestionsForm", (base,), {PREFIX + each.key: _field(each) for each in questions}))


def _field(question: Question) -> Any:
    make = _MADE.get(question.kind)
    return _choice(question) if make is None else make(question, question.label, question.hint)


def _choice(question: Question) -> Any:
    if question.kind is FieldKind.CHOICES:
        return wtforms.SelectMultipleField(
            question.label, choices=options(question.options), description=question.hint,
            option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
        )  # fmt: skip
    answers = YES_NO if question.kind is FieldKind.YES_NO else dict(question.options)
    return wtforms.RadioField(
        question.label, choices=options(answers), validators=[Optional()], description=question.hint,
        validate_choice=True,
    )  # fmt: skip


def _long(question: Question, label: str, hint: str) -> Any:
    rows = 8 if question.kind is FieldKind.MARKDOWN else 5
    return LongTextField(
        label, [Optional(), at_most(question.max_length)], description=hint, render_kw={"rows": rows}
    )  # fmt: skip


def _number(question: Question, label: str, hint: str) -> Any:
    return ExactNumberField(
        label, [Optional()], description=hint, decimals=question.decimals, unit=question.unit
    )  # fmt: skip


def _rows(form: type[wtforms.Form], question: Question) -> Any:
    return wtforms.FieldList(
        wtforms.FormField(form), label=question.label, description=question.hint, max_entries=question.max_rows
    )


def _reckoned(question: Question, label: str, hint: str) -> Any:
    def words(value: Any) -> str:
        return documents.in_words(question, value) or _("pas encore")

    return ReckonedField(label, description=hint, words=words)


def _file(question: Question, label: str, hint: str) -> Any:
    """The file is a piece, handed in by its own control: the form shows what came and reads nothing of it."""

    def words(value: Any) -> str:
        return documents.in_words(question, value) or _("pas encore joint")

    return ReckonedField(label, description=f"{hint} {file_limits(question)}".strip(), words=words)


_MADE: dict[FieldKind, Any] = {
    FieldKind.TEXT: lambda q, label, hint: TextField(label, [Optional(), at_most(q.max_length)], description=hint),
    FieldKind.LONG_TEXT: _long,
    FieldKind.MARKDOWN: _long,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: lambda _q, label, hint: MoneyField(label, [Optional()], description=hint),
    FieldKind.DAY: lambda _q, label, hint: DayField(label, [Optional()], description=hint),
    FieldKind.TABLE: lambda q, _label, _hint: _rows(row_form(q), q),
    FieldKind.DATASETS: lambda q, _label, _hint: _rows(DatasetRow, q),
    FieldKind.CALCULATED: _reckoned,
    FieldKind.FILE: _file,
    FieldKind.TERRITORY: lambda q, label, hint: wtforms.FormField(territory_form(q), label=label, description=hint),
    FieldKind.ORGANISATION: lambda _q, label, hint: wtforms.FormField(OrganisationForm, label=label, description=hint),
    FieldKind.INDICATORS: lambda q, label, hint: wtforms.FormField(indicators_form(q), label=label, description=hint),
}
