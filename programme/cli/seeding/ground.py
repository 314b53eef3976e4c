"""What the filling stands on: organisations with their members, readers, past sessions with committee and vote."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from programme.accounts.models import Account
from programme.accounts.states import AccountState
from programme.assessment.models import CommitteeMeeting, Deliberation
from programme.assessment.states import CommitteeState
from programme.calls import queries as calls
from programme.calls.models import Call, CallSession
from programme.calls.states import SessionState
from programme.catalogue.models import Dataset
from programme.cli.demo.people import fictional_siret
from programme.cli.seeding import words
from programme.cli.seeding.bulk import Bulk
from programme.core.clock import at_local, local_day
from programme.core.identifiers import fold, slugify
from programme.evaluation.models import PoolMember
from programme.organisations.models import Membership, Organisation, OrganisationCategory
from programme.organisations.states import ActorCategory, MembershipRole, MembershipState, OrganisationKind
from programme.strategy.models import Theme
from programme.strategy.states import ThemeSet

CALL = "PERM-DATA"
DOMAIN = "graine.example"
"""Of every address that the filling makes; `.example` belongs to nobody (RFC 2606)."""
READERS = 40
PAST_SESSIONS = 24
K, C = OrganisationKind, ActorCategory
CARRIERS = (
    (K.LOCAL_AUTHORITY, "Commune", C.PRODUCER), (K.ASSOCIATION, "Association Les Relais", C.REUSER),
    (K.GROUPING, "Communauté de communes", C.PRODUCER), (K.SMALL_COMPANY, "Atelier numérique", C.REUSER),
    (K.PUBLIC_BODY, "Agence des mobilités", C.PRODUCER), (K.ASSOCIATION, "Tiers-lieu", C.FACILITATOR),
    (K.UNIVERSITY, "École des données", C.ACADEMIC), (K.CHAMBER, "Chambre des métiers", C.PRODUCER),
)  # fmt: skip


@dataclass(frozen=True)
class Carrier:
    """An organisation and the person who acts for it."""

    id: int
    name: str
    city: str
    kind: OrganisationKind
    territory: str
    account_id: int


@dataclass(frozen=True)
class Past:
    """A session that is over, with its committee and its vote."""

    id: int
    state: SessionState
    closes_at: datetime
    meeting_id: int
    deliberation_id: int
    voted_at: datetime


@dataclass(frozen=True)
class Ground:
    """Everything that the files and the reuses name."""

    at: datetime
    call: Call
    themes: list[Theme]
    datasets: dict[int, list[Dataset]]
    carriers: list[Carrier]
    readers: list[int]
    officer_id: int | None
    open_session: CallSession | None
    scored: Past
    reading: Past
    held: Past
    agenda: Past
    past: list[Past]


def load_call(session: Session) -> Call | None:
    """The call that the files answer, with its parts; None when the instance has none yet."""
    parts = (selectinload(Call.strands), selectinload(Call.sessions), selectinload(Call.required_documents))
    return session.scalars(calls.by_code(CALL).options(*parts)).one_or_none()


def lay(
    bulk: Bulk, session: Session, call: Call, count: int, *, chance: Random, at: datetime, password: str | None
) -> Ground:
    """Make the ground for so many files. `password` is the hash that the new accounts share, None for no sign-in at all."""
    themes = list(session.scalars(sa.select(Theme).where(Theme.set == ThemeSet.DATA).order_by(Theme.id)))
    datasets: dict[int, list[Dataset]] = {each.id: [] for each in themes}
    for dataset in session.scalars(sa.select(Dataset).order_by(Dataset.id)):
        datasets.setdefault(dataset.theme_id, []).append(dataset)
    officer = session.scalar(sa.select(Account.id).where(Account.email == "instruction@region.example"))
    since = at - timedelta(days=3000)
    states = (SessionState.CLOSED, SessionState.CLOSED, SessionState.COMMITTEE_HELD, SessionState.VOTED)
    first = max((each.number for each in call.sessions), default=0) + 1
    past = [
        _past(
            bulk,
            call,
            first + rank,
            at - timedelta(weeks=20 + 13 * max(rank - 3, 0), days=rank % 4),
            state=state,
            officer=officer,
        )
        for rank, state in enumerate((*states, *[SessionState.NOTIFIED] * PAST_SESSIONS))
    ]
    return Ground(
        at=at, call=call, themes=themes, datasets=datasets, officer_id=officer, readers=_readers(bulk, session, call, since, password),
        carriers=[_carrier(bulk, chance, since, password) for _each in range(min(max(count // 20, 12), 5000))],
        open_session=next((each for each in call.sessions if each.state is SessionState.OPEN), None),
        scored=past[0], reading=past[1], held=past[2], agenda=past[3], past=past[4:],
    )  # fmt: skip


def _carrier(bulk: Bulk, chance: Random, since: datetime, password: str | None) -> Carrier:
    number = bulk.last(Organisation) + 1
    kind, prefix, category = CARRIERS[number % len(CARRIERS)]
    city, territory = words.place(number), chance.choice(("04", "05", "06", "13", "83", "84"))
    name = f"{prefix} {words.of(city)}" if number < 640 * len(CARRIERS) else f"{prefix} {words.of(city)}, n° {number}"
    bulk.add(
        Organisation, slug=f"{slugify(name)}-{number}", siret=fictional_siret(1000 + number), name=name, sort_name=fold(name),
        kind=kind, city=city, territory_code=territory, address=f"{number % 90 + 1} place de la Fontaine", is_demo=True,
        rna=f"W{200000000 + number}" if kind is K.ASSOCIATION else None, created_at=since,
        representative_name=words.person(number * 3), representative_title="présidente",
    )  # fmt: skip
    bulk.add(OrganisationCategory, organisation_id=number, category=category)
    person = _account(bulk, f"membre-{number:06d}@{DOMAIN}", words.person(number), since, password)
    bulk.add(
        Membership, organisation_id=number, account_id=person, role=MembershipRole.OWNER, state=MembershipState.ACTIVE,
        since=since,
    )  # fmt: skip
    return Carrier(number, name, city, kind, territory, person)


def _account(bulk: Bulk, email: str, name: str, since: datetime, password: str | None) -> int:
    return bulk.add(
        Account, email=email, display_name=name, sort_name=fold(name), password_hash=password, state=AccountState.ACTIVE,
        created_at=since, confirmed_at=since,
    )  # fmt: skip


def _readers(bulk: Bulk, session: Session, call: Call, since: datetime, password: str | None) -> list[int]:
    """The readers of the filling, made at its first run, all in the call's pool."""
    wanted = [f"lecture-{rank:02d}@{DOMAIN}" for rank in range(READERS)]
    known = list(session.scalars(sa.select(Account.id).where(Account.email.in_(wanted)).order_by(Account.email)))
    if known:
        return known
    made = [_account(bulk, email, words.person(rank * 7 + 3), since, password) for rank, email in enumerate(wanted)]
    if call.pool_id is not None:
        for each in made:
            bulk.add(PoolMember, pool_id=call.pool_id, account_id=each)
    return made


def _past(bulk: Bulk, call: Call, number: int, around: datetime, *, state: SessionState, officer: int | None) -> Past:
    closes = at_local(local_day(around), time(12, 0))
    committee, vote = local_day(closes + timedelta(weeks=10)), local_day(closes + timedelta(weeks=14))
    session_id = bulk.add(
        CallSession, call_id=call.id, number=number, label=f"Relève n° {number}", state=state, closes_at=closes,
        opens_at=closes - timedelta(weeks=13), committee_on=committee, vote_on=vote, envelope_amount=Decimal(120_000),
        committed_amount=Decimal(0),
    )  # fmt: skip
    meeting = bulk.add(
        CommitteeMeeting, session_id=session_id, held_on=committee, place="Salle Mistral",
        state=CommitteeState.CLOSED if state is not SessionState.CLOSED else CommitteeState.CONVENED,
        minutes="Le comité a donné un avis sur chaque dossier." if state is not SessionState.CLOSED else "",
    )  # fmt: skip
    voted_at = at_local(vote, time(15, 0))
    deliberation = bulk.add(
        Deliberation, number=f"G-{session_id:05d}", title=f"Attribution d’aides, relève n° {number}", voted_on=vote,
        published_on=vote + timedelta(days=5), received_on=vote + timedelta(days=6), recorded_at=voted_at,
        recorded_by_id=officer,
    )  # fmt: skip
    return Past(session_id, state, closes, meeting, deliberation, voted_at)
