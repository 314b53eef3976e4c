"""Files sent in parts: after a cut, the next part is the first one that did not come, not the first one.

A part is an object of the store like another, written durably before the row says that it came: any node reads it, and a
part that no row ends up naming is an orphan, which the sweep removes a day later. An upload therefore lives half a day.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from flask_babel import gettext as _
from sqlalchemy import delete, select

from programme.core.errors import RuleBroken
from programme.core.storage.content import ensure_size
from programme.core.storage.depot import store
from programme.core.storage.models import PartialFile
from programme.core.storage.names import clean_name
from programme.extensions import db

PART = 512 * 1024
"""The largest part, in bytes: what a cut costs at most."""
LIFE = timedelta(hours=12)
AT_ONCE = 3
"""Uploads that a person may have on their way: one more ends the oldest, so that nobody fills the store with beginnings."""


@dataclass(frozen=True)
class Announced:
    """What a person is about to send: where to, and which file of theirs."""

    account_id: int
    place: str
    name: str
    size: int
    stamp: str

    @classmethod
    def of(cls, account_id: int, place: str, name: str, size: int, stamp: str) -> "Announced":
        """The name made harmless; a stamp is short."""
        return cls(account_id, place, clean_name(name), size, stamp[:20])


def received(file: Announced, at: datetime) -> int:
    """How many bytes of this very file came already."""
    found = _of(file.account_id, file.place)
    return found.received if found is not None and _is_same(found, file, at) else 0


def ensure_plausible(file: Announced, offset: int, part: bytes, most: int) -> None:
    """Refuse what no honest browser sends, and what could not be kept in the end.

    Raises:
        RuleBroken: larger than `most`, empty, a part that is too long or goes beyond the announced size.
    """
    ensure_size(file.size, file.name, most)
    if file.size <= 0 or not 0 <= offset <= file.size or len(part) > min(PART, file.size - offset):
        raise RuleBroken(
            _("L’envoi de « %(name)s » ne se suit pas : choisissez de nouveau le fichier.", name=file.name)
        )


def advance(
    file: Announced, offset: int, key: str | None, length: int, *, at: datetime
) -> tuple[PartialFile, list[str]]:
    """Take note of a written part if it is the next one; gives the upload, and the keys that are of no use any more.

    Another file in the same place, or one that is too old, begins again. Inside a unit of work, with the row of whatever
    the file is for locked: two windows that send the same file take turns, and each is told where the other has come to.
    """
    found, useless = _of(file.account_id, file.place), []
    if found is not None and not _is_same(found, file, at):
        useless = end(file.account_id, file.place)
        found = None
    if found is None:
        useless += _make_room(file.account_id)
        found = PartialFile(
            account_id=file.account_id, place=file.place, name=file.name, stamp=file.stamp, size=file.size,
            begun_at=at, received=0, parts=[],
        )  # fmt: skip
        db.session.add(found)
    if key is not None and offset == found.received:
        found.parts, found.received = [*found.parts, key], found.received + length
    elif key is not None:
        useless.append(key)
    return found, useless


def whole(account_id: int, place: str, public_id: str) -> tuple[BytesIO, str]:
    """All the bytes of an upload that is complete, and the name of the file.

    Raises:
        RuleBroken: it is not complete, not this person's, not for this place, or too old.
    """
    found = _of(account_id, place)
    if found is None or found.public_id != public_id or found.received != found.size:
        raise RuleBroken(_("Cet envoi n’est pas complet : choisissez de nouveau le fichier."))
    try:
        data = b"".join(store().read(key) for key in found.parts)
    except FileNotFoundError:
        raise RuleBroken(_("Cet envoi est trop ancien : choisissez de nouveau le fichier.")) from None
    return BytesIO(data), found.name


def end(account_id: int, place: str) -> list[str]:
    """Forget an upload, kept or given up; gives the keys of its parts, to `discard` after the commit."""
    found = _of(account_id, place)
    if found is None:
        return []
    db.session.delete(found)
    db.session.flush()  # Another upload may take its place in the same transaction.
    return list(found.parts)


def discard(keys: Sequence[str]) -> None:
    """Remove parts of which no row speaks; those that cannot be removed now are swept a day later."""
    with contextlib.suppress(OSError):
        store().delete(list(keys))


def forget_old(at: datetime) -> None:
    """Forget the uploads that nobody finished; their parts are then orphans, which the sweep removes."""
    db.session.execute(delete(PartialFile).where(PartialFile.begun_at < at - LIFE))


def _of(account_id: int, place: str) -> PartialFile | None:
    found: PartialFile | None = db.session.scalars(
        select(PartialFile).where(PartialFile.account_id == account_id, PartialFile.place == place)
    ).one_or_none()
    return found


def _is_same(found: PartialFile, file: Announced, at: datetime) -> bool:
    known = (found.name, found.size, found.stamp)
    return known == (file.name, file.size, file.stamp) and found.begun_at > at - LIFE


def _make_room(account_id: int) -> list[str]:
    """End the oldest uploads of a person beyond what they may have on their way, before one more begins."""
    live = db.session.scalars(
        select(PartialFile).where(PartialFile.account_id == account_id).order_by(PartialFile.begun_at, PartialFile.id)
    ).all()
    ended = live[: max(len(live) - AT_ONCE + 1, 0)]
    for each in ended:
        db.session.delete(each)
    return [key for each in ended for key in each.parts]
