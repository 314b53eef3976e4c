"""Forms of agreements and partners."""

from collections.abc import Mapping
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.accounts.forms import email_field
from programme.agreements.labels import CONDITIONS, FREQUENCIES, LICENCES, VARIABLE_LABELS
from programme.agreements.rules.variables import CHOSEN, VARIABLES, Kind, editable_variables, known_flags
from programme.agreements.states import AgreementFamily
from programme.core.clock import today
from programme.core.forms import (
    BaseForm,
    DayField,
    LongTextField,
    MoneyField,
    NestedForm,
    TextField,
    at_most,
    choice,
    options,
    required,
)

DATASET_ROWS = 6
SHARE_PATTERN = r"^(100([.,]0{1,2})?|\d{1,2}([.,]\d{1,2})?)$"


class DatasetRow(NestedForm):
    """One data set that the partner would open."""

    title = TextField(_l("Jeu de données"), [Optional(), at_most(250)])
    due_on = DayField(_l("Publié au plus tard le"), [Optional()])
    frequency = wtforms.SelectField(_l("Mise à jour"), choices=options(FREQUENCIES), default="yearly")
    licence = wtforms.SelectField(_l("Licence"), choices=options(LICENCES), default="lo_2_0")

    def validate(self, extra_validators: Any = None) -> bool:
        """A row is empty, or has both a title and a date to come."""
        valid = super().validate(extra_validators)
        if self.title.data and self.due_on.data is None and not self.due_on.errors:
            self.due_on.errors = [_("Donnez la date à laquelle ce jeu sera publié.")]
            return False
        if self.due_on.data and not self.title.data:
            self.title.errors = [_("Nommez le jeu de données.")]
            return False
        if self.due_on.data and self.due_on.data <= today():
            self.due_on.errors = [_("Donnez une date à venir.")]
            return False
        return bool(valid)


class PartnershipForm(BaseForm):
    """Ask for a convention."""

    nonce = wtforms.HiddenField()
    organisation = choice(_l("Pour quel organisme"), [])
    wishes = LongTextField(
        _l("Ce que vous attendez du partenariat"),
        [required(_l("Dites en quelques phrases ce que vous attendez.")), at_most(2000)],
        description=_l("Par exemple : publier nos arrêts de bus et nos horaires, être aidés pour les formats."),
        render_kw={"rows": 5},
    )  # fmt: skip
    contact_name = TextField(
        _l("Personne référente"), [required(_l("Écrivez le nom de la personne à joindre.")), at_most(120)],
        render_kw={"autocomplete": "name"},
    )  # fmt: skip
    contact_email = email_field(_l("Son adresse électronique"))
    datasets = wtforms.FieldList(
        wtforms.FormField(DatasetRow), label=_l("Jeux de données"), min_entries=DATASET_ROWS, max_entries=DATASET_ROWS
    )

    def validate_datasets(self, field: Any) -> None:
        """A convention promises at least one data set."""
        if not self.rows():
            raise ValidationError(_("Citez au moins un jeu de données que vous pensez ouvrir, avec sa date."))

    def rows(self) -> list[dict[str, Any]]:
        """The rows that were filled in."""
        return [entry.data for entry in self.datasets.entries if entry.data["title"] and entry.data["due_on"]]


class SignForm(BaseForm):
    """Sign for the organisation."""

    text_sha256 = wtforms.HiddenField()
    name = TextField(
        _l("Vos prénom et nom"), [required(_l("Écrivez vos prénom et nom, comme sur l’acte qui vous autorise.")), at_most(120)],
        render_kw={"autocomplete": "name"},
    )  # fmt: skip
    capacity = TextField(
        _l("Votre qualité"), [required(_l("Écrivez en quelle qualité vous signez.")), at_most(120)],
        description=_l("Par exemple : présidente, maire, directeur général par délégation."),
    )  # fmt: skip
    read = wtforms.BooleanField(
        _l("J’ai lu la convention et ses annexes, et je suis autorisé ou autorisée à la signer."),
        [required(_l("Cochez cette case pour signer."))],
    )  # fmt: skip


class RegionSignatureForm(BaseForm):
    """Record the Region's signature."""

    name = TextField(_l("Qui signe"), [required(_l("Écrivez le nom de la personne qui signe.")), at_most(120)])
    capacity = TextField(_l("Sa qualité"), [required(_l("Écrivez sa qualité.")), at_most(120)])
    on = DayField(_l("Date de signature"), [required(_l("Donnez la date de signature."))])


class ReasonForm(BaseForm):
    """An act that needs a reason."""

    reason = LongTextField(
        _l("Raison"), [required(_l("Donnez la raison en une phrase.")), at_most(2000)], render_kw={"rows": 3}
    )


class TerminateForm(ReasonForm):
    """End an agreement before its term."""

    on = DayField(_l("Date d’effet"), [required(_l("Donnez la date d’effet."))])


class RenewForm(BaseForm):
    """A later term."""

    until = DayField(_l("Nouveau terme"), [required(_l("Donnez le nouveau terme."))])


class DeliberationForm(BaseForm):
    """The vote that authorises a partnership."""

    number = TextField(_l("Numéro de la délibération"), [required(_l("Écrivez son numéro.")), at_most(40)])
    title = TextField(_l("Objet"), [required(_l("Écrivez son objet.")), at_most(300)])
    voted_on = DayField(_l("Votée le"), [required(_l("Donnez la date du vote."))])
    published_on = DayField(_l("Publiée le"), [Optional()])
    received_on = DayField(_l("Reçue par le représentant de l’État le"), [Optional()])

    def validate_published_on(self, field: Any) -> None:
        """A vote is published after it."""
        self._after_vote(field)

    def validate_received_on(self, field: Any) -> None:
        """A vote is received after it."""
        self._after_vote(field)

    def _after_vote(self, field: Any) -> None:
        if field.data and self.voted_on.data and field.data < self.voted_on.data:
            raise ValidationError(_("Cette date précède le vote."))


class CommitmentForm(BaseForm):
    """Say how a commitment stands."""

    url = TextField(
        _l("Adresse du jeu de données"),
        [
            Optional(),
            at_most(500),
            wtforms.validators.Regexp(
                r"^https?://", message=_l("Écrivez l’adresse entière, par exemple https://www.organisme.fr.")
            ),
        ],
    )
    reason = LongTextField(_l("Raison"), [Optional(), at_most(1000)], render_kw={"rows": 2})


class ShareField(TextField):
    """A share in percent, kept as a plain decimal."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read « 62,5 » as « 62.5 »."""
        typed_text = str(valuelist[0]) if valuelist else ""
        self.data = typed_text.strip().rstrip("% \u00a0\u202f").replace(",", ".")


def _field(name: str) -> Any:
    label, kind, optional = VARIABLE_LABELS[name], VARIABLES[name].kind, VARIABLES[name].optional
    # An empty value is allowed in a draft: the review cannot be asked while the text lacks it.
    first = [Optional()]
    if kind is Kind.DAY:
        return DayField(label, first)
    if kind is Kind.MONEY:
        return MoneyField(label, first)
    if kind is Kind.LONG:
        return LongTextField(label, [*first, at_most(4000)], render_kw={"rows": 4})
    if kind is Kind.SHARE:
        pattern = wtforms.validators.Regexp(
            SHARE_PATTERN, message=_l("Écrivez une part entre 0 et 100, par exemple 50.")
        )
        return ShareField(label, [*first, pattern], description=_l("En pourcentage."))
    return TextField(label, [*first, at_most(300)], description=_l("Facultatif.") if optional else "")


def values_form(family: AgreementFamily) -> type[BaseForm]:
    """The form of a family's values, made from the closed list of variables."""
    fields: dict[str, Any] = {"version": wtforms.HiddenField()}
    fields |= {name: _field(name) for name in editable_variables(family)}
    chosen = sorted(CHOSEN & known_flags(family))
    fields["conditions"] = wtforms.SelectMultipleField(
        _l("Conditions"), choices=options([(flag, CONDITIONS[flag]) for flag in chosen]),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip
    return type(f"{family.value.title()}ValuesForm", (BaseForm,), fields)


def typed(form: BaseForm, names: list[str]) -> Mapping[str, Any]:
    """What was typed, by variable."""
    return {name: form[name].data for name in names}
