"""Forms of the network."""

import re
from typing import Any

import wtforms
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.accounts.forms import email_field
from programme.core.forms import BaseForm, LongTextField, TextField, at_most, choice, options, required
from programme.organisations.labels import CATEGORIES, KINDS, ROLES
from programme.organisations.rules import siret as siret_rule
from programme.organisations.states import MembershipRole

ELSEWHERE = "none"  # Typed by the list, never stored: an empty choice would say « elsewhere » of who answered nothing.


def valid_siret(_form: Any, field: Any) -> None:
    """Fourteen digits with a right key."""
    digits = siret_rule.clean(field.data or "")
    if not re.fullmatch("[0-9]{14}", digits):
        raise ValidationError(_("Un SIRET a 14 chiffres, par exemple 231 300 021 00012."))
    if not siret_rule.is_valid(digits):
        raise ValidationError(_("Ce SIRET n’existe pas : un chiffre a sans doute été changé. Vérifiez-le."))


def territory_choices(empty: Any = "") -> list[Any]:
    """The Region's departments, with a first line for « elsewhere »."""
    territories = current_app.config["REGION"].territories
    return options([(each.code, f"{each.code} · {each.name}") for each in territories], empty=str(empty))


def territory_or(elsewhere: Any) -> list[Any]:
    """The Region's departments, nothing chosen, and a last line for those outside them."""
    return [*territory_choices(), *options([(ELSEWHERE, elsewhere)])]


def siret_field() -> TextField:
    """The SIRET field."""
    return TextField(
        _l("SIRET"), [required(_l("Écrivez le SIRET de votre organisme.")), valid_siret],
        description=_l("14 chiffres. Il figure sur vos factures et sur l’annuaire des entreprises."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )  # fmt: skip


class OrganisationForm(BaseForm):
    """Enter one's organisation, or ask to join it when it is known."""

    siret = siret_field()
    name = TextField(_l("Nom de l’organisme"), [required(_l("Écrivez le nom de l’organisme.")), at_most(200)])
    kind = choice(_l("Nature de l’organisme"), options(KINDS, empty=""))
    city = TextField(_l("Commune du siège"), [required(_l("Écrivez la commune du siège.")), at_most(100)])
    territory_code = choice(_l("Département du siège"), [])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.territory_code.choices = territory_or(_("Hors de la région"))

    def territory(self) -> str | None:
        """The code of the department; None when the organisation is outside the Region."""
        return None if self.territory_code.data == ELSEWHERE else self.territory_code.data


class DescriptionForm(BaseForm):
    """What the organisation says of itself, and who signs for it."""

    name = TextField(_l("Nom de l’organisme"), [required(_l("Écrivez le nom de l’organisme.")), at_most(200)])
    address = TextField(_l("Adresse du siège"), [Optional(), at_most(300)])
    city = TextField(_l("Commune"), [Optional(), at_most(100)])
    territory_code = wtforms.SelectField(_l("Département"), choices=[], validate_choice=True)
    rna = TextField(
        _l("Numéro RNA"), [Optional(), wtforms.validators.Regexp(r"^W\d{9}$", message=_l("Écrivez W suivi de 9 chiffres, par exemple W131234567."))],
        description=_l("Pour une association : W suivi de 9 chiffres."),
    )  # fmt: skip
    website = TextField(
        _l("Site internet"),
        [
            Optional(),
            at_most(300),
            wtforms.validators.Regexp(
                r"^https?://", message=_l("Écrivez l’adresse entière, par exemple https://www.organisme.fr.")
            ),
        ],
    )
    description = LongTextField(_l("Présentation"), [Optional(), at_most(2000)])
    representative_name = TextField(_l("Nom de la personne qui signe"), [Optional(), at_most(120)])
    representative_title = TextField(
        _l("Sa qualité"), [Optional(), at_most(120)], description=_l("Par exemple : présidente, maire.")
    )
    categories = wtforms.SelectMultipleField(
        _l("Place dans le réseau des données"), choices=options(CATEGORIES),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.territory_code.choices = territory_choices(_("Hors de la région"))


class InviteForm(BaseForm):
    """Add a colleague."""

    email = email_field(_l("Adresse électronique de votre collègue"))
    role = wtforms.RadioField(
        _l("Ce que cette personne pourra faire"), choices=options(ROLES), default=MembershipRole.EDITOR.value,
        validators=[required(_l("Choisissez ce que cette personne pourra faire."))],
    )  # fmt: skip


class RoleForm(BaseForm):
    """Change what a member may do."""

    role = choice(_l("Rôle"), options(ROLES))
