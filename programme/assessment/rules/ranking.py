"""The ranking of a session against its envelope: exact, explained, the same whoever computes it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Zone(StrEnum):
    """Where an application stands."""

    FUNDED = "funded"
    BEYOND = "beyond"
    RESERVED = "reserved"
    UNFAVOURABLE = "unfavourable"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Entry:
    """One application: mean total (None while a reader is missing), tie-breaking marks, amount asked or proposed."""

    application_id: int
    reference: str
    score: Decimal | None
    ties: tuple[Decimal, ...]
    amount: Decimal
    failed_floors: tuple[str, ...] = ()
    spread: Decimal = Decimal(0)
    readers: int = 0


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
