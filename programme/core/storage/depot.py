"""The store that the configuration names, and the two steps of keeping a file: the bytes, then the row."""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from flask import current_app
from flask_babel import gettext as _

from programme.core import jobs
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.room import out_of_room
from programme.core.storage.content import ACCEPTED, MAX_BYTES, inspect
from programme.core.storage.local import LocalStore
from programme.core.storage.models import ScanState, StoredFile, Written
from programme.core.storage.names import clean_name
from programme.core.storage.s3 import BucketStore
from programme.extensions import db

SCAN = "files.scan"
"""The kind of the job that analyses a file."""


class Store(Protocol):
    """What a store does. Faults are OSError, an absence is FileNotFoundError."""

    def put(self, key: str, data: bytes | IO[bytes]) -> None:
        """Keep bytes, or what a file holds from its place on, durably."""

    def read(self, key: str) -> bytes:
        """Give them back."""

    def delete(self, keys: list[str]) -> None:
        """Remove them."""

    def objects(self) -> Iterator[tuple[str, datetime]]:
        """Every key and when it was written."""

    def probe(self) -> None:
        """Fail when files cannot be kept now."""


class StoreFailing(RuleBroken):
    """The bytes could not be kept: no room or no answer. Nothing was written."""


def store() -> Store:
    """The store of this instance, opened at its first use in each process (its connections do not survive a fork)."""
    config = current_app.config
    address = config["STORAGE_URL"] or config["STORAGE_FOLDER"]
    opened: dict[str, Store] = current_app.extensions.setdefault("programme_store", {})
    if address not in opened:
        opened[address] = _opened()
    return opened[address]


def _opened() -> Store:
    config = current_app.config
    if not config["STORAGE_URL"]:
        return LocalStore(Path(config["STORAGE_FOLDER"]))
    return BucketStore(
        config["STORAGE_URL"], endpoint=config["S3_ENDPOINT"], region=config["S3_REGION"],
        access_key=config["S3_ACCESS_KEY_ID"], secret_key=config["S3_SECRET_ACCESS_KEY"],
    )  # fmt: skip


def write(
    content: IO[bytes], name: str, *, accepted: tuple[str, ...] = tuple(ACCEPTED), most: int = MAX_BYTES
) -> Written:
    """Put an upload of at most `most` bytes in the store: size, type and content are checked, the bytes and the folder are fsynced.

    Call it before the unit of work; then `keep` makes the row.

    Raises:
        RuleBroken: too large, empty, or not of an accepted type; the sentence says what to do.
        StoreFailing: no room, or the store does not answer.
    """
    data = content.read(most + 1)
    clean = clean_name(name)
    return write_bytes(data, clean, inspect(data, clean, accepted, most))


def write_bytes(data: bytes, name: str, media_type: str) -> Written:
    """Put bytes made by the house in the store, durably.

    Raises:
        StoreFailing: no room, or the store does not answer.
    """
    return Written(_put(data, name, len(data)), name, media_type, len(data), hashlib.sha256(data).hexdigest())


def write_file(file: IO[bytes], name: str, media_type: str) -> Written:
    """Put a file made by the house in the store, durably, without ever holding it whole in memory.

    Raises:
        StoreFailing: no room, or the store does not answer.
    """
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    size = file.tell()
    file.seek(0)
    return Written(_put(file, name, size), name, media_type, size, sha256)


def put_part(data: bytes, name: str) -> str:
    """Put a part of a file in the store, durably; gives its key.

    Raises:
        StoreFailing: no room, or the store does not answer.
    """
    return _put(data, name, len(data))


def _put(data: bytes | IO[bytes], name: str, size: int) -> str:
    key = f"{secrets.token_hex(1)}/{secrets.token_hex(20)}"
    try:
        store().put(key, data)
    except OSError as fault:
        current_app.logger.exception("storage: a file of %s bytes was not kept", size)
        raise StoreFailing(_refusal(name, fault)) from fault
    return key


def _refusal(name: str, fault: OSError) -> str:
    if out_of_room(fault):
        return str(
            _(
                "Le fichier « %(name)s » n’a pas pu être enregistré : la place manque sur nos serveurs. Ce que vous "
                "aviez déjà enregistré est gardé. Réessayez dans une heure, ou écrivez-nous si le délai presse.",
                name=name,
            )
        )
    return str(
        _(
            "Le fichier « %(name)s » n’a pas pu être enregistré : le dépôt de fichiers ne répond pas. Ce que vous aviez "
            "déjà enregistré est gardé. Réessayez dans quelques minutes.",
            name=name,
        )
    )


def keep(written: Written, *, by: Any | None, at: datetime | None = None) -> StoredFile:
    """Make the row of a written file, in the caller's transaction; the worker analyses it when there is a scanner."""
    at = at or now()
    scanned = bool(current_app.config["CLAMD_ADDRESS"])
    row = StoredFile(
        key=written.key,
        name=written.name,
        media_type=written.media_type,
        size=written.size,
        sha256=written.sha256,
        scan=ScanState.PENDING if scanned else ScanState.NOT_SCANNED,
        uploaded_at=at,
        uploaded_by_id=None if by is None else by.id,
    )
    db.session.add(row)
    if scanned:
        jobs.enqueue(SCAN, {"key": written.key}, at=at)  # By its key: the row has no number before it is flushed.
    return row


def forget(*files: StoredFile | None) -> None:
    """End the rows of files that nothing names any more, in the caller's transaction; the sweep takes their bytes."""
    if ended := [each for each in files if each is not None]:
        db.session.flush()  # What named them no longer does, before they end.
        for each in ended:
            db.session.delete(each)


def read(key: str) -> bytes:
    """The bytes of a stored file.

    Raises:
        FileNotFoundError: the file is gone: the operator must restore it.
    """
    return store().read(key)
