"""The deadline rush: draft saves beside bare saves, two hundred people at once, reviewers who save."""

import os
import statistics
import tempfile
from pathlib import Path

from bench import load, servers
from bench.pages import CALL, CONNECTIONS, beside, rate
from bench.people import Draft, People, piece, reviews, saves
from bench.servers import Server
from bench.table import Line

BARE_FORM = {
    "title": "Carte des arbres de Valbonne-sur-Durance", "summary": "Une carte tenue par celles et ceux qui marchent.",
    "description": "Le besoin vient du terrain. " * 25,
}  # fmt: skip


def draft_saves(address: str, seconds: float) -> list[Line]:
    """Saves of different drafts by eight people beside one bare insert and commit; the database given is a copy."""
    with There(address) as (people, var), servers.running("wsgi:app", address, folder=var) as mine:
        own = [saves(mine.port, draft) for draft in people.drafts(CONNECTIONS)]
        folder = tempfile.mkdtemp(prefix="bench-bare-")
        with servers.running("bench.bare:app", f"sqlite:///{folder}/bare.sqlite3") as bare:
            form = [("save", load.post("/save", BARE_FORM))]
            return [beside("draft save", 0.4, (mine, []), (bare, form), seconds=seconds, own=own)]


def engines(sqlite: str, postgresql: str, seconds: float) -> list[Line]:
    """The rate of draft saves on PostgreSQL as a share of SQLite's, in turn."""
    with There(sqlite) as (ours, var), There(postgresql) as (theirs, other):
        with (
            servers.running("wsgi:app", sqlite, folder=var) as small,
            servers.running("wsgi:app", postgresql, folder=other) as large,
        ):
            asked = [
                [saves(server.port, draft) for draft in people.drafts(CONNECTIONS)]
                for server, people in ((small, ours), (large, theirs))
            ]
            for server, requests in ((small, asked[0]), (large, asked[1])):
                rate(server, [], 1.0, requests)
            found = [
                (rate(small, [], seconds, asked[0])[0], rate(large, [], seconds, asked[1])[0]) for _round in range(3)
            ]
    ratio = statistics.median(after / before for before, after in found)
    mine, floor = statistics.median(pair[1] for pair in found), statistics.median(pair[0] for pair in found)
    work, goal = "draft saves, PostgreSQL beside SQLite", "≥ 70 % of SQLite"
    return [Line(work, goal, f"{mine:.0f}/s", f"{floor:.0f}/s (SQLite)", f"{ratio:.0%}", ratio >= 0.7)]


def rush(address: str, seconds: float, people_count: int = 200) -> list[Line]:
    """Two hundred people on one connection each, who save, read and send pieces without a pause."""
    engine = "PostgreSQL" if address.startswith("postgresql") else "SQLite"
    with (
        There(address) as (people, var),
        servers.running("wsgi:app", address, folder=var, more=servers.RENEWED) as server,
    ):
        drafts = people.drafts(people_count)
        talks = [_talk(server, draft) for draft in drafts]
        seen = load.ask(server.port, talks, seconds)
        log = (var / "server.log").read_text(encoding="utf-8", errors="replace")
    faults = {name: count for name, count in seen.bad().items() if int(name.split()[-1]) >= 500}
    locked = log.count("database is locked") + log.count("deadlock detected")
    p99 = seen.point(0.99, "save")
    told = (
        f"{len(drafts)} people, {seen.count()} answers: {seen.count('save')} saves, {seen.count('upload')} uploads of 1 MB, "
        f"{seen.count('read')} reads; 5xx {sum(faults.values())}, locks {locked}, other refusals {sum(seen.bad().values()) - sum(faults.values())}, "
        f"closed connections {seen.again}; save p50 {seen.median('save'):.0f} ms; upload p99 {seen.point(0.99, 'upload'):.0f} ms"
    )
    met = not seen.bad() and not locked and p99 <= 1000
    return [
        Line(
            f"rush on {engine}, {seconds:.0f} s",
            "no 5xx, no lock, save p99 ≤ 1 s",
            f"p99 {p99:.0f} ms, {seen.rate():.0f}/s",
            met=met,
            note=told,
        )
    ]


def _talk(server: Server, draft: Draft) -> list[tuple[str, bytes]]:
    """What one person asks in turn: four saves, one piece, five reads."""
    one, two = saves(server.port, draft)
    page = ("read", load.get(f"/dossiers/{draft.reference}/projet", draft.cookie))
    call = ("read", load.get(f"/appels/{CALL}", draft.cookie))
    return [one, page, two, page, one, call, piece(server.port, draft), page, two, page]


def review_saves(address: str, seconds: float) -> list[Line]:
    """Eight readers who save their evaluations without a pause; the database given is a copy."""
    with There(address) as (people, var), servers.running("wsgi:app", address, folder=var) as server:
        talks = [reviews(server.port, number, cookie) for number, cookie in people.evaluations(8)]
        load.ask(server.port, talks, 2.0)
        seen = load.ask(server.port, talks, 2 * seconds)
    p99 = seen.point(0.99)
    told = f"{seen.rate():.0f}/s, p50 {seen.median():.0f} ms{f', wrong answers {seen.bad()}' if seen.bad() else ''}"
    return [
        Line(
            "review save, 8 readers at once",
            "p99 ≤ 200 ms",
            f"p99 {p99:.0f} ms",
            met=p99 <= 200 and not seen.bad(),
            note=told,
        )
    ]


class There:
    """The people of a database and the folder that they share with its server."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __enter__(self) -> tuple[People, Path]:
        var = tempfile.mkdtemp(prefix="bench-var-", dir=os.environ.get("BENCH_FOLDER"))
        self.people = People(self.address, var)
        return self.people, Path(var)

    def __exit__(self, *_fault: object) -> None:
        self.people.close()
