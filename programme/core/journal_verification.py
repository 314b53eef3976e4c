"""Reads the whole journal again and names the first entry that is not as it was written."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from programme.core import chain
from programme.core.journal import ERASED, JournalEntry, JournalHead

_BATCH = 1000


class ChainFault(StrEnum):
    """What is wrong with the first bad entry."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    TRUNCATED = "truncated"
    ERASED_UNSAID = "erased_unsaid"
    HEAD_LOST = "head_lost"
    HEAD_UNKNOWN = "head_unknown"


class ChainBroken(Exception):
    """The chain does not hold: `sequence` is the number of the first bad entry, `fault` what is wrong with it."""

    def __init__(self, fault: ChainFault, sequence: int) -> None:
        super().__init__(f"{fault} at {sequence}")
        self.fault, self.sequence = fault, sequence


@dataclass(frozen=True)
class WholeChain:
    """A chain that holds: how many entries, how many whose values were erased, and its head."""

    entries: int
    erased: int
    digest: str


@dataclass
class _Reading:
    """Where the reading is: the number expected next, the last two digests, what was erased and what says so."""

    expected: int
    last: str
    before_last: str | None
    erased: dict[int, int]
    said: set[int]


def verify(session: Session, noted: tuple[int, str] | None = None) -> WholeChain:
    """Check every entry against the one before and the last against the head.

    `noted` is a head (number, digest) written down elsewhere: whoever rewrote everything, head included, is
    seen by it. One statement reads entries and head together, so that acts committed meanwhile do no harm.

    Raises:
        ChainBroken: it names the first bad entry.
    """
    reading = _Reading(1, chain.GENESIS, None, {}, set())
    head: tuple[int, str] | None = None
    with session.execute(_entries()) as rows:
        for row in rows:
            _check(row, reading)
            if noted is not None and row.sequence == noted[0] and row.digest != noted[1]:
                raise ChainBroken(ChainFault.HEAD_UNKNOWN, row.sequence)
            head = None if row.head_sequence is None else (row.head_sequence, row.head_digest)
    if reading.expected == 1:
        found = session.execute(select(JournalHead.sequence, JournalHead.digest)).first()
        head = None if found is None else (found[0], found[1])
    _check_end(reading, head, noted)
    return WholeChain(reading.expected - 1, len(reading.erased), reading.last)


def _entries() -> Select[Any]:
    entries, head = JournalEntry.__table__.c, JournalHead.__table__.c
    return (
        select(*entries, head.sequence.label("head_sequence"), head.digest.label("head_digest"))
        .select_from(JournalEntry.__table__.outerjoin(JournalHead.__table__, true()))
        .order_by(entries.sequence, entries.id)
        .execution_options(yield_per=_BATCH)
    )


def _check(row: Any, reading: _Reading) -> None:
    at = reading.expected
    if row.sequence < at:
        raise ChainBroken(ChainFault.INSERTED, row.sequence)
    if row.sequence > at:
        raise ChainBroken(ChainFault.MISSING, at)
    own = chain.entry_digest(
        row.sequence, row.at, row.actor_id, row.act, (row.subject_type, row.subject_id),
        content=row.content_digest, previous=row.previous_digest,
    )  # fmt: skip
    if row.previous_digest != reading.last:
        if (
            row.previous_digest == reading.before_last
        ):  # It followed the entry before the former, which was put between.
            raise ChainBroken(ChainFault.INSERTED, at - 1)
        # Whole in itself but made after another: it is the former that was replaced, its own digest included.
        raise ChainBroken(ChainFault.ALTERED, at - 1 if own == row.digest and at > 1 else at)
    if own != row.digest or not _values_hold(row):
        raise ChainBroken(ChainFault.ALTERED, at)
    if row.salt is None:
        reading.erased[row.id] = at
    if row.act == ERASED:
        reading.said.add(row.subject_id)
    reading.expected, reading.last, reading.before_last = at + 1, row.digest, reading.last


def _values_hold(row: Any) -> bool:
    """Whether the values are those the chain committed to, or are gone with their salt."""
    if row.salt is None:
        return row.before is None and row.after is None
    try:
        return chain.content_digest(row.salt, row.before, row.after) == row.content_digest
    except ValueError:  # Not a salt, or not a value, of ours.
        return False


def _check_end(reading: _Reading, head: tuple[int, str] | None, noted: tuple[int, str] | None) -> None:
    last = reading.expected - 1
    if head is None and last:
        raise ChainBroken(ChainFault.HEAD_LOST, last)
    sequence, digest = head or (0, chain.GENESIS)
    if last < sequence or (noted is not None and last < noted[0]):
        raise ChainBroken(ChainFault.TRUNCATED, last + 1)
    if last > sequence:
        raise ChainBroken(ChainFault.INSERTED, sequence + 1)
    if reading.last != digest:
        raise ChainBroken(ChainFault.ALTERED, last)
    unsaid = [number for entry, number in reading.erased.items() if entry not in reading.said]
    if unsaid:
        raise ChainBroken(ChainFault.ERASED_UNSAID, min(unsaid))
