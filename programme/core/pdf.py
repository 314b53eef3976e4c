"""The one door to WeasyPrint: a separate process, without network, with limits, on our own assets only."""

import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent.parent / "static"
SECONDS = 40
"""Of the processor; a busy machine may take longer by the clock."""
PATIENCE = 90
MEMORY_BYTES = 1024 * 1024 * 1024


FIT, FITS = b'<body class="fit-0">', (b'<body class="fit-1">', b'<body class="fit-2">', b'<body class="fit-3">')
"""A page that begins so may be laid out again, tighter then looser: never a last page of a few lines."""
SHORTEST_END = 190.0
"""How far the text of a last page must go down, in CSS pixels under the top of its text: about eight lines and a box."""
WORTH_ONE_PAGE = 520.0
"""A second page that goes less far down than this is tried on the first, as for a letter."""


class RenderFailed(RuntimeError):
    """The document could not be made; nothing was kept."""


def render(html: str) -> bytes:
    """The PDF of a document, the same bytes for the same HTML, fonts and version of WeasyPrint.

    Raises:
        RenderFailed: too long, too large, an address outside our assets, or WeasyPrint is not installed.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "programme.core.pdf"],
            input=html.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            env={
                key: os.environ[key]
                for key in ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "PYTHONPATH")
                if key in os.environ
            }
            | {"SOURCE_DATE_EPOCH": "0"},
            cwd=STATIC.parent.parent,
        )
    except subprocess.TimeoutExpired:
        raise RenderFailed(f"no PDF after {PATIENCE} s") from None
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise RenderFailed(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def available() -> bool:
    """Whether WeasyPrint and its system libraries can be loaded (tried in a separate process)."""
    tried = subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True, check=False)
    return tried.returncode == 0


def _filled(page: Any) -> float:
    """How far the text of a page goes down, in CSS pixels from the top of its text."""
    box = page._page_box  # noqa: SLF001 - WeasyPrint shows the boxes nowhere else.
    root = next(child for child in box.children if child.element_tag == "html")
    lines = [each for each in root.descendants() if type(each).__name__ == "LineBox"]
    bottom = max((each.position_y + each.height for each in lines), default=0.0)
    return float(bottom - root.position_y)


def _fitted(html: bytes, laid_out: Callable[[bytes], Any]) -> Any:
    """The document as written, or tighter when that saves its last page, or looser when it would end on a few lines."""
    document = laid_out(html)
    pages = len(document.pages)
    if FIT not in html or pages == 1:
        return document
    end = _filled(document.pages[-1])
    if end >= (WORTH_ONE_PAGE if pages == 2 else SHORTEST_END):
        return document
    others: list[Any] = []
    for fit in FITS:
        if others and end >= SHORTEST_END and fit == FITS[-1]:
            return document
        others.append(laid_out(html.replace(FIT, fit, 1)))
        if len(others[-1].pages) < pages:
            return others[-1]
    return next((each for each in others if _filled(each.pages[-1]) >= SHORTEST_END), document)


def _main() -> None:
    """In the separate process: HTML on standard input, PDF on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    html = sys.stdin.buffer.read()

    from weasyprint import HTML  # Costs half a second and system libraries: only this process pays.
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Assets(URLFetcher):  # type: ignore[misc]
        """Serves `asset:` addresses from the static folder and refuses everything else."""

        def fetch(self, url: str, headers: object = None) -> object:
            from weasyprint.urls import URLFetcherResponse  # Beside its only use.

            path = (STATIC / url.removeprefix("asset:")).resolve()
            if not url.startswith("asset:") or not path.is_relative_to(STATIC) or not path.is_file():
                raise FatalURLFetchingError(f"refused: {url[:200]}")
            return URLFetcherResponse(url, path.read_bytes())

    def laid_out(page: bytes) -> Any:
        return HTML(string=page.decode(), url_fetcher=Assets(), base_url="asset:").render(pdf_variant="pdf/ua-1")

    pdf = _fitted(html, laid_out).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=hashlib.sha256(html).digest()[:16])
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    _main()
