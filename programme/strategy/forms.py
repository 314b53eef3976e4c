"""Forms of the strategy."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.core.forms import (
    BaseForm,
    DayField,
    LongTextField,
    TextField,
    at_most,
    choice,
    options,
    parse_amount,
    required,
)
from programme.strategy.labels import CARRIERS, INDICATOR_KINDS


class FigureField(wtforms.Field):
    """A figure with at most two decimals, written the French way; what was typed comes back as typed."""

    widget = wtforms.widgets.TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:f}".replace(".", ",")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the typed figure.

        Raises:
            ValueError: with the sentence to show.
        """
        self.data = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        try:
            self.data = parse_amount(str(valuelist[0]).replace("%", ""))
        except ValueError:
            raise ValueError(_("Écrivez un nombre en chiffres, par exemple 1 480 ou 12,5.")) from None


def written(message: Any) -> Any:
    """Validator: a figure must be there; zero is one."""

    def check(_form: Any, field: Any) -> None:
        if field.data is None and not field.process_errors:
            raise ValidationError(str(message))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


class ValueForm(BaseForm):
    """Declare a value: what, when, from where."""

    value = FigureField(
        _l("Valeur"), [written(_l("Écrivez la valeur en chiffres, par exemple 1 480."))],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )  # fmt: skip
    reference_on = DayField(
        _l("Date de référence"), [Optional()],
        description=_l(
            "Le jour où ce chiffre était vrai. Sans date dans la source, laissez vide : la page le dit."
        ),
    )  # fmt: skip
    source = TextField(
        _l("Source"), [required(_l("Nommez la source : un rapport, une page, un outil.")), at_most(300)],
        description=_l("Par exemple : rapport d’activité 2026, page 12."),
    )  # fmt: skip
    note = TextField(
        _l("Note"), [Optional(), at_most(300)],
        description=_l("Ce que cette valeur corrige ou change de méthode. Elle est publiée."),
    )  # fmt: skip


class IndicatorForm(BaseForm):
    """Follow a new figure."""

    label = TextField(
        _l("Ce qui est compté"),
        [required(_l("Dites ce qui est compté, par exemple : organismes producteurs.")), at_most(200)],
    )
    unit = TextField(_l("Unité"), [required(_l("Écrivez l’unité, par exemple : jeux de données, ou %.")), at_most(60)])
    kind = choice(_l("Nature"), options(INDICATOR_KINDS))
    definition = LongTextField(
        _l("Définition"), [required(_l("Dites comment le chiffre est obtenu, en une ou deux phrases.")), at_most(2000)]
    )
    on_home = wtforms.BooleanField(_l("Montrer ce chiffre sur la page d’accueil"))


class PartForm(BaseForm):
    """The words of one part of the strategy; a part only has some of these fields."""

    title = TextField(_l("Titre"), [required(_l("Écrivez le titre.")), at_most(200)])
    text = LongTextField(
        _l("Texte"), [required(_l("Écrivez le texte : il est publié.")), at_most(8000)], render_kw={"rows": 8}
    )
    adopted_on = DayField(_l("Date d’adoption"), [Optional()])
    act = TextField(
        _l("Acte d’adoption"), [Optional(), at_most(200)], description=_l("Par exemple : délibération n° 18-449.")
    )
    carrier = choice(_l("Qui le porte"), options(CARRIERS))
    border_rule = LongTextField(
        _l("Règle de frontière"), [Optional(), at_most(2000)],
        description=_l("Ce que ce cadre finance et que le programme ne finance pas."),
    )  # fmt: skip

    def keep(self, names: set[str]) -> None:
        """Leave out the fields that this part does not have."""
        for name in {"adopted_on", "act", "carrier", "border_rule"} - names:
            delattr(self, name)
