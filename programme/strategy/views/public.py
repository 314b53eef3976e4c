"""What everybody reads: the strategy, the research programmes, the figures with their history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from programme.calls import queries as calls
from programme.catalogue import queries as catalogue
from programme.catalogue.labels import dataset_count
from programme.core import trame
from programme.core.access import PUBLIC, access
from programme.extensions import db
from programme.strategy import labels, queries
from programme.strategy.models import Indicator, IndicatorValue, Theme
from programme.strategy.states import IndicatorMode, ThemeSet
from programme.strategy.views import bp


def _list(statement: Any) -> list[Any]:
    return list(db.session.scalars(statement).unique().all())


@lru_cache(maxsize=128)
def drawing(key: str, family: str) -> str:
    """The drawing of a theme; the same for ever, so each process draws it once."""
    return trame.trame(key, family)


@bp.get("/strategie")
@access(PUBLIC)
def show() -> ResponseReturnValue:
    """The tree of the strategies, the frames, the roles and services, the themes, the research programmes, the awards."""
    themes: list[Theme] = _list(queries.themes_with_subdomains())
    return render_template(
        "strategy/show.html", strategies=_list(queries.strategies()), frames=_list(queries.frames()),
        roles=_list(queries.roles()), data_themes=[each for each in themes if each.set is ThemeSet.DATA],
        territory_themes=[each for each in themes if each.set is ThemeSet.TERRITORIES],
        programmes=_list(queries.rd_programmes()), awards=_list(queries.awards()), drawing=drawing, labels=labels,
        serving=_serving(), dataset_count=dataset_count, counts=dict(db.session.execute(catalogue.counts_by_theme()).all()),
    )  # fmt: skip


def _serving() -> dict[int, list[tuple[str, str]]]:
    """Objective -> the calls that serve it: (address, title)."""
    found: dict[int, list[tuple[str, str]]] = {}
    for objective, slug, title in db.session.execute(calls.serving()):
        found.setdefault(objective, []).append((slug, title))
    return found


@bp.get("/strategie/programmes/<slug>")
@access(PUBLIC)
def rd_programme(slug: str) -> ResponseReturnValue:
    """A research programme: partners, budget, deliverables, stage, data sets."""
    programme = db.one_or_404(queries.rd_programme(slug))
    datasets = _list(catalogue.opened_through(programme.title))
    drawn = drawing(programme.slug, programme.theme.drawing if programme.theme else trame.DEFAULT_FAMILY)
    return render_template(
        "strategy/rd_programme.html", programme=programme, datasets=datasets, labels=labels, drawing=drawn
    )


@bp.get("/indicateurs")
@access(PUBLIC)
def indicators() -> ResponseReturnValue:
    """Each key figure with its value, its date, its source and its history."""
    asked = request.args.get("mode", "")
    mode = IndicatorMode(asked) if asked in set(IndicatorMode) else None
    found = _list(queries.indicators())
    shown = [each for each in found if mode in (None, each.mode)]
    counts = {each: sum(1 for one in found if one.mode is each) for each in IndicatorMode}
    histories = by_indicator(_list(queries.history()))
    return render_template(
        "strategy/indicators.html", groups=grouped(shown, histories), mode=mode, counts=counts, labels=labels,
        histories=histories, curves={number: labels.curve(values) for number, values in histories.items()},
    )  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Figures that were taken the same way, on the same day, from the same source: the page says it once."""

    mode: IndicatorMode
    source: str | None
    reference_on: date | None
    indicators: list[Indicator]


def grouped(indicators: Iterable[Indicator], histories: dict[int, list[IndicatorValue]]) -> list[Group]:
    """The figures by mode, source and date of their present value, in the order in which they come."""
    groups: dict[tuple[IndicatorMode, str | None, date | None], list[Indicator]] = {}
    for each in indicators:
        held = next(iter(histories.get(each.id, [])), None)
        key = (each.mode, held.source if held else None, held.reference_on if held else None)
        groups.setdefault(key, []).append(each)
    return [Group(*key, members) for key, members in groups.items()]


def by_indicator(values: Iterable[IndicatorValue]) -> dict[int, list[IndicatorValue]]:
    """The values, newest first, of each indicator."""
    return {number: list(group) for number, group in groupby(values, key=lambda value: value.indicator_id)}
