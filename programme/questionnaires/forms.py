"""A WTForms class made at run time from the questions of a definition."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from programme.core.forms import BaseForm, DayField, LongTextField, MoneyField, NumberField, TextField, at_most, options
from programme.questionnaires.rules.fields import FieldKind, Question
from programme.questionnaires.rules.validation import Missing

PREFIX = "q_"
SENTENCES = {
    "missing": _l("Répondez à cette question."),
    "too_long": _l("Raccourcissez cette réponse."),
    "too_small": _l("Écrivez un nombre plus grand, au moins celui que l’appel demande."),
    "unknown": _l("Choisissez une réponse de la liste."),
    "unreadable": _l("Cette réponse ne peut pas être lue : écrivez-la de nouveau."),
    "refused": _l("Cette réponse ne permet pas de continuer : relisez les conditions de l’appel."),
}


def sentence(missing: Missing) -> str:
    """What to do about a missing or wrong answer."""
    own = missing.question.refusal if missing.code in ("refused", "too_small") else ""
    return own or str(SENTENCES[missing.code])


def form_class(questions: Iterable[Question], base: type[BaseForm] = BaseForm) -> type[BaseForm]:
    """A form with one field a question. Nothing is required here: a draft is kept as far as it goes."""
    return cast(type[BaseForm], type("QuestionsForm", (base,), {PREFIX + each.key: _field(each) for each in questions}))


def _field(question: Question) -> Any:
    label, hint = question.label, question.hint
    if question.kind is FieldKind.TEXT:
        return TextField(label, [Optional(), at_most(question.max_length)], description=hint)
    if question.kind is FieldKind.LONG_TEXT:
        return LongTextField(label, [Optional(), at_most(question.max_length)], description=hint, render_kw={"rows": 5})
    if question.kind is FieldKind.NUMBER:
        return NumberField(label, [Optional()], description=hint, render_kw={"inputmode": "numeric"})
    if question.kind is FieldKind.MONEY:
        return MoneyField(label, [Optional()], description=hint)
    if question.kind is FieldKind.DAY:
        return DayField(label, [Optional()], description=hint)
    if question.kind is FieldKind.CHOICES:
        return wtforms.SelectMultipleField(
            label, choices=options(question.options), description=hint,
            option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
        )  # fmt: skip
    answers = [("yes", _("Oui")), ("no", _("Non"))] if question.kind is FieldKind.YES_NO else question.options
    return wtforms.RadioField(
        label, choices=options(answers), validators=[Optional()], description=hint, validate_choice=True
    )


def data_from(answers: Mapping[str, Any], questions: Iterable[Question]) -> dict[str, Any]:
    """The stored answers, as values of the form's fields."""
    return {PREFIX + each.key: _value(each.kind, answers.get(each.key)) for each in questions}


def _value(kind: FieldKind, answer: Any) -> Any:
    if answer in (None, ""):
        return None
    if kind is FieldKind.MONEY:
        return Decimal(str(answer))
    return date.fromisoformat(answer) if kind is FieldKind.DAY else answer


def answers_from(form: BaseForm, questions: Iterable[Question]) -> dict[str, Any]:
    """The answers to store: plain JSON values; None for an emptied one, nothing for one that cannot be read."""
    found: dict[str, Any] = {}
    for question in questions:
        field = form[PREFIX + question.key]
        if not field.errors:
            empty = field.data in (None, "", [])
            found[question.key] = (
                None if empty else str(field.data) if isinstance(field.data, Decimal | date) else field.data
            )
    return found
