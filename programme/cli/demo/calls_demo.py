"""The calls of the demo Region: a permanent one, a themed one, and a small one in each other state of a call's life."""

import tomllib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from programme.accounts import queries as people
from programme.accounts.models import Account
from programme.calls import services
from programme.calls.models import Call, CallSession
from programme.calls.states import CallState, SessionState
from programme.core.clock import at_local, local_day
from programme.extensions import db

FOLDER = Path(__file__).parent / "calls"
NOON = time(12, 0)
WEEKS_BETWEEN = 13
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_TO_CALL = {
    CallState.DRAFT: (),
    CallState.IN_REVIEW: ("ask_review",),
    CallState.PUBLISHED: ("ask_review", "publish"),
    CallState.OPEN: ("ask_review", "publish", "open"),
    CallState.SUSPENDED: ("ask_review", "publish", "open", "suspend"),
    CallState.CLOSED: ("ask_review", "publish", "open", "close"),
    CallState.ARCHIVED: ("ask_review", "publish", "open", "close", "archive"),
    CallState.DROPPED: ("drop",),
}
_TO_SESSION = {
    SessionState.PLANNED: (),
    SessionState.OPEN: ("open",),
    SessionState.CLOSED: ("open", "close"),
    SessionState.COMMITTEE_HELD: ("open", "close", "hold_committee"),
    SessionState.VOTED: ("open", "close", "hold_committee", "vote"),
    SessionState.NOTIFIED: ("open", "close", "hold_committee", "vote", "notify"),
}

# slug, code, title, kind, state, strand kept, state of its session (None: no session), weeks from now to its closing.
SMALL = [
    ("jumeaux-du-littoral", "AMI-LITTORAL", "Jumeaux numériques du littoral", "interest", CallState.DRAFT, "A", None, 0,
     "Pour imaginer ensemble une maquette vivante du trait de côte."),
    ("donnees-de-l-eau", "EAU", "Données de l’eau et sécheresses", "themed", CallState.IN_REVIEW, "A", None, 0,
     "Pour partager les mesures des nappes, des canaux et des prélèvements."),
    ("lycees-et-donnees", "LYCEES", "La donnée entre au lycée", "themed", CallState.PUBLISHED, "B", SessionState.PLANNED, 16,
     "Pour que des classes enquêtent sur leur territoire avec des données ouvertes."),
    ("capteurs-citoyens", "CAPTEURS", "Capteurs citoyens", "themed", CallState.SUSPENDED, "B", SessionState.OPEN, 9,
     "Pour mesurer l’air, le bruit ou la chaleur avec les habitants. L’appel est suspendu le temps de revoir son règlement."),
    ("observatoires-mobilite", "MOBILITE", "Observatoires locaux de la mobilité", "themed", CallState.CLOSED, "A", SessionState.VOTED, -20,
     "Pour compter, publier et comparer les déplacements du quotidien."),
    ("premieres-ouvertures", "OUVRIR", "Premières ouvertures", "permanent", CallState.ARCHIVED, "A", SessionState.NOTIFIED, -75,
     "Pour aider des communes à publier leurs premiers jeux de données."),
    ("jardins-et-donnees", "JARDINS", "Jardins partagés et données", "themed", CallState.DROPPED, "A", None, 0,
     "Pour relever ensemble ce que produisent les jardins partagés."),
]  # fmt: skip


def load(at: datetime) -> None:
    """Install the calls around an instant. Inside one unit of work; themes are those of the strategy."""
    agent, direction = _person("agent@region.example"), _person("direction@region.example")
    closing = _next_closing(at)
    permanent = _call(
        _yearly("permanent", closing, "480000"), CallState.OPEN, closing - timedelta(weeks=60), agent, direction
    )
    for shift, state in (
        (-3, SessionState.NOTIFIED), (-2, SessionState.VOTED), (-1, SessionState.COMMITTEE_HELD),
        (0, SessionState.OPEN), (1, SessionState.PLANNED), (2, SessionState.PLANNED), (3, SessionState.PLANNED),
    ):  # fmt: skip
        _session(
            permanent, closing + timedelta(weeks=WEEKS_BETWEEN * shift), state, Decimal(120_000), at=at, agent=agent
        )
    themed = _call(
        _yearly("territoires", closing, "12000000"), CallState.OPEN, closing - timedelta(weeks=30), agent, direction
    )
    for weeks, state in ((-4, SessionState.CLOSED), (8, SessionState.OPEN), (34, SessionState.PLANNED)):
        _session(themed, closing + timedelta(weeks=weeks), state, Decimal(4_000_000), at=at, agent=agent, weeks_open=17)
    for small in SMALL:
        _small(small, closing, at, agent, direction)


def read(name: str) -> dict[str, Any]:
    """The definition of one of the two demonstration calls: `permanent` or `territoires`."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _yearly(name: str, closing: date, euros: str) -> dict[str, Any]:
    """The definition of a call that has the same envelope each year around its closing."""
    return read(name) | {"annual_envelopes": {str(year): euros for year in range(closing.year - 1, closing.year + 3)}}


def _person(email: str) -> Account | None:
    return db.session.scalars(people.by_email(email)).one_or_none()


def _next_closing(at: datetime) -> date:
    """The first Monday that leaves four days at least."""
    day = local_day(at) + timedelta(days=4)
    return day + timedelta(days=-day.weekday() % 7)


def _call(
    definition: dict[str, Any], state: CallState, since: date, agent: Account | None, direction: Account | None
) -> Call:
    began = at_local(since, time(9, 0))
    call = services.install(definition, at=began, by=agent)
    for step, verb in enumerate(_TO_CALL[state]):
        by = direction if verb == "publish" else agent
        services.lead(call, verb, by=by, at=began + timedelta(days=7 * step))
    return call


def _session(
    call: Call, closes_on: date, state: SessionState, envelope: Decimal, *, at: datetime, agent: Account | None,
    weeks_open: int = WEEKS_BETWEEN,
) -> CallSession:  # fmt: skip
    opens_at = at_local(closes_on - timedelta(weeks=weeks_open) + timedelta(days=1), time(9, 0))
    closes_at = at_local(closes_on, NOON)
    session = services.plan_session(
        call, label=_label(closes_on), opens_at=opens_at, closes_at=closes_at,
        envelope=envelope, committee_on=closes_on + timedelta(weeks=10, days=1),
        vote_on=closes_on + timedelta(weeks=14, days=4), at=min(opens_at, at) - timedelta(days=30), by=agent,
    )  # fmt: skip
    acts = {"open": opens_at, "close": closes_at, "hold_committee": closes_at + timedelta(weeks=10, days=1, hours=4),
            "vote": closes_at + timedelta(weeks=14, days=4), "notify": closes_at + timedelta(weeks=15, days=2)}  # fmt: skip
    for verb in _TO_SESSION[state]:
        by = None if verb in ("open", "close") else agent
        services.lead_session(session, verb, by=by, at=min(acts[verb], at))
    return session


def _label(closes_on: date) -> str:
    month = MONTHS[closes_on.month - 1]
    return f"Relève {'d’' if month[0] in 'ao' else 'de '}{month} {closes_on.year}"


def _small(
    given: tuple[str, str, str, str, CallState, str, SessionState | None, int, str], closing: date, at: datetime,
    agent: Account | None, direction: Account | None,
) -> None:  # fmt: skip
    slug, code, title, kind, state, strand, session_state, weeks, promise = given
    definition = read("permanent")
    kept = [each for each in definition["strands"] if each["code"] == strand]
    definition |= {
        "slug": slug, "code": code, "title": title, "kind": kind, "promise": promise, "strands": kept,
        "description": f"{promise}\n\n{definition['description'].strip().splitlines()[-1]}",
    }  # fmt: skip
    for name in ("rules", "documents"):
        definition[name] = [each for each in definition[name] if each.get("strand", strand) == strand]
    closes_on = closing + timedelta(weeks=weeks)
    since = min(closes_on - timedelta(weeks=24), local_day(at) - timedelta(weeks=5))
    call = _call(definition, state, since, agent, direction)
    if session_state is not None:
        _session(call, closes_on, session_state, Decimal(60_000), at=at, agent=agent)
