"""How the Region looks: the sheet of its colours and its logo, made once at start, served with the hash of their content.

A Region changes its name, its logo, its three colours and its territory in one file (`REGION_FILE`). Colours that would
make a text or a border unreadable, or a logo that cannot be shown, refuse the start with a sentence.
"""

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from config import MissingSetting, Region
from programme.core.theme import ThemeError, stylesheet

LARGEST_LOGO = 100_000
LOGO_HEIGHT = 44
WIDEST_LOGO = 220
_VIEW_BOX = re.compile(rb"<svg[^>]*\sviewBox=[\"']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)\s*[\"']")


@dataclass(frozen=True)
class Logo:
    """The Region's logo: its bytes, its type, its width in CSS pixels at a height of 44."""

    content: bytes
    mimetype: str
    width: int

    @property
    def version(self) -> str:
        """The hash of its content, for its address."""
        return hashlib.sha256(self.content).hexdigest()[:12]


@dataclass(frozen=True)
class Identity:
    """What the Region's file says of its look."""

    sheet: str
    logo: Logo | None

    @property
    def sheet_version(self) -> str:
        """The hash of the sheet, for its address."""
        return hashlib.sha256(self.sheet.encode()).hexdigest()[:12]


def load(region: Region, beside: Path) -> Identity:
    """The look of a Region whose file stands in the folder `beside`.

    Raises:
        MissingSetting: a colour breaks the contrasts, or the logo is absent, too heavy, or no picture.
    """
    try:
        sheet = stylesheet(region.brand, region.accent, region.neutral_hue)
    except ThemeError as refusal:
        raise MissingSetting(f"Les couleurs de la Région ne conviennent pas. {refusal}") from None
    return Identity(sheet, read_logo(beside / region.logo) if region.logo else None)


def read_logo(path: Path) -> Logo:
    """The logo in a file: SVG with a viewBox, PNG or WebP, 100 kB at most, at most five times as wide as high.

    Raises:
        MissingSetting: says what is wrong with the file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MissingSetting(f"Le logo {path} est illisible : {error.strerror}.") from None
    if len(content) > LARGEST_LOGO:
        raise MissingSetting(f"Le logo {path} pèse plus de 100 ko : donnez un fichier plus léger, SVG de préférence.")
    mimetype, (width, height) = _measure(content, path)
    shown = round(LOGO_HEIGHT * width / height)
    if not 1 <= shown <= WIDEST_LOGO:
        raise MissingSetting(f"Le logo {path} est trop large : cinq fois sa hauteur au plus.")
    return Logo(content, mimetype, shown)


def _measure(content: bytes, path: Path) -> tuple[str, tuple[float, float]]:
    if box := _VIEW_BOX.search(content):
        width, height = float(box[1]), float(box[2])
        if width > 0 and height > 0:
            return "image/svg+xml", (width, height)
    from PIL import Image, UnidentifiedImageError  # Only a Region with a painted logo pays for it.

    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "WEBP")) as picture:
            return f"image/{str(picture.format).lower()}", picture.size
    except (UnidentifiedImageError, OSError, ValueError):
        message = f"Le logo {path} n’est pas une image reconnue : donnez un SVG avec viewBox, un PNG ou un WebP."
        raise MissingSetting(message) from None


def install(app: Flask) -> None:
    """Read the look at start, or refuse to start."""
    app.config["IDENTITY"] = load(app.config["REGION"], Path(app.config["REGION_FILE"]).parent)
