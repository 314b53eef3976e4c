"""French words for the codes of this room."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from programme.core import i18n
from programme.core.charts import LineChart, line_chart
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


def curve(values: Sequence[Any], height: int = 120) -> LineChart:
    """The dated values of an indicator, the newest first, as a line; of two values of one day the last word holds."""
    by_day: dict[date, Decimal] = {}
    for each in values:
        if each.reference_on is not None:
            by_day.setdefault(each.reference_on, each.value)
    return line_chart({"": list(by_day.items())}, height=height, wanted=2)


def course(chart: LineChart, unit: str) -> str:
    """What a line says, in words: « De 91 à 120 depuis le 30 novembre 2025 »."""
    first, last = chart.lines[0].dots[0], chart.lines[0].dots[-1]
    day = i18n.date_short(first.day)
    if first.value == last.value:
        return str(_("%(value)s, comme le %(day)s", value=figure(last.value, unit), day=day))
    return str(
        _(
            "De %(first)s à %(last)s depuis le %(day)s",
            first=figure(first.value, unit),
            last=figure(last.value, unit),
            day=day,
        )
    )


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
