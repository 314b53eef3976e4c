"""Bare WeasyPrint over pages given as JSON on the standard input, in a pool of processes; nothing of ours is loaded.

python -m bench.bare_pdf PROCESSES STATIC < pages.json
"""

import json
import multiprocessing
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

_bare: dict[str, Any] = {}


def prepare(static: str) -> None:
    """Load the engine and its fonts once in a process of the pool."""
    import weasyprint  # Loaded in the processes of the pool only.
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Assets(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> object:
            return URLFetcherResponse(url, (Path(static) / url.removeprefix("asset:")).read_bytes())

    _bare.update(engine=weasyprint, fonts=FontConfiguration(), assets=Assets())


def printed(given: tuple[str, str, str, str]) -> int:
    """The size in bytes of the PDF/A-3a of a page with its data: page, name, description and text of the data."""
    html, name, about, text = given
    engine = _bare["engine"]
    document = engine.HTML(string=html, url_fetcher=_bare["assets"], base_url="asset:").render(
        font_config=_bare["fonts"], pdf_variant="pdf/a-3a"
    )
    made = datetime.fromisoformat(document.metadata.created)
    attachment = engine.Attachment(
        string=text, name=name, description=about, created=made, modified=made, relationship="Data"
    )
    return len(document.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=b"0" * 16, attachments=[attachment]))


def main() -> None:
    """Print them all, and say how many."""
    processes, static = int(sys.argv[1]), sys.argv[2]
    with multiprocessing.get_context("spawn").Pool(processes, prepare, (static,)) as pool:
        sizes = pool.map(printed, json.load(sys.stdin), chunksize=1)
        pool.close()
        pool.join()
    sys.stdout.write(f"{len(sizes)}\n")


if __name__ == "__main__":
    main()
