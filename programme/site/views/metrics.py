"""`/metriques`: figures for the operator's monitoring, in the text format of Prometheus.

They come from the database, so that every process gives the same; nothing is counted per process.
"""

import hmac
import ipaddress
from collections.abc import Iterable

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from programme.core.access import PUBLIC, access, require
from programme.core.clock import now
from programme.extensions import db
from programme.site import queries
from programme.site.views import bp
from programme.site.views.health import age

Sample = tuple[dict[str, str], float]


def _line(name: str, labels: dict[str, str], value: float) -> str:
    escaped = {key: text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") for key, text in labels.items()}
    inside = ",".join(f'{key}="{text}"' for key, text in escaped.items())
    return f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}"


def _family(name: str, told: str, samples: Iterable[Sample]) -> list[str]:
    """One figure in the exposition format 0.0.4: what it is, that it is a gauge, its values."""
    return [f"# HELP {name} {told}", f"# TYPE {name} gauge", *(_line(name, *sample) for sample in samples)]


def _allowed() -> bool:
    """The token of the settings, or an address of the networks of the settings; nobody when neither is set."""
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    try:
        caller = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(caller in ipaddress.ip_network(each) for each in current_app.config["METRICS_NETWORKS"])


@bp.get("/metriques")
@access(PUBLIC)
def metrics() -> ResponseReturnValue:
    """Absent for whoever is neither of the configured addresses nor the bearer of the token."""
    require(_allowed())
    at = now()
    due, oldest_job = db.session.execute(queries.due_jobs(at)).one()
    _waiting, oldest_mail = db.session.execute(queries.waiting_mails()).one()
    lines = [
        *_family("programme_jobs", "Jobs by kind and state, those done left out.", _pairs(queries.jobs_by_kind())),
        *_family("programme_jobs_due", "Jobs that are due or running.", [({}, due)]),
        *_family("programme_jobs_oldest_seconds", "Age of the oldest due job.", [({}, age(oldest_job, at))]),
        *_family("programme_mails", "Mails by state, those sent left out.", _states()),
        *_family("programme_mails_oldest_seconds", "Age of the oldest waiting mail.", [({}, age(oldest_mail, at))]),
        *_family(
            "programme_sessions", "Live sessions of visitors.", [({}, db.session.scalar(queries.sessions(at)) or 0)]
        ),
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _pairs(statement: object) -> list[Sample]:
    return [({"kind": kind, "state": state}, count) for kind, state, count in db.session.execute(statement)]  # type: ignore[call-overload]


def _states() -> list[Sample]:
    """Waiting and refused always have their line, so that an alarm need not know of absence."""
    found = {str(state): count for state, count in db.session.execute(queries.mails_by_state())}
    return [({"state": state}, found.get(state, 0)) for state in ("waiting", "refused")]
