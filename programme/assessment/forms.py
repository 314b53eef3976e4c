"""Forms of instruction, committee and decision."""

from datetime import timedelta
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from programme.accounts.forms import email_field
from programme.applications.services import Choices
from programme.assessment.labels import OPINIONS, OUTCOMES
from programme.calls.models import CallStrand
from programme.core.clock import today
from programme.core.forms import (
    BaseForm,
    DayField,
    LongTextField,
    MoneyField,
    TextField,
    at_most,
    options,
    required,
    typed,
)


def _boxes(label: Any) -> wtforms.SelectMultipleField:
    """Several boxes to tick."""
    return wtforms.SelectMultipleField(
        label, choices=[], option_widget=wtforms.widgets.CheckboxInput(),
        widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip


class InfoRequestForm(BaseForm):
    """Ask for what is missing or to be corrected, in one act: what is ticked, and nothing else, is opened again."""

    items = _boxes(_l("Pièces à fournir ou à refaire"))
    questions = _boxes(_l("Réponses à corriger"))
    budget = _boxes(_l("Budget à corriger"))
    message = LongTextField(
        _l("Message au porteur"), [required(_l("Écrivez ce qui manque et comment le fournir.")), at_most(3000)],
        render_kw={"rows": 6},
    )  # fmt: skip
    due_on = DayField(_l("À fournir au plus tard le"), [typed(_l("Donnez une date limite."))])

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items.choices = options(choices.pieces)
        self.questions.choices = options(choices.questions)
        self.budget.choices = options(choices.budget)
        if not self.posted and self.due_on.data is None:
            self.due_on.data = today() + timedelta(days=21)  # type: ignore[assignment]

    @property
    def names(self) -> list[str]:
        """All that is ticked."""
        return [*(self.items.data or []), *(self.questions.data or []), *(self.budget.data or [])]

    def validate_due_on(self, field: Any) -> None:
        """A date to come."""
        if field.data is not None and field.data <= today():
            raise ValidationError(_("Choisissez une date à venir."))


class ReasonForm(BaseForm):
    """Close a file with its reason."""

    reason = LongTextField(
        _l("Motif, tel que le porteur le lira"), [required(_l("Écrivez le motif.")), at_most(3000)],
        render_kw={"rows": 6},
    )  # fmt: skip


class InviteForm(BaseForm):
    """Invite to hand in a full file: in which strand of the other call, and a word to the applicant."""

    strand = wtforms.SelectField(_l("Volet du dossier complet"), choices=[])
    message = LongTextField(
        _l("Un mot au porteur"), [Optional(), at_most(3000)], render_kw={"rows": 4},
        description=_l("Ce que le dossier complet devra préciser. Il le lit dans le courriel et sur sa page."),
    )  # fmt: skip

    def __init__(self, *args: Any, strands: list[CallStrand], wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strand.choices = options([(each.code, f"{each.code}. {each.title}") for each in strands])
        if self.strand.data not in {each.code for each in strands} and not self.posted:
            codes = [each.code for each in strands]
            self.strand.data = wanted if wanted in codes else next(iter(codes), "")


class PieceJudgementForm(BaseForm):
    """Accept or refuse a piece."""

    note = TextField(_l("Ce qui ne convient pas"), [Optional(), at_most(500)])


class RuleJudgementForm(BaseForm):
    """Answer a judged rule."""

    is_met = wtforms.RadioField(
        _l("Condition remplie"), choices=options([("yes", _l("Oui")), ("no", _l("Non"))]),
        validators=[required(_l("Choisissez oui ou non."))],
    )  # fmt: skip
    note = TextField(_l("Explication"), [Optional(), at_most(1000)])


class AssignForm(BaseForm):
    """Choose the readers of a file."""

    readers = wtforms.SelectMultipleField(
        _l("Évaluateurs"), choices=[], option_widget=wtforms.widgets.CheckboxInput(),
        widget=wtforms.widgets.ListWidget(prefix_label=False), validators=[required(_l("Choisissez au moins une personne."))],
    )  # fmt: skip
    due_on = DayField(_l("Évaluation attendue avant le"), [Optional()])

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readers.choices = options(people)

    def validate_due_on(self, field: Any) -> None:
        """A date to come, if any."""
        if field.data is not None and field.data <= today():
            raise ValidationError(_("Choisissez une date à venir."))


class PoolForm(BaseForm):
    """Add somebody to a pool."""

    email = email_field(_l("Adresse électronique de la personne"))


class MeetingForm(BaseForm):
    """Convene a committee."""

    held_on = DayField(_l("Date de la séance"), [typed(_l("Donnez la date de la séance."))])
    place = TextField(_l("Lieu"), [Optional(), at_most(200)])


class MinutesForm(BaseForm):
    """Close the sitting."""

    minutes = LongTextField(
        _l("Relevé de la séance"), [required(_l("Écrivez le relevé de la séance.")), at_most(8000)],
        description=_l("Présents, déports, points discutés."), render_kw={"rows": 8},
    )  # fmt: skip


class OpinionForm(BaseForm):
    """The committee's opinion on one file."""

    opinion = wtforms.RadioField(
        _l("Avis du comité"), choices=options(OPINIONS), validators=[required(_l("Choisissez un avis."))]
    )
    proposed_amount = MoneyField(
        _l("Montant proposé"), [Optional()], description=_l("Vide pour un avis défavorable ou un ajournement.")
    )
    reason = LongTextField(
        _l("Motif de l’avis"), [required(_l("Écrivez le motif de l’avis.")), at_most(3000)], render_kw={"rows": 4}
    )


class DecisionForm(BaseForm):
    """Prepare a decision."""

    outcome = wtforms.RadioField(
        _l("Décision"), choices=options(OUTCOMES), validators=[required(_l("Choisissez une décision."))]
    )
    amount = MoneyField(_l("Montant attribué"), [Optional()], description=_l("Vide pour un refus."))
    reason = LongTextField(
        _l("Motif, tel que le porteur le lira"), [required(_l("Écrivez le motif.")), at_most(3000)],
        render_kw={"rows": 4},
    )  # fmt: skip


class DeliberationForm(BaseForm):
    """Record the vote."""

    number = TextField(
        _l("Numéro de la délibération"), [required(_l("Écrivez le numéro, par exemple 26-0231.")), at_most(40)]
    )
    title = TextField(_l("Objet"), [required(_l("Écrivez l’objet de la délibération.")), at_most(300)])
    voted_on = DayField(_l("Date du vote"), [typed(_l("Donnez la date du vote."))])
    published_on = DayField(
        _l("Date de publication"), [Optional()], description=_l("À compléter plus tard si elle n’est pas connue.")
    )
    received_on = DayField(
        _l("Réception en préfecture"), [Optional()],
        description=_l("Aucune convention n’est signée avant la publication et la réception."),
    )  # fmt: skip
