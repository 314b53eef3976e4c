"""Every line of the speed goals (standards, section 5) in one run on one machine.

    python -m bench [--folder var/bench] [--only gallery,rush] [--seconds 4] [--rush 60] [--out build/bench.md]

The databases (1,000, 11,000 and 100,000 applications and reuses) are made once in the folder; what writes gets a copy. Both
sides of a ratio run in turn, on the same rows, two workers each, with a client of this machine that keeps its connections.
"""

import bench.environment  # noqa: F401, I001 - the settings come before anything that reads them

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import drafts, ground, pages, process, staff, table, writes
from bench.table import Line

SIZES = (1_000, 11_000, 100_000)
GALLERY, LARGE = SIZES[1], SIZES[2]


def parts(folder: Path, seconds: float, rush: float) -> dict[str, Callable[[], list[Line]]]:
    """The parts by name, in the order of the table."""

    def at(size: int) -> str:
        return ground.sqlite(folder, size)

    def copy(size: int) -> str:
        return ground.copy_of(at(size), folder)

    def on_postgresql() -> list[Line]:
        with ground.server() as server:
            address = ground.postgresql(server, GALLERY)
            return (
                writes.engines(copy(GALLERY), address, seconds)
                + drafts.drafts(address, seconds)
                + writes.rush(address, rush)
            )

    return {
        "gallery": lambda: pages.public(at(GALLERY), seconds),
        "growth": lambda: pages.growth(copy(SIZES[0]), copy(LARGE), seconds),
        "statements": lambda: pages.statements(copy(LARGE)),
        "list": lambda: staff.staff_list(copy(LARGE)),
        "ranking": lambda: staff.ranking(copy(LARGE)),
        "save": lambda: writes.draft_saves(copy(GALLERY), seconds),
        "drafts": lambda: drafts.drafts(copy(GALLERY), seconds),
        "rush": lambda: writes.rush(copy(GALLERY), rush),
        "postgresql": on_postgresql,
        "review": lambda: writes.review_saves(copy(GALLERY), seconds),
        "search": process.search,
        "exports": process.exports,
        "pdf": process.pdf,
        "start": lambda: process.start_and_memory(at(GALLERY), 2),
        "imports": lambda: process.imports(at(SIZES[0])),
    }


def main() -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--folder", type=Path, default=Path("var/bench"))
    asked.add_argument("--only", default="", help="Parts, separated by commas.")
    asked.add_argument("--seconds", type=float, default=4, help="Of one measure.")
    asked.add_argument("--rush", type=float, default=60, help="Seconds of the rush.")
    asked.add_argument("--out", type=Path, help="A file for the table, besides the output.")
    options = asked.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["BENCH_FOLDER"] = str(folder)
    known = parts(folder, options.seconds, options.rush)
    wanted = options.only.split(",") if options.only else list(known)
    begun = time.time()
    lines = table.collect((name, known[name]) for name in wanted)
    said = "\n".join([_machine(time.time() - begun), "", table.HEAD, *(line.row() for line in lines)])
    sys.stdout.write(said + "\n")
    if options.out:
        options.out.write_text(said + "\n", encoding="utf-8")
    for left in folder.glob(f"copy-{os.getpid()}-*"):
        left.unlink()


def _machine(seconds: float) -> str:
    """Where and when it was measured."""
    load, five, _fifteen = os.getloadavg()
    return (
        f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{seconds / 60:.0f} minutes, load average of the machine at the end {load:.1f} ({five:.1f} over five minutes)."
    )


if __name__ == "__main__":
    main()
