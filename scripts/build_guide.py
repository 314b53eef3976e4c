"""Copy into the user's guide the pictures that the journeys have just taken, with few colours so that they stay light.

Run the journeys first (`pytest tests/journeys/test_roles.py`), then `python scripts/build_guide.py`; it fails when a
picture of the guide was not taken.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TAKEN, GUIDE = ROOT / "build" / "journeys", ROOT / "docs" / "guide"
WIDEST, COLOURS = 1280, 128


def wanted() -> set[str]:
    """The pictures that the pages of the guide show."""
    pages = "".join(page.read_text(encoding="utf-8") for page in GUIDE.glob("*.md"))
    return set(re.findall(r"\(images/([\w-]+)\.png\)", pages))


def taken(name: str) -> Path | None:
    """The picture of that name: with a pointer if it was taken so, else on a phone."""
    found = sorted(TAKEN.glob(f"*/*/{name}.png"), key=lambda path: path.parent.name != "souris")
    return found[0] if found else None


def main() -> int:
    """Write the pictures; 1 when one is missing."""
    folder = GUIDE / "images"
    folder.mkdir(parents=True, exist_ok=True)
    missing = []
    for old in folder.glob("*.png"):
        old.unlink()
    for name in sorted(wanted()):
        path = taken(name)
        if path is None:
            missing.append(name)
            continue
        with Image.open(path) as picture:
            picture.thumbnail((WIDEST, 4000))
            few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(folder / f"{name}.png", optimize=True)
    total = sum(each.stat().st_size for each in folder.glob("*.png"))
    print(f"{len(list(folder.glob('*.png')))} pictures, {total / 1000:.0f} kB")
    if missing:
        print("Not taken by the journeys: " + ", ".join(missing), file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
