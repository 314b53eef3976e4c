"""Join the style sheets into the one file that pages link, without comments or spare spaces.

Sources stay one file a component, under programme/static/css; a page asks for one file only. Addresses of fonts
take the hash that `static_url` gives them, so that the preload of a page and the sheet name the same file: build
the fonts first.
Run `python scripts/build_css.py`; it prints the sizes and fails beyond the budget of the design.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "programme" / "static"
SOURCES = STATIC / "css"
TARGET = STATIC / "build" / "programme.css"
GZIP_BUDGET = 12_000

COMMENT_OR_STRING = re.compile(r'("[^"\n]*")|/\*.*?\*/', re.DOTALL)
ASSET = re.compile(r'url\("(\.\./[^"?]+)"\)')
SPACES = re.compile(r'("[^"\n]*")|\s*([{};,])\s*|\s+')


def ordered_sources() -> list[Path]:
    """Return the files in the order of the layers; base.css first, since it declares that order."""
    parts = sorted((SOURCES / "parts").glob("*.css"))
    names = ("base.css", "theme.css", "layout.css", *parts, "pages.css", "modes.css")
    return [SOURCES / name for name in names]


def compact(css: str) -> str:
    """Drop comments and the spaces that mean nothing; strings are kept as they are."""
    css = COMMENT_OR_STRING.sub(lambda match: match[1] or "", css)
    css = SPACES.sub(lambda match: match[1] or match[2] or " ", css)
    return css.replace(";}", "}").strip()


def with_version(match: re.Match[str]) -> str:
    """Add to an address the hash that programme.site.page_context.static_url adds; none when not built."""
    path = (SOURCES / match[1]).resolve()
    if not path.is_file():
        return match[0]
    return f'url("{match[1]}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}")'


def main() -> int:
    """Write the joined file, print its sizes, return 1 when it is over the budget."""
    joined = "\n".join(compact(path.read_text(encoding="utf-8")) for path in ordered_sources()) + "\n"
    joined = ASSET.sub(with_version, joined)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(joined, encoding="utf-8")
    raw, packed = len(joined.encode()), len(gzip.compress(joined.encode(), 9))
    print(f"{TARGET.relative_to(STATIC.parent.parent)}: {raw / 1000:.1f} kB, {packed / 1000:.1f} kB gzip")
    if packed > GZIP_BUDGET:
        print(f"Over the budget of {GZIP_BUDGET / 1000:.0f} kB gzip.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
