"""The rows in which a condition is written, whether it shows a question or makes a project eligible: words, not codes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.calls.forms.rows import RowForm
from programme.core.forms import LongTextField, NestedForm, TextField, at_most, options
from programme.core.identifiers import fold
from programme.questionnaires.rules import gazetteer, wording
from programme.questionnaires.rules.conditions import Comparison, Condition, Group, How, Joined, condition_from
from programme.questionnaires.rules.kinds import Level
from programme.questionnaires.rules.territories import clean, is_code

Item = Mapping[str, Any]
COMPARISONS = 4
HOWS = {
    How.IS: _l("est"), How.IS_NOT: _l("n’est pas"), How.ONE_OF: _l("est l’un de"), How.AT_LEAST: _l("est au moins"),
    How.AT_MOST: _l("est au plus"), How.ANSWERED: _l("est rempli"),
}  # fmt: skip


@dataclass(frozen=True)
class Askable:
    """What a condition may ask: its key, its words, and the answers (code, label) when they are a list."""

    key: str
    label: str
    answers: tuple[tuple[str, str], ...] = ()
    is_ordered: bool = False
    """Whether it is a number, an amount or a day: these are compared by their size."""
    levels: tuple[Level, ...] = ()
    """The scales of the places that it may be compared with, when it is a territory: its own and the wider ones."""

    def words(self, values: Sequence[str], *, several: bool) -> str:
        """What it is compared with, as `read` takes it."""
        labels = {code: str(label) for code, label in self.answers}
        said = [gazetteer.called(each) if self.levels else labels.get(each, each) for each in values]
        return wording.enumerated(said, labels.values()) if several else "".join(said)

    def read(self, typed: str, *, several: bool) -> list[str]:
        """The values that are typed, as they are stored.

        Raises:
            ValueError: what names no answer or no place, or more than one place; its text is that part.
        """
        if self.answers:
            by_label = {fold(str(label)): code for code, label in self.answers if label}
            return wording.chosen(
                typed, {fold(code): code for code, _label in self.answers} | by_label, several=several
            )
        parts = wording.listed(typed) if several else [typed]
        return [self._place(each) for each in parts] if self.levels else parts

    def _place(self, typed: str) -> str:
        found = gazetteer.named(typed, self.levels)
        if len(found) == 1:
            return found[0].code
        # A place that this edition does not hold is named by its code.
        if found or not any(is_code(level, clean(typed)) for level in self.levels):
            raise ValueError(typed)
        return clean(typed)

    def advice(self, wrong: str) -> str:
        """What to do about a value that does not read."""
        if self.answers:
            listed = wording.enumerated([str(label) for _code, label in self.answers])
            return _("Choisissez parmi : %(answers)s.", answers=listed)
        if not self.levels or not wrong.strip():
            return _("Écrivez une valeur qui se compare.")
        if same := gazetteer.named(wrong, self.levels):
            each = wording.enumerated([f"{place.name} ({place.code})" for place in same])
            return _("Plusieurs lieux ont ce nom : écrivez-le avec son code. %(each)s.", each=each)
        return _("« %(name)s » n’est pas un lieu de la région à cette échelle : vérifiez-le, ou écrivez son code.", name=wrong)  # fmt: skip


class ComparisonRow(NestedForm):
    """One comparison."""

    key = wtforms.SelectField(_l("Réponse"), choices=[], validators=[Optional()])
    how = wtforms.SelectField(_l("Comparaison"), choices=options(HOWS))
    value = TextField(_l("Valeur"), [at_most(4000)])


def joined_field(label: Any, every: Any) -> Any:
    """Whether all the comparisons must hold (`every`: these words), or one."""
    return wtforms.RadioField(label, choices=options([("all", every), ("any", _l("l’une d’elles est vraie"))]), default="all")  # fmt: skip


def comparisons_field(label: Any) -> Any:
    """The rows."""
    row = wtforms.FormField(ComparisonRow)
    return wtforms.FieldList(row, label=label, min_entries=COMPARISONS, max_entries=COMPARISONS)


def nested_field() -> Any:
    """The JSON of a condition that no rows can say."""
    return LongTextField(
        _l("Condition composée"), [at_most(4000)], render_kw={"rows": 5},
        description=_l("Des groupes dans des groupes : elle se change dans sa forme JSON."),
    )  # fmt: skip


class ConditionForm(RowForm):
    """A row of the call that holds a condition. Those who derive from it place the three fields and say where it is stored."""

    joined: Any
    comparisons: Any
    nested: Any
    NOTHING: ClassVar[Any]
    """The choice of a row that compares nothing."""
    REVIEW: ClassVar[Any]
    """What the list of errors says when a row does not read."""

    def __init__(
        self, *args: Any, askable: Sequence[Askable] = (), former: Item | None = None, data: Item | None = None, **kwargs: Any
    ) -> None:  # fmt: skip
        self.askable = {each.key: each for each in askable}
        self.stored = self.condition_of(former or {})
        super().__init__(*args, data={**(data or {}), **self._rows(self.stored)}, **kwargs)
        for row in self.comparisons:
            row.form.key.choices = options([(each.key, each.label) for each in askable], empty=self.NOTHING)

    @staticmethod
    def condition_of(item: Item) -> Any:
        """The stored form of the condition of a row; None without one."""
        raise NotImplementedError

    @property
    def answers(self) -> list[str]:
        """The words of every answer that a condition may be compared with; of places, the few that hold the others."""
        listed = [str(label) for each in self.askable.values() for _code, label in each.answers]
        wide = {level for each in self.askable.values() for level in each.levels} - {Level.COMMUNE}
        return list(dict.fromkeys([*listed, *(gazetteer.called(each.code) for each in gazetteer.places() if each.level in wide)]))  # fmt: skip

    @property
    def asks_places(self) -> bool:
        """Whether a condition may be about a territory."""
        return any(each.levels for each in self.askable.values())

    # ---- what is stored, on the page -------------------------------------------------------------

    def _rows(self, stored: Any) -> dict[str, Any]:
        """The rows of a plain condition; the JSON of a composed one."""
        condition = None if stored is None else condition_from(stored)
        parts = condition.parts if isinstance(condition, Group) else (condition,) if condition else ()
        plain = [self._row(each) for each in parts if isinstance(each, Comparison)]
        if len(plain) < len(parts) or len(parts) > COMPARISONS:
            assert condition is not None
            return {"nested": json.dumps(condition.to_json(), ensure_ascii=False, indent=1)}
        joined = condition.joined.value if isinstance(condition, Group) else "all"
        return {"joined": joined, "comparisons": plain}

    def _row(self, part: Comparison) -> dict[str, str]:
        about = self.askable.get(part.key, Askable(part.key, part.key))
        value = about.words(part.values, several=part.how is How.ONE_OF)
        return {"key": part.key, "how": part.how.value, "value": value}

    # ---- what is typed, as stored ----------------------------------------------------------------

    @property
    def is_untouched(self) -> bool:
        """Whether the rows still say the condition that is stored: then it stays as it is, whatever its values hold."""
        if self.stored is None:
            return False
        known = self._rows(self.stored)
        rows = [
            {name: row.form[name].data or "" for name in ("key", "how", "value")}
            for row in self.comparisons
            if row.form.key.data
        ]
        joined = len(rows) < 2 or self.joined.data == known.get("joined")
        return (self.nested.data or "") == known.get("nested", "") and rows == known.get("comparisons", []) and joined

    def written(self) -> Any:
        """The condition as it is stored; None: there is none.

        Raises:
            ValueError: a condition that does not read.
        """
        if self.is_untouched:
            return self.stored
        condition = self._condition()
        return None if condition is None else condition.to_json()

    def _condition(self) -> Condition | None:
        if self.nested.data:
            return condition_from(wording.json_of(self.nested.data))
        parts = tuple(self._comparison(row.form) for row in self.comparisons if row.form.key.data)
        if len(parts) > 1:
            return Group(Joined(self.joined.data or "all"), parts)
        return parts[0] if parts else None

    def _comparison(self, row: Any) -> Comparison:
        how, about, typed = How(row.how.data), self.askable[row.key.data], row.value.data or ""
        if how is How.ANSWERED:
            return Comparison(about.key, how)
        values = about.read(typed, several=how is How.ONE_OF)
        if how in (How.AT_LEAST, How.AT_MOST):
            values = [wording.bound(values[0])]
        if not values or "" in values:
            raise ValueError(typed)
        made = Comparison(about.key, how, tuple(values))
        condition_from(made.to_json())
        return made

    # ---- what is wrong, said where it is -----------------------------------------------------------

    def validate_nested(self, field: Any) -> None:
        """The JSON of a condition reads."""
        try:
            self._condition() if field.data else None
        except ValueError:
            raise ValidationError(_("Cette condition ne se lit pas : vérifiez sa forme.")) from None

    def validate_comparisons(self, field: Any) -> None:
        """Each comparison reads, with one of the answers that the question offers."""
        untouched = self.is_untouched
        for row in field:
            if not (untouched and row.form.key.data) and (said := self._wrong(row.form)):
                row.form.value.errors = [*row.form.value.errors, said]
        if any(row.form.value.errors for row in field):
            raise ValidationError(str(self.REVIEW))

    def _wrong(self, row: Any) -> str | None:
        """What to do about a comparison that does not read."""
        if not row.key.data:
            return _("Choisissez la réponse à comparer.") if row.value.data else None
        if row.key.data not in self.askable:
            return None  # The list itself says so.
        about, how = self.askable[row.key.data], How(row.how.data)
        if about.is_ordered is not (how in (How.AT_LEAST, How.AT_MOST)) and how is not How.ANSWERED:
            return _("Un nombre ou une date se compare par « au moins » ou « au plus » ; le reste par « est ».")
        try:
            self._comparison(row)
        except ValueError as wrong:
            return about.advice(str(wrong))
        return None
