"""Forms of the network."""

import re
from typing import Any

import wtforms
from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.accounts.forms import email_field
from programme.core.forms import BaseForm, LongTextField, TextField, at_most, choice, options, required
from programme.organisations.labels import CATEGORIES, KINDS, ROLES
from programme.organisations.models import Membership
from programme.organisations.rules import siret as siret_rule
from programme.organisations.rules.company import Company
from programme.organisations.states import MembershipRole

LOOK_UP = "chercher"
LEAVE = "leave"
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


class RegistryForm(BaseForm):
    """A form with a second button, which asks the company registry instead of saving."""

    ASKED: frozenset[str] = frozenset()
    """The fields that the question needs: the others are judged when the form is saved."""

    def asks_registry(self) -> bool:
        """Whether that button was pressed."""
        return self.posted and request.form.get("act") == LOOK_UP

    def may_ask(self) -> bool:
        """Whether the token and what the question needs are right; nothing else is said to be wrong."""
        self.validate()
        for field in self:
            if field.name not in self.ASKED | {"csrf_token"}:
                field.errors = []
        return not self.errors

    def _said(self, company: Company) -> dict[str, str]:
        return {"name": company.name, "city": company.town}

    def fill_in(self, company: Company) -> None:
        """Put what the registry says where nothing is written; what was typed stays."""
        for name, value in self._said(company).items():
            if not self[name].data:
                self[name].data = value


class OrganisationForm(RegistryForm):
    """Enter one's organisation, or ask to join it when it is known."""

    ASKED = frozenset({"siret"})

    siret = siret_field()
    name = TextField(_l("Nom de l’organisme"), [required(_l("Écrivez le nom de l’organisme.")), at_most(200)])
    kind = choice(_l("Nature de l’organisme"), options(KINDS, empty=""))
    city = TextField(_l("Commune du siège"), [required(_l("Écrivez la commune du siège.")), at_most(100)])
    territory_code = choice(_l("Département du siège"), [])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.territory_code.choices = territory_or(_("Hors de la région"))

    def _said(self, company: Company) -> dict[str, str]:
        here = {each.value for each in self.territory_code.choices}
        place = company.department if company.department in here else ELSEWHERE
        return super()._said(company) | {
            "kind": company.kind or "", "territory_code": place if company.department else "",
        }  # fmt: skip

    def territory(self) -> str | None:
        """The code of the department; None when the organisation is outside the Region."""
        return None if self.territory_code.data == ELSEWHERE else self.territory_code.data


class DescriptionForm(RegistryForm):
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

    def _said(self, company: Company) -> dict[str, str]:
        return super()._said(company) | {"address": company.address}


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


class HandOverForm(BaseForm):
    """Give one's responsibility to a colleague."""

    receiver = wtforms.RadioField(
        _l("À qui transmettez-vous la responsabilité ?"), validators=[required(_l("Choisissez une personne."))]
    )
    then = wtforms.RadioField(
        _l("Et vous, ensuite ?"), choices=options([
            (MembershipRole.EDITOR.value, _l("Je reste pour remplir et déposer les dossiers")),
            (MembershipRole.READER.value, _l("Je reste pour suivre les dossiers")),
            (LEAVE, _l("Je quitte l’organisme : je ne pourrai pas revenir en arrière")),
        ]),
        default=MembershipRole.EDITOR.value, validators=[required(_l("Choisissez ce que vous devenez."))],
    )  # fmt: skip

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(each.account_id), f"{each.account.display_name}, {each.account.email}") for each in members]
        self.receiver.choices = options(named)

    @property
    def role(self) -> MembershipRole | None:
        """What the person becomes; None to leave."""
        return None if self.then.data == LEAVE else MembershipRole(self.then.data)


class OwnershipForm(BaseForm):
    """Ask the Region for the responsibility of an organisation."""

    explanation = LongTextField(
        _l("Que se passe-t-il ?"),
        [required(_l("Dites pourquoi vous demandez la responsabilité, par exemple : la personne responsable est partie en juin.")), at_most(2000)],
        description=_l("Qui était responsable, depuis quand on ne la joint plus, quelle est votre place dans l’organisme. Les responsables actuels liront ce texte."),
        render_kw={"rows": 7},
    )  # fmt: skip
    proof = wtforms.FileField(
        _l("Un justificatif"), [Optional()],
        description=_l("Une délibération, un procès-verbal, un arrêté ou une lettre signée : PDF ou image, 20 Mo au plus. Seule la Région le lit."),
    )  # fmt: skip


class ObjectionForm(BaseForm):
    """A present owner says that they are there."""

    why = LongTextField(
        _l("Que répondez-vous ?"),
        [required(_l("Écrivez au moins une phrase, par exemple : je suis toujours responsable.")), at_most(2000)],
        description=_l("La Région lit votre réponse avant de décider. La personne qui demande ne la lit pas."),
        render_kw={"rows": 5},
    )  # fmt: skip


class DecisionForm(BaseForm):
    """The Region's answer to a request of responsibility."""

    outcome = wtforms.RadioField(
        _l("Votre réponse"), choices=options([("grant", _l("Accepter")), ("refuse", _l("Refuser"))]),
        validators=[required(_l("Choisissez une réponse."))],
    )  # fmt: skip
    former = wtforms.RadioField(
        _l("Si vous acceptez, les responsables actuels"), choices=options([
            (MembershipRole.OWNER.value, _l("restent responsables aussi")),
            (MembershipRole.EDITOR.value, _l("passent à la rédaction : ils remplissent et déposent encore")),
        ]),
        default=MembershipRole.OWNER.value, validators=[required(_l("Choisissez ce qu’ils deviennent."))],
    )  # fmt: skip
    reason = LongTextField(
        _l("La raison, telle que les deux côtés la liront"), [required(_l("Écrivez la raison.")), at_most(2000)],
        render_kw={"rows": 6},
    )  # fmt: skip
