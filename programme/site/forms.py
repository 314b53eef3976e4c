"""Forms of the site's own pages; they write nothing."""

import json
import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FileField
from wtforms.validators import ValidationError

from programme.core.forms import BaseForm, NestedForm, NumberField, TextField, required, typed
from programme.core.identifiers import ALPHABET
from programme.core.theme import ThemeError, parse_colour

CODE = re.compile(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")


def normal_code(text: str) -> str:
    """A check code as it is kept, from what a person reads aloud: « k7qm 42xp » gives « K7QM-42XP »."""
    signs = re.sub(r"[^A-Z0-9]", "", text.upper())[:20]
    return f"{signs[:4]}-{signs[4:]}" if len(signs) > 4 else signs


def _colour(_form: Any, field: Any) -> None:
    try:
        field.data = parse_colour(field.data)
    except ThemeError as refusal:
        raise ValidationError(str(refusal)) from None


class ColoursForm(NestedForm):
    """Three colours to try; nothing is kept, so there is no token."""

    brand = TextField(_l("Liens et boutons"), [required(_l("Écrivez une couleur, par exemple #0b5a66.")), _colour])
    accent = TextField(
        _l("Repère « ici, maintenant »"), [required(_l("Écrivez une couleur, par exemple #ffc93c.")), _colour]
    )
    neutral_hue = NumberField(
        _l("Teinte des gris, en degrés"), [typed(_l("Écrivez un nombre de 0 à 360, par exemple 85."))]
    )

    def validate_neutral_hue(self, field: Any) -> None:
        """A hue is an angle.

        Raises:
            ValidationError: with the sentence to show.
        """
        if field.data is not None and not 0 <= field.data <= 360:
            raise ValidationError(_("Écrivez un nombre de 0 à 360 : 85 est chaud, 240 est froid."))


class SealedFileForm(BaseForm):
    """A file of signed data to check."""

    LARGEST = 500_000
    """Bytes; the largest receipt has 60,000."""
    file = FileField(
        _l("Le fichier JSON de l’accusé"), [required(_l("Choisissez le fichier JSON de l’accusé."))],
        render_kw={"accept": ".json,application/json"},
    )  # fmt: skip

    def read(self) -> Any:
        """The value that the file holds; None when it is no file, no JSON, or too large to be a receipt."""
        if not isinstance(self.file.data, FileStorage):
            return None
        with self.file.data.stream as stream:
            body = stream.read(self.LARGEST + 1)
        try:
            return json.loads(body.decode("utf-8-sig")) if len(body) <= self.LARGEST else None
        except (ValueError, RecursionError):
            return None
