"""The forms inside the form of questions: a row of a table, a territory, an organisation, a data set, an indicator."""

from typing import Any, cast

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.core.fields import ExactNumberField, LineField
from programme.core.forms import DayField, MoneyField, NestedForm, TextField, at_most, options
from programme.organisations.forms import territory_choices
from programme.organisations.rules import siret
from programme.questionnaires.labels import LEVELS, YES_NO
from programme.questionnaires.rules import bounds
from programme.questionnaires.rules.columns import Column, Measure
from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.gazetteer import fits, known
from programme.questionnaires.rules.kinds import FieldKind, Level
from programme.questionnaires.rules.territories import clean, is_code

COLUMN, MEASURE = "c_", "m_"
"""Before the key of a column, the code of an indicator: none of them may take the name of a part of the form itself."""
WRONG_CODE = {
    Level.COMMUNE: _l("Écrivez le code INSEE de la commune : cinq signes, par exemple 13055."),
    Level.EPCI: _l("Écrivez le SIREN de l’intercommunalité : neuf chiffres, par exemple 200 054 807."),
}


def cell(column: Column) -> Any:
    """The field of one cell."""
    label = column.label
    if column.kind is FieldKind.NUMBER:
        return ExactNumberField(label, [Optional()], decimals=column.decimals, unit=column.unit)
    if column.kind is FieldKind.MONEY:
        return MoneyField(label, [Optional()])
    if column.kind is FieldKind.DAY:
        return DayField(label, [Optional()])
    if column.kind is FieldKind.TEXT:
        return LineField(label, [at_most(column.max_length)])
    listed = YES_NO if column.kind is FieldKind.YES_NO else dict(column.options)
    return wtforms.SelectField(label, choices=options(listed, empty=""), validators=[Optional()])


def row_form(question: Question) -> type[NestedForm]:
    """One row of a table."""
    return _made("RowForm", {COLUMN + each.key: cell(each) for each in question.columns})


def _made(name: str, fields: dict[str, Any], base: type[NestedForm] = NestedForm) -> type[NestedForm]:
    return cast(type[NestedForm], type(name, (base,), fields))


class TerritoryForm(NestedForm):
    """A territory: its level, then a department of the list, or a name and a code typed by hand."""

    levels: tuple[Level, ...] = ()

    @property
    def level_given(self) -> str:
        """The level that is chosen, or the only one; a department chosen alone says its level."""
        if len(self.levels) == 1:
            return self.levels[0].value
        said = self["level"].data or ""
        typed = any(self[name].data for name in ("name", "code") if name in self)
        chosen = "department" in self and self["department"].data
        return Level.DEPARTMENT.value if chosen and not said and not typed else said

    def validate_code(self, field: Any) -> None:
        """A code has the form of its level."""
        level = self.level_given
        if level in set(WRONG_CODE) and field.data and not is_code(Level(level), clean(field.data)):
            raise ValidationError(str(WRONG_CODE[Level(level)]))

    def validate_name(self, field: Any) -> None:
        """A known code goes with its name."""
        level, code = self.level_given, clean(self["code"].data or "")
        place = known(Level(level), code) if level in set(WRONG_CODE) else None
        if place is not None and field.data and not fits(place, field.data):
            raise ValidationError(
                _(
                    "Le code %(code)s est celui de « %(name)s » : vérifiez le nom ou le code.",
                    code=code,
                    name=place.name,
                )
            )


def territory_form(question: Question) -> type[NestedForm]:
    """The form of a territory, for the levels that the question takes."""
    fields: dict[str, Any] = {"levels": question.levels}
    typed = [each for each in question.levels if each is not Level.DEPARTMENT]
    if len(question.levels) > 1:
        listed = options([(each, LEVELS[each]) for each in question.levels], empty="")
        fields["level"] = wtforms.SelectField(_l("Échelle"), choices=listed, validators=[Optional()])
    mixed = bool(typed) and Level.DEPARTMENT in question.levels
    if Level.DEPARTMENT in question.levels:
        fields["department"] = wtforms.SelectField(
            LEVELS[Level.DEPARTMENT], choices=territory_choices(), validators=[Optional()],
            description=_("À choisir quand l’échelle est le département.") if mixed else "",
        )  # fmt: skip
    if typed:
        named = _("Nom de la commune"), _("Nom de l’intercommunalité"), _("Nom de la commune ou de l’intercommunalité")
        coded = _("Code INSEE"), _("SIREN"), _("Code INSEE de la commune, ou SIREN de l’intercommunalité")
        place = 2 if len(typed) == 2 else 0 if typed == [Level.COMMUNE] else 1
        hint = _("À écrire pour toute autre échelle, avec le code.") if mixed else ""
        found = _("Les lieux de la région se proposent dès les premières lettres, ou par le code postal.")
        fields["name"] = TextField(
            named[place], [at_most(bounds.CELL)], description=f"{hint} {found}".strip(),
            render_kw={"data-places": " ".join(typed), "data-found": _("Lieux proposés : {n}."), "autocomplete": "off"},
        )  # fmt: skip
        fields["code"] = TextField(coded[place], [at_most(30)])
    return _made("OneTerritoryForm", fields, TerritoryForm)


class OrganisationForm(NestedForm):
    """An organisation: its name, its SIRET."""

    name = TextField(_l("Nom de l’organisme"), [at_most(bounds.CELL)])
    siret = TextField("SIRET", [at_most(30)], render_kw={"inputmode": "numeric"})

    def validate_siret(self, field: Any) -> None:
        """Fourteen digits and a right key."""
        if field.data and not siret.is_valid(field.data):
            raise ValidationError(
                _("Vérifiez ce SIRET : il a quatorze chiffres, et l’un d’eux ne correspond pas aux autres.")
            )


class DatasetRow(NestedForm):
    """One data set: a title of the catalogue, or any other."""

    title = LineField(_l("Jeu de données"), [at_most(250)])


def measure_form(measure: Measure) -> type[NestedForm]:
    """Where one starts from and where one goes."""
    named: dict[str, Any] = {"baseline": _l("Valeur de départ"), "target": _l("Valeur visée")}
    return _made(
        "MeasureForm",
        {
            name: ExactNumberField(label, [Optional()], decimals=bounds.DECIMALS, unit=measure.unit, free=True)
            for name, label in named.items()
        },
    )


def indicators_form(question: Question) -> type[NestedForm]:
    """All the indicators of a question."""
    fields = {
        MEASURE + each.code: wtforms.FormField(measure_form(each), label=each.label or each.code)
        for each in question.indicators
    }
    return _made("IndicatorsForm", fields)
