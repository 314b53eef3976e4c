"""The scoring grid as a form made at run time."""

import re
from typing import Any, cast

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.core.forms import BaseForm, LongTextField, TextField, at_most, options, required
from programme.evaluation.labels import RECOMMENDATIONS
from programme.evaluation.models import Evaluation, Grid
from programme.organisations.rules import siret


class EvaluationForm(BaseForm):
    """What every evaluation has besides the criteria."""

    version = wtforms.HiddenField()
    recommendation = wtforms.RadioField(
        _l("Votre avis d’ensemble"), choices=options(RECOMMENDATIONS), validators=[Optional()]
    )
    comment = LongTextField(
        _l("Commentaire pour le comité"), [Optional(), at_most(4000)], render_kw={"rows": 5},
    )  # fmt: skip


class RecusalForm(BaseForm):
    """Step aside, and why."""

    reason = LongTextField(
        _l("Quel lien avez-vous avec ce dossier ?"), [required(_l("Dites en une phrase quel est ce lien.")), at_most(1000)],
        render_kw={"rows": 3},
    )  # fmt: skip


class InterestForm(BaseForm):
    """An organisation to which a reader is tied."""

    name = TextField(
        _l("Nom de l’organisme"), [required(_l("Écrivez le nom de l’organisme.")), at_most(200)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    siren = TextField(
        _l("Numéro SIREN ou SIRET"), [Optional(), at_most(30)],
        description=_l("9 ou 14 chiffres, si vous le connaissez : un nom peut s’écrire de plusieurs façons."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )  # fmt: skip

    def validate_siren(self, field: wtforms.Field) -> None:
        """Nine digits, or fourteen with a right key."""
        digits = siret.clean(field.data or "")
        if not re.fullmatch("[0-9]{9}", digits) and not siret.is_valid(digits):
            raise ValidationError(_("Un SIREN a 9 chiffres, un SIRET 14, par exemple 231 300 021. Vérifiez-les."))

    @property
    def digits(self) -> str | None:
        """The SIREN, if one was given."""
        return siret.siren(self.siren.data) if self.siren.data else None


def form_class(grid: Grid) -> type[EvaluationForm]:
    """One mark and one justification for each criterion."""
    fields: dict[str, Any] = {}
    for each in grid.criteria:
        fields[f"mark_{each.id}"] = wtforms.RadioField(
            each.label, choices=options([(mark, f"{mark}") for mark in range(grid.scale + 1)]), validators=[Optional()],
        )  # fmt: skip
        fields[f"why_{each.id}"] = LongTextField(
            _l("Justification"), [Optional(), at_most(2000)], render_kw={"rows": 3},
        )  # fmt: skip
    return cast(type[EvaluationForm], type("GridForm", (EvaluationForm,), fields))


def data_from(evaluation: Evaluation) -> dict[str, Any]:
    """The kept marks and words, as values of the form."""
    values: dict[str, Any] = {
        "version": evaluation.version,
        "comment": evaluation.comment,
        "recommendation": evaluation.recommendation,
    }
    for score in evaluation.scores:
        values[f"mark_{score.criterion_id}"] = None if score.mark is None else str(score.mark)
        values[f"why_{score.criterion_id}"] = score.justification
    return values


def marks_from(form: EvaluationForm, grid: Grid) -> dict[int, tuple[int | None, str]]:
    """Criterion -> (mark or None, justification)."""
    found: dict[int, tuple[int | None, str]] = {}
    given = {str(mark) for mark in range(grid.scale + 1)}
    for each in grid.criteria:
        mark = form[f"mark_{each.id}"].data
        found[each.id] = (int(mark) if mark in given else None, form[f"why_{each.id}"].data or "")
    return found


def name_lacking(form: EvaluationForm, grid: Grid) -> None:
    """Say at each criterion what it lacks, so that the summary leads there."""
    for place, each in enumerate(grid.criteria, start=1):
        mark, why = form[f"mark_{each.id}"], form[f"why_{each.id}"]
        if not mark.data:
            mark.errors = [*mark.errors, _("Choisissez une note de 0 à %(scale)s.", scale=grid.scale)]
        if not (why.data or "").strip():
            why.errors = [*why.errors, _("Écrivez ce qui justifie la note du critère %(place)s.", place=place)]
