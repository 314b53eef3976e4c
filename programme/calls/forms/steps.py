"""What ties a call to others: its steps, the objectives that it serves, its rules as a PDF."""

from collections.abc import Mapping, Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from programme.calls.labels import CALL_STATES, MONEY
from programme.calls.rules.traps import Step
from programme.calls.states import LED_TO, CallKind, MoneyAsked
from programme.core.forms import BaseForm, options
from programme.strategy.models import Objective

Document = Mapping[str, Any]


class StepsForm(BaseForm):
    """How much of a budget is asked, who may enter, and where an expression of interest leads."""

    PART = "steps"
    version = wtforms.HiddenField()
    leads_to = wtforms.SelectField(
        _l("L’appel du dossier complet"), choices=[], validators=[Optional()],
        description=_l("Celui où la Région invite les projets qu’elle retient. Il a ses questions, sa grille, son calendrier et son délai légal. Préparez-le d’abord : un brouillon suffit."),
    )  # fmt: skip
    money_asked = wtforms.SelectField(
        _l("Quel budget demander ?"), choices=options(MONEY), default=MoneyAsked.FULL.value,
        description=_l("À la première étape, une estimation suffit : le budget complet est pour ceux qui sont invités."),
    )  # fmt: skip
    by_invitation = wtforms.BooleanField(
        _l("On y entre sur invitation seulement"),
        description=_l("Pour l’appel d’un dossier complet : personne ne commence un dossier sans y être invité par la Région."),
    )  # fmt: skip

    SECTIONS: Sequence[tuple[Any, tuple[str, ...]]] = (
        (_l("Après la manifestation d’intérêt"), ("leads_to",)),
        (_l("Ce qui est demandé, à qui"), ("money_asked", "by_invitation")),
    )

    @classmethod
    def known(cls, document: Document) -> dict[str, Any]:
        """The values of the fields."""
        return {**document, "leads_to": document.get("leads_to") or ""}

    def offer(self, document: Document, steps: Mapping[str, Step], _objectives: Mapping[str, Objective]) -> None:
        """Offer the calls that may follow; only an expression of interest leads anywhere."""
        if document["kind"] != CallKind.INTEREST and not document.get("leads_to"):
            del self.leads_to
            return
        offered = [each for each in steps.values() if each.state in LED_TO or each.code == document.get("leads_to")]
        self.leads_to.choices = options(
            [(each.code, f"{each.title} ({str(CALL_STATES[each.state]).lower()})") for each in offered],
            empty=_("Aucun pour le moment"),
        )

    def part(self) -> dict[str, Any]:
        """What the document becomes."""
        led = {"leads_to": self.leads_to.data or None} if "leads_to" in self else {}
        return {**led, "money_asked": self.money_asked.data, "by_invitation": self.by_invitation.data}


class ObjectivesForm(BaseForm):
    """The objectives of the strategy that the call serves."""

    PART = "objectives"
    version = wtforms.HiddenField()
    objectives = wtforms.SelectMultipleField(
        _l("Les objectifs servis"), choices=[], description=_l("La page de l’appel les cite, et la page de la stratégie cite l’appel."),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip

    SECTIONS: Sequence[tuple[Any, tuple[str, ...]]] = ((_l("Ce que l’appel sert"), ("objectives",)),)

    @classmethod
    def known(cls, document: Document) -> dict[str, Any]:
        """The values of the fields."""
        return {"objectives": document.get("objectives", [])}

    def offer(self, _document: Document, _steps: Mapping[str, Step], objectives: Mapping[str, Objective]) -> None:
        """Offer every objective, under the axis that it belongs to."""
        self.objectives.choices = options([(path, _aim(each)) for path, each in objectives.items()])

    def part(self) -> dict[str, Any]:
        """What the document becomes."""
        return {"objectives": list(self.objectives.data or [])}


def _aim(objective: Objective) -> str:
    axis = objective.axis
    return _(
        "%(strategy)s, axe %(axis)s : %(title)s", strategy=axis.strategy.title, axis=axis.code, title=objective.title
    )


class RegulationForm(BaseForm):
    """The rules of the call as a PDF."""

    file = wtforms.FileField(
        _l("Le règlement, en PDF"), description=_l("20 Mo au plus. La page de l’appel dit sa taille et sa date."),
        render_kw={"accept": ".pdf,application/pdf"},
    )  # fmt: skip
