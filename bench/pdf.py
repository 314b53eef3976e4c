"""Print a batch of conventions and compare with bare WeasyPrint, as many processes, same pages and PDF variant.

    python -m bench.pdf [--count 200] [--processes 2] [--slices 4] [--public]

Ours is the whole job: rows read, margin drawn, pages printed behind the walls, files fsynced, rows and progress committed.
The bare side is WeasyPrint in a pool of processes, its fonts loaded once, on pages already drawn, PDF thrown away. It lays
each page out once; ours lays it out again when the last page would end on a few lines, hence « layouts ». Both print the
same slices in turn, so that a machine that other work slows down slows both down. With --public, the gallery of a real
server is asked for meanwhile, the worker printing at its own priority.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
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


def _spent() -> float:
    """Seconds of the processor used by this process and those it has waited for."""
    uses = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in uses)


def _ours(ids: list[int]) -> None:
    with unit_of_work() as session:
        documents.ask_for([session.get_one(IssuedDocument, each) for each in ids], by=None, at=now())
    payload = dict(db.session.query(Job).order_by(Job.id.desc()).limit(1).one().payload)
    db.session.rollback()
    documents.render_batch(payload)


def _theirs(pages: list[tuple[str, ...]], processes: int) -> None:
    command = [sys.executable, "-m", "bench.bare_pdf", str(processes), str(printer.STATIC)]
    done = subprocess.run(command, input=json.dumps(pages), text=True, capture_output=True, check=True)
    assert int(done.stdout) == len(pages)


def _for_bare(document_id: int) -> tuple[str, ...]:
    document = db.session.get_one(IssuedDocument, document_id)
    html = documents._with_drawing(document.html, document.number)  # noqa: SLF001 - the page as the job draws it.
    data = printer.data_of(html.encode())
    assert data is not None
    return html, *data


def _both(ids: list[int], slices: int, processes: int) -> dict[str, float]:
    """Seconds by the clock and of the processor for each side, slice after slice."""
    drawn = {each: _for_bare(each) for each in ids}
    db.session.rollback()
    found = dict.fromkeys(("ours_seconds", "bare_seconds", "ours_processor", "bare_processor"), 0.0)
    for rank in range(slices):
        part = ids[rank::slices]
        sides = [
            ("ours", lambda part=part: _ours(part)),
            ("bare", lambda part=part: _theirs([drawn[x] for x in part], processes)),
        ]
        for name, act in sides if rank % 2 else reversed(sides):
            clock, spent = time.perf_counter(), _spent()
            act()
            found[f"{name}_seconds"] += time.perf_counter() - clock
            found[f"{name}_processor"] += _spent() - spent
    return found


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
    """How many layouts ours makes for these pages, found by counting on a sample of thirty."""
    made, reader = 0, printer.Printer()
    kind = reader._engine.HTML  # noqa: SLF001 - the class whose layouts are counted.
    plain = kind.render

    def counted(self: Any, *given: Any, **named: Any) -> Any:
        nonlocal made
        made += 1
        return plain(self, *given, **named)

    kind.render = counted
    try:
        for each in pages[:30]:
            reader.pdf(each.encode())
    finally:
        kind.render = plain
    return made


GALLERY = "/reutilisations"


def _begun(files: Path, patience: float = 120) -> None:
    """Wait until the worker has kept its first document."""
    end = time.monotonic() + patience
    while not any(each.is_file() for each in files.rglob("*")):
        if time.monotonic() > end:
            raise RuntimeError("nothing was printed")
        time.sleep(0.05)


WORKER = """
import sys, config
from programme import create_app
from programme.core import jobs
app = create_app()
with app.app_context():
    jobs.run_until_idle()
"""


def _public(count: int) -> dict[str, Any]:
    """The gallery's p95 in milliseconds, idle (before and after, the worse) and while the worker prints, for four readers."""
    from bench import load, servers  # The settings of a production are read at import: only here.
    from tests.factories import reuses as shown

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = f"sqlite:///{folder}/bench.sqlite3"
        app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=address, VAR=folder, STORAGE_FOLDER=f"{folder}/files")
        with app.app_context():
            db.create_all()
            ids = _conventions(count)
            with unit_of_work() as session:
                for _each in range(30):
                    shown.reuse()
                documents.ask_for([session.get_one(IssuedDocument, each) for each in ids], by=None, at=now())
            db.session.remove()
            db.engine.dispose()
        asked = [[("gallery", load.get(GALLERY))]] * 4
        with servers.running("wsgi:app", address, folder=folder) as server:
            load.ask(server.port, asked, 3)
            idle = load.ask(server.port, asked, 15)
            settings = os.environ | {
                "DATABASE_URL": address,
                "PROGRAMME_VAR": name,
                "STORAGE_FOLDER": f"{folder}/files",
            }
            with subprocess.Popen([sys.executable, "-c", WORKER], env=settings, stderr=subprocess.DEVNULL) as worker:
                _begun(folder / "files")
                busy = load.ask(server.port, asked, 15)
                at_work = worker.poll() is None
                worker.terminate()
                worker.wait(30)
            time.sleep(3)  # The printers have ended with their last page.
            after = load.ask(server.port, asked, 15)
        with app.app_context():
            made = db.session.query(IssuedDocument).filter(IssuedDocument.file_id.is_not(None)).count()
            db.session.remove()
            db.engine.dispose()
    first, second = max(idle.point(0.95), after.point(0.95)), busy.point(0.95)
    return {
        "gallery_p95_idle_ms": round(first, 1), "gallery_p95_batch_ms": round(second, 1), "p95_ratio": round(second / first, 2),
        "p95_goal": 2.5, "batch_at_work": at_work, "printed_meanwhile": made, "not_answered": idle.bad() | busy.bad(),
    }  # fmt: skip


def main() -> None:
    """Print the figures as one line of JSON."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--processes", type=int, default=documents.PROCESSES)
    asked.add_argument("--slices", type=int, default=4)
    asked.add_argument("--public", action="store_true")
    options = asked.parse_args()
    if options.public:
        click.echo(json.dumps(_public(options.count), ensure_ascii=False))
        return
    documents.PROCESSES, documents.NICENESS = options.processes, 0  # Both sides with the same priority.
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            config.Testing, SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/bench.sqlite3", VAR=Path(folder),
            STORAGE_FOLDER=f"{folder}/files", MAIL_FOLDER=f"{folder}/mail",
        )  # fmt: skip
        with app.app_context():
            db.create_all()
            ids = _conventions(options.count)
            found = _both(ids, options.slices, options.processes)
            pages = [db.session.get_one(IssuedDocument, each).html for each in ids]
            figures = {
                "work": f"{options.count} conventions, {options.processes} processes",
                **{name: round(each, 1) for name, each in found.items()},
                "share_of_bare": round(found["bare_seconds"] / found["ours_seconds"], 2),
                "share_of_processor": round(found["bare_processor"] / found["ours_processor"], 2), "goal": 0.85,
                "layouts_for_30": _relaid(pages), "faults_in_100": _faults(ids, 100),
            }  # fmt: skip
            click.echo(json.dumps(figures, ensure_ascii=False))
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
