"""The names inside the archive of a file, and how heavy it will be. Pure."""

import re
import unicodedata
from collections.abc import Iterable

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_SPACES = re.compile(r"\s+")
LABEL_SIGNS, NAME_SIGNS = 60, 60
LABEL_BYTES, NAME_BYTES = 80, 120
"""A file system of Linux holds names of 255 bytes, whatever their signs: an archive that passes them cannot be unpacked."""
LOCAL_HEADER, CENTRAL_HEADER, END = 30, 46, 22
"""Bytes of the records of a ZIP besides names and contents (PKWARE, APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16)."""
ZIP64_FROM = 2**31 - 1
"""From this size on the records are longer, and the size is not told beforehand."""


def safe(text: str, signs: int, most: int) -> str:
    """A part of a name that every system accepts: no sign that Windows refuses, no way out of the folder, at most `most` bytes."""
    plain = unicodedata.normalize("NFC", text)
    kept = "".join(each for each in plain if unicodedata.category(each)[0] != "C")
    short = _SPACES.sub(" ", _FORBIDDEN.sub("-", kept)).strip(" .-")[:signs]
    return short.encode()[:most].decode(errors="ignore").rstrip(" .-")


def entry_name(folder: str, number: int, label: str, original: str) -> str:
    """« pieces/03-Relevé d'identité bancaire-rib.pdf »: the number makes it unique, the ending is that of the original.

    `folder` is one of our own.
    """
    last = original.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    if not dot:
        stem, ending = last, ""
    parts = [f"{number:02d}", safe(label, LABEL_SIGNS, LABEL_BYTES), safe(stem, NAME_SIGNS, NAME_BYTES)]
    ending = safe(ending, 10, 20)
    return f"{folder}/{'-'.join(each for each in parts if each)}{f'.{ending}' if ending else ''}"


def zip_size(entries: Iterable[tuple[str, int]]) -> int | None:
    """How many bytes a ZIP of these (name, size) has, nothing in it being compressed; None when it is too large to tell."""
    total = END + sum(LOCAL_HEADER + CENTRAL_HEADER + 2 * len(name.encode()) + size for name, size in entries)
    return total if total < ZIP64_FROM else None
