"""Cut the Region's typeface down to what French needs, for the screen and for printed documents.

Bricolage Grotesque (SIL Open Font License 1.1) comes from npm. The screen gets one variable file, printed
documents two static cuts, because a PDF keeps only the instance it embeds. Nothing is downloaded here.
Run `npm ci` first, then `python scripts/build_fonts.py`; a second run returns at once.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "@fontsource-variable" / "bricolage-grotesque"
SOURCE = PACKAGE / "files" / "bricolage-grotesque-latin-opsz-normal.woff2"
TARGET = ROOT / "programme" / "static" / "fonts"
STAMP = TARGET / ".built-from"

SCREEN = "bricolage-fr.woff2"
PRINT = {"b400.ttf": 400, "b700.ttf": 700}
STYLES = {400: "Regular", 700: "Bold"}
LICENCE = "OFL.txt"
PRINT_OPTICAL_SIZE = 14

THIN_SPACE, NARROW_NO_BREAK_SPACE = 0x2009, 0x202F
EMPTY_GLYPHS = {THIN_SPACE: "thinspace", NARROW_NO_BREAK_SPACE: "narrownbspace"}
EMPTY_WIDTH_EM = 0.2

CHARACTERS = [
    *range(0x20, 0x7F),  # Basic Latin
    *range(0xA0, 0x100),  # Latin-1
    0x152, 0x153, 0x178,  # Œ œ Ÿ
    0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2039, 0x203A,  # French punctuation
    0x20AC, 0x2212, 0x2264, 0x2265,  # € − ≤ ≥
    *EMPTY_GLYPHS,
]  # fmt: skip
FEATURES = ["ccmp", "locl", "kern", "mark", "tnum", "pnum"]


def fingerprint() -> str:
    """Return what the built files depend on: the source font and this script."""
    digest = hashlib.sha256()
    for path in (SOURCE, Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_built(wanted: str) -> bool:
    """Tell whether every file is there and made from the same source."""
    files = [TARGET / name for name in (SCREEN, *PRINT, LICENCE)]
    return STAMP.is_file() and STAMP.read_text() == wanted and all(path.is_file() for path in files)


def rename(font: TTFont, style: str) -> None:
    """Give a static cut its own names: the source calls every instance « 96pt ExtraBold »."""
    family = "Bricolage Grotesque"
    names = font["name"]
    names.names = [record for record in names.names if record.nameID not in {3, 16, 17, 21, 22, 25}]
    for name_id, text in {
        1: family,
        2: style,
        4: f"{family} {style}",
        6: f"BricolageGrotesque-{style}",
    }.items():
        names.setName(text, name_id, 3, 1, 0x409)
    bold = style == "Bold"
    font["head"].macStyle = int(bold)
    font["OS/2"].fsSelection = 1 << 5 if bold else 1 << 6


def build(name: str, axes: dict[str, float | tuple[float, float]], flavor: str | None) -> None:
    """Write one cut: fix or narrow the axes, add the two empty glyphs, keep the French characters."""
    from fontTools.subset import Options, Subsetter  # slow to import, and useless on a second run
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.tables._g_l_y_f import Glyph
    from fontTools.varLib import instancer

    font = instancer.instantiateVariableFont(TTFont(SOURCE), axes)
    width = round(font["head"].unitsPerEm * EMPTY_WIDTH_EM)
    for code, glyph_name in EMPTY_GLYPHS.items():
        # Without its own glyph a narrow space is drawn by another face, which shifts the line.
        if glyph_name not in font.getGlyphOrder():
            font.setGlyphOrder([*font.getGlyphOrder(), glyph_name])
        font["glyf"][glyph_name] = Glyph()
        font["hmtx"][glyph_name] = (width, 0)
        if "gvar" in font:
            font["gvar"].variations[glyph_name] = []
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = glyph_name
    if flavor is None:
        rename(font, STYLES[font["OS/2"].usWeightClass])
    if "HVAR" in font:
        del font["HVAR"]  # its map counts glyphs; widths then come from gvar, as the format allows

    options = Options()
    options.layout_features = FEATURES
    options.flavor = flavor
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    font.flavor = flavor
    font.recalcTimestamp = False
    font.save(TARGET / name)


def main() -> int:
    """Build the three files unless they are already there; print their sizes."""
    if not SOURCE.is_file():
        print(f"La police manque : {SOURCE.relative_to(ROOT)}. Lancez « npm ci ».", file=sys.stderr)
        return 1
    wanted = fingerprint()
    if is_built(wanted):
        return 0
    TARGET.mkdir(parents=True, exist_ok=True)
    build(SCREEN, {"wght": (400, 760)}, "woff2")
    for name, weight in PRINT.items():
        build(name, {"wght": weight, "opsz": PRINT_OPTICAL_SIZE}, None)
    shutil.copyfile(PACKAGE / "LICENSE", TARGET / LICENCE)
    STAMP.write_text(wanted)
    for name in (SCREEN, *PRINT):
        print(f"{name:22} {(TARGET / name).stat().st_size / 1000:6.1f} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
