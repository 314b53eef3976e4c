"""The parts of a call that are one form each: its making, its texts, its settings."""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import NumberRange, ValidationError

from programme.calls.labels import AID_REGIMES, KINDS, THEME_SETS
from programme.calls.states import AidRegime
from programme.core.forms import (
    BaseForm,
    LongTextField,
    NumberField,
    TextField,
    at_most,
    choice,
    options,
    parse_amount,
    required,
    typed,
)
from programme.core.i18n import number

Document = Mapping[str, Any]


class NewCallForm(BaseForm):
    """What a call cannot begin without; all of it but the code may change until the publication."""

    title = TextField(
        _l("Comment s’appelle l’appel ?"),
        [required(_l("Donnez un titre à l’appel, par exemple « Données du territoire ».")), at_most(190)],
        description=_l("Le titre que tout le monde lira."),
    )  # fmt: skip
    code = TextField(
        _l("Son code"), [required(_l("Donnez un code court, par exemple DATA-2027.")), at_most(40), wtforms.validators.Regexp(
            r"^[A-Za-z0-9][A-Za-z0-9-]*\Z", message=_l("Des lettres sans accent, des chiffres et des traits d’union."))],
        description=_l("Court, par exemple DATA-2027 : il figure sur les accusés et dans les exports. Il ne changera plus."),
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    kind = choice(_l("Sa nature"), options(KINDS))
    theme_set = choice(
        _l("Ses thèmes"), options(THEME_SETS), description=_l("La liste dans laquelle un porteur choisit.")
    )


class DocumentForm(BaseForm):
    """The file of a call made elsewhere."""

    document = wtforms.FileField(
        _l("Le fichier de l’appel"), description=_l("Le fichier JSON qu’une autre Région ou cette page a donné."),
        render_kw={"accept": ".json,application/json"},
    )  # fmt: skip


class RevisionForm(BaseForm):
    """What a change of a published call says to everybody; `version` is that of the change that one has read."""

    version = wtforms.HiddenField()
    changes = LongTextField(
        _l("Ce qui change, en quelques phrases"), [required(_l("Dites au public ce qui change.")), at_most(2000)],
        description=_l("Daté, affiché sur la page de l’appel, et envoyé à ceux qui ont un brouillon."), render_kw={"rows": 4},
    )  # fmt: skip


class YearlyField(LongTextField):
    """An amount for each year, one a line (« 2027 : 480 000 »); `amounts`: year -> euros, of the lines that read."""

    amounts: Mapping[str, str] = MappingProxyType({})

    def pre_validate(self, form: Any) -> None:
        """Each line is a year and an amount, no year twice.

        Raises:
            ValidationError: the line to mend.
        """
        found: dict[str, str] = {}
        for line in filter(str.strip, (self.data or "").splitlines()):
            year, _colon, amount = (each.strip() for each in line.partition(":"))
            try:
                euros = parse_amount(amount)
            except ValueError:
                euros = None
            if euros is None or euros < 0 or not re.fullmatch(r"20[0-9]{2}", year) or year in found:
                raise ValidationError(
                    _("« %(line)s » : écrivez une année et son montant, chaque année une fois.", line=line.strip())
                )
            found[year] = f"{euros:.2f}"
        self.amounts = found


def yearly_words(amounts: Mapping[str, str]) -> str:
    """The lines of `YearlyField`."""
    return "\n".join(f"{year} : {number(Decimal(each), 2)}" for year, each in sorted(amounts.items()))


class TextsForm(BaseForm):
    """What the public reads, and the legal texts of the receipt."""

    PART = "texts"
    version = wtforms.HiddenField()
    title = TextField(_l("Titre"), [required(_l("Donnez un titre à l’appel.")), at_most(200)])
    kind = choice(_l("Nature"), options(KINDS))
    theme_set = choice(_l("Thèmes"), options(THEME_SETS))
    promise = LongTextField(
        _l("La promesse, en une phrase"), [at_most(600)], render_kw={"rows": 2},
        description=_l("Elle commence par « Pour » et dit à quoi sert l’appel."),
    )  # fmt: skip
    audience = LongTextField(
        _l("Pour qui"), [at_most(600)], render_kw={"rows": 3},
        description=_l("La première ligne s’affiche en grand, les suivantes en petit."),
    )  # fmt: skip
    amounts = LongTextField(
        _l("Combien"), [at_most(600)], render_kw={"rows": 3},
        description=_l("Par exemple : 50 % des dépenses, puis le plafond à la ligne."),
    )  # fmt: skip
    answer_delay = TextField(_l("Réponse"), [at_most(200)], description=_l("Par exemple : en trois mois environ."))
    description = LongTextField(_l("Présentation"), [at_most(20_000)], render_kw={"rows": 10})
    expenses = LongTextField(
        _l("Quelles dépenses"), [at_most(20_000)], render_kw={"rows": 6},
        description=_l("Celles qui comptent, et celles qui ne comptent pas."),
    )  # fmt: skip
    fund = TextField(_l("Fonds"), [at_most(120)], description=_l("Par exemple : budget régional, FEDER 2021-2027."))
    annual_envelopes = YearlyField(
        _l("Enveloppe de chaque année"), [at_most(2000)], render_kw={"rows": 3},
        description=_l("Une année par ligne, par exemple : 2027 : 480 000. L’année d’une relève est celle de son vote. Celle de chaque relève se règle dans le calendrier."),
    )  # fmt: skip
    contacts = LongTextField(
        _l("Qui répond aux questions"), [at_most(1000)], render_kw={"rows": 3},
        description=_l("Nom du service, téléphone, adresse électronique. Sans texte, la page donne le contact de la Région."),
    )  # fmt: skip
    receipt_service = LongTextField(
        _l("Le service qui reçoit les dossiers"), [at_most(1000)], render_kw={"rows": 4},
        description=_l("Nom, adresse postale, adresse électronique et téléphone : l’accusé de réception les donne (CRPA, article R112-5)."),
    )  # fmt: skip
    appeal_text = LongTextField(
        _l("Délais et voies de recours"), [at_most(20_000)], render_kw={"rows": 8},
        description=_l("Ce texte est imprimé sur l’accusé et sur les refus. Sans lui, le délai de recours ne court pas (CRPA, article L112-6)."),
    )  # fmt: skip
    algorithm_notice = LongTextField(
        _l("Mention du traitement algorithmique"), [at_most(20_000)], render_kw={"rows": 6},
        description=_l("Exigée quand une note calculée éclaire la décision (CRPA, article L311-3-1)."),
    )  # fmt: skip

    SECTIONS = (
        (_l("L’essentiel"), ("title", "kind", "theme_set", "promise", "audience", "amounts", "answer_delay")),
        (_l("La présentation"), ("description", "expenses", "contacts")),
        (_l("Le financement"), ("fund", "annual_envelopes")),
        (_l("Les textes de droit"), ("receipt_service", "appeal_text", "algorithm_notice")),
    )

    @classmethod
    def known(cls, document: Document) -> dict[str, Any]:
        """The values of the fields."""
        return {**document, "annual_envelopes": yearly_words(document.get("annual_envelopes", {}))}

    def part(self) -> dict[str, Any]:
        """What the document becomes."""
        names = [name for _title, names in self.SECTIONS for name in names]
        return {name: self[name].data or "" for name in names} | {"annual_envelopes": self.annual_envelopes.amounts}


def _whole(label: Any, least: int, most: int, **kwargs: Any) -> NumberField:
    message = _l("Écrivez un nombre entre %(least)s et %(most)s.", least=least, most=most)
    return NumberField(
        label, [typed(message), NumberRange(least, most, message)], render_kw={"inputmode": "numeric"}, **kwargs
    )


class SettingsForm(BaseForm):
    """How the files are read, and the legal clock."""

    PART = "settings"
    version = wtforms.HiddenField()
    readers_per_file = _whole(_l("Lecteurs par dossier"), 1, 9)
    blind_reading = wtforms.BooleanField(
        _l("Lire à l’aveugle"),
        description=_l("Les évaluateurs ne voient ni le porteur, ni ses partenaires, ni ses pièces, sauf une copie sans noms."),
    )  # fmt: skip
    spread_alert = _whole(
        _l("Écart qui appelle une lecture de plus"), 1, 100, description=_l("En points sur 100, entre deux lecteurs.")
    )
    favourable_from = _whole(_l("Avis favorable à partir de"), 0, 100, description=_l("Points sur 100."))
    reserved_from = _whole(
        _l("Avis réservé à partir de"), 0, 100, description=_l("Le même nombre que ci-dessus : pas d’avis réservé.")
    )
    silence_months = _whole(
        _l("Mois de silence qui décident"), 1, 24,
        description=_l("Deux mois pour une demande d’argent, sauf texte contraire (CRPA, article L231-4, 3°)."),
    )  # fmt: skip
    silence_accepts = wtforms.BooleanField(
        _l("Le silence vaut acceptation"),
        description=_l("Laissez vide pour une subvention : le silence y vaut refus, et l’accusé le dit."),
    )
    silence_starts_when_complete = wtforms.BooleanField(_l("Le délai part du dossier complet"))
    silence_suspended_by_request = wtforms.BooleanField(_l("Une demande de pièces suspend le délai"))
    aid_regime = wtforms.SelectField(
        _l("Règles d’aide d’État"), choices=options(AID_REGIMES), default=AidRegime.NONE.value,
        description=_l("Elles décident des questions posées au porteur qui a une activité économique ; les autres n’en voient qu’une."),
    )  # fmt: skip
    figures_are_fictional = wtforms.BooleanField(
        _l("Montants, poids et seuils sont fictifs"), description=_l("La page de l’appel le dit alors.")
    )

    SECTIONS = (
        (_l("La lecture"), ("readers_per_file", "blind_reading", "spread_alert", "favourable_from", "reserved_from")),
        (
            _l("L’horloge légale"),
            ("silence_months", "silence_accepts", "silence_starts_when_complete", "silence_suspended_by_request"),
        ),
        (_l("Les aides d’État"), ("aid_regime",)),
        (_l("Démonstration"), ("figures_are_fictional",)),
    )

    @classmethod
    def known(cls, document: Document) -> dict[str, Any]:
        """The values of the fields."""
        return dict(document)

    def part(self) -> dict[str, Any]:
        """What the document becomes."""
        return {name: self[name].data for _title, names in self.SECTIONS for name in names}

    def validate_reserved_from(self, field: Any) -> None:
        """A reserved opinion is under a favourable one."""
        if self.favourable_from.data is not None and field.data > self.favourable_from.data:
            raise ValidationError(_("L’avis réservé commence au plus là où l’avis favorable commence."))
