"""The strategy's records."""

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from programme.extensions import db
from programme.strategy.models import Axis, Indicator, IndicatorValue, Objective, PolicyFrame, Strategy, Theme
from programme.strategy.states import Carrier, IndicatorMode, ThemeSet
from tests.factories.people import NOON

_number = count(1)


def theme(label: str = "", **values: Any) -> Theme:
    """A theme of the data platform unless said otherwise. Inside a unit of work."""
    index = next(_number)
    label = label or f"Thème {index}"
    made = Theme(**{"set": ThemeSet.DATA, "code": f"theme-{index}", "label": label, "drawing": "relief", **values})
    db.session.add(made)
    db.session.flush()
    return made


def strategy(title: str = "Smart Région", **values: Any) -> Strategy:
    """A strategy with one axis and one objective. Inside a unit of work."""
    index = next(_number)
    made = Strategy(
        slug=f"strategie-{index}",
        title=title,
        summary="Un territoire connecté.",
        adopted_on=date(2016, 11, 3),
        **values,
    )
    made.axes = [
        Axis(code="1", title=f"Axe de {title}", text="Texte de l’axe.", carrier=Carrier.REGION, objectives=[
            Objective(code="A", title=f"Objectif de {title}", text="Texte de l’objectif.", carrier=Carrier.SHARED)
        ])
    ]  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def frame(title: str = "", **values: Any) -> PolicyFrame:
    """A policy frame. Inside a unit of work."""
    index = next(_number)
    title = title or f"Cadre {index}"
    made = PolicyFrame(
        **{"code": f"cadre-{index}", "title": title, "kind": "Schéma", "text": "Texte du cadre.", **values}
    )
    db.session.add(made)
    db.session.flush()
    return made


def indicator(label: str = "", mode: IndicatorMode = IndicatorMode.DECLARED, **values: Any) -> Indicator:
    """An indicator without value. Inside a unit of work."""
    index = next(_number)
    made = Indicator(
        **{
            "code": f"indicateur-{index}", "label": label or f"indicateur {index}", "unit": "jeux de données",
            "mode": mode, "definition": "Définition.", **values,
        }
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def value(
    of: Indicator, figure: str = "50", on: date | None = None, at: datetime = NOON, **values: Any
) -> IndicatorValue:
    """A value of an indicator. Inside a unit of work."""
    made = IndicatorValue(
        **{
            "indicator_id": of.id,
            "value": Decimal(figure),
            "reference_on": on,
            "source": "Rapport",
            "recorded_at": at,
            **values,
        }
    )
    db.session.add(made)
    db.session.flush()
    return made
