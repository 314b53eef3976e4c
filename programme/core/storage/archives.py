"""Office documents are zip archives: looked at through their directory, within limits, and never unpacked."""

import re
import zlib
from collections.abc import Iterable
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

MAX_ENTRIES = 2000
MAX_RATIO = 50
"""How much larger than the archive its content may be."""
MAX_INFLATED = 300 * 1024 * 1024
MAX_EMBEDDED = 5 * 1024 * 1024
"""The largest document placed inside another (the figures behind a chart), in bytes."""
_SMALL = 1024 * 1024
_HEAD = 1024

ZIP = "application/zip"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MARKS = {
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
}
_MACROS = re.compile(r"(?i)(^|/)vba\w*\.(bin|xml)$|^xl/macrosheets/|^(basic|scripts)/|(^|/)activex/")
_INNER = re.compile(r"(?i)\.(zip|jar|7z|rar|gz|bz2|xz|tar|tgz|cab|iso|exe|dll|scr|js|vbs|html?|svg|apk|docm|xlsm)$")
_EMBEDDED = re.compile(r"(?i)/embeddings/[^/]+\.(xlsx|docx|pptx)$")
_PROGRAMS = (b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"MZ", b"\x7fELF", b"\xfd7zXZ", b"MSCF")
_BROKEN = (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error)


def kind(data: bytes) -> str:
    """The media type of an office document, or that of a plain archive for all that is not one or breaks a limit.

    Broken limits: entries, size once unpacked, macros, programs and archives inside, names that climb, a DTD.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            if not _sound(archive, len(data)):
                return ZIP
            return _declared(archive)
    except _BROKEN:
        return ZIP


def _declared(archive: ZipFile) -> str:
    names = set(archive.namelist())
    if "mimetype" in names:
        return archive.read("mimetype").decode("ascii", "replace") if _size(archive, "mimetype") < 100 else ZIP
    if "[Content_Types].xml" in names and b"macroenabled" in _start(archive, "[Content_Types].xml", _SMALL).lower():
        return ZIP
    return next((media_type for mark, media_type in _MARKS.items() if mark in names), ZIP)


def _size(archive: ZipFile, name: str) -> int:
    return archive.getinfo(name).file_size


def _start(archive: ZipFile, entry: str | ZipInfo, length: int) -> bytes:
    with archive.open(entry) as handle:
        return handle.read(length)


def _sound(archive: ZipFile, length: int, *, embedded: bool = False) -> bool:
    entries = archive.infolist()
    inflated = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or inflated > min(MAX_RATIO * max(length, _SMALL), MAX_INFLATED):
        return False
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or not _harmless(names):
        return False
    return all(_entry_is_sound(archive, entry, embedded=embedded) for entry in entries)


def _harmless(names: Iterable[str]) -> bool:
    """No macro, no program, no archive, no name that leaves the folder where one unpacks."""
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or ":" in name:
            return False
        if _MACROS.search(name) or _INNER.search(name):
            return False
    return True


def _entry_is_sound(archive: ZipFile, entry: ZipInfo, *, embedded: bool) -> bool:
    start = _start(archive, entry, _HEAD)
    if _EMBEDDED.search(entry.filename):
        return not embedded and _embedded_is_sound(archive, entry)
    if start.startswith(_PROGRAMS):
        return False
    markup = entry.filename.lower().endswith((".xml", ".rels"))
    if markup and entry.filename != "META-INF/manifest.xml":  # Old OpenDocument programs wrote a DTD there.
        plain = start.replace(b"\x00", b"").upper()
        return b"<!DOCTYPE" not in plain and b"<!ENTITY" not in plain
    return True


def _embedded_is_sound(archive: ZipFile, entry: ZipInfo) -> bool:
    """The figures behind a chart are a document of their own: the same limits, and nothing further inside."""
    if entry.file_size > MAX_EMBEDDED:
        return False
    data = _start(archive, entry, MAX_EMBEDDED)
    with ZipFile(BytesIO(data)) as inner:
        return _sound(inner, len(data), embedded=True)
