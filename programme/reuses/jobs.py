"""The worker's part of the gallery: smaller copies of the pictures, so that a telephone does not fetch them whole."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from programme.core import jobs, storage
from programme.core.clock import now
from programme.core.jobs import Job, JobState, handler, periodic
from programme.core.storage import ScanState, StoredFile
from programme.core.storage.pictures import shrunk
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db
from programme.reuses.models import WIDTHS, Reuse, ReuseThumbnail
from programme.reuses.services import SHRINK

EVERY = timedelta(minutes=5)
GRACE = timedelta(days=1)
"""A picture is sent before its reuse is kept: copies of one that no reuse shows wait for so long."""
AT_ONCE = 200

_NONE_YET = ~exists().where(ReuseThumbnail.source_id == StoredFile.id)
_READABLE = StoredFile.scan.not_in((ScanState.PENDING, ScanState.INFECTED))


@handler(SHRINK, attempts=4)
def shrink(payload: dict[str, Any]) -> None:
    """Make the copies of one picture; run twice, the second time does nothing. One not analysed yet waits for `catch_up`.

    Raises:
        FileNotFoundError: the picture has left the store; the job is tried again, then shown as failed.
    """
    wanted = select(StoredFile).where(StoredFile.public_id == payload["picture"], _READABLE, _NONE_YET)
    source = db.session.scalars(wanted).one_or_none()
    if source is None:
        return
    number, key, stem = source.id, source.key, source.name.rpartition(".")[0] or source.name
    db.session.rollback()  # No transaction stays open while the picture is decoded.
    data = storage.read(key)
    copies = {width: shrunk(data, width) for width in WIDTHS}
    written = {
        width: None if copy is None else storage.write_bytes(copy, f"{stem[:100]}-{width}.webp", "image/webp")
        for width, copy in copies.items()
    }
    _keep(number, written)


def _keep(number: int, written: dict[int, storage.Written | None]) -> None:
    """Make the rows, unless another worker made them meanwhile; then the sweep of the store removes these files."""
    with unit_of_work() as session:
        wanted = select(StoredFile).where(StoredFile.id == number, _NONE_YET).with_for_update(of=StoredFile)
        if session.scalars(wanted).one_or_none() is None:
            return
        for width, each in written.items():
            file = None if each is None else storage.keep(each, by=None, at=now())
            if file is not None:
                file.scan = ScanState.OURS
            session.add(ReuseThumbnail(source_id=number, width=width, file=file))


@periodic("reuses.thumbnails", every=EVERY)
def catch_up() -> None:
    """Copies for the pictures that have none (older ones, those just analysed); none any more for those that nobody shows."""
    with unit_of_work() as session:
        states = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)
        known = session.scalars(select(Job.payload).where(Job.kind == SHRINK, Job.state.in_(states)))
        asked = {each["picture"] for each in known}
        for public_id in [each for each in session.scalars(_lacking()) if each not in asked]:
            jobs.enqueue(SHRINK, {"picture": public_id}, at=now())
        for row in session.scalars(select(ReuseThumbnail).where(_useless()).limit(AT_ONCE)).all():
            file = session.get(StoredFile, row.file_id) if row.file_id else None
            session.delete(row)
            session.flush()  # The row names the file.
            if file is not None:
                session.delete(file)  # The sweep removes the bytes.


def _lacking() -> Select[str]:
    return (
        select(StoredFile.public_id)
        .where(StoredFile.id.in_(_shown()), _READABLE, _NONE_YET)
        .order_by(StoredFile.id)
        .limit(AT_ONCE)
    )


def _shown() -> Select[int | None]:
    """A list and not a question for each row: the column has no index."""
    return select(Reuse.image_id).where(Reuse.image_id.is_not(None))


def _useless() -> ColumnElement[bool]:
    old = exists().where(StoredFile.id == ReuseThumbnail.source_id, StoredFile.uploaded_at < now() - GRACE)
    infected = exists().where(StoredFile.id == ReuseThumbnail.source_id, StoredFile.scan == ScanState.INFECTED)
    return or_(ReuseThumbnail.source_id.not_in(_shown()) & old, infected)
