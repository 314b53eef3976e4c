"""Join the style sheets and the scripts into the two files that pages link, without comments or spare spaces.

Sources stay one file a component, under programme/static/css and programme/static/js; a page asks for one file of each.
Addresses of fonts take the hash that `static_url` gives them, so that the preload of a page and the sheet name the same
file: build the fonts first. A script is a module with a scope of its own: it imports nothing and exports nothing.
Run `python scripts/build_assets.py`; it prints the sizes and fails beyond the budgets of the design.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "programme" / "static"
SHEETS, SCRIPTS, BUILT = STATIC / "css", STATIC / "js", STATIC / "build"
# 500 bytes of the script are for cells pasted from a spreadsheet: nobody types forty rows of a budget on a telephone.
# 1,000 more are for uploads that go on after a cut, the train in its tunnel at 23:50, and for places found by a few letters.
# 400 more say who else writes on a draft, and keep what each tab holds apart.
GZIP_BUDGETS = {"programme.css": 18_000, "programme.js": 11_900}

COMMENT_OR_STRING = re.compile(r'("[^"\n]*")|/\*.*?\*/', re.DOTALL)
ASSET = re.compile(r'url\("(\.\./[^"?]+)"\)')
SPACES = re.compile(r'("[^"\n]*")|\s*([{};,>])\s*|(:)\s+|\s+')
SCRIPT_COMMENT = re.compile(r"(?:^|(?<=[;,{]))[ ]*//[^\n]*$|^/\*\*?[\s\S]*?\*/$| /\* [^*\n]* \*/", re.MULTILINE)
# Spaces at both ends of a line and empty lines; each statement keeps its own line end.
INDENT = re.compile(r"^[ \t]+|[ \t]+$|^\n", re.MULTILINE)


def ordered_sheets() -> list[Path]:
    """Return the files in the order of the layers; base.css first, since it declares that order."""
    parts, pages = sorted((SHEETS / "parts").glob("*.css")), sorted((SHEETS / "pages").glob("*.css"))
    return [*(SHEETS / f"{name}.css" for name in ("base", "layout")), *parts, *pages, SHEETS / "modes.css"]


def compact(css: str) -> str:
    """Drop comments and the spaces that mean nothing; strings are kept as they are."""
    css = COMMENT_OR_STRING.sub(lambda match: match[1] or "", css)
    css = SPACES.sub(lambda match: match[1] or match[2] or match[3] or " ", css)
    return css.replace(";}", "}").strip()


def with_version(match: re.Match[str]) -> str:
    """Add to an address the hash that programme.site.page_context.static_url adds; none when not built."""
    path = (SHEETS / match[1]).resolve()
    if not path.is_file():
        return match[0]
    return f'url("{match[1]}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}")'


def style_sheet() -> str:
    """The one sheet."""
    joined = "\n".join(compact(path.read_text(encoding="utf-8")) for path in ordered_sheets()) + "\n"
    return ASSET.sub(with_version, joined)


def script() -> str:
    """The one script: each source in a block of its own, whole-line comments and indentation dropped."""
    blocks = []
    for path in sorted(SCRIPTS.glob("*.js")):
        text = INDENT.sub("", SCRIPT_COMMENT.sub("", path.read_text(encoding="utf-8")))
        blocks.append(f"{{\n{text}\n}}")
    return "\n".join(blocks) + "\n"


def main() -> int:
    """Write both files, each beside its compressed twin, print their sizes, return 1 when one is over its budget."""
    BUILT.mkdir(parents=True, exist_ok=True)
    over = False
    for name, text in (("programme.css", style_sheet()), ("programme.js", script())):
        content = text.encode()
        compressed = gzip.compress(content, 9, mtime=0)
        (BUILT / name).write_bytes(content)
        (BUILT / f"{name}.gz").write_bytes(compressed)
        raw, packed = len(content), len(compressed)
        print(f"build/{name}: {raw / 1000:.1f} kB, {packed / 1000:.1f} kB gzip")
        if packed > GZIP_BUDGETS[name]:
            over = True
            print(f"Over the budget of {GZIP_BUDGETS[name] / 1000:.0f} kB gzip.", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
