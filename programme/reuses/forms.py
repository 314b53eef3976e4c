"""Forms of the gallery. The declaration keeps all that is typed while data sets are looked for, without script."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import wtforms
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import TextInput

from programme.accounts.forms import valid_email
from programme.core.clock import today
from programme.core.forms import (
    BaseForm,
    DayField,
    LongTextField,
    NestedForm,
    TextField,
    at_most,
    choice,
    options,
    parse_amount,
    required,
)
from programme.reuses.labels import FLAG_REASONS, KINDS
from programme.reuses.models import DatasetUse, Reuse
from programme.reuses.rules.addresses import is_web_address
from programme.reuses.states import FlagReason, ReuseKind

MAX_DATASETS = 20


def web_address(_form: Any, field: Any) -> None:
    """An address that a browser opens."""
    if field.data and not is_web_address(field.data):
        raise ValidationError(_("Écrivez une adresse complète, par exemple https://exemple.fr/carte."))


def number_or_nothing(text: str | int | None) -> int | None:
    """The whole number of a hidden or listed value; None for anything else."""
    digits = str(text or "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


class FigureField(wtforms.Field):
    """A positive figure with at most two decimals, as people write it: « 1 500 », « 12,5 »."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return f"{self.data.normalize():f}".replace(".", ",")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the figure.

        Raises:
            ValueError: with the sentence to show.

        """
        self.data: Decimal | None = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        try:
            self.data = parse_amount(str(valuelist[0]))
        except ValueError:
            raise ValueError(_("Écrivez un nombre, par exemple 41 ou 12,5.")) from None
        if self.data < 0:
            self.data = None
            raise ValueError(_("Écrivez un nombre positif, par exemple 41."))


class DatasetUseForm(NestedForm):
    """One data set and what it is used for; `dataset_id` is empty when the catalogue does not know it."""

    dataset_id = wtforms.HiddenField()
    title = TextField(_l("Nom du jeu de données et de qui le produit"), [at_most(250)])
    url = TextField(
        _l("Son adresse, si vous la connaissez"), [Optional(), at_most(500), web_address], render_kw={"type": "url"}
    )
    use = TextField(
        _l("À quoi sert ce jeu de données ?"),
        [required(_l("Dites en une ligne à quoi sert ce jeu de données.")), at_most(240)],
        description=_l("Une ligne, par exemple : « La couleur de chaque point de la carte. »"),
    )

    def validate_title(self, field: Any) -> None:
        """A data set that the catalogue does not know has a name."""
        if self.number is None and not field.data:
            raise ValidationError(_("Écrivez le nom du jeu de données, ou retirez-le."))

    @property
    def number(self) -> int | None:
        """The number of the data set in the catalogue."""
        return number_or_nothing(self.dataset_id.data)


class ReuseForm(BaseForm):
    """The three-minute declaration, and the correction of one's own reuse."""

    title = TextField(_l("Nom de la réutilisation"), [required(_l("Donnez un nom à la réutilisation.")), at_most(150)])
    kind = choice(_l("Forme"), options(KINDS, empty=""), _l("Choisissez une forme."))
    url = TextField(
        _l("Adresse où on la trouve"),
        [required(_l("Écrivez l’adresse où l’on trouve la réutilisation.")), at_most(500), web_address],
        description=_l("L’adresse complète, par exemple https://exemple.fr/carte."), render_kw={"type": "url"},
    )  # fmt: skip
    summary = TextField(
        _l("Ce que c’est, en une phrase"),
        [required(_l("Dites en une phrase ce que c’est.")), at_most(240)],
        description=_l("Par exemple : « L’air de la cour d’école, heure par heure, et ce qu’il permet. »"),
    )
    datasets = wtforms.FieldList(
        wtforms.FormField(DatasetUseForm), label=_l("Jeux de données"), max_entries=MAX_DATASETS
    )
    dataset_query = TextField(_l("Chercher un jeu de données"), [Optional(), at_most(100)])
    theme_id = choice(_l("Thème"), [], _l("Choisissez un thème."))
    territory_code = wtforms.SelectField(_l("Département"), choices=[], validate_choice=True)
    territory = TextField(
        _l("Territoire, en clair"), [Optional(), at_most(120)],
        description=_l("Par exemple : étang de Berre, Briançonnais, Nice."),
    )  # fmt: skip
    description = LongTextField(
        _l("Pourquoi l’avez-vous faite, et pour qui ?"), [Optional(), at_most(5000)], render_kw={"rows": 6}
    )
    missing = LongTextField(
        _l("Ce qui vous a manqué dans les données"), [Optional(), at_most(2000)],
        description=_l("Votre remarque est publiée et la Région la transmet aux producteurs."), render_kw={"rows": 3},
    )  # fmt: skip
    effect_text = TextField(
        _l("Ce que cela a changé, en une phrase"), [Optional(), at_most(240)],
        description=_l("Par exemple : « 41 écoles consultent la carte chaque jour. »"),
    )  # fmt: skip
    effect_value = FigureField(_l("Un chiffre"), [Optional()], render_kw={"inputmode": "decimal"})
    effect_unit = TextField(
        _l("Ce qu’il compte"), [Optional(), at_most(120)],
        description=_l("Par exemple : écoles consultent la carte chaque jour."),
    )  # fmt: skip
    effect_on = DayField(_l("Date du relevé"), [Optional()])
    image = wtforms.FileField(
        _l("Image"), description=_l("PNG, JPEG ou WebP. Sans image, un dessin propre à la réutilisation la représente."),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )  # fmt: skip
    image_token = wtforms.HiddenField()
    image_removed = wtforms.BooleanField(_l("Retirer l’image"))
    image_alt = TextField(
        _l("Ce que montre l’image"), [Optional(), at_most(240)],
        description=_l("Une phrase pour qui ne la voit pas. Elle est nécessaire s’il y a une image."),
    )  # fmt: skip
    organisation_id = wtforms.SelectField(_l("Au nom de"), choices=[], validate_choice=True)
    signature = TextField(
        _l("Signature"), [Optional(), at_most(120)],
        description=_l("Le nom à afficher quand vous agissez en votre nom : le vôtre, celui d’un collectif, ou rien."),
    )  # fmt: skip
    licence = TextField(
        _l("Licence"), [Optional(), at_most(60)], description=_l("Par exemple : EUPL-1.2, ODbL, CC-BY 4.0.")
    )
    code_url = TextField(
        _l("Adresse du code source"), [Optional(), at_most(500), web_address], render_kw={"type": "url"}
    )
    nonce = wtforms.HiddenField()
    version = wtforms.HiddenField()

    def offer(self, themes: Sequence[Any], organisations: Sequence[Any]) -> None:
        """Fill in the lists that come from records."""
        self.theme_id.choices = options(((each.id, each.label) for each in themes), empty="")
        self.organisation_id.choices = options(((each.id, each.name) for each in organisations), empty=_("Moi-même"))
        places = ((each.code, f"{each.code} · {each.name}") for each in current_app.config["REGION"].territories)
        self.territory_code.choices = options(places, empty=_("Toute la région, ou plusieurs départements"))

    # ---- validation

    def validate_effect_value(self, field: Any) -> None:
        """A figure without unit or date says nothing."""
        if field.data is not None and not (self.effect_unit.data and self.effect_on.data):
            raise ValidationError(_("Ajoutez ce que ce chiffre compte et la date du relevé."))

    def validate_effect_on(self, field: Any) -> None:
        """An effect is measured, hence past."""
        if field.data and field.data > today():
            raise ValidationError(_("La date du relevé est à venir : écrivez celle du dernier relevé."))

    @property
    def has_image(self) -> bool:
        """Whether a picture goes with the reuse."""
        return bool(self.image_token.data) and not self.image_removed.data

    def ready(self) -> bool:
        """Whether everything that a publication needs is there, data sets and description of the image included."""
        valid = self.validate() and not self.image.errors
        if not self.datasets.entries:
            self.datasets.errors = [_("Ajoutez au moins un jeu de données : cherchez-le, ou écrivez son nom.")]
            valid = False
        return self._image_is_described() and valid

    def ready_as_draft(self) -> bool:
        """Whether what is typed can be kept as a draft: what is empty is not wrong yet, but for the title."""
        self.validate()
        for field in self:
            if field.name not in ("title", "csrf_token", "datasets") and not field.data:
                field.errors = field.process_errors
        for entry in self.datasets.entries:
            for field in entry.form:
                if not field.data and not (field.short_name == "title" and entry.form.number is None):
                    field.errors = []
        self.datasets.errors = [entry.form.errors for entry in self.datasets.entries if entry.form.errors]
        return self._image_is_described() and not self.errors

    def _image_is_described(self) -> bool:
        if self.has_image and not self.image_alt.data:
            self.image_alt.errors = [_("Décrivez l’image en une phrase, pour qui ne la voit pas.")]
            return False
        return True

    # ---- data sets, without script

    def press(self, button: str) -> bool:
        """Obey a button of the list of data sets; False when the button is none of these.

        Buttons: « chercher », « ajouter:<number> », « ajouter:autre », « retirer:<place> ».
        """
        verb, _colon, value = button.partition(":")
        if verb == "retirer":
            self._set_entries([e for e in self.datasets.entries if e.name != f"datasets-{value}"])
        elif verb == "ajouter":
            self.add(number_or_nothing(value))
        return verb in ("chercher", "ajouter", "retirer")

    def add(self, number: int | None) -> None:
        """Add a data set of the catalogue once, or an empty line for one that it does not know."""
        held = [entry.form.number for entry in self.datasets.entries]
        if len(held) < MAX_DATASETS and (number is None or number not in held):
            self.datasets.append_entry({"dataset_id": "" if number is None else str(number)})
            self.dataset_query.data = ""

    def _set_entries(self, entries: list[Any]) -> None:
        self.datasets.entries = entries

    # ---- what goes to the service, what comes from the record

    def values(self) -> dict[str, Any]:
        """The columns written by the author."""
        texts = (
            "title", "summary", "description", "url", "image_alt", "territory", "signature", "effect_text", "effect_unit",
            "missing", "licence", "code_url",
        )  # fmt: skip
        return {name: self[name].data or "" for name in texts} | {
            "kind": ReuseKind(self.kind.data) if self.kind.data else None,
            "theme_id": number_or_nothing(self.theme_id.data),
            "organisation_id": number_or_nothing(self.organisation_id.data),
            "territory_code": self.territory_code.data or None,
            "effect_value": self.effect_value.data,
            "effect_on": self.effect_on.data,
        }

    def uses(self) -> list[DatasetUse]:
        """The data sets, in order."""
        return [
            DatasetUse(
                use=entry.form.use.data or "", dataset_id=entry.form.number, title=entry.form.title.data or "",
                url=entry.form.url.data or "",
            )
            for entry in self.datasets.entries
        ]  # fmt: skip

    @staticmethod
    def initial(reuse: Reuse) -> dict[str, Any]:
        """What the form shows of a record when it is first opened."""
        lines = [
            {"dataset_id": str(each.dataset_id or ""), "title": each.title, "url": each.url, "use": each.use}
            for each in reuse.datasets
        ]
        numbers = {name: str(getattr(reuse, name) or "") for name in ("theme_id", "organisation_id")}
        return numbers | {
            "datasets": lines, "kind": reuse.kind or "", "territory_code": reuse.territory_code or "",
            "image_token": reuse.image.public_id if reuse.image else "", "version": str(reuse.version),
        }  # fmt: skip


class FlagForm(BaseForm):
    """A visitor's report."""

    reason = choice(
        _l("Qu’est-ce qui ne va pas ?"), options(FLAG_REASONS, empty=""),
        _l("Choisissez une raison."),
    )  # fmt: skip
    message = LongTextField(
        _l("Précisez si vous le pouvez"), [at_most(2000)], render_kw={"rows": 4},
        description=_l("Seuls les agents de la Région lisent votre message."),
    )  # fmt: skip
    email = TextField(
        _l("Votre adresse électronique"), [Optional(), at_most(254), valid_email],
        description=_l("Pour vous répondre. Elle est effacée au bout de douze mois."),
        render_kw={"type": "email", "autocomplete": "email"},
    )  # fmt: skip

    def validate_message(self, field: Any) -> None:
        """« Autre raison » says which one."""
        if self.reason.data == FlagReason.OTHER and not field.data:
            raise ValidationError(_("Dites en une phrase ce qui ne va pas."))


class RequestForm(BaseForm):
    """What an officer asks the author to complete."""

    request = LongTextField(
        _l("Ce qu’il faut compléter"), [required(_l("Écrivez à l’auteur ce qui manque.")), at_most(2000)],
        description=_l("L’auteur reçoit ce texte tel quel."), render_kw={"rows": 4},
    )  # fmt: skip


class WithdrawalForm(BaseForm):
    """Why an officer refuses or withdraws a reuse."""

    reason = LongTextField(
        _l("Raison donnée à l’auteur"), [required(_l("Écrivez à l’auteur pourquoi.")), at_most(2000)],
        description=_l("La décision, la raison, ce qu’il peut faire. L’auteur reçoit ce texte tel quel."),
        render_kw={"rows": 4},
    )  # fmt: skip
