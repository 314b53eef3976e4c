"""Statements about the strategy; those that load collections ask for `.unique()`."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, extract, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from programme.strategy.models import (
    Award,
    Axis,
    Indicator,
    IndicatorValue,
    Objective,
    PolicyFrame,
    RdProgramme,
    RegionalRole,
    Strategy,
    Subdomain,
    Theme,
)
from programme.strategy.states import IndicatorMode, ThemeSet

HISTORY_LENGTH = 24


def strategies() -> Select[Strategy]:
    """Each strategy with its axes and objectives, in their order, in one statement (`.unique()`)."""
    return (
        select(Strategy)
        .options(joinedload(Strategy.axes).joinedload(Axis.objectives))
        .order_by(Strategy.position, Strategy.id)
    )


def objectives() -> Select[Objective]:
    """Every objective with its axis and its strategy, in their order."""
    return (
        select(Objective)
        .join(Objective.axis)
        .join(Axis.strategy)
        .options(contains_eager(Objective.axis).contains_eager(Axis.strategy))
        .order_by(Strategy.position, Strategy.id, Axis.position, Axis.id, Objective.position, Objective.id)
    )


def frames() -> Select[PolicyFrame]:
    """Each policy frame with what it is part of and what it agrees with (`.unique()`)."""
    return (
        select(PolicyFrame)
        .options(
            joinedload(PolicyFrame.part_of),
            joinedload(PolicyFrame.consistent_with),
            joinedload(PolicyFrame.strategies),
        )
        .order_by(PolicyFrame.position, PolicyFrame.id)
    )


def frame_choices() -> Select[PolicyFrame]:
    """The policy frames alone, to pick some for a project."""
    return select(PolicyFrame).order_by(PolicyFrame.position, PolicyFrame.id)


def roles() -> Select[RegionalRole]:
    """The Region's roles, each with its services (`.unique()`)."""
    return (
        select(RegionalRole).options(joinedload(RegionalRole.services)).order_by(RegionalRole.position, RegionalRole.id)
    )


def themes(theme_set: ThemeSet) -> Select[Theme]:
    """The themes of one list, in their order."""
    return select(Theme).where(Theme.set == theme_set).order_by(Theme.position, Theme.label)


def themes_with_subdomains() -> Select[Theme]:
    """Both lists with their sub-domains (`.unique()`)."""
    return select(Theme).options(joinedload(Theme.subdomains)).order_by(Theme.set, Theme.position, Theme.label)


def rd_programmes() -> Select[RdProgramme]:
    """The research programmes."""
    return select(RdProgramme).order_by(RdProgramme.position, RdProgramme.id)


def rd_programme(slug: str) -> Select[RdProgramme]:
    """One research programme."""
    return select(RdProgramme).where(RdProgramme.slug == slug)


def awards() -> Select[Award]:
    """The distinctions, the latest first."""
    return select(Award).order_by(Award.year.desc(), Award.id)


PARTS: dict[str, tuple[type[Any], dict[str, str]]] = {
    "strategie": (Strategy, {"title": "title", "text": "summary", "adopted_on": "adopted_on", "act": "act"}),
    "axe": (Axis, {"title": "title", "text": "text", "carrier": "carrier"}),
    "objectif": (Objective, {"title": "title", "text": "text", "carrier": "carrier"}),
    "cadre": (
        PolicyFrame,
        {"title": "title", "text": "text", "adopted_on": "adopted_on", "border_rule": "border_rule"},
    ),
    "role": (RegionalRole, {"title": "label", "text": "text"}),
    "theme": (Theme, {"title": "label", "text": "text"}),
    "sous-domaine": (Subdomain, {"title": "label", "text": "text"}),
    "programme": (RdProgramme, {"title": "title", "text": "summary"}),
}
"""The parts whose words staff change: table, and column of each field of the form."""


def part(kind: str, number: int) -> Select[Any]:
    """One part of the strategy by its kind in the address.

    Raises:
        KeyError: no such kind.
    """
    model = PARTS[kind][0]
    return select(model).where(model.id == number)


def part_for_update(kind: str, number: int) -> Select[Any]:
    """The same, its own row locked."""
    return part(kind, number).with_for_update(of=PARTS[kind][0])


def indicators(mode: IndicatorMode | None = None) -> Select[Indicator]:
    """The definitions, declared first, in their order."""
    statement = select(Indicator).order_by(Indicator.mode.desc(), Indicator.position, Indicator.id)
    return statement if mode is None else statement.where(Indicator.mode == mode)


def indicator(code: str) -> Select[Indicator]:
    """One definition."""
    return select(Indicator).where(Indicator.code == code)


def indicator_for_update(code: str) -> Select[Indicator]:
    """One definition, locked: values of an indicator are added one after the other."""
    return indicator(code).with_for_update(of=Indicator)


def values_at(indicator_id: int, day: date | None) -> Select[IndicatorValue]:
    """The values recorded for one reference date (None: without a date), the latest first."""
    same_day = IndicatorValue.reference_on.is_(None) if day is None else IndicatorValue.reference_on == day
    return (
        select(IndicatorValue)
        .where(IndicatorValue.indicator_id == indicator_id, same_day)
        .order_by(IndicatorValue.recorded_at.desc(), IndicatorValue.id.desc())
    )


def _newest_first() -> tuple[ColumnElement[Any], ...]:
    """Order of the values of an indicator: by reference date (none is the oldest), then by record."""
    return (
        IndicatorValue.reference_on.is_(None),
        IndicatorValue.reference_on.desc(),
        IndicatorValue.recorded_at.desc(),
        IndicatorValue.id.desc(),
    )


def history(length: int = HISTORY_LENGTH, indicator_id: int | None = None) -> Select[IndicatorValue]:
    """The last values of each indicator, the newest first: all of the declared, the last of each month of the computed."""
    month = (extract("year", IndicatorValue.reference_on), extract("month", IndicatorValue.reference_on))
    ranked = select(
        IndicatorValue.id,
        IndicatorValue.indicator_id,
        Indicator.mode,
        func.row_number()
        .over(partition_by=(IndicatorValue.indicator_id, *month), order_by=_newest_first())
        .label("rank_in_month"),
    ).join(IndicatorValue.indicator)
    if indicator_id is not None:
        ranked = ranked.where(IndicatorValue.indicator_id == indicator_id)
    by_month = ranked.subquery()
    kept = or_(by_month.c.mode == IndicatorMode.DECLARED, by_month.c.rank_in_month == 1)
    numbered = (
        select(
            IndicatorValue.id,
            func.row_number().over(partition_by=IndicatorValue.indicator_id, order_by=_newest_first()).label("rank"),
        )
        .join(by_month, by_month.c.id == IndicatorValue.id)
        .where(kept)
        .subquery()
    )
    return (
        select(IndicatorValue)
        .join(numbered, numbered.c.id == IndicatorValue.id)
        .where(numbered.c.rank <= length)
        .order_by(IndicatorValue.indicator_id, numbered.c.rank)
    )


def current_values() -> Select[Indicator, IndicatorValue]:
    """Each indicator that has a value, with the one that holds today."""
    ranked = select(
        IndicatorValue.id,
        func.row_number().over(partition_by=IndicatorValue.indicator_id, order_by=_newest_first()).label("rank"),
    ).subquery()
    return (
        select(Indicator, IndicatorValue)
        .join(IndicatorValue, IndicatorValue.indicator_id == Indicator.id)
        .join(ranked, (ranked.c.id == IndicatorValue.id) & (ranked.c.rank == 1))
        .order_by(Indicator.position, Indicator.id)
    )


def home_figures() -> Select[Indicator, IndicatorValue]:
    """The figures of the home page with their present values; `labels.figure_item(*row)` makes them readable."""
    return current_values().where(Indicator.on_home)
