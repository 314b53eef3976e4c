"""Forms of the catalogue."""

from collections.abc import Iterable
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.catalogue.labels import GRANULARITIES, KINDS, LICENCES
from programme.catalogue.rules.listing import LIMITS, is_web_address
from programme.catalogue.states import Granularity
from programme.core.forms import BaseForm, LongTextField, TextField, at_most, choice, options, required


def web_address(_form: Any, field: Any) -> None:
    """Validator: a full http or https address."""
    if field.data and not is_web_address(field.data):
        raise ValidationError(_("Écrivez l’adresse entière, par exemple https://www.exemple.fr/donnees."))


class DatasetForm(BaseForm):
    """Enter or change a reference."""

    title = TextField(_l("Titre"), [required(_l("Écrivez le titre du jeu de données.")), at_most(LIMITS["title"])])
    producer_id = choice(_l("Producteur"), [], _l("Choisissez le producteur dans la liste."))
    theme_id = choice(_l("Thème"), [], _l("Choisissez le thème dans la liste."))
    url = TextField(
        _l("Adresse"), [Optional(), at_most(LIMITS["url"]), web_address],
        description=_l("La page du jeu de données sur la plateforme : les données restent chez elle."),
    )  # fmt: skip
    description = LongTextField(
        _l("Description"), [Optional(), at_most(LIMITS["description"])],
        description=_l("Ce que contient le jeu de données, d’où il vient, ce qui lui manque."), render_kw={"rows": 6},
    )  # fmt: skip
    kind = choice(_l("Nature"), options(KINDS))
    licence = choice(_l("Licence"), options(LICENCES))
    granularity = choice(_l("Granularité"), options(GRANULARITIES), default=Granularity.UNDEFINED.value)
    frequency = TextField(
        _l("Mise à jour"), [Optional(), at_most(LIMITS["frequency"])], description=_l("Par exemple : chaque mois.")
    )
    is_new = wtforms.BooleanField(_l("Ces données n’avaient jamais été publiées"))
    opened_through = TextField(
        _l("Ouvert grâce à"), [Optional(), at_most(LIMITS["opened_through"])],
        description=_l("L’appel, la convention, l’événement ou le programme qui a permis l’ouverture."),
    )  # fmt: skip
    version = wtforms.HiddenField()

    def offer(self, producers: Iterable[tuple[int, str]], themes: Iterable[tuple[int, str]]) -> None:
        """The organisations and the themes of the moment."""
        self.producer_id.choices = options(producers, empty="")
        self.theme_id.choices = options(themes, empty="")

    @property
    def values(self) -> dict[str, Any]:
        """What was written, by column."""
        values = {name: value for name, value in self.data.items() if name not in ("csrf_token", "version")}
        return values | {"producer_id": int(values["producer_id"]), "theme_id": int(values["theme_id"])}


class ImportForm(BaseForm):
    """Send a list of references."""

    file = wtforms.FileField(
        _l("Fichier CSV ou JSON"), [required(_l("Choisissez le fichier à lire."))],
        description=_l(
            "Séparateur point-virgule ou virgule, 5 000 lignes au plus. Colonnes lues : titre, producteur (nom ou "
            "SIRET), thème, adresse, nature, licence, granularité, fréquence, description, nouveau (oui ou non), "
            "ouvert grâce à."
        ),
        render_kw={"accept": ".csv,.json,text/csv,application/json"},
    )  # fmt: skip

    def validate_file(self, field: wtforms.FileField) -> None:
        """A forged form may send words in the place of a file."""
        if not hasattr(field.data, "read"):
            raise ValidationError(_("Choisissez le fichier à lire."))
