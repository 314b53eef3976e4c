"""Declaring and computing the figures, writing the words of the strategy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from programme.accounts.models import Account
from programme.core import journal
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.core.identifiers import slugify, unique_slug
from programme.extensions import db
from programme.strategy import queries
from programme.strategy.models import Indicator, IndicatorValue
from programme.strategy.states import IndicatorKind, IndicatorMode

Computation = Callable[[datetime], Decimal | int | None]


@dataclass(frozen=True)
class Computed:
    """A figure that a room knows how to count, and the words under which it is published."""

    function: Computation
    label: str
    unit: str
    definition: str
    source: str
    on_home: bool


_computed: dict[str, Computed] = {}


def register_computed(
    code: str, function: Computation, *, label: str = "", unit: str = "", definition: str = "", source: str = "",
    on_home: bool = False,
) -> None:  # fmt: skip
    """Let a room compute an indicator: `function(at)` gives its value at this instant, or None when it has none.

    With a `label` the definition is entered at the first computation; without it an indicator of this code must
    exist. Called at start by the rooms above; registering a code again replaces its function.
    """
    _computed[code] = Computed(function, label, unit, definition, source, on_home)


def computed_codes() -> list[str]:
    """The codes that some room computes."""
    return sorted(_computed)


def compute_indicators(*, at: datetime) -> int:
    """Give each computed indicator its value of the day and say how many were added.

    One value a day at most: an indicator that already has one keeps it, whatever it would be now.
    """
    return sum(compute_indicator(code, at=at) for code in computed_codes())


def compute_indicator(code: str, *, at: datetime) -> bool:
    """Give one computed indicator its value of the day; False when it already has one, or none is to be had."""
    computed, day = _computed[code], local_day(at)
    indicator = db.session.scalars(queries.indicator_for_update(code)).one_or_none()
    if indicator is None and computed.label:
        indicator = _enter(code, computed)
    if indicator is None or db.session.scalars(queries.values_at(indicator.id, day).limit(1)).first() is not None:
        return False
    value = computed.function(at)
    if value is None:
        return False
    source = computed.source or _("Calculé par le programme à partir de ses propres données")
    db.session.add(
        IndicatorValue(indicator_id=indicator.id, value=Decimal(value), reference_on=day, source=source, recorded_at=at)
    )
    return True


def _enter(code: str, computed: Computed) -> Indicator:
    indicator = Indicator(
        code=code, label=computed.label, unit=computed.unit, mode=IndicatorMode.COMPUTED, on_home=computed.on_home,
        definition=computed.definition, position=100,
    )  # fmt: skip
    db.session.add(indicator)
    db.session.flush()  # Its first value names it.
    return indicator


def add_value(
    indicator: Indicator, value: Decimal, *, reference_on: date | None, source: str, note: str | None = None,
    by: Account, at: datetime,
) -> IndicatorValue:  # fmt: skip
    """Declare a dated, sourced value; the past is never overwritten, a correction is a new value with its note.

    Raises:
        RuleBroken: the indicator is computed, the date is to come, or a value of this date is corrected without a word.
    """
    known = db.session.scalars(queries.values_at(indicator.id, reference_on).limit(1)).first()
    _refuse_value(indicator, reference_on, known, note, at)
    made = IndicatorValue(
        indicator_id=indicator.id, value=value, reference_on=reference_on, source=source, note=note or None,
        recorded_at=at, recorded_by_id=by.id,
    )  # fmt: skip
    db.session.add(made)
    journal.record(
        "indicator.value_added", on=indicator, by=by, at=at,
        before=None if known is None else _told(known), after=_told(made),
    )  # fmt: skip
    return made


def _refuse_value(
    indicator: Indicator, day: date | None, known: IndicatorValue | None, note: str | None, at: datetime
) -> None:
    if indicator.mode is IndicatorMode.COMPUTED:
        raise RuleBroken(_("Cet indicateur est calculé chaque nuit : il ne se saisit pas."))
    if day is not None and day > local_day(at):
        raise RuleBroken(_("Cette date est à venir : écrivez la date à laquelle le chiffre était vrai."))
    if known is not None and not note:
        raise RuleBroken(
            _("Une valeur existe déjà à cette date. Elle reste dans l’historique : dites en note ce que vous corrigez.")
        )


def _told(value: IndicatorValue) -> dict[str, Any]:
    day = value.reference_on
    return {"value": str(value.value), "reference_on": None if day is None else day.isoformat(), "source": value.source}


def define_indicator(
    label: str, unit: str, definition: str, kind: IndicatorKind, *, on_home: bool, by: Account, at: datetime
) -> Indicator:
    """Start to follow a new declared figure; its code comes from its name and never changes."""
    taken = set(db.session.scalars(select(Indicator.code)).all())
    indicator = Indicator(
        code=unique_slug(slugify(label, limit=34), taken, limit=34), label=label, unit=unit, definition=definition,
        kind=kind, mode=IndicatorMode.DECLARED, on_home=on_home, position=50,
    )  # fmt: skip
    db.session.add(indicator)
    journal.record("indicator.defined", on=indicator, by=by, at=at, after={"code": indicator.code})
    return indicator


_WORDS = frozenset({"title", "label", "summary", "text", "act", "adopted_on", "border_rule", "carrier"})


def rewrite(thing: Any, values: dict[str, Any], *, by: Account, at: datetime) -> None:
    """Change the words or the act of a part of the strategy; names of columns are a closed list."""
    changed = {name: value for name, value in values.items() if name in _WORDS and hasattr(thing, name)}
    before = {name: str(getattr(thing, name))[:500] for name, value in changed.items() if getattr(thing, name) != value}
    for name in before:
        setattr(thing, name, changed[name])
    if before:
        after = {name: str(changed[name])[:500] for name in before}
        journal.record(f"{thing.__tablename__}.rewritten", on=thing, by=by, at=at, before=before, after=after)
