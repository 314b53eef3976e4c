"""The scoring grid as a form made at run time."""

from typing import Any, cast

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from programme.core.forms import BaseForm, LongTextField, at_most, options, required
from programme.evaluation.labels import MARKS, RECOMMENDATIONS
from programme.evaluation.models import Evaluation, Grid


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


def form_class(grid: Grid) -> type[EvaluationForm]:
    """One mark and one justification for each criterion."""
    fields: dict[str, Any] = {}
    for each in grid.criteria:
        fields[f"mark_{each.id}"] = wtforms.RadioField(
            each.label, choices=options([(mark, f"{mark}") for mark in MARKS]), validators=[Optional()],
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
    for each in grid.criteria:
        mark = form[f"mark_{each.id}"].data
        found[each.id] = (int(mark) if mark in {str(m) for m in MARKS} else None, form[f"why_{each.id}"].data or "")
    return found


def name_lacking(form: EvaluationForm, grid: Grid) -> None:
    """Say at each criterion what it lacks, so that the summary leads there."""
    for place, each in enumerate(grid.criteria, start=1):
        mark, why = form[f"mark_{each.id}"], form[f"why_{each.id}"]
        if not mark.data:
            mark.errors = [*mark.errors, _("Choisissez une note de 0 à 5.")]
        if not (why.data or "").strip():
            why.errors = [*why.errors, _("Écrivez ce qui justifie la note du critère %(place)s.", place=place)]
