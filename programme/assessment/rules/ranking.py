"""The ranking of a session against its envelope: exact, explained, the same whoever computes it. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate


class Zone(StrEnum):
    """Where an application stands."""

    FUNDED = "funded"
    BEYOND = "beyond"
    RESERVED = "reserved"
    UNFAVOURABLE = "unfavourable"
    INCOMPLETE = "incomplete"


class Standing(StrEnum):
    """What the committee has to do with an application: nothing, discuss it, or set it aside."""

    SURE = "sure"
    DISCUSS = "discuss"
    OUT = "out"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Entry:
    """One application: mean total (None while a reader is missing), tie-breaking marks, amount asked or proposed.

    `low` and `high` are the totals of its most severe and most generous readers (None: the mean).
    """

    application_id: int
    reference: str
    score: Decimal | None
    ties: tuple[Decimal, ...]
    amount: Decimal
    failed_floors: tuple[str, ...] = ()
    spread: Decimal = Decimal(0)
    readers: int = 0
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def interval(self) -> tuple[Decimal, Decimal]:
        """Between which totals its readers stand.

        Raises:
            ValueError: a reader is missing.
        """
        if self.score is None:
            raise ValueError("no score")
        return (self.score if self.low is None else self.low), (self.score if self.high is None else self.high)


@dataclass(frozen=True)
class Thresholds:
    """From which totals an opinion is favourable, then reserved; the gap between readers that calls for a third."""

    favourable_from: int
    reserved_from: int
    spread_alert: int
    readers_wanted: int


@dataclass(frozen=True)
class Row:
    """An entry in its place: `rank` is None without a score; `cumulated` adds up the funded amounts so far."""

    entry: Entry
    rank: int | None
    zone: Zone
    cumulated: Decimal
    alerts: tuple[str, ...] = field(default=())


def rank(entries: Sequence[Entry], thresholds: Thresholds, envelope: Decimal) -> list[Row]:
    """Order by total, then by the tie-breaking marks, then by reference, and fund in that order.

    The envelope is never exceeded: from the first favourable application that does not fit, all are « beyond »,
    so that no lower one passes before a higher one. A criterion under its floor makes it unfavourable.
    """
    ordered = sorted(entries, key=_order)
    rows, cumulated, exhausted = [], Decimal(0), False
    for place, entry in enumerate(ordered, start=1):
        zone = _zone(entry, thresholds)
        if zone is Zone.FUNDED:
            exhausted = exhausted or cumulated + entry.amount > envelope
            if exhausted:
                zone = Zone.BEYOND
            else:
                cumulated += entry.amount
        rows.append(Row(entry, None if entry.score is None else place, zone, cumulated, _alerts(entry, thresholds)))
    return rows


def standings(rows: Sequence[Row], thresholds: Thresholds, envelope: Decimal) -> dict[int, Standing]:
    """What is sure and what deserves the discussion, by application, whatever the gap between readers.

    Sure: funded even if its most severe reader alone were right and every other file had its most generous one.
    Out: not funded even if its most generous reader alone were right and every other file had its most severe one,
    or under a floor. All the others are to discuss. No draw, no chance: the same answer whoever computes it.
    """
    scored = [row.entry for row in rows if row.entry.score is not None]
    contenders = [entry for entry in scored if not entry.failed_floors]
    above_high = _Ahead((entry.interval[1], entry.amount) for entry in contenders)
    above_low = _Ahead((entry.interval[0], entry.amount) for entry in contenders)
    found = {row.entry.application_id: Standing.INCOMPLETE for row in rows}
    for entry in scored:
        low, high = entry.interval
        worst = above_high.amount(low, inclusive=True)
        best = above_low.amount(max(high, Decimal(thresholds.favourable_from)), inclusive=False) + entry.amount
        if entry.failed_floors or high < thresholds.reserved_from or best > envelope:
            found[entry.application_id] = Standing.OUT
        elif low >= thresholds.favourable_from and worst <= envelope:
            found[entry.application_id] = Standing.SURE
        else:
            found[entry.application_id] = Standing.DISCUSS
    return found


class _Ahead:
    """How much is asked by the files above a total, answered in logarithmic time."""

    def __init__(self, totals: Iterable[tuple[Decimal, Decimal]]) -> None:
        ordered = sorted(totals)
        self._keys = [total for total, _amount in ordered]
        self._sums = [Decimal(0), *accumulate(amount for _total, amount in ordered)]

    def amount(self, total: Decimal, *, inclusive: bool) -> Decimal:
        """The sum of the amounts whose total is above this one, or equal to it."""
        place = bisect_left(self._keys, total) if inclusive else bisect_right(self._keys, total)
        return self._sums[-1] - self._sums[place]


def _order(entry: Entry) -> tuple[bool, Decimal, tuple[Decimal, ...], str]:
    return (entry.score is None, -(entry.score or Decimal(0)), tuple(-each for each in entry.ties), entry.reference)


def _zone(entry: Entry, thresholds: Thresholds) -> Zone:
    if entry.score is None:
        return Zone.INCOMPLETE
    if entry.failed_floors or entry.score < thresholds.reserved_from:
        return Zone.UNFAVOURABLE
    return Zone.FUNDED if entry.score >= thresholds.favourable_from else Zone.RESERVED


def _alerts(entry: Entry, thresholds: Thresholds) -> tuple[str, ...]:
    alerts = []
    if entry.spread > thresholds.spread_alert and entry.readers <= thresholds.readers_wanted:
        alerts.append("third_reader")
    if entry.readers < thresholds.readers_wanted:
        alerts.append("reader_missing")
    return tuple(alerts)
