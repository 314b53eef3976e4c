"""Print a batch of conventions and compare with bare WeasyPrint, as many processes, same pages and PDF variant.

    python -m bench.pdf [--count 200] [--processes 2] [--letters]

Ours is the whole job: rows read, margin drawn, pages printed behind the walls, files fsynced, rows and progress committed.
The bare side is WeasyPrint in a pool of processes, its fonts loaded once, on pages already drawn, PDF thrown away. It lays
each page out once; ours lays it out again when the last page would end on a few lines, hence « layouts ».
"""

import argparse
import hashlib
import json
import multiprocessing
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

import config
from programme import create_app
from programme.agreements.states import AgreementState
from programme.core import documents, storage
from programme.core.clock import now
from programme.core.documents import IssuedDocument
from programme.core.jobs import Job
from programme.core.pdf import printer
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

_bare: dict[str, Any] = {}


def _prepare_bare() -> None:
    import weasyprint  # Loaded in the processes of the pool only.
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Assets(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> object:
            return URLFetcherResponse(url, (printer.STATIC / url.removeprefix("asset:")).read_bytes())

    _bare.update(engine=weasyprint, fonts=FontConfiguration(), assets=Assets())


def _print_bare(html: str) -> int:
    engine, data = _bare["engine"], printer.data_of(html.encode())
    assert data is not None
    document = engine.HTML(string=html, url_fetcher=_bare["assets"], base_url="asset:").render(
        font_config=_bare["fonts"], pdf_variant="pdf/a-3a"
    )
    made = datetime.fromisoformat(document.metadata.created)
    attachment = engine.Attachment(
        string=data[2], name=data[0], description=data[1], created=made, modified=made, relationship="Data"
    )
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    return len(document.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=identifier, attachments=[attachment]))


def _conventions(count: int) -> list[int]:
    """As many conventions sent, of different lengths; their copies are not printed yet."""
    from tests.factories import (
        agreements as made,
    )  # The factories of the suite are the only makers of whole agreements.

    with unit_of_work() as session:
        of, voted = made.call(), made.deliberation()
        for rank in range(count):
            lines = [(f"Poste {place}", "2800") for place in range(1 + rank % 9)]
            cost = str(2800 * len(lines))
            made.grant_agreement(
                AgreementState.SENT, of=of, vote=voted, lines=lines, cost=cost, amount=str(1400 * len(lines)),
                title=f"Projet {rank} : " + "ombre et fraîcheur " * (rank % 6), opens=rank % 5,
            )  # fmt: skip
        session.query(Job).delete()
        return [each.id for each in session.query(IssuedDocument).order_by(IssuedDocument.id)]


def _ours(ids: list[int]) -> float:
    with unit_of_work() as session:
        documents.ask_for([session.get_one(IssuedDocument, each) for each in ids], by=None, at=now())
    payload = dict(db.session.query(Job).one().payload)
    db.session.rollback()
    begun = time.perf_counter()
    documents.render_batch(payload)
    return time.perf_counter() - begun


def _theirs(pages: list[str], processes: int) -> float:
    begun = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(processes, _prepare_bare) as pool:
        pool.map(_print_bare, pages, chunksize=1)
    return time.perf_counter() - begun


def _faults(ids: list[int], count: int) -> int:
    import page  # The wheel is heavy: only here.

    keys = [db.session.get_one(IssuedDocument, each).file for each in ids[:count]]
    return sum(
        len(page.validate_pdf_bytes(storage.read(file.key), profile=profile).failures)
        for file in keys
        if file is not None
        for profile in ("3a", "ua1")
    )


def _relaid(pages: list[str]) -> int:
    """How many layouts ours makes for these pages beyond one each, found by counting on a sample of ten."""
    _prepare_bare()
    made = 0

    def laid_out(html: bytes) -> Any:
        nonlocal made
        made += 1
        return (
            _bare["engine"]
            .HTML(string=html.decode(), url_fetcher=_bare["assets"], base_url="asset:")
            .render(font_config=_bare["fonts"], pdf_variant="pdf/a-3a")
        )

    for each in pages[:10]:
        printer.fitted(each.encode(), laid_out)
    return made


def main() -> None:
    """Print the figures as one line of JSON."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--processes", type=int, default=documents.PROCESSES)
    options = asked.parse_args()
    documents.PROCESSES, documents.NICENESS = options.processes, 0  # Both sides with the same priority.
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            config.Testing, SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/bench.sqlite3", VAR=Path(folder),
            STORAGE_FOLDER=f"{folder}/files", MAIL_FOLDER=f"{folder}/mail",
        )  # fmt: skip
        with app.app_context():
            db.create_all()
            ids = _conventions(options.count)
            ours = _ours(ids)
            pages = [db.session.get_one(IssuedDocument, each).html for each in ids]
            bare = _theirs(pages, options.processes)
            figures = {
                "work": f"{options.count} conventions, {options.processes} processes", "ours_seconds": round(ours, 1),
                "bare_seconds": round(bare, 1), "share_of_bare": round(bare / ours, 2), "goal": 0.85,
                "layouts_for_10": _relaid(pages), "faults_in_100": _faults(ids, 100),
            }  # fmt: skip
            click.echo(json.dumps(figures, ensure_ascii=False))
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
