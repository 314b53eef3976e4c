"""What an export of 100,000 rows costs, beside a bare csv.writer over the same Core statement; then the whole job.

python -m bench.exports [rows]
"""

import csv
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config import Testing
from programme import create_app
from programme.accounts.models import Account
from programme.accounts.states import AccountState
from programme.core import export_jobs, exports, jobs
from programme.core.clock import now
from programme.core.columns import Money, UTCDateTime
from programme.core.exports import CellKind, Column, ExportFormat
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

K = CellKind
COLUMNS = [
    Column("n", K.NUMBER), Column("référence"), Column("titre"), Column("organisme"), Column("texte"),
    Column("montant", K.MONEY), Column("déposé", K.INSTANT), Column("jour", K.DATE), Column("accord", K.BOOLEAN),
    Column("rang", K.NUMBER),
]  # fmt: skip
TABLE = sa.Table(
    "bench", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String), sa.Column("b", sa.String),
    sa.Column("c", sa.String), sa.Column("d", sa.String), sa.Column("e", Money), sa.Column("f", UTCDateTime),
    sa.Column("g", sa.Date), sa.Column("h", sa.Boolean), sa.Column("i", sa.Integer),
)  # fmt: skip
TEXT = "Un texte de deux lignes, avec des accents, et assez long pour peser une centaine de signes en tout."


def fill(rows: int) -> None:
    """The table that is exported."""
    TABLE.create(db.engine)
    day, at = date(2026, 11, 23), datetime(2026, 11, 23, 11, tzinfo=UTC)
    with db.engine.begin() as connection:
        for start in range(1, rows + 1, 1000):
            connection.execute(TABLE.insert(), [
                {"id": n, "a": f"DT-{n:06d}", "b": f"Projet {n} « données ouvertes »", "c": "Association de Gap", "d": TEXT,
                 "e": Decimal(n).quantize(Decimal("0.01")), "f": at, "g": day, "h": True, "i": n}
                for n in range(start, min(start + 1000, rows + 1))
            ])  # fmt: skip


def read() -> Iterator[Any]:
    """The rows, by a Core statement, in a stream."""
    with db.engine.connect() as connection:
        yield from connection.execution_options(yield_per=500).execute(sa.select(TABLE))


def bare(target: Path) -> None:
    """The floor."""
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(read())


def ours(code: ExportFormat) -> Callable[[Path], None]:
    """The writer of a format."""

    def write(target: Path) -> None:
        with target.open("wb") as file:
            exports.write(code, COLUMNS, read(), file)

    return write


def seconds(work: Callable[[Path], None], target: Path, rounds: int = 3) -> float:
    """The best of some rounds."""
    times = []
    for _each in range(rounds):
        start = time.perf_counter()
        work(target)
        times.append(time.perf_counter() - start)
    return min(times)


def peak() -> float:
    """The most memory that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def first_byte() -> float:
    """Seconds to the first chunk of a CSV."""
    start = time.perf_counter()
    next(exports.csv_chunks(COLUMNS, read()))
    return time.perf_counter() - start


def one_job(rows: int) -> float:
    """The whole job, from the row to the file in the store, in seconds."""
    export_jobs.source("bench", allows=lambda _account, _parameters: True)(
        lambda _account, _parameters: export_jobs.Table("essai", "Essai", COLUMNS, read(), rows)
    )
    with unit_of_work() as session:
        who = Account(
            email="bench@region.example",
            display_name="Bench",
            state=AccountState.ACTIVE,
            created_at=now(),
            confirmed_at=now(),
        )
        session.add(who)
        session.flush()
        export_jobs.ask("bench", {}, ExportFormat.CSV, by=who, at=now())
    start = time.perf_counter()
    jobs.run_next()
    assert db.session.scalars(sa.select(export_jobs.ExportRequest)).one().file is not None, "the job made no file"
    return time.perf_counter() - start


def say(line: str) -> None:
    """One line of the result."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(rows: int) -> None:
    """Print the figures."""
    folder = Path(tempfile.mkdtemp(prefix="bench-exports-"))
    address = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder / 'bench.sqlite3'}")
    app = create_app(Testing, SQLALCHEMY_DATABASE_URI=address, VAR=str(folder), STORAGE_FOLDER=str(folder / "files"))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        fill(rows)
        ours(ExportFormat.CSV)(folder / "warm")
        before = peak()
        floor = seconds(bare, folder / "out")
        done = seconds(ours(ExportFormat.CSV), folder / "out")
        say(
            f"csv, {rows} rows: {done:.2f} s, {done / floor:.1f} times the bare writer ({floor:.2f} s; goal: 4 at most)"
        )
        say(f"csv, first byte: {1000 * first_byte():.0f} ms (goal: 200 at most)")
        for code in (ExportFormat.XLSX, ExportFormat.ODS):
            say(f"{code}, {rows} rows: {seconds(ours(code), folder / 'out', 1):.2f} s")
        say(f"memory: peak + {peak() - before:.1f} MB over the three formats (goal: 30 at most)")
        say(f"job (csv, progress, store): {one_job(rows):.2f} s, peak + {peak() - before:.1f} MB in all")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
