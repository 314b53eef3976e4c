"""What a file is, read from its bytes and never from its name, within limits that hold before anything is decoded."""

import json
import re
from collections.abc import Iterable

import filetype
from flask_babel import gettext as _

from programme.core.errors import RuleBroken
from programme.core.storage import archives, pictures

CHUNK = 1024 * 1024
MAX_BYTES = 20 * CHUNK
"""The largest file that a person hands in, in bytes."""

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
    "application/json": "JSON",
    "application/geo+json": "GeoJSON",
}
IMAGES = ("image/png", "image/jpeg", "image/webp")
ENDINGS = {
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
    "application/json": (".json",),
    "application/geo+json": (".geojson",),
}
_UNKNOWN = "application/octet-stream"

# What a browser, a mail program or a shell would run if it were told, wrongly, that the text is of its kind.
_MARKUP = re.compile(
    r"<\s*(?:!doctype|!entity|\?xml|\?php|html|head|body|script|svg|iframe|object|embed|applet|base|link|meta|style|form"
    r"|math|template|img|image|video|audio|frameset|a)\b(?:[\s>/:]|$)|<(?:%|\?=)",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"\s*(?:#!|@echo\b|%!PS|\{\\rtf|\[InternetShortcut\])", re.IGNORECASE)
_MAIL = re.compile(r"\s*(?:MIME-Version|Content-Type|Content-Location|From|Received)\s*:", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

# A PDF that starts a program of the reader's machine. Each sign of a name may be written #xx (ISO 32000-1, 7.3.5): it is
# looked for as it may stand, since to undo twenty megabytes of signs would cost seconds and hundreds of megabytes.
_STARTERS = (b"Launch", b"ImportData", b"GoToE")
_LAUNCH = re.compile(
    b"/(?:"
    + b"|".join(b"".join(b"(?:%c|#(?i:%02x))" % (sign, sign) for sign in name) for name in _STARTERS)
    + b")(?!(?:[A-Za-z0-9]|#(?:3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])))"
)


def endings(accepted: Iterable[str] = tuple(ACCEPTED)) -> str:
    """The endings of the names of files of these types, for the chooser of a page; the content decides."""
    return ",".join(dict.fromkeys(ending for each in accepted for ending in ENDINGS[each]))


def inspect(data: bytes, name: str, accepted: Iterable[str], most: int = MAX_BYTES) -> str:
    """The media type of an upload of at most `most` bytes that may be kept.

    Raises:
        RuleBroken: empty, too large, of no accepted type, a picture of too many pixels, a PDF that starts a program;
            the sentence says what to do.
    """
    if not data:
        raise RuleBroken(_("Le fichier « %(name)s » est vide : choisissez-en un autre.", name=name))
    ensure_size(len(data), name, most)
    accepted = tuple(accepted)
    media_type = sniff(data, name)
    if media_type not in accepted:
        kinds = ", ".join(dict.fromkeys(ACCEPTED[each] for each in accepted))
        raise RuleBroken(
            _(
                "Le fichier « %(name)s » n’est pas d’un type accepté. Types acceptés : %(kinds)s.",
                name=name,
                kinds=kinds,
            )
        )
    if media_type in IMAGES:
        _refuse_large_picture(data, name)
    if media_type == "application/pdf" and starts_a_program(data):
        raise RuleBroken(
            _(
                "Le fichier « %(name)s » lance un programme à l’ouverture : imprimez-le dans un autre PDF, puis "
                "envoyez celui-ci.",
                name=name,
            )
        )
    return media_type


def ensure_size(size: int, name: str, most: int = MAX_BYTES) -> None:
    """Refuse a file of more than `most` bytes, before or after it came.

    Raises:
        RuleBroken: it is larger.
    """
    if size > most:
        raise RuleBroken(
            _(
                "Le fichier « %(name)s » dépasse %(most)s Mo : réduisez-le ou envoyez-le en plusieurs pièces.",
                name=name,
                most=most // CHUNK,
            )
        )


def _refuse_large_picture(data: bytes, name: str) -> None:
    pixels = pictures.pixels(data)
    if pixels > pictures.MAX_PIXELS:
        raise RuleBroken(
            _(
                "L’image « %(name)s » dépasse 40 millions de pixels : réduisez-la, puis envoyez-la de nouveau.",
                name=name,
            )
        )


def sniff(data: bytes, name: str) -> str:
    """The media type read from the content; the name only separates CSV and JSON from plain text."""
    if data[:4] == b"PK\x03\x04":
        return archives.kind(data)
    guess = filetype.guess_mime(data[:8192])
    if guess is not None:
        if guess in IMAGES and pictures.pixels(data) == 0:
            return _UNKNOWN
        return str(guess)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _UNKNOWN
    if _is_no_text(text):
        return _UNKNOWN
    return _named(text, name.lower())


def _named(text: str, name: str) -> str:
    """What a harmless text is, by the ending of its name; JSON only when it reads as JSON."""
    if name.endswith(".csv"):
        return "text/csv"
    for media_type in ("application/json", "application/geo+json"):
        if name.endswith(ENDINGS[media_type]) and _is_json(text):
            return media_type
    return "text/plain"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):  # Deeper than any table of data: a text like another.
        return False
    return True


def _is_no_text(text: str) -> bool:
    if _CONTROLS.search(text) or text.lstrip("\ufeff \t\r\n\f")[:1] == "<":
        return True
    start = text[:4096]
    return bool(_PROGRAM.match(start) or _MAIL.match(start) or _MARKUP.search(text))


def starts_a_program(data: bytes) -> bool:
    """Whether a PDF asks its reader to run a program, to import data or to open an attached file.

    Seen where it is written in clear. Scripts, actions at the opening and attached files stay accepted: forms of the
    administration and electronic invoices hold them; nothing here runs them, and they are served as an attachment.
    """
    return _LAUNCH.search(data) is not None
