"""The eligibility self-check: six questions, no account."""

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, Optional

from programme.calls.models import Call
from programme.core.forms import BaseForm, MoneyField, NumberField, choice, options, required, typed
from programme.organisations.forms import territory_or
from programme.organisations.labels import KINDS


class EligibilityForm(BaseForm):
    """What decides in two minutes whether a project fits the call."""

    strand = wtforms.RadioField(_l("Que voulez-vous faire ?"), validators=[required(_l("Choisissez un volet."))])
    carrier_kind = choice(_l("Qui porte le projet ?"), options(KINDS, empty=""))
    territory_code = wtforms.SelectField(_l("Où le projet a-t-il lieu ou produit-il ses effets ?"), choices=[])
    months = NumberField(
        _l("Combien de mois dure-t-il ?"),
        [typed(_l("Écrivez un nombre de mois, par exemple 12.")), NumberRange(1, 120, _l("Entre 1 et 120 mois."))],
        render_kw={"inputmode": "numeric"},
    )
    cost = MoneyField(
        _l("Combien coûte-t-il en tout ?"), [typed(_l("Écrivez le coût total, par exemple 28 000."))],
        description=_l("En euros, hors taxes si vous récupérez la TVA."), render_kw={"inputmode": "decimal"},
    )  # fmt: skip
    requested = MoneyField(
        _l("Combien demandez-vous à la Région ?"), [typed(_l("Écrivez le montant demandé, par exemple 14 000."))],
        render_kw={"inputmode": "decimal"},
    )  # fmt: skip
    other_public = MoneyField(
        _l("Autres aides publiques espérées"), [Optional()], description=_l("Laissez vide s’il n’y en a pas."),
        render_kw={"inputmode": "decimal"},
    )  # fmt: skip

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strand.choices = options(
            [
                (each.code, each.title if len(call.strands) == 1 else f"{each.code}. {each.title}")
                for each in call.strands
            ]
        )
        if len(call.strands) == 1 and not self.strand.data:
            self.strand.data = call.strands[0].code
        self.territory_code.choices = territory_or(_("Hors de ces départements"))
        self.territory_code.validators = [required(_("Choisissez dans la liste."))]
