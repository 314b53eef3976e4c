"""Names that people give to files, made harmless before they are kept and before they are given back."""

import re
import unicodedata

from programme.core.storage.content import ENDINGS

_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
"""Names that Windows keeps for its devices, whatever follows the point."""


def safe_name(name: str, media_type: str) -> str:
    """The name under which a file is saved: its ending is that of its content, so that a PDF called « a.html » opens as one."""
    endings = ENDINGS.get(media_type, ())
    return name if not endings or name.lower().endswith(endings) else f"{name}{endings[0]}"


def clean_name(name: str) -> str:
    """The last part of the given name, without control or direction characters, at most 120 characters."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").split("/")[-1])
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    if _DEVICES.match(kept):
        kept = f"_{kept}"
    stem, dot, suffix = kept.rpartition(".")
    if not dot:
        return kept[:120] or "sans-nom"
    return f"{stem[: 119 - len(suffix[:10])]}.{suffix[:10]}"
