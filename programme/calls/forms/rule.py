"""A condition of a call: checked by the machine with its parameter, or judged by an officer."""

from decimal import Decimal
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, Optional, ValidationError

from programme.calls.forms.conditions import ConditionForm, Item, comparisons_field, joined_field, nested_field
from programme.calls.labels import CHECKS
from programme.calls.rules.definition import NEEDS
from programme.calls.states import Check
from programme.core.forms import (
    LongTextField,
    MoneyField,
    NumberField,
    PointsField,
    TextField,
    at_most,
    options,
    required,
)
from programme.organisations.forms import territory_choices
from programme.organisations.labels import KINDS as CARRIERS


class RuleForm(ConditionForm):
    """A condition: checked by the machine with its parameter, or judged by an officer."""

    CHOOSER = "check"
    NOTHING = _l("(aucune)")
    REVIEW = _l("Revoyez les réponses à comparer.")
    strand = wtforms.SelectField(_l("Pour quel volet ?"), choices=[], validators=[Optional()])
    check = wtforms.SelectField(
        _l("Qui la vérifie ?"), choices=options(CHECKS, empty=_l("Une personne de l’instruction")), validators=[Optional()],
        description=_l("Un contrôle automatique se fait à l’auto-test, dans le brouillon et au dépôt."),
    )  # fmt: skip
    kinds = wtforms.SelectMultipleField(
        _l("Natures de porteurs admises"), choices=options(CARRIERS),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip
    codes = wtforms.SelectMultipleField(
        _l("Départements admis"), choices=[],
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip
    months = NumberField(_l("Nombre de mois"), [Optional(), NumberRange(1, 240, _l("Entre 1 et 240 mois."))])
    amount = MoneyField(_l("Montant"), [Optional()])
    percent = PointsField(
        _l("Pourcentage"), [Optional(), NumberRange(0, 100, _l("Entre 0 et 100."))], render_kw={"inputmode": "decimal"}
    )
    joined = joined_field(_l("Elle est remplie quand"), _l("toutes ces comparaisons sont vraies"))
    comparisons = comparisons_field(_l("Réponses à comparer"))
    nested = nested_field()
    statement = LongTextField(
        _l("Ce qu’elle dit"), [required(_l("Écrivez la condition en une phrase.")), at_most(1000)], render_kw={"rows": 2},
        description=_l("La phrase que le public lit, par exemple : la demande ne dépasse pas 50 % du coût."),
    )  # fmt: skip
    refusal = LongTextField(
        _l("Ce qu’on dit à qui ne la remplit pas"), [at_most(1000)], render_kw={"rows": 2},
        description=_l("Dites ce qui changerait la réponse."),
    )  # fmt: skip
    redirect_to = TextField(
        _l("Vers quel autre dispositif orienter ?"),
        [at_most(200)],
        description=_l("Par exemple : OS 1.1, ou OS 2.3 du FEDER."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.own != "condition":
            del self.joined, self.comparisons, self.nested  # Not on the page, hence not to be read from what it sends.
        self.codes.choices = [each for each in territory_choices() if getattr(each, "value", "")]

    @staticmethod
    def condition_of(item: Item) -> Any:
        """What the machine compares."""
        return item.get("parameters", {}).get("condition")

    @classmethod
    def known(cls, item: Item) -> dict[str, Any]:
        """The values of the fields."""
        given = dict(item.get("parameters", {}))
        for name in ("amount", "percent"):
            if name in given:
                given[name] = Decimal(str(given[name]))
        return {**item, **given}

    @property
    def own(self) -> str | None:
        """The parameter of the chosen check, if it has one."""
        return NEEDS.get(Check(self.check.data)) if self.check.data in set(Check) else None

    def validate_check(self, field: Any) -> None:
        """A check comes with its parameter."""
        if self.own == "condition":
            if not self.nested.data and not any(row.form.key.data for row in self.comparisons):
                raise ValidationError(_("Choisissez au moins une réponse à comparer."))
        elif self.own and not self[self.own].errors and self[self.own].data in (None, "", []):
            raise ValidationError(_("Ce contrôle a besoin de : %(what)s.", what=str(self[self.own].label.text).lower()))

    def _parameters(self) -> dict[str, Any]:
        if self.own == "condition":
            return {"condition": self.written()}
        return {self.own: _plain(self[self.own].data)} if self.own else {}

    def item(self, former: Item) -> dict[str, Any]:
        """The condition; parameters of another check go."""
        found: dict[str, Any] = {"strand": self.strand.data} if self.strand.data else {}
        if self.check.data:
            found["check"] = self.check.data
        found["parameters"] = self._parameters()
        return found | {
            "statement": self.statement.data, "refusal": self.refusal.data or "", "redirect_to": self.redirect_to.data or "",
        }  # fmt: skip


def _plain(value: Any) -> Any:
    """A parameter as documents hold it: whole amounts as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"
    return value
