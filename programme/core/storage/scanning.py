"""The analysis of files by the worker: a pending file becomes safe or infected, and nothing else ever changes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from programme.core import journal
from programme.core.clock import now
from programme.core.jobs import Job, JobState, enqueue, handler, periodic
from programme.core.storage import antivirus
from programme.core.storage.depot import SCAN, store
from programme.core.storage.models import ScanState, StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

Listener = Callable[[StoredFile, datetime], None]
_listeners: list[Listener] = []
PATIENCE = timedelta(minutes=10)
"""How long a pending file may have no job of its own before it is given another."""
_AT_ONCE = 500


def when_infected(listener: Listener) -> Listener:
    """Register what a room does, in the same transaction, when a file is found infected."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def _pending(key: str) -> StoredFile | None:
    row = db.session.scalars(select(StoredFile).where(StoredFile.key == key)).one_or_none()
    return row if row is not None and row.scan is ScanState.PENDING else None


@handler(SCAN)
def scan(payload: dict[str, Any]) -> None:
    """Ask the scanner about one file; run twice, the second time does nothing.

    Raises:
        ScannerUnavailable: no verdict; the job is tried again and the file stays pending.
    """
    key = payload["key"]
    if _pending(key) is None:
        return
    db.session.rollback()  # No transaction stays open while the scanner reads.
    config = current_app.config
    verdict = antivirus.scan(store().read(key), address=config["CLAMD_ADDRESS"], seconds=config["CLAMD_SECONDS"])
    conclude(key, verdict, at=now())


def conclude(key: str, verdict: antivirus.Verdict, *, at: datetime) -> bool:
    """Keep the verdict on a file that was pending; False when it no longer was."""
    state = ScanState.SAFE if verdict.is_safe else ScanState.INFECTED
    with unit_of_work() as session:
        row = session.scalars(
            select(StoredFile).where(StoredFile.key == key, StoredFile.scan == ScanState.PENDING).with_for_update()
        ).one_or_none()
        if row is None:
            return False
        row.scan = state
        if verdict.is_safe:
            return True
        journal.record("file.infected", on=row, by=None, at=at, after={"threat": verdict.threat})
        for listener in _listeners:
            listener(row, at)
    return True


@periodic("files.rescan", every=PATIENCE)
def rescan() -> None:
    """Give a job to the pending files that have none left: their scanner was stopped longer than a job is tried."""
    if not current_app.config["CLAMD_ADDRESS"]:
        return
    at = now()
    with unit_of_work() as session:
        live = session.scalars(
            select(Job.payload).where(Job.kind == SCAN, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
        )
        awaited = {each["key"] for each in live}
        forgotten = session.scalars(
            select(StoredFile.key)
            .where(StoredFile.scan == ScanState.PENDING, StoredFile.uploaded_at < at - PATIENCE)
            .order_by(StoredFile.id)
        )
        for key in [each for each in forgotten if each not in awaited][:_AT_ONCE]:
            enqueue(SCAN, {"key": key}, at=at)
