"""Figures kept a moment in a process, and no longer true for anybody once the journal has moved.

Counting the whole gallery for each reader costs more than the page. What is counted is kept with the number of the last
act of the journal: while nobody acts it stays right; after an act it is counted again, at most once in
`COUNTS_KEPT_SECONDS` (0: nothing is kept). A second node needs nothing of it: it counts for itself.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar, cast

from flask import current_app
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select
from sqlalchemy.orm import lazyload

from programme.core.journal import JournalHead
from programme.extensions import db

Value = TypeVar("Value")
MOST = 128
"""Things kept at once, the last asked for: pages of a hundred kilobytes must not fill a worker."""
LONGEST = 20.0
"""Seconds after which it is made again even if nobody acted: an import may write without an act, and time passes."""


@dataclass
class _Kept:
    value: Any
    sequence: int
    at: float


def kept(key: Hashable, count: Callable[[], Value], *, at_once: bool = False) -> Value:
    """The value of `count`, or the one kept for this key while it may be trusted; `at_once`: never after an act."""
    shortest = current_app.config["COUNTS_KEPT_SECONDS"]
    if not shortest:
        return count()
    store, lock = _store()
    sequence, at = db.session.scalar(select(JournalHead.sequence)) or 0, time.monotonic()
    with lock:
        known = store.get(key)
    if known and at - known.at < (LONGEST if known.sequence == sequence else 0 if at_once else shortest):
        return cast(Value, known.value)
    value = count()
    with lock:
        store[key] = _Kept(value, sequence, at)
        store.move_to_end(key)
        while len(store) > MOST:
            store.popitem(last=False)
    return value


def page_of(statement: Select[Any], key: Hashable, per_page: int) -> Pagination:
    """One page of a list of the house, whose total is kept: counting what a filter finds opens every row it finds."""
    page = db.paginate(statement, per_page=per_page, max_per_page=per_page, count=False)
    found = statement.options(lazyload("*")).order_by(None).subquery()
    page.total = kept(("total", key), lambda: db.session.scalar(select(func.count()).select_from(found)), at_once=True)
    return page


def _store() -> tuple[OrderedDict[Hashable, _Kept], Any]:
    return cast(
        "tuple[OrderedDict[Hashable, _Kept], Any]",
        current_app.extensions.setdefault("programme_recent", (OrderedDict(), Lock())),
    )
