"""One question of a questionnaire, as the person who defines a call writes it: words, not codes."""

from collections.abc import Mapping
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, Optional, ValidationError

from programme.calls.forms.conditions import ConditionForm, comparisons_field, joined_field, nested_field
from programme.calls.labels import QUESTION_KINDS
from programme.core.forms import LongTextField, NumberField, TextField, at_most
from programme.core.forms import options as choices
from programme.core.forms import required as needed
from programme.questionnaires.labels import FORMATS, LEVELS
from programme.questionnaires.rules import bounds, wording
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import OWN, SHARED, FieldKind

Item = Mapping[str, Any]


class QuestionForm(ConditionForm):
    """A question. What another kind alone may say is kept out of what is stored, so that a change of kind loses nothing on the page."""

    CHOOSER = "kind"
    NOTHING = _l("(sans condition)")
    REVIEW = _l("Revoyez la condition d’affichage.")

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
        description=_l("Une par ligne : son nom, deux points, puis texte, nombre, montant, date, oui/non ou choix. Par exemple : « Visites : nombre visites », « Public : choix Jeunes, Familles » (un point-virgule sépare des choix qui ont une virgule). Une ligne commencée se remplit en entier, sauf les colonnes facultatives : « Remarque (facultatif) : texte »."),
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
    joined = joined_field(_l("Elle s’affiche quand"), _l("toutes ces conditions sont vraies"))
    comparisons = comparisons_field(_l("Condition"))
    nested = nested_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers: list[tuple[str, str]] = []

    @staticmethod
    def condition_of(item: Item) -> Any:
        """When it is asked."""
        return item.get("show_if")

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
        return values

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
        if (condition := self.written()) is not None:
            made["show_if"] = condition
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
