"""What an applicant asks while writing: the page of a step, the saves of its script, the question who else is there."""

import json
import os
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from bench import load, servers
from bench.pages import CALL, beside
from bench.people import ROOT, Draft, autosaves
from bench.table import Line
from bench.writes import There
from programme.extensions import db

WRITERS = 50
STEPS = ("projet", "questions", "donnees", "budget", "pieces", "relecture")


def drafts(address: str, seconds: float) -> list[Line]:
    """The page of a draft beside a bare page of its size, then fifty people without a pause; the database given is a copy."""
    engine = "PostgreSQL" if address.startswith("postgresql") else "SQLite"
    with There(address) as (people, var), servers.running("wsgi:app", address, folder=var) as mine:
        listed = people.drafts(WRITERS)
        pages = [[_page(each)] for each in listed]
        size = len(load.one(mine.port, pages[0][0][1]))
        os.environ["BENCH_SIZES"] = json.dumps(dict.fromkeys(("gallery", "call", "reuse"), size))
        lines = [_statements(people, listed[0], engine)]
        if engine == "SQLite":  # The bare page keeps its rows in one.
            with servers.running("bench.bare:app", address) as bare:
                asked = [("call", load.get(f"/appels/{CALL}"))]
                work = f"page of a draft ({size / 1000:.0f} kB)"
                lines.append(beside(work, 0.25, (mine, []), (bare, asked), seconds=seconds, own=pages[:8]))
        talks = {
            "page of a draft": pages,
            "autosave": [autosaves(mine.port, each) for each in listed],
            "who else is there": [[("who", load.get(f"/dossiers/{each.reference}/presence/projet", each.cookie))] for each in listed],
        }  # fmt: skip
        for work, talk in talks.items():
            load.ask(mine.port, talk, 1.0)
            seen = load.ask(mine.port, talk, seconds)
            lines.append(_line(f"{work}, {WRITERS} people without a pause, {engine}", seen))
    return lines


def _page(draft: Draft) -> tuple[str, bytes]:
    return "page", load.get(f"/dossiers/{draft.reference}/projet", draft.cookie)


def _line(work: str, seen: load.Seen) -> Line:
    p95 = seen.point(0.95)
    note = f"p50 {seen.median():.0f} ms{f', wrong answers {seen.bad()}' if seen.bad() else ''}"
    return Line(
        work, "p95 ≤ 1 s", f"p95 {p95:.0f} ms, {seen.rate():.0f}/s", met=p95 <= 1000 and not seen.bad(), note=note
    )


def _statements(people: Any, draft: Draft, engine: str) -> Line:
    """How many SQL statements the page of each step sends."""
    client, seen = people.app.test_client(), []
    client.set_cookie("session", draft.cookie, domain="127.0.0.1")
    note: Callable[..., None] = lambda _c, _cursor, statement, *_rest: seen.append(statement)  # noqa: E731
    with people.app.app_context():
        bound = db.engine
    event.listen(bound, "before_cursor_execute", note)
    found = {}
    try:
        for step in STEPS:
            path = f"/dossiers/{draft.reference}/{step}"
            client.get(path, base_url=ROOT)
            seen.clear()
            status = client.get(path, base_url=ROOT).status_code
            count = sum(not re.match(r"BEGIN|SAVEPOINT|RELEASE|ROLLBACK|SET LOCAL", each) for each in seen)
            found[step if status == 200 else f"{step} ({status})"] = count
    finally:
        event.remove(bound, "before_cursor_execute", note)
    said = ", ".join(f"{step} {count}" for step, count in found.items())
    return Line(
        f"SQL statements, steps of a draft, {engine}",
        "≤ 25",
        str(max(found.values())),
        met=max(found.values()) <= 25,
        note=said,
    )
