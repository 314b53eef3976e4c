"""The one door to WeasyPrint: a separate process, without network, with limits, on our own assets only."""

import hashlib
import os
import resource
import subprocess
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
SECONDS = 40
MEMORY_BYTES = 1024 * 1024 * 1024


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
            timeout=SECONDS,
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
        raise RenderFailed(f"no PDF after {SECONDS} s") from None
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise RenderFailed(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def available() -> bool:
    """Whether WeasyPrint and its system libraries can be loaded (tried in a separate process)."""
    tried = subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True, check=False)
    return tried.returncode == 0


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

    document = HTML(string=html.decode(), url_fetcher=Assets(), base_url="asset:").render(pdf_variant="pdf/ua-1")
    pdf = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=hashlib.sha256(html).digest()[:16])
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    _main()
