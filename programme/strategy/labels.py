"""French words for the codes of this room."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from programme.core import i18n
from programme.strategy.states import Audience, Carrier, FrameLevel, IndicatorKind, IndicatorMode, RdStage

MODES = {
    IndicatorMode.DECLARED: _l("Déclaré"),
    IndicatorMode.COMPUTED: _l("Calculé chaque nuit"),
}
INDICATOR_KINDS = {
    IndicatorKind.KEY_FIGURE: _l("Chiffre clé"),
    IndicatorKind.OUTPUT: _l("Réalisation"),
    IndicatorKind.RESULT: _l("Résultat"),
}
CARRIERS = {
    Carrier.REGION: _l("Porté par la Région"),
    Carrier.PARTNER: _l("Porté par des partenaires"),
    Carrier.SHARED: _l("Porté par la Région ou par ses partenaires"),
}
LEVELS = {
    FrameLevel.INTERNATIONAL: _l("International"),
    FrameLevel.EUROPEAN: _l("Européen"),
    FrameLevel.NATIONAL: _l("National"),
    FrameLevel.REGIONAL: _l("Régional"),
    FrameLevel.LOCAL: _l("Infrarégional"),
}
AUDIENCES = {
    Audience.AUTHORITIES: _l("collectivités"),
    Audience.COMPANIES: _l("entreprises"),
    Audience.USERS: _l("usagers"),
}
STAGES = {
    RdStage.PREPARATION: _l("En préparation"),
    RdStage.RUNNING: _l("En cours"),
    RdStage.COMPLETED: _l("Achevé"),
}


def reference_date(day: date | None) -> str:
    """The date of a figure in words; a source without a date is said to have none."""
    if day is None:
        return str(_("date de référence non précisée par la source"))
    return str(_("au %(day)s", day=i18n.date_short(day)))


def figure(value: Decimal, unit: str) -> str:
    """A figure as it is shown large: « 1 480 », « 80 % »; other units are said in words beside it."""
    text = i18n.number(value)
    return f"{text}{i18n.NARROW}%" if unit == "%" else text


def figure_item(indicator: Any, value: Any) -> dict[str, str]:
    """One row of `home_figures` for the macro `key_figures`: value, label, date and source."""
    note = _(
        "%(date)s. Source : %(source)s.",
        date=reference_date(value.reference_on).capitalize(), source=value.source.rstrip("."),
    )  # fmt: skip
    return {"value": figure(value.value, indicator.unit), "label": indicator.label, "note": str(note)}


def audience_words(audiences: list[Audience]) -> str:
    """For whom a service is: « collectivités, entreprises »."""
    return ", ".join(str(AUDIENCES[audience]) for audience in audiences)
