"""Start, memory and imports of the application processes; exports, PDF and search, each measured by a program of its own."""

import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

from bench import load, servers
from bench.table import Line

HEAVY = ("weasyprint", "scipy")


def start_and_memory(address: str, seconds: float) -> list[Line]:
    """From the command to the first answer; memory of a worker at rest and after a load of public pages."""
    starts: dict[str, list[float]] = {"wsgi:app": [], "bench.bare:app": []}
    memory: dict[str, list[float]] = {"wsgi:app": [], "bench.bare:app": []}
    for _round in range(3):
        for target, started in starts.items():
            with servers.running(target, address) as server:
                started.append(server.started)
                load.ask(server.port, [[("read", load.get("/reutilisations"))]] * 8, seconds)
                memory[target].append(server.memory())
    mine, floor = (statistics.median(starts[each]) for each in starts)
    held, bare = (statistics.median(memory[each]) for each in memory)
    return [
        Line("start to the first answer", "≤ 3 × bare Flask", f"{mine:.2f} s", f"{floor:.2f} s", f"{mine / floor:.1f} ×", mine <= 3 * floor),
        Line("memory of a worker after a load", "≤ 1.6 × bare", f"{held:.0f} MB", f"{bare:.0f} MB", f"{held / bare:.2f} ×", held <= 1.6 * bare, "proportional set size, threads and caches warm"),
    ]  # fmt: skip


def imports(address: str) -> list[Line]:
    """What an application process loads to serve pages, PDF links and searches."""
    script = (
        "import sys; from wsgi import app; client = app.test_client(); "
        "[client.get(path, base_url='https://127.0.0.1') for path in ('/', '/reutilisations?q=carte', '/appels', '/donnees', '/connexion')]; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"DATABASE_URL": address}, capture_output=True, text=True, check=True,
        timeout=120,
    )  # fmt: skip
    found = done.stdout.strip().splitlines()[-1]
    return [
        Line(
            "WeasyPrint and scipy in a web process",
            "never",
            "not loaded" if found == "[]" else found,
            met=found == "[]",
        )
    ]


def _run(*command: str, timeout: float = 1800) -> str:
    settings = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    done = subprocess.run(
        [sys.executable, "-m", *command], env=settings, capture_output=True, text=True, check=False, timeout=timeout
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"status {done.returncode}")
    return done.stdout


def exports(rows: int = 100_000) -> list[Line]:
    """`python -m bench.exports`."""
    out = _run("bench.exports", str(rows))
    seconds, times, floor = map(
        float, _find(r"csv, \d+ rows: ([\d.]+) s, ([\d.]+) times the bare writer \(([\d.]+) s", out)
    )
    (first,) = map(float, _find(r"first byte: (\d+) ms", out))
    whole, grown = map(float, _find(r"job \(csv, progress, store\): ([\d.]+) s, peak \+ ([\d.]+) MB", out))
    return [
        Line(f"export, CSV, {rows} rows", "≤ 4 × Core", f"{seconds:.2f} s", f"{floor:.2f} s", f"{times:.1f} ×", times <= 4),
        Line("export, first byte", "≤ 200 ms", f"{first:.0f} ms", met=first <= 200),
        Line("export, growth of the worker", "≤ 30 MB", f"{grown:.1f} MB", met=grown <= 30, note=f"whole job {whole:.1f} s"),
    ]  # fmt: skip


def pdf(count: int = 60) -> list[Line]:
    """`python -m bench.pdf`; the gallery's p95 meanwhile is measured by the campaign of the batch."""
    found = json.loads(_run("bench.pdf", "--count", str(count)).strip().splitlines()[-1])
    share = float(found["share_of_bare"])
    return [
        Line(f"PDF batch, {found['work']}", "≥ 85 % of bare WeasyPrint", f"{found['ours_seconds']} s", f"{found['bare_seconds']} s", f"{share:.0%}", share >= 0.85)
    ]  # fmt: skip


def search() -> list[Line]:
    """`python -m bench.search`, whose lines are told as it says them."""
    return [
        Line("search", "≤ 2 × the index query plus the page; ≤ 40 ms", " ".join(each.split()))
        for each in _run("bench.search").strip().splitlines()
    ]


def _find(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text)
    if not found:
        raise RuntimeError(f"no figure like {pattern}")
    return found.groups()
