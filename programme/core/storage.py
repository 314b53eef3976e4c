"""Files that people hand in: written durably first, then the row; random names, type read from the content."""

import hashlib
import os
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import filetype
from flask import Response, current_app, send_file
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from programme.core.clock import now
from programme.core.columns import UTCDateTime, enum_column
from programme.core.errors import RuleBroken
from programme.core.personal_data import not_personal
from programme.extensions import Base, db

CHUNK = 1024 * 1024
MAX_BYTES = 20 * CHUNK

_OPENXML = "application/vnd.openxmlformats-officedocument."
_OPENDOCUMENT = "application/vnd.oasis.opendocument."
ACCEPTED = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WebP",
    f"{_OPENXML}wordprocessingml.document": "Word (docx)",
    f"{_OPENXML}spreadsheetml.sheet": "Excel (xlsx)",
    f"{_OPENDOCUMENT}text": "Texte (odt)",
    f"{_OPENDOCUMENT}spreadsheet": "Tableur (ods)",
    "text/plain": "texte",
    "text/csv": "CSV",
}
IMAGES = ("image/png", "image/jpeg", "image/webp")
_ENDINGS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    f"{_OPENXML}wordprocessingml.document": (".docx",),
    f"{_OPENXML}spreadsheetml.sheet": (".xlsx",),
    f"{_OPENDOCUMENT}text": (".odt",),
    f"{_OPENDOCUMENT}spreadsheet": (".ods",),
    "text/plain": (".txt",),
    "text/csv": (".csv",),
}
_ZIP_MARKS = {
    "word/document.xml": f"{_OPENXML}wordprocessingml.document",
    "xl/workbook.xml": f"{_OPENXML}spreadsheetml.sheet",
}


class ScanState(StrEnum):
    """What is known of a file's harmlessness: nothing of what people hand in, while no scanner is plugged in."""

    NOT_SCANNED = "not_scanned"
    OURS = "ours"


class StoredFile(Base):
    """A file kept in the store (« fichier »): its random key, the name the person gave, its size and SHA-256."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(43), unique=True, default=lambda: secrets.token_urlsafe(24))
    key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(255), info=not_personal("Nom de fichier donné par la personne"))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    scan: Mapped[ScanState] = mapped_column(enum_column(ScanState), default=ScanState.NOT_SCANNED)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @property
    def kind(self) -> str:
        """The type in words."""
        return ACCEPTED.get(self.media_type, self.media_type)


@dataclass(frozen=True)
class Written:
    """A file safely on disk and not yet in the database."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str


def endings() -> str:
    """The endings of the names of files that are accepted, for the chooser of a page; the content decides."""
    return ",".join(dict.fromkeys(ending for each in ACCEPTED for ending in _ENDINGS[each]))


def root() -> Path:
    """The folder of the local store."""
    return Path(current_app.config["STORAGE_FOLDER"])


def write(content: IO[bytes], name: str, *, accepted: tuple[str, ...] = tuple(ACCEPTED)) -> Written:
    """Put an upload on disk: size, type and content are checked, the bytes and the folder are fsynced.

    Call it before the unit of work; then `keep` makes the row.

    Raises:
        RuleBroken: too large, empty, or not of an accepted type; the sentence says what to do.
    """
    data = content.read(MAX_BYTES + 1)
    clean = clean_name(name)
    if not data:
        raise RuleBroken(_("Le fichier « %(name)s » est vide : choisissez-en un autre.", name=clean))
    if len(data) > MAX_BYTES:
        raise RuleBroken(
            _("Le fichier « %(name)s » dépasse 20 Mo : réduisez-le ou envoyez-le en plusieurs pièces.", name=clean)
        )
    media_type = sniff(data, clean)
    if media_type not in accepted:
        kinds = ", ".join(dict.fromkeys(ACCEPTED[each] for each in accepted))
        raise RuleBroken(
            _(
                "Le fichier « %(name)s » n’est pas d’un type accepté. Types acceptés : %(kinds)s.",
                name=clean,
                kinds=kinds,
            )
        )
    return write_bytes(data, clean, media_type)


def write_bytes(data: bytes, name: str, media_type: str) -> Written:
    """Put bytes made by the house on disk, durably: temporary name, fsync, rename, fsync of the folder."""
    key = f"{secrets.token_hex(1)}/{secrets.token_hex(20)}"
    target = root() / key
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".part")
    with temporary.open("xb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.rename(target)
    _sync_folder(target.parent)
    _sync_folder(root())
    return Written(key, name, media_type, len(data), hashlib.sha256(data).hexdigest())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep(written: Written, *, by: Any | None, at: datetime | None = None) -> StoredFile:
    """Make the row of a written file, in the caller's transaction."""
    row = StoredFile(
        key=written.key,
        name=written.name,
        media_type=written.media_type,
        size=written.size,
        sha256=written.sha256,
        scan=ScanState.NOT_SCANNED,
        uploaded_at=at or now(),
        uploaded_by_id=None if by is None else by.id,
    )
    db.session.add(row)
    return row


def read(key: str) -> bytes:
    """The bytes of a stored file.

    Raises:
        FileNotFoundError: the file is gone: the operator must restore it.
    """
    return (root() / key).read_bytes()


def answer(row: StoredFile, *, inline: bool = False) -> Response:
    """Serve a file so that a browser never runs it: attachment, no sniffing, sandbox."""
    response = send_file(
        BytesIO(read(row.key)),
        mimetype=row.media_type,
        as_attachment=not inline,
        download_name=safe_name(row.name, row.media_type),
        etag=row.sha256,
        max_age=0,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def safe_name(name: str, media_type: str) -> str:
    """The name under which a file is saved: its ending is that of its content, so that a PDF called « a.html » opens as one."""
    endings = _ENDINGS.get(media_type, ())
    return name if not endings or name.lower().endswith(endings) else f"{name}{endings[0]}"


def clean_name(name: str) -> str:
    """The last part of the given name, without control or direction characters, at most 120 characters."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").split("/")[-1])
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if not dot:
        return kept[:120] or "sans-nom"
    return f"{stem[: 119 - len(suffix[:10])]}.{suffix[:10]}"


def sniff(data: bytes, name: str) -> str:
    """The media type read from the content; the name only separates CSV from plain text."""
    guess = filetype.guess_mime(data)
    if data[:4] == b"PK\x03\x04":
        return _inside_zip(data)
    if guess is not None:
        return str(guess)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    if "\x00" in text or text.lstrip("\ufeff \t\r\n\f")[:1] == "<":
        return "application/octet-stream"
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"


def _inside_zip(data: bytes) -> str:
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            inflated = sum(entry.file_size for entry in entries)
            if len(entries) > 2000 or inflated > 50 * max(len(data), CHUNK):
                return "application/zip"
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return archive.read("mimetype").decode("ascii", "replace")
    except (BadZipFile, OSError, NotImplementedError, RuntimeError):
        return "application/zip"
    if any(name.endswith("vbaProject.bin") for name in names):
        return "application/zip"
    return next((kind for mark, kind in _ZIP_MARKS.items() if mark in names), "application/zip")
