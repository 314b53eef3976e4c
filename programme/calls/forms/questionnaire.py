"""The form by which questions come into a strand."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l

from programme.core.forms import BaseForm, options, required

OF_FILE = "file"
"""The source that is a file."""


class QuestionnaireForm(BaseForm):
    """Where the questions come from."""

    source = wtforms.SelectField(
        _l("D’où viennent les questions ?"), choices=[], validators=[required(_l("Choisissez un volet, ou un fichier."))],
        description=_l("Elles s’ajoutent à la suite, avec leurs conditions. Une question qui y est déjà n’est pas ajoutée deux fois."),
    )  # fmt: skip
    document = wtforms.FileField(
        _l("Le fichier du questionnaire"), description=_l("Le fichier JSON que cette page a donné, ici ou dans une autre Région."),
        render_kw={"accept": ".json,application/json"},
    )  # fmt: skip

    def offer(self, sources: Sequence[tuple[str, str]]) -> None:
        """The strands to choose from, after the file."""
        given: list[Any] = [*sources, (OF_FILE, _l("Un fichier JSON"))]
        self.source.choices = options(given, empty="" if sources else None)
