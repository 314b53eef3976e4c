"""The lists of a call: a strand, a criterion, a condition, a piece, a session, one form each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp, ValidationError

from programme.core.clock import local, local_day
from programme.core.forms import (
    BaseForm,
    DayField,
    LongTextField,
    MoneyField,
    NumberField,
    PointsField,
    TextField,
    at_most,
    options,
    required,
    typed,
)
from programme.core.instants import InstantField
from programme.evaluation.scoring import MARK_MAX, SCALE_LEAST, SCALE_MOST
from programme.organisations.labels import KINDS as CARRIERS
from programme.questionnaires.rules.wording import code_of
from programme.strategy.models import Theme

Item = Mapping[str, Any]
_SCALE = _l("Écrivez un nombre entre %(least)s et %(most)s.", least=SCALE_LEAST, most=SCALE_MOST)


class RowForm(BaseForm):
    """One row of a list of the call. `strands`: the codes and titles of the strands; `taken`: the codes of the other rows.

    Each has `item(former)`: the row as the document holds it; `former` is what it was, empty for a new one.
    """

    CHOOSER: ClassVar[str] = ""
    """The field on whose choice the other fields of the page depend."""
    version = wtforms.HiddenField()
    row_name = wtforms.HiddenField()
    taken: Sequence[str] = ()

    def __init__(
        self,
        *args: Any,
        strands: Sequence[Item] = (),
        themes: Sequence[Theme] = (),
        scale: int = MARK_MAX,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scale = scale
        if "strand" in self:
            pairs = [(each["code"], f"{each['code']}. {each['title']}") for each in strands]
            self["strand"].choices = options(pairs, empty=_("Tout l’appel"))
        if "themes" in self:
            self["themes"].choices = options([(each.code, each.label) for each in themes])

    @classmethod
    def known(cls, item: Item) -> dict[str, Any]:
        """The values of the fields."""
        return dict(item)


class StrandForm(RowForm):
    """A strand."""

    code = TextField(
        _l("Lettre ou code"),
        [required(_l("Donnez une lettre, par exemple A.")), at_most(10), Regexp(r"^[A-Za-z0-9]+\Z", message=_l("Des lettres sans accent et des chiffres."))],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    title = TextField(_l("Titre du volet"), [required(_l("Donnez un titre au volet.")), at_most(200)])
    summary = LongTextField(
        _l("En quelques phrases"), [at_most(2000)], render_kw={"rows": 4},
        description=_l("Ce qu’il finance, à partir de quel coût, pour combien de mois."),
    )  # fmt: skip
    best_mark = NumberField(
        _l("Meilleure note d’un critère"), [typed(_SCALE), NumberRange(SCALE_LEAST, SCALE_MOST, _SCALE)], default=MARK_MAX,
        description=_l("Chaque critère est noté de 0 à ce nombre ; la note du dossier est toujours ramenée sur 100."),
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip

    @classmethod
    def known(cls, item: Item) -> dict[str, Any]:
        """The values of the fields."""
        return {**item, "best_mark": item.get("scale", MARK_MAX)}

    def validate_code(self, field: Any) -> None:
        """Two strands have two codes."""
        if field.data in self.taken:
            raise ValidationError(_("Un autre volet a déjà ce code."))

    def item(self, former: Item) -> dict[str, Any]:
        """The strand; its grid and its questions stay."""
        return {
            "criteria": [], "questions": [], **former, "code": self.code.data, "title": self.title.data,
            "summary": self.summary.data or "", "scale": self.best_mark.data,
        }  # fmt: skip


class CriterionForm(RowForm):
    """A criterion of a grid."""

    label = TextField(_l("Critère"), [required(_l("Nommez le critère.")), at_most(200)])
    weight = PointsField(
        _l("Poids"), [typed(_l("Écrivez un poids, par exemple 20.")), NumberRange(Decimal("0.01"), 100, _l("Entre 0 et 100."))],
        description=_l("Les poids d’une grille font 100 ensemble."), render_kw={"inputmode": "decimal"},
    )  # fmt: skip
    floor = wtforms.SelectField(
        _l("Note éliminatoire"), choices=[],
        validators=[Optional()], description=_l("Au-dessous de cette note, le dossier ne peut pas être retenu."),
    )  # fmt: skip
    help = LongTextField(
        _l("Ce que l’on regarde"),
        [at_most(2000)],
        render_kw={"rows": 3},
        description=_l("Public : le porteur le lit aussi."),
    )
    guidance = LongTextField(
        _l("Repères de notation"), [at_most(6300)], render_kw={"rows": 6},
        description=_l("Une ligne par note, à partir de 0 : ce qui fait qu’un dossier la mérite."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.floor.choices = options([(n, str(n)) for n in range(1, self.scale + 1)], empty=_l("Aucune"))

    @classmethod
    def known(cls, item: Item) -> dict[str, Any]:
        """The values of the fields."""
        floor = item.get("floor")
        return {
            **item, "weight": Decimal(str(item["weight"])), "floor": "" if floor is None else str(floor),
            "guidance": "\n".join(item.get("guidance", [])),
        }  # fmt: skip

    def validate_guidance(self, field: Any) -> None:
        """As many lines as marks at most, none too long for the screen of a reader."""
        lines = (field.data or "").splitlines()
        if len(lines) > self.scale + 1 or any(len(each) > 300 for each in lines):
            raise ValidationError(
                _(
                    "%(count)s lignes au plus, de 300 signes au plus : une par note, de 0 à %(scale)s.",
                    count=self.scale + 1, scale=self.scale,
                )
            )  # fmt: skip

    def item(self, former: Item) -> dict[str, Any]:
        """The criterion."""
        lines = [each.strip() for each in (self.guidance.data or "").splitlines()]
        return {
            "code": former.get("code") or code_of(self.label.data or "", self.taken, limit=40),
            "label": self.label.data, "help": self.help.data or "", "weight": f"{(self.weight.data or Decimal(0)).normalize():f}",
            "floor": int(self.floor.data) if self.floor.data else None, "guidance": lines if any(lines) else [],
        }  # fmt: skip


class PieceForm(RowForm):
    """A piece that the call expects."""

    label = TextField(
        _l("Pièce"), [required(_l("Nommez la pièce, par exemple : relevé d’identité bancaire.")), at_most(200)]
    )
    hint = LongTextField(_l("Ce qu’elle doit montrer"), [at_most(1000)], render_kw={"rows": 2})
    mandatory = wtforms.BooleanField(_l("Sans elle, le dossier ne peut pas être déposé"), default=True)
    valid_months = NumberField(
        _l("Âge maximal"), [Optional(), NumberRange(1, 120, _l("Entre 1 et 120 mois."))],
        description=_l("En mois, au jour du dépôt. Vide : son âge ne compte pas."),
    )  # fmt: skip
    strand = wtforms.SelectField(_l("Pour quel volet ?"), choices=[], validators=[Optional()])
    carriers = wtforms.SelectMultipleField(
        _l("Pour quels porteurs ?"), choices=options(CARRIERS), description=_l("Aucune case cochée : pour tous."),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip
    themes = wtforms.SelectMultipleField(
        _l("Pour quels thèmes ?"), choices=[], description=_l("Aucune case cochée : pour tous."),
        option_widget=wtforms.widgets.CheckboxInput(), widget=wtforms.widgets.ListWidget(prefix_label=False),
    )  # fmt: skip

    def item(self, former: Item) -> dict[str, Any]:
        """The piece."""
        found: dict[str, Any] = {"strand": self.strand.data} if self.strand.data else {}
        return found | {
            "code": former.get("code") or code_of(self.label.data or "", self.taken, limit=60, between="-"),
            "label": self.label.data, "hint": self.hint.data or "", "mandatory": self.mandatory.data,
            "carriers": self.carriers.data or [], "themes": self.themes.data or [], "valid_months": self.valid_months.data,
        }  # fmt: skip


class SessionForm(RowForm):
    """A session of the call."""

    label = TextField(
        _l("Nom de la relève"), [required(_l("Nommez la relève, par exemple : relève de mars 2027.")), at_most(120)]
    )
    opens_at = InstantField(_l("Ouverture du dépôt"), [InputRequired(_l("Écrivez le jour et l’heure."))])
    closes_at = InstantField(
        _l("Fermeture du dépôt"), [InputRequired(_l("Écrivez le jour et l’heure."))],
        description=_l("À cet instant précis, le dépôt est fermé. Préférez midi un jour ouvré : quelqu’un peut répondre."),
    )  # fmt: skip
    committee_on = DayField(_l("Comité de sélection"), [Optional()])
    vote_on = DayField(_l("Vote de la commission permanente"), [Optional()])
    envelope = MoneyField(_l("Enveloppe"), [InputRequired(_l("Écrivez un montant, par exemple 120 000."))])

    @classmethod
    def known(cls, item: Item) -> dict[str, Any]:
        """The values of the fields."""
        read = {name: datetime.fromisoformat(item[name]) for name in ("opens_at", "closes_at")}
        days = {
            name: datetime.fromisoformat(day).date() if (day := item.get(name)) else None
            for name in ("committee_on", "vote_on")
        }
        return {**item, **read, **days, "envelope": Decimal(item["envelope"])}

    def validate_closes_at(self, field: Any) -> None:
        """It closes after it opens."""
        if self.opens_at.data and field.data and field.data <= self.opens_at.data:
            raise ValidationError(_("La fermeture suit l’ouverture : écrivez un instant plus tardif."))

    def validate_committee_on(self, field: Any) -> None:
        """The committee meets on files that came in."""
        if isinstance(self.closes_at.data, datetime) and field.data < local_day(self.closes_at.data):
            raise ValidationError(_("Le comité se réunit après la fermeture du dépôt."))

    def validate_vote_on(self, field: Any) -> None:
        """The vote comes after the committee."""
        if isinstance(self.closes_at.data, datetime) and field.data < local_day(self.closes_at.data):
            raise ValidationError(_("Le vote a lieu après la fermeture du dépôt."))
        if self.committee_on.data and not self.committee_on.errors and field.data < self.committee_on.data:
            raise ValidationError(_("Le vote a lieu après le comité."))

    def item(self, former: Item) -> dict[str, Any]:
        """The session."""
        days = {name: day.isoformat() if (day := self[name].data) else None for name in ("committee_on", "vote_on")}
        hours = {name: self._hour(name, former) for name in ("opens_at", "closes_at")}
        return {"label": self.label.data, **hours, "envelope": f"{self.envelope.data:.2f}", **days}  # fmt: skip

    def _hour(self, name: str, former: Item) -> str:
        """The instant; what the page cannot show (seconds, the second of two hours of one name) stays when nobody touched it."""
        typed: datetime = self[name].data
        if former:
            was = datetime.fromisoformat(former[name])
            if local(was).strftime("%Y-%m-%d %H:%M") == local(typed).strftime("%Y-%m-%d %H:%M"):
                return str(former[name])
        return typed.isoformat()
