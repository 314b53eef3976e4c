"""Public pages beside bare pages of the same size on the same rows; growth; statements a page."""

import json
import os
import re
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from bench import load, servers
from bench.people import OFFICER, ROOT, TREATS, People, saves
from bench.servers import Server
from bench.table import Line
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.extensions import db
from programme.reuses.models import Reuse
from programme.reuses.states import ReuseState

CONNECTIONS = 8
CALL = "donnees-du-territoire"
STAFF_LIST = "/agents/dossiers?appel=1&etat=awarded&q=carte"


def some_reuses(people: People, count: int = 50) -> list[str]:
    """Addresses of published reuses spread over the table."""
    with people.app.app_context():
        last = db.session.scalar(sa.select(sa.func.max(Reuse.id))) or 0
        wanted = [last * place // count for place in range(count)]
        found = []
        for number in wanted:
            after = (
                sa.select(Reuse.slug)
                .where(Reuse.id > number, Reuse.state == ReuseState.PUBLISHED)
                .order_by(Reuse.id)
                .limit(1)
            )
            found += db.session.scalars(after).all()
        return found


Asked = list[tuple[str, bytes]]


def rate(server: Server, asked: Asked, seconds: float, own: list[Asked] | None = None) -> tuple[float, float]:
    """Answers a second, and milliseconds of processor for each, with eight connections; only right answers count.

    `own` are requests of their own for each connection: two people never save the same draft.
    """
    begun = server.cpu()
    seen = load.ask(server.port, own or [asked] * CONNECTIONS, seconds)
    if seen.bad():
        raise RuntimeError(f"wrong answers: {seen.bad()}")
    return seen.rate(), 1000 * (server.cpu() - begun) / max(seen.count(), 1)


def beside(
    work: str, goal: float, ours: tuple[Server, Asked], bare: tuple[Server, Asked], *, seconds: float, rounds: int = 3,
    note: str = "", own: list[Asked] | None = None,
) -> Line:  # fmt: skip
    """Ours and the bare one in turn, several rounds; the ratio is the median of the rounds'."""
    rate(*ours, 1.0, own)
    rate(*bare, 1.0)
    found = [(rate(*ours, seconds, own), rate(*bare, seconds)) for _round in range(rounds)]
    ratios = [mine[0] / floor[0] for mine, floor in found]
    mine, floor = (tuple(statistics.median(pair[side][what] for pair in found) for what in (0, 1)) for side in (0, 1))
    ratio = statistics.median(ratios)
    return Line(
        work, f"≥ {goal:.0%} of bare", f"{mine[0]:.0f}/s, {mine[1]:.2f} ms", f"{floor[0]:.0f}/s, {floor[1]:.2f} ms",
        f"{ratio:.0%} ({min(ratios):.0%} to {max(ratios):.0%})", ratio >= goal, note,
    )  # fmt: skip


def public(address: str, seconds: float) -> list[Line]:
    """Gallery, its 304, a reuse, a call."""
    var = tempfile.mkdtemp(prefix="bench-people-")
    people = People(address, var)
    reuses = [("detail", load.get(f"/reutilisations/{slug}")) for slug in some_reuses(people)]
    people.close()
    gallery, call, hello = ([(name, load.get(path))] for name, path in (
        ("gallery", "/reutilisations"), ("call", f"/appels/{CALL}"), ("hello", "/hello")))  # fmt: skip
    with servers.running("wsgi:app", address) as mine:
        sizes = {
            "gallery": len(load.one(mine.port, gallery[0][1])), "call": len(load.one(mine.port, call[0][1])),
            "reuse": int(statistics.mean(len(load.one(mine.port, each)) for _name, each in reuses)),
        }  # fmt: skip
        os.environ["BENCH_SIZES"] = json.dumps(sizes)
        with servers.running("bench.bare:app", address) as bare:
            kilobytes = {name: f"{size / 1000:.0f} kB" for name, size in sizes.items()}
            unchanged = [("304", load.get("/reutilisations", extra=f"If-None-Match: {etag(mine, gallery[0][1])}\r\n"))]
            zipped = [("gallery", load.get("/reutilisations", extra="Accept-Encoding: gzip\r\n"))]
            rate(mine, reuses, 4.0)  # Each page once in each worker.
            pages = (
                ("gallery, 24 with total and facets", gallery, kilobytes["gallery"]),
                ("page of a reuse", reuses, kilobytes["reuse"]), ("page of a call", call, kilobytes["call"]),
            )  # fmt: skip
            lines = [
                beside(f"{work}, as served", 0.5, (mine, asked), (bare, asked), seconds=seconds, note=f"{size}, one page for all readers until an act")
                for work, asked, size in pages
            ]  # fmt: skip
            lines.append(
                beside(
                    "gallery unchanged (304), beside `hello`", 0.8, (mine, unchanged), (bare, hello), seconds=seconds
                )
            )
            lines.append(_alone("gallery, compressed for the browser", mine, zipped, seconds))
            with servers.running("wsgi:app", address, COUNTS_KEPT_SECONDS="0") as anew:
                lines += [
                    beside(f"{work}, made anew for each reader", 0.5, (anew, asked), (bare, asked), seconds=seconds, note=size)
                    for work, asked, size in pages
                ]  # fmt: skip
            return lines


def _alone(work: str, server: Server, asked: list[tuple[str, bytes]], seconds: float) -> Line:
    found = rate(server, asked, seconds)
    return Line(work, "", f"{found[0]:.0f}/s, {found[1]:.2f} ms")


def etag(server: Server, request: bytes) -> str:
    """The ETag of a page."""
    import http.client
    import socket

    with socket.create_connection(("127.0.0.1", server.port), 60) as line:
        line.sendall(request)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        answer.read()
        return answer.headers["ETag"]


def growth(small: str, large: str, seconds: float) -> list[Line]:
    """Processor time of a request at 1,000 and at 100,000 records; the databases given are copies."""
    names = {"gallery": "gallery", "detail": "page of a reuse", "list": "officers' list", "save": "draft save"}
    costs = [_costs(address, seconds) for address in (small, large)]
    lines = []
    for name, work in names.items():
        before, after = costs[0][name], costs[1][name]
        lines.append(
            Line(f"growth: {work}", "CPU at 100,000 ≤ 1.5 × at 1,000", f"{after:.2f} ms", f"{before:.2f} ms at 1,000",
                 f"{after / before:.2f}", after <= 1.5 * before)
        )  # fmt: skip
    return lines


def _costs(address: str, seconds: float) -> dict[str, float]:
    var = tempfile.mkdtemp(prefix="bench-people-")
    people = People(address, var)
    try:
        with servers.running("wsgi:app", address, folder=Path(var)) as server:
            officer = people.cookie(people.number(OFFICER))
            drafts = people.drafts(CONNECTIONS)
            asked: dict[str, Asked] = {
                "gallery": [("gallery", load.get("/reutilisations"))],
                "detail": [("detail", load.get(f"/reutilisations/{slug}")) for slug in some_reuses(people)],
                "list": [("list", load.get(STAFF_LIST, officer))],
                "save": [],
            }
            own = {"save": [saves(server.port, draft) for draft in drafts]}
            found = {}
            for name, requests in asked.items():
                rate(server, requests, 1.0, own.get(name))
                found[name] = statistics.median(
                    rate(server, requests, seconds, own.get(name))[1] for _round in range(3)
                )
            return found
    finally:
        people.close()


def statements(address: str) -> list[Line]:
    """How many SQL statements each page sends, in an application of this process, on 100,000 records."""
    people = People(address, tempfile.mkdtemp(prefix="bench-people-"))
    try:
        with people.app.app_context():
            awarded = sa.select(Application.reference).where(Application.state == ApplicationState.AWARDED).limit(1)
            scoring = sa.select(Application.reference).where(Application.state == ApplicationState.SCORING).limit(1)
            file, read = db.session.scalars(awarded).one(), db.session.scalars(scoring).one()
            ranked = db.session.scalars(
                sa.select(Application.session_id).where(Application.state == ApplicationState.COMMITTEE_READY).limit(1)
            ).one()
        slug = some_reuses(people, 1)[0]
        open_to_all = ("/", "/reutilisations", "/reutilisations?forme=map&page=2", f"/reutilisations/{slug}", "/appels",
                       f"/appels/{CALL}", "/projets-soutenus", "/donnees", "/evenements", "/donnees-ouvertes")  # fmt: skip
        staff = ("/agents", "/agents/a-traiter", "/agents/dossiers", STAFF_LIST, f"/agents/dossiers/{file}",
                 f"/agents/dossiers/{read}", "/agents/comites", f"/agents/releves/{ranked}/classement", "/agents/reutilisations")  # fmt: skip
        return [
            _counted("public pages", 8, people, people.app.test_client(), open_to_all),
            _counted("staff pages", 15, people, people.browser(OFFICER), staff),
            _counted("staff pages of the officer who treats", 15, people, people.browser(TREATS), staff[:-1]),
        ]
    finally:
        people.close()


def _counted(work: str, goal: int, people: People, client: Any, paths: tuple[str, ...]) -> Line:
    seen: list[str] = []
    with people.app.app_context():
        engine = db.engine
    note: Callable[..., None] = lambda _c, _cursor, statement, *_rest: seen.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    found = {}
    try:
        for path in paths:
            client.get(path, base_url=ROOT)  # A first time, for what is kept or noted once.
            seen.clear()
            status = client.get(path, base_url=ROOT).status_code
            count = sum(not re.match(r"BEGIN|SAVEPOINT|RELEASE|ROLLBACK", each) for each in seen)
            found[path if status == 200 else f"{path} ({status})"] = count
    finally:
        event.remove(engine, "before_cursor_execute", note)
    most = max(found.values())
    told = ", ".join(f"`{path}` {count}" for path, count in sorted(found.items(), key=lambda each: -each[1])[:5])
    wrong = [path for path in found if path.endswith(")")]
    return Line(f"SQL statements, {work}", f"≤ {goal}", str(most), met=most <= goal and not wrong, note=f"most: {told}")
