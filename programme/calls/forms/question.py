"""One question of a questionnaire, as the person who defines a call writes it: words, not codes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, Optional, ValidationError

from programme.calls.forms.rows import RowForm
from programme.calls.labels import QUESTION_KINDS
from programme.core.forms import (
    LongTextField,
    NestedForm,
    NumberField,
    TextField,
    at_most,
)
from programme.core.forms import (
    options as choices,
)
from programme.core.forms import (
    required as needed,
)
from programme.core.identifiers import fold
from programme.questionnaires.labels import FORMATS, LEVELS
from programme.questionnaires.rules import bounds, wording
from programme.questionnaires.rules.conditions import Comparison, Condition, Group, How, Joined, condition_from
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import OWN, SHARED, FieldKind

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


class ComparisonRow(NestedForm):
    """One comparison."""

    key = wtforms.SelectField(_l("Réponse"), choices=[], validators=[Optional()])
    how = wtforms.SelectField(_l("Comparaison"), choices=choices(HOWS))
    value = TextField(_l("Valeur"), [at_most(300)])


class QuestionForm(RowForm):
    """A question. What another kind alone may say is kept out of what is stored, so that a change of kind loses nothing on the page."""

    CHOOSER = "kind"

    label = LongTextField(
        _l("La question"), [needed(_l("Écrivez la question.")), at_most(bounds.LABEL)], render_kw={"rows": 2}
    )
    kind = wtforms.SelectField(
        _l("Nature de la réponse"), choices=choices(QUESTION_KINDS), default="text", validate_choice=True
    )
    section = TextField(
        _l("Rubrique"), [at_most(bounds.SECTION)], description=_l("Le titre sous lequel elle est rangée ; les questions qui se suivent le partagent.")
    )  # fmt: skip
    required = wtforms.BooleanField(_l("Réponse obligatoire"), default=True)
    hint = LongTextField(_l("Aide"), [at_most(bounds.SENTENCE)], render_kw={"rows": 2})
    example = LongTextField(_l("Exemple"), [at_most(bounds.SENTENCE)], render_kw={"rows": 2})
    options = LongTextField(_l("Choix proposés"), render_kw={"rows": 5}, description=_l("Un par ligne, dans l’ordre."))
    max_length = NumberField(_l("Signes au plus"), [Optional(), NumberRange(1, bounds.ANSWER_MOST)])
    unit = TextField(_l("Unité"), [at_most(bounds.UNIT)], description=_l("Par exemple : habitants, %, km."))
    decimals = NumberField(
        _l("Chiffres après la virgule"), [Optional(), NumberRange(0, bounds.DECIMALS, _l("Entre 0 et 4."))]
    )
    minimum = TextField(_l("Au moins"), [at_most(20)], render_kw={"inputmode": "decimal"})
    maximum = TextField(_l("Au plus"), [at_most(20)], render_kw={"inputmode": "decimal"})
    must_be = wtforms.SelectField(
        _l("La seule réponse qui permet de continuer"),
        choices=choices([("", _l("Aucune : les deux conviennent")), ("yes", _l("Oui")), ("no", _l("Non"))]), validators=[Optional()],
    )  # fmt: skip
    refusal = LongTextField(
        _l("Phrase quand la réponse ne convient pas"), [at_most(bounds.SENTENCE)], render_kw={"rows": 2}
    )
    columns = LongTextField(
        _l("Colonnes"), render_kw={"rows": 5},
        description=_l("Une par ligne : son nom, deux points, puis texte, nombre, montant, date, oui/non ou choix. Par exemple : « Public : choix Jeunes, Familles » ou « Visites : nombre visites »."),
    )  # fmt: skip
    max_rows = NumberField(_l("Lignes au plus"), [Optional(), NumberRange(1, bounds.ROWS_MOST, _l("Entre 1 et 60."))])
    formula = TextField(
        _l("Calcul"), [at_most(bounds.FORMULA)],
        description=_l("Avec les clés des questions précédentes, par exemple : cout / habitants, ou sum(depenses.montant)."),
    )  # fmt: skip
    levels = wtforms.SelectMultipleField(
        _l("Échelles admises"), choices=choices(LEVELS),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip
    siret_required = wtforms.BooleanField(_l("Le SIRET est demandé"), default=True)
    indicators = LongTextField(
        _l("Indicateurs"), render_kw={"rows": 4},
        description=_l("Un par ligne : le code d’un indicateur de la stratégie, ou un intitulé et son unité entre parenthèses."),
    )  # fmt: skip
    formats = wtforms.SelectMultipleField(
        _l("Formats acceptés"), choices=choices(FORMATS), description=_l("Aucun coché : tous."),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip
    max_megabytes = NumberField(
        _l("Taille maximale, en Mo"), [Optional(), NumberRange(1, bounds.MEGABYTES, _l("Entre 1 et 20."))]
    )
    identity_bearing = wtforms.BooleanField(
        _l("Dit qui porte le projet"), description=_l("Cachée dans une lecture à l’aveugle.")
    )
    confidential = wtforms.BooleanField(
        _l("Confidentielle"), description=_l("Lue par la Région seulement, jamais par les évaluateurs.")
    )
    purpose = LongTextField(
        _l("Pourquoi cette donnée personnelle ?"), [at_most(bounds.SENTENCE)], render_kw={"rows": 2},
        description=_l("À remplir dès que la réponse parle d’une personne ; affiché sous la question."),
    )  # fmt: skip
    joined = wtforms.RadioField(
        _l("Elle s’affiche quand"), choices=choices([("all", _l("toutes ces conditions sont vraies")), ("any", _l("l’une d’elles est vraie"))]),
        default="all",
    )  # fmt: skip
    comparisons = wtforms.FieldList(
        wtforms.FormField(ComparisonRow), label=_l("Condition"), min_entries=COMPARISONS, max_entries=COMPARISONS
    )
    nested = LongTextField(
        _l("Condition composée"), [at_most(4000)], render_kw={"rows": 5},
        description=_l("Des groupes dans des groupes : elle se change dans sa forme JSON."),
    )  # fmt: skip

    def __init__(self, *args: Any, askable: Sequence[Askable] = (), former: Item | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.askable = {each.key: each for each in askable}
        self.numbers: list[tuple[str, str]] = []
        self.former = former or {}
        for row in self.comparisons:
            row.form.key.choices = choices([(each.key, each.label) for each in askable], empty=_("(sans condition)"))
            row.form.value.data = self._label_of(row.form.key.data, row.form.value.data or "")

    @property
    def answers(self) -> list[str]:
        """The words of every answer that a condition may be compared with."""
        return list(dict.fromkeys(str(label) for each in self.askable.values() for _code, label in each.answers))

    @property
    def own(self) -> tuple[str, ...]:
        """The fields that belong to the chosen kind."""
        return OWN[FieldKind(self.kind.data)] if self.kind.data in set(FieldKind) else ()

    @property
    def elsewhere(self) -> set[str]:
        """The fields that belong to other kinds: kept in the page, so that a change of kind that is undone loses nothing."""
        return {name for names in OWN.values() for name in names} - set(self.own)

    # ---- what is stored, on the page -------------------------------------------------------------

    @classmethod
    def known(cls, item: Item) -> dict[str, Any]:
        """The values of the fields."""
        question = Question.from_json(item)
        values: dict[str, Any] = {
            name: getattr(question, name) for name in (*SHARED, *OWN[question.kind]) if name != "show_if"
        }
        values |= {
            "kind": question.kind.value, "options": "\n".join(label for _code, label in question.options),
            "columns": "\n".join(wording.column_words(each) for each in item.get("columns", [])),
            "indicators": "\n".join(map(wording.measure_words, question.indicators)),
            "levels": [each.value for each in question.levels], "formats": [each.value for each in question.formats],
        }  # fmt: skip
        for name in ("minimum", "maximum"):
            value = getattr(question, name)
            values[name] = "" if value is None else f"{value:f}".replace(".", ",")
        return values | _condition_known(question.show_if)

    def _label_of(self, key: str | None, value: str) -> str:
        """« Oui » for « yes »: what is compared with is shown in the words of the choices."""
        answers = dict(self.askable[key].answers) if key in self.askable else {}
        return ", ".join(str(answers.get(each, each)) for each in wording.listed(value)) if answers else value

    # ---- what is typed, as stored ----------------------------------------------------------------

    def item(self, former: Item) -> dict[str, Any]:
        """The question; choices and columns that keep their words keep their codes.

        Raises:
            ValueError: what no field shows alone: a formula or a condition that does not read.
        """
        kind = FieldKind(self.kind.data)
        made: dict[str, Any] = {
            "key": former.get("key") or wording.code_of(self.label.data or "", self.taken), "label": self.label.data,
            "kind": kind.value,
        }  # fmt: skip
        values = self._values(kind, former)
        for name in (*SHARED, *OWN[kind]):
            if name in values and values[name] not in (None, "", [], False):
                made[name] = values[name]
        for name in ("required", "siret_required"):
            if name in values and not values[name] and kind is not FieldKind.CALCULATED:
                made[name] = False
            elif name in made and values[name]:
                del made[name]  # True goes without saying.
        if self._says(former.get("show_if")):
            made["show_if"] = former["show_if"]
        elif condition := self.condition():
            made["show_if"] = condition.to_json()
        return Question.from_json(made).to_json()

    def _values(self, kind: FieldKind, former: Item) -> dict[str, Any]:
        plain = (
            "section", "hint", "example", "purpose", "required", "identity_bearing", "confidential", "unit", "decimals",
            "refusal", "must_be", "formula", "levels", "siret_required", "max_length", "max_rows",
            "formats", "max_megabytes",
        )  # fmt: skip
        values = {name: self[name].data for name in plain if name in (*SHARED, *OWN[kind])}
        for name in ("minimum", "maximum"):
            if name in OWN[kind] and self[name].data:
                values[name] = wording.number(self[name].data)
        if "options" in OWN[kind]:
            values["options"] = wording.coded(wording.lines(self.options.data), former.get("options", []))
        for name in ("levels", "formats"):  # The same ones stay in the order in which they were written.
            if set(values.get(name) or ()) == set(former.get(name, [])):
                values[name] = former.get(name)
        if "columns" in OWN[kind]:
            values["columns"] = wording.columns(wording.lines(self.columns.data), former.get("columns", []))
        if "indicators" in OWN[kind]:
            values["indicators"] = wording.measures(wording.lines(self.indicators.data), former.get("indicators", []))
        return values

    def _says(self, stored: Any) -> bool:
        """Whether the rows still say the condition that is stored: then it stays as it is, whatever its values hold."""
        if stored is None:
            return False
        known = _condition_known(condition_from(stored))
        rows = [
            {name: row.form[name].data or "" for name in ("key", "how", "value")}
            for row in self.comparisons
            if row.form.key.data
        ]
        shown = [{**each, "value": self._label_of(each["key"], each["value"])} for each in known.get("comparisons", [])]
        joined = len(rows) < 2 or self.joined.data == known.get("joined")
        return (self.nested.data or "") == known.get("nested", "") and rows == shown and joined

    def condition(self) -> Condition | None:
        """When it is asked; None: always.

        Raises:
            ValueError: a condition that does not read.
        """
        if self.nested.data:
            return condition_from(wording.json_of(self.nested.data))
        parts = tuple(self._comparison(row.form) for row in self.comparisons if row.form.key.data)
        if len(parts) > 1:
            return Group(Joined(self.joined.data or "all"), parts)
        return parts[0] if parts else None

    def _comparison(self, row: Any) -> Comparison:
        how, about = How(row.how.data), self.askable[row.key.data]
        if how is How.ANSWERED:
            return Comparison(about.key, how)
        words = wording.listed(row.value.data or "") if how is How.ONE_OF else [row.value.data or ""]
        codes = {fold(str(text)): code for code, label in about.answers for text in (code, label)}
        values = [codes.get(fold(each), each if not about.answers else "") for each in words]
        if how in (How.AT_LEAST, How.AT_MOST):
            values = [wording.bound(values[0])]
        if not values or "" in values:
            raise ValueError(row.value.data)
        made = Comparison(about.key, how, tuple(values))
        condition_from(made.to_json())
        return made

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
        except ValueError:
            answers = ", ".join(str(label) for _code, label in about.answers)
            return (
                _("Choisissez parmi : %(answers)s.", answers=answers)
                if answers
                else _("Écrivez une valeur qui se compare.")
            )
        return None

    # ---- what is wrong, said where it is -----------------------------------------------------------

    def validate_options(self, field: Any) -> None:
        """A choice has choices."""
        lines = wording.lines(field.data)
        if "options" in self.own and not 1 <= len(set(lines)) == len(lines) <= bounds.OPTIONS:
            raise ValidationError(_("Écrivez de un à soixante choix, un par ligne, tous différents."))

    def validate_columns(self, field: Any) -> None:
        """A table has columns that read."""
        if "columns" not in self.own:
            return
        lines = wording.lines(field.data)
        try:
            wording.columns(lines, ())
        except ValueError as wrong:
            raise ValidationError(
                _("« %(line)s » : écrivez le nom, deux points, puis la nature.", line=wrong)
            ) from None
        if not 1 <= len(lines) <= bounds.COLUMNS:
            raise ValidationError(_("Écrivez de une à douze colonnes, une par ligne."))

    def validate_indicators(self, field: Any) -> None:
        """The question of indicators names some."""
        if "indicators" in self.own and not wording.lines(field.data):
            raise ValidationError(_("Écrivez au moins un indicateur."))

    def validate_levels(self, field: Any) -> None:
        """A territory has a scale."""
        if "levels" in self.own and not field.data:
            raise ValidationError(_("Cochez au moins une échelle."))

    def validate_formula(self, field: Any) -> None:
        """A calculated question says how."""
        if "formula" in self.own and not field.data:
            raise ValidationError(_("Écrivez le calcul."))

    def validate_minimum(self, field: Any) -> None:
        """A bound is a number."""
        try:
            wording.number(field.data or "0")
        except ValueError:
            raise ValidationError(_("Écrivez un nombre, par exemple 12,5.")) from None

    validate_maximum = validate_minimum

    def validate_nested(self, field: Any) -> None:
        """The JSON of a condition reads."""
        try:
            self.condition() if field.data else None
        except ValueError:
            raise ValidationError(_("Cette condition ne se lit pas : vérifiez sa forme.")) from None

    def validate_comparisons(self, field: Any) -> None:
        """Each comparison reads, with one of the answers that the question offers."""
        untouched = self._says(self.former.get("show_if"))
        for row in field:
            if not (untouched and row.form.key.data) and (said := self._wrong(row.form)):
                row.form.value.errors = [*row.form.value.errors, said]
        if any(row.form.value.errors for row in field):
            raise ValidationError(_("Revoyez la condition d’affichage."))


def _condition_known(condition: Condition | None) -> dict[str, Any]:
    """The rows of a plain condition; the JSON of a composed one."""
    parts = condition.parts if isinstance(condition, Group) else (condition,) if condition else ()
    if len(parts) > COMPARISONS or not all(isinstance(each, Comparison) for each in parts):
        assert condition is not None
        return {"nested": json.dumps(condition.to_json(), ensure_ascii=False, indent=1)}
    joined = condition.joined.value if isinstance(condition, Group) else "all"
    rows = [
        {"key": each.key, "how": each.how.value, "value": ", ".join(each.values)}
        for each in parts
        if isinstance(each, Comparison)
    ]
    return {"joined": joined, "comparisons": rows}
