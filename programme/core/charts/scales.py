"""Scales: round marks for values (1, 2, 5 and their tens), whole days, months or years for time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

Value = Decimal | int
Unit = Literal["day", "month", "month_alone", "year"]

_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
# (unit, how many): the first that gives few enough marks is kept.
_TIME_STEPS: tuple[tuple[Unit, int], ...] = (
    ("day", 1), ("day", 2), ("day", 7), ("day", 14),
    ("month", 1), ("month", 2), ("month", 3), ("month", 6),
    ("year", 1), ("year", 2), ("year", 5), ("year", 10), ("year", 20), ("year", 50), ("year", 100),
)  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """An axis of values, from its first mark to its last."""

    ticks: tuple[Decimal, ...]

    @property
    def low(self) -> Decimal:
        """The value at the start of the axis."""
        return self.ticks[0]

    @property
    def high(self) -> Decimal:
        """The value at its end."""
        return self.ticks[-1]

    def share(self, value: Value) -> Decimal:
        """Where a value stands: 0 at the start of the axis, 1 at its end; exact."""
        return (Decimal(value) - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class TimeTick:
    """A mark of a time axis; the unit says how to write it: day and month, month and year, month alone, year alone.

    The first month and each January say their year.
    """

    day: date
    unit: Unit


def ticks(low: Value, high: Value, wanted: int = 4) -> tuple[Decimal, ...]:
    """Round marks that cover the two values, about `wanted` steps; two at least.

    Raises:
        ValueError: high is under low, or no step is wanted.
    """
    low, high = Decimal(low), Decimal(high)
    if high < low or wanted < 1:
        raise ValueError("an axis goes up, in one step at least")
    span = high - low
    if span == 0:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
        span = high - low
        if span == 0:
            return Decimal(0), Decimal(1)
    rough = span / wanted
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(each * power for each in _STEPS if each * power >= rough)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return tuple(step * number for number in range(int(first), int(last) + 1))


def value_scale(values: Iterable[Value | None], *, from_zero: bool = True, wanted: int = 4) -> Scale:
    """The axis of some values, those that are missing left out; zero is on it unless told otherwise."""
    known = [Decimal(each) for each in values if each is not None]
    if from_zero or not known:
        known.append(Decimal(0))
    return Scale(ticks(min(known), max(known), wanted))


def time_ticks(first: date, last: date, wanted: int = 5) -> tuple[TimeTick, ...]:
    """Marks at whole days, Mondays, months or years between two days, `wanted` at most; the two ends when none falls there.

    Raises:
        ValueError: the last day is before the first.
    """
    if last < first:
        raise ValueError("time goes forward")
    if first == last:
        return (TimeTick(first, "day"),)
    for unit, many in _TIME_STEPS:
        found = tuple(TimeTick(day, unit) for day in _days(first, last, unit, many, wanted))
        if 2 <= len(found) <= wanted:
            return found if unit != "month" else tuple(map(_month, found, range(len(found))))
    return TimeTick(first, "day"), TimeTick(last, "day")


def _month(tick: TimeTick, place: int) -> TimeTick:
    return tick if place == 0 or tick.day.month == 1 else TimeTick(tick.day, "month_alone")


def _days(first: date, last: date, unit: Unit, many: int, wanted: int) -> Iterator[date]:
    """The round days of one step; stops one after `wanted`, which is enough to know that they are too many."""
    count, day = 0, _start(first, unit, many)
    while day <= last and count <= wanted:
        if day >= first:
            count += 1
            yield day
        day = _after(day, unit, many)


def _start(day: date, unit: Unit, many: int) -> date:
    if unit == "year":
        return date(max(day.year - day.year % many, 1), 1, 1)
    if unit == "month":
        return date(day.year, day.month - (day.month - 1) % many, 1)
    return day - timedelta(days=day.weekday()) if many % 7 == 0 else day


def _after(day: date, unit: Unit, many: int) -> date:
    if unit == "day":
        return day + timedelta(days=many)
    months = day.month - 1 + (many if unit == "month" else 12 * many)
    return date(day.year + months // 12, months % 12 + 1, 1)
