"""The eligibility self-check: what the automatic conditions of the call read, no account."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from urllib.parse import urlencode

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms.validators import NumberRange, Optional

from programme.calls.models import CallStrand
from programme.calls.rules.asking import FIELDS, NO_THEME, Asked
from programme.core.forms import BaseForm, DayField, MoneyField, NumberField, choice, options, required, typed
from programme.organisations.forms import territory_or
from programme.organisations.labels import KINDS
from programme.questionnaires.forms import PREFIX, answers_from, form_class
from programme.strategy.models import Theme


class EligibilityForm(BaseForm):
    """All that a self-check may ask besides the questions of the call; what this one does not ask is taken off."""

    strand = wtforms.RadioField(_l("Que voulez-vous faire ?"), validators=[required(_l("Choisissez un volet."))])
    carrier_kind = choice(_l("Qui porte le projet ?"), options(KINDS, empty=""))
    territory_code = wtforms.SelectField(_l("Où le projet a-t-il lieu ou produit-il ses effets ?"), choices=[])
    theme = choice(_l("Sur quel thème ?"), [])
    starts_on = DayField(_l("Quand commence-t-il ?"), [typed(_l("Écrivez un jour, par exemple 01/03/2027."))])
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
    own_funds = MoneyField(
        _l("Combien apportez-vous vous-même ?"), [typed(_l("Écrivez votre apport, par exemple 5 000, ou 0."))],
        description=_l("Trésorerie, temps de vos salariés : ce que votre organisme paie."), render_kw={"inputmode": "decimal"},
    )  # fmt: skip

    def offer(self, strands: Sequence[CallStrand], themes: Iterable[Theme], what: Asked) -> None:
        """Say the choices, and keep of the fields those that are asked; of the strand only where there are several."""
        self.strand.choices = options([(each.code, f"{each.code}. {each.title}") for each in strands])
        self.territory_code.choices = territory_or(_("Hors de ces départements"))
        self.territory_code.validators = [required(_("Choisissez dans la liste."))]
        themed = [(each.code, each.label) for each in themes]
        self.theme.choices = options([*themed, (NO_THEME, _("Aucun de ces thèmes"))], empty="")
        for name in [each for each in FIELDS if each not in what.fields]:
            delattr(self, name)
        if len(strands) < 2:
            del self.strand

    @property
    def given(self) -> dict[str, Any]:
        """The values that can be read, by the name of their field; None for an empty one."""
        return {name: None if self[name].data == "" else self[name].data for name in FIELDS if self._reads(name)}

    def _reads(self, name: str) -> bool:
        return name in self and not self[name].errors

    def answers(self, what: Asked) -> dict[str, Any]:
        """The answers that can be read, as they are stored."""
        return {key: value for key, value in answers_from(self, what.typed).items() if value is not None}


def eligibility_form(
    formdata: Any, what: Asked, *, strands: Sequence[CallStrand], themes: Iterable[Theme]
) -> EligibilityForm:
    """The self-check of a strand; `strands`: those between which the page lets choose, none when it does not ask."""
    made = cast(EligibilityForm, form_class(what.typed, EligibilityForm)(formdata))
    made.offer(strands, themes, what)
    return made


# ---- from the page to the address that opens a draft, and back ---------------------------------------

_NAMES = {
    "territory_code": "territoire", "theme": "theme", "starts_on": "debut", "months": "mois", "requested": "demande",
}  # fmt: skip
_LONGEST = 900
"""Of the answers in an address, in signs as addresses write them; longer, they are left to the file."""


def address_of(form: EligibilityForm, what: Asked, sent: MultiDict[str, str]) -> dict[str, Any]:
    """What the start of a draft takes from a form that is valid, for its address; nothing in it is trusted on arrival."""
    given = form.given
    found: dict[str, Any] = {word: str(given[name]) for name, word in _NAMES.items() if given.get(name) is not None}
    asked = tuple(PREFIX + each.key for each in what.typed)
    raw = {
        name: [each for each in values if each]
        for name, values in sent.lists()
        if name in asked or name.startswith(tuple(f"{each}-" for each in asked))
    }
    raw = {name: values for name, values in raw.items() if values}
    return found | raw if len(urlencode(raw, doseq=True)) <= _LONGEST else found


def read_back(args: MultiDict[str, str], what: Asked, themes: Iterable[Theme]) -> EligibilityForm:
    """The answers that an address carries, read as the page reads them: what the form refuses has an error and is not given."""
    names = {word: name for name, word in _NAMES.items()}
    sent = MultiDict([(names.get(name, name), value) for name, value in args.items(multi=True)])
    form = eligibility_form(sent, Asked(FIELDS, what.questions), strands=(), themes=themes)
    form.validate()
    return form
