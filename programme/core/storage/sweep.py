"""The sweep: what lies in the store and that no row names, a day later; a file that a row names is never touched."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from flask import current_app
from sqlalchemy import select

from programme.core.clock import now
from programme.core.jobs import periodic
from programme.core.storage import partials
from programme.core.storage.depot import store
from programme.core.storage.models import StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

GRACE = timedelta(days=1)
"""An upload writes its file first and its row some seconds later: nothing younger is an orphan."""
_OURS = re.compile(r"[0-9a-f]{2}/[0-9a-f]{40}(\.part)?\Z")
_BATCH = 500


def orphans(grace: timedelta = GRACE) -> Iterator[list[str]]:
    """Keys that no row names, older than `grace`, in batches.

    The store is listed before the rows are read: a row made meanwhile is seen. What has not the form of our own keys is
    not ours to remove.
    """
    limit = now() - grace
    old = (key for key, written in store().objects() if written < limit and _OURS.match(key))
    while batch := list(islice(old, _BATCH)):
        db.session.rollback()  # A fresh look at the rows, after the list.
        named = set(db.session.scalars(select(StoredFile.key).where(StoredFile.key.in_(batch))))
        if found := [key for key in batch if key not in named]:
            yield found


def sweep(grace: timedelta = GRACE) -> int:
    """Remove the orphans and say how many."""
    removed = 0
    for batch in orphans(grace):
        store().delete(batch)
        removed += len(batch)
    return removed


@periodic("files.sweep", every=timedelta(days=1))
def every_day() -> None:
    """The worker's own sweep; uploads that nobody finished are forgotten first."""
    with unit_of_work():
        partials.forget_old(now())
    removed = sweep()
    if removed:
        current_app.logger.info("storage: %s file(s) without a row removed", removed)
