"""What ties a call to others: its steps, the objectives that it serves, its rules as a PDF."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from programme.calls.labels import CALL_STATES, MONEY
from programme.calls.rules.traps import Step
from programme.calls.states import LED_TO, CallKind, MoneyAsked
from programme.core.forms import BaseForm, MoneyField, options
from programme.strategy.models import Objective, Theme

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
    asks_data = wtforms.BooleanField(
        _l("Demander quels jeux de données"),
        description=_l("Une étape du dossier les demande, un au moins. Laissez vide pour une première étape ou un prix."),
    )  # fmt: skip
    award_ceiling = MoneyField(
        _l("Le plus que peut recevoir un dossier"), [Optional()],
        description=_l("Vide : ce qu’il demande, ou ce qui reste de l’enveloppe quand aucun montant n’est demandé."),
    )  # fmt: skip
    by_invitation = wtforms.BooleanField(
        _l("On y entre sur invitation seulement"),
        description=_l("Pour l’appel d’un dossier complet : personne ne commence un dossier sans y être invité par la Région."),
    )  # fmt: skip

    SECTIONS: Sequence[tuple[Any, tuple[str, ...]]] = (
        (_l("Après la manifestation d’intérêt"), ("leads_to",)),
        (_l("Ce qui est demandé, à qui"), ("money_asked", "award_ceiling", "asks_data", "by_invitation")),
    )

    @classmethod
    def known(cls, document: Document) -> dict[str, Any]:
        """The values of the fields."""
        ceiling = document.get("award_ceiling")
        return {
            **document, "leads_to": document.get("leads_to") or "",
            "award_ceiling": None if ceiling is None else Decimal(ceiling),
        }  # fmt: skip

    def offer(self, document: Document, steps: Mapping[str, Step], *_others: Any) -> None:
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
        ceiling = self.award_ceiling.data
        return {
            **led, "money_asked": self.money_asked.data, "award_ceiling": None if ceiling is None else f"{ceiling:.2f}",
            "asks_data": self.asks_data.data, "by_invitation": self.by_invitation.data,
        }  # fmt: skip


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

    def offer(
        self, _document: Document, _steps: Mapping[str, Step], objectives: Mapping[str, Objective], *_others: Any
    ) -> None:
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


class ThemesForm(BaseForm):
    """The themes that a carrier may choose, among those of the list that the call draws on."""

    PART = "themes"
    version = wtforms.HiddenField()
    theme_codes = wtforms.SelectMultipleField(
        _l("Les thèmes proposés"), choices=[],
        description=_l("Aucune case cochée : tous. Un dossier déjà écrit sur un autre thème garde le sien."),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip

    SECTIONS: Sequence[tuple[Any, tuple[str, ...]]] = ((_l("Ce qu’un dossier peut choisir"), ("theme_codes",)),)

    @classmethod
    def known(cls, document: Document) -> dict[str, Any]:
        """The values of the fields."""
        return {"theme_codes": document.get("theme_codes", [])}

    def offer(
        self, _document: Document, _steps: Mapping[str, Step], _objectives: Mapping[str, Objective],
        themes: Mapping[str, Theme],
    ) -> None:  # fmt: skip
        """Offer every theme of the list."""
        self.theme_codes.choices = options([(code, each.label) for code, each in themes.items()])

    def part(self) -> dict[str, Any]:
        """What the document becomes; all of them is no choice: what the list gains later is offered too."""
        chosen = list(self.theme_codes.data or [])
        return {"theme_codes": chosen if len(chosen) < len(self.theme_codes.choices) else []}


class RegulationForm(BaseForm):
    """The rules of the call as a PDF."""

    file = wtforms.FileField(
        _l("Le règlement, en PDF"), description=_l("20 Mo au plus. La page de l’appel dit sa taille et sa date."),
        render_kw={"accept": ".pdf,application/pdf"},
    )  # fmt: skip
