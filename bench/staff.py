"""The officers' pages on 100,000 applications: a lone request of the list, the ranking of 10,000 files read three times."""

import statistics
import tempfile
import time
from itertools import cycle
from pathlib import Path

import sqlalchemy as sa

from bench import load, servers
from bench.people import OFFICER, TREATS, People
from bench.table import Line
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.assessment import queries, services
from programme.calls.models import CallSession
from programme.extensions import db

WORDS = ("carte", "durance", "atlas", "école", "DT-A", "observatoire")
STATES = ("awarded", "rejected", "submitted", "inadmissible")


def staff_list(address: str, requests: int = 120) -> list[Line]:
    """One request after the other, with three filters that vary."""
    var = Path(tempfile.mkdtemp(prefix="bench-var-"))
    people = People(address, str(var))
    try:
        officer = people.cookie(people.number(OFFICER))
        words = cycle(WORDS)
        paths = [f"/agents/dossiers?appel=1&etat={state}&q={next(words)}" for _turn in range(6) for state in STATES]
        asked = [("list", load.get(path.replace("é", "%C3%A9"), officer)) for path in paths]
        with servers.running("wsgi:app", address, folder=var) as server:
            load.ask(server.port, [asked], 60, most=len(asked))
            begun = server.cpu()
            seen = load.ask(server.port, [asked], 120, most=requests)
            spent = 1000 * (server.cpu() - begun) / max(seen.count(), 1)
    finally:
        people.close()
    p95 = seen.point(0.95)
    note = f"{seen.count()} requests, p50 {seen.median():.0f} ms, {spent:.0f} ms of processor each{f', wrong answers {seen.bad()}' if seen.bad() else ''}"
    return [
        Line(
            "officers' list, 50 of 100,000, 3 filters, alone",
            "p95 ≤ 150 ms",
            f"p95 {p95:.0f} ms",
            met=p95 <= 150 and not seen.bad(),
            note=note,
        )
    ]


def ranking(address: str) -> list[Line]:
    """The first page through the server, and the whole computation in this process."""
    var = Path(tempfile.mkdtemp(prefix="bench-var-"))
    people = People(address, str(var))
    try:
        officer = people.cookie(people.number(TREATS))
        with people.app.app_context():
            session_id = db.session.scalars(
                sa.select(Application.session_id).where(Application.state == ApplicationState.COMMITTEE_READY)
                .group_by(Application.session_id).order_by(sa.func.count().desc()).limit(1)
            ).one()  # fmt: skip
            session = db.session.get_one(CallSession, session_id)
            times, used, rows = [], [], []
            for _round in range(5):
                begun, spent = time.perf_counter(), time.process_time()
                rows = services.order(session, db.session.execute(queries.ranked_lines(session_id, None)))
                times.append(1000 * (time.perf_counter() - begun))
                used.append(1000 * (time.process_time() - spent))
        asked = [("ranking", load.get(f"/agents/releves/{session_id}/classement", officer))]
        with servers.running("wsgi:app", address, folder=var) as server:
            load.ask(server.port, [asked], 60, most=4)
            begun = server.cpu()
            seen = load.ask(server.port, [asked], 120, most=20)
            paid = 1000 * (server.cpu() - begun) / max(seen.count(), 1)
    finally:
        people.close()
    whole, page = statistics.median(times), seen.median()
    files = f"{len(rows)} files × 3 readers"
    return [
        Line(f"ranking, first page, {files}", "≤ 300 ms", f"{page:.0f} ms", met=page <= 300 and not seen.bad(), note=f"median of {seen.count()}, 250 rows, the order kept until somebody acts; p95 {seen.point(0.95):.0f} ms, {paid:.0f} ms of processor"),
        Line(f"ranking, full computation, {files}", "≤ 1 s", f"{whole:.0f} ms", met=whole <= 1000, note=f"median of 5, {statistics.median(used):.0f} ms of processor"),
    ]  # fmt: skip
