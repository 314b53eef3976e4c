"""Rows gathered by table and written by thousands, in the order of the foreign keys, with numbers given beforehand."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from programme.core import chain
from programme.core.journal import JournalEntry, JournalHead
from programme.extensions import Base


class Bulk:
    """What waits to be written. Every row of a table is given the same columns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[sa.Table, list[dict[str, Any]]] = defaultdict(list)
        self._last: dict[sa.Table, int] = {}
        self._acts: list[tuple[str, str, int, datetime, int | None]] = []

    def add(self, model: type[Base], **values: Any) -> int:
        """One more row; its number, which other rows may name at once."""
        table = _table(model)
        number = self._last[table] = self.last(model) + 1
        self._rows[table].append({"id": number, **values})
        return number

    def last(self, model: type[Base]) -> int:
        """The highest number of a table, zero for an empty one."""
        table = _table(model)
        if table not in self._last:
            self._last[table] = self._connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
        return self._last[table]

    def act(self, name: str, model: type[Base], number: int, at: datetime, by_id: int | None) -> None:
        """One entry of the journal, chained when the rows are written."""
        self._acts.append((name, model.__tablename__, number, at, by_id))

    def write(self) -> None:
        """Send everything, the referenced tables first."""
        self._chain()
        for table in Base.metadata.sorted_tables:
            if rows := self._rows.pop(table, None):
                self._connection.execute(table.insert(), rows)
        if self._connection.dialect.name == "postgresql":
            self._raise_sequences()

    def _chain(self) -> None:
        """The entries in the order of their instants, each sealing the former, as `core.journal` does at a commit."""
        if not self._acts:
            return
        head = self._connection.execute(sa.select(JournalHead.sequence, JournalHead.digest).with_for_update()).first()
        if head is None:
            self._connection.execute(sa.insert(JournalHead).values(id=1, sequence=0, digest=chain.GENESIS))
        sequence, digest = head or (0, chain.GENESIS)
        for name, subject, number, at, by_id in sorted(self._acts, key=lambda act: act[3]):
            salt, previous, sequence = chain.new_salt(), digest, sequence + 1
            content = chain.content_digest(salt, None, None)
            digest = chain.entry_digest(
                sequence, at, by_id, name, (subject, number), content=content, previous=previous
            )
            self.add(
                JournalEntry, at=at, actor_id=by_id, act=name, subject_type=subject, subject_id=number, sequence=sequence,
                previous_digest=previous, content_digest=content, digest=digest, salt=salt,
            )  # fmt: skip
        self._acts.clear()
        self._connection.execute(sa.update(JournalHead).values(sequence=sequence, digest=digest))

    def _raise_sequences(self) -> None:
        """The numbers were given by us: the next row that the product makes must get a new one."""
        for table, last in self._last.items():
            if last:
                sequence = sa.func.pg_get_serial_sequence(table.name, "id")
                self._connection.execute(sa.select(sa.func.setval(sequence, last)))


def _table(model: type[Base]) -> sa.Table:
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table
