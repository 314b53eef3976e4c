"""Demonstration: a finished hackathon with its twenty-four teams, a contest, meetups, and every state of every machine."""

import random
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from programme.accounts import queries as people
from programme.accounts import services as accounts
from programme.accounts.models import Account
from programme.catalogue.models import Dataset
from programme.cli.demo import events_texts as texts
from programme.core import search
from programme.core.clock import at_local, local_day
from programme.core.identifiers import random_code, slugify
from programme.events import queries
from programme.events.models import (
    Challenge,
    ChallengeDataset,
    Event,
    Registration,
    Team,
    TeamDataset,
    TeamMember,
)
from programme.events.services import registrations, teams
from programme.events.services.registrations import Answers
from programme.events.states import (
    DRAFTS,
    ENDED,
    HANDED_IN,
    RESULTS,
    SEATED,
    ChallengeState,
    CodeLicence,
    EndReason,
    EventKind,
    EventState,
    RegistrationState,
    TeamResult,
    TeamState,
)
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.projects import services as projects
from programme.strategy.models import Theme

E, R, T, C = EventState, RegistrationState, TeamState, ChallengeState
STUDENT = "participant@ecole.example"
OFFICER = "agent@region.example"
PARTNER = "partenaire@metropole.example"


class _Crowd:
    """Fictional participants, made one after the other, always the same."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.numbers = count()

    def next(self) -> Account:
        index = next(self.numbers)
        first = texts.FIRST_NAMES[index % len(texts.FIRST_NAMES)]
        last = texts.LAST_NAMES[(index * 7 + index // len(texts.FIRST_NAMES)) % len(texts.LAST_NAMES)]
        address = f"{slugify(first)}.{slugify(last)}.{index + 1}@participants.example"
        return accounts.create_account(address, f"{first} {last}", None, frozenset(), at=self.at)


def load(at: datetime) -> None:
    """Load the events; inside one unit of work, after the people, the themes and the catalogue."""
    chance, crowd = random.Random(7), _Crowd(at - timedelta(days=200))
    _water(at, crowd, chance)
    _contest(at, crowd)
    _meetups(at, crowd)
    _running(at, crowd, chance)
    _others(at, crowd, chance)


# ---- bricks -------------------------------------------------------------------------------------


def add_event(
    key: str | dict[str, str],
    kind: EventKind,
    state: EventState,
    *,
    days: int,
    length: int,
    now: datetime,
    **values: Any,
) -> Event:
    """An event that starts `days` days after now, at 9 in the morning of the Region, and lasts `length` days."""
    words = key if isinstance(key, dict) else dict(zip(("title", "summary", "place"), texts.SMALL[key], strict=True))
    day = local_day(now + timedelta(days=days))
    start = at_local(day, datetime.min.time().replace(hour=9))
    end = at_local(local_day(now + timedelta(days=days + length - 1)), datetime.min.time().replace(hour=18))
    theme = db.session.scalars(
        select(Theme).where(Theme.label.startswith(values.pop("theme", "Environnement")))
    ).first()
    closing = start - timedelta(days=2)
    made = Event(
        slug=slugify(words["title"]), kind=kind, state=state, theme=theme, starts_at=start, ends_at=end,
        registration_opens_at=min(now, closing) - timedelta(days=45), registration_closes_at=closing,
        rules_text="" if state is E.IDEA else texts.RULES, search_text=search.document(*words.values()),
        published_at=None if state in DRAFTS else min(now, closing) - timedelta(days=45), created_at=now - timedelta(days=220),
        changed_at=min(now, end), cancel_reason=None, **({"capacity": 40, "territory_code": "13"} | words | values),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _person(address: str) -> Account:
    return db.session.scalars(people.by_email(address)).one()


def enrol(
    event: Event, account: Account, state: RegistrationState, *, at: datetime, index: int = 0, **values: Any
) -> Registration:
    """A registration of the past, counted in the places of the event."""
    event.confirmed_count += state in SEATED
    event.offered_count += state is R.OFFERED
    if state in (R.WAITING, R.OFFERED):
        event.last_queue_number += 1
        values["queue_number"] = event.last_queue_number
    if state in ENDED:
        values = {"ended_at": at + timedelta(days=3), "end_reason": EndReason.PERSON} | values
    made = Registration(
        event=event, account=account, state=state, rules_version=event.rules_version, image_rights=index % 3 != 1,
        motivation=texts.MOTIVATIONS[index % len(texts.MOTIVATIONS)], skills=texts.SKILLS[index % len(texts.SKILLS)],
        wants_team=index % 4 == 0, submitted_at=at, confirmed_at=at if state in SEATED else None, **values,
    )  # fmt: skip
    db.session.add(made)
    return made


def _owner(name: str) -> Organisation:
    found = db.session.scalars(select(Organisation).where(Organisation.name == name)).first()
    return found or db.session.scalars(select(Organisation).order_by(Organisation.id)).first()  # type: ignore[return-value]


def _datasets(words: tuple[str, ...]) -> list[Dataset]:
    """The first data set of the catalogue for each search, without repetition."""
    found: list[Dataset] = []
    for text in words:
        known = [each.id for each in found]
        matching = search.matches(Dataset.search_text, text)
        statement = select(Dataset).where(Dataset.id.not_in(known)).order_by(Dataset.id).limit(1)
        first = db.session.scalars(statement.where(matching) if matching is not None else statement).first()
        if first := first or db.session.scalars(statement).first():
            found.append(first)
    return found


def add_challenge(
    event: Event, title: str, owner: str, state: ChallengeState, *, prize: str | None, need: str, words: tuple[str, ...],
    by: Account | None = None,
) -> Challenge:  # fmt: skip
    """A challenge with the data sets that answer these words."""
    lines = [
        ChallengeDataset(dataset=each, line=line, position=rank)
        for rank, (each, line) in enumerate(zip(_datasets(words), texts.DATASET_LINES, strict=False))
    ]
    made = Challenge(
        event=event, organisation=_owner(owner), title=title, need=need, prize=prize, state=state, proposed_by=by,
        created_at=event.registration_opens_at, datasets=lines,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def add_team(
    event: Event, name: str, pitch: str, state: TeamState, members: list[Account], *, challenge: Challenge | None = None,
    ready: bool = True, prize: str | None = None,
) -> Team:  # fmt: skip
    """A team as it stands, with its project and its members; the first one leads."""
    created = event.starts_at - timedelta(days=1)
    project = projects.start(
        name,
        at=created,
        by=members[0] if members else None,
        theme_id=event.theme_id,
        summary=pitch,
        territory=event.place,
    )
    if state is not T.FORMING:
        projects.make_public(project, at=event.starts_at)
    handed_in = state in HANDED_IN
    team = Team(
        event=event, project=project, challenge=challenge, slug=slugify(name), name=name, pitch=pitch,
        join_code=random_code(), state=state, size_limit=event.team_max, members_count=len(members), created_at=created,
        ready_at=created if ready else None, confirmed_at=None if state is T.FORMING else event.starts_at,
        delivered_at=event.ends_at - timedelta(hours=3) if handed_in else None,
        dropped_at=event.starts_at + timedelta(days=1) if state is T.DROPPED else None,
        delivery_summary=texts.DELIVERY if handed_in else "", code_licence=CodeLicence.EUPL if handed_in else None,
        code_url=f"https://code.exemple.fr/{slugify(name)}" if handed_in else None,
        demo_url=f"https://{slugify(name)}.exemple.fr" if handed_in else None, prize=prize,
        result=TeamResult(state.value) if state in RESULTS else None, datasets=[],
    )  # fmt: skip
    if handed_in and challenge is not None:
        team.datasets = [
            TeamDataset(dataset=each.dataset, line="Le fond de notre prototype.", position=each.position)
            for each in challenge.datasets
        ]
    db.session.add(team)
    for rank, member in enumerate(members):
        db.session.add(TeamMember(team=team, event_id=event.id, account=member, is_lead=rank == 0, joined_at=created))
    db.session.flush()
    return team


# ---- the events ---------------------------------------------------------------------------------


def _water(at: datetime, crowd: _Crowd, chance: random.Random) -> None:
    """The finished hackathon: 24 teams, every place taken, a waiting list that stayed."""
    sizes = sum(size for *_rest, size in texts.WATER_TEAMS)
    event = add_event(
        texts.WATER,
        EventKind.HACKATHON,
        E.FOLLOW_UP,
        days=-131,
        length=3,
        now=at,
        capacity=sizes + 4,
        team_min=3,
        team_max=6,
    )
    event.results_at = event.ends_at
    challenges = [
        add_challenge(event, title, owner, C(state), prize=prize, need=need, words=words)
        for title, owner, state, prize, need, words in texts.WATER_CHALLENGES
    ]
    opened = event.registration_opens_at
    for rank, (name, pitch, code, challenge, size) in enumerate(texts.WATER_TEAMS):
        result = T(code)
        members = [_person(STUDENT) if rank == 0 and place == 0 else crowd.next() for place in range(size)]
        for place, member in enumerate(members):
            enrol(event, member, R.PRESENT, at=opened + timedelta(hours=rank * 5 + place), index=rank + place)
        prize = ("Prix de la Région, 3 000,00 €", "Prix du canal, 2 000,00 €")[rank] if rank < 2 else None
        taken = challenges[challenge] if challenge is not None else None
        add_team(event, name, pitch, result, members, challenge=taken, prize=prize)
    for rank in range(15):
        state = R.ABSENT if rank < 4 else (R.WAITING if rank < 12 else R.WITHDRAWN)
        enrol(
            event,
            crowd.next(),
            state,
            at=opened + timedelta(days=12, minutes=chance.randint(1, 900) + rank * 1000),
            index=rank,
        )


def _contest(at: datetime, crowd: _Crowd) -> None:
    """The contest whose registrations are open, with challenges at each step of their preparation."""
    event = add_event(
        "ports", EventKind.CHALLENGE, E.REGISTRATION_OPEN, days=38, length=77, now=at, theme="Mobilité", capacity=60,
        is_online=True, team_min=2, team_max=5, schedule="Semaine 1, lancement et rencontre des ports\nSemaine 4, point d’étape à distance\nSemaine 8, essais sur les quais\nSemaine 11, remise et présentations",
        description="Les ports ouvrent leurs données pour onze semaines. Chaque défi est suivi par une personne du port, qui répond aux questions et essaie les prototypes.",
    )  # fmt: skip
    port = "Port de commerce du Golfe"
    add_challenge(event, "Moins d’attente pour les poids lourds", port, C.PUBLISHED, prize="5 000,00 €", need="Deux mille camions entrent chaque jour. Comment étaler les arrivées sans bloquer les quais ?", words=("escale", "poids lourds"))  # fmt: skip
    add_challenge(event, "Brancher les navires à quai", port, C.PUBLISHED, prize=None, need="Quand un navire se branche, il éteint ses moteurs. Quels quais équiper d’abord ?", words=("énergie", "navire"))  # fmt: skip
    add_challenge(event, "Des anneaux libres, tout de suite", "Ports de plaisance réunis", C.ACCEPTED, prize=None, need="Un plaisancier appelle six ports avant de trouver une place pour la nuit.", words=("port plaisance",))  # fmt: skip
    add_challenge(event, "Le dernier kilomètre à vélo", "Métropole des Deux Rives", C.PROPOSED, prize="Un test de trois mois", need="Livrer le centre depuis le port sans camion : où poser les vélos cargos ?", words=("vélo",), by=_person(PARTNER))  # fmt: skip
    answers = Answers(rules_version=1, image_rights=True, motivation=texts.MOTIVATIONS[0], skills=texts.SKILLS[1])
    for rank in range(17):
        registrations.register(event, crowd.next(), answers, at=at - timedelta(days=20, hours=-rank * 9))


def _meetups(at: datetime, crowd: _Crowd) -> None:
    """A meetup held last spring, and one to come that is full: a place offered, people waiting."""
    past = add_event("producers", EventKind.MEETUP, E.CLOSED, days=-215, length=1, now=at, theme="Admin", capacity=80)
    for rank in range(34):
        state = R.ABSENT if rank % 9 == 4 else R.PRESENT
        enrol(past, crowd.next(), state, at=past.registration_opens_at + timedelta(hours=rank), index=rank)
    coming = add_event(
        "breakfast", EventKind.MEETUP, E.REGISTRATION_OPEN, days=16, length=1, now=at, theme="Citoyenneté", capacity=12
    )
    answers = Answers(rules_version=1, image_rights=True, motivation=texts.MOTIVATIONS[3])
    first, *_rest = [
        registrations.register(coming, crowd.next(), answers, at=at - timedelta(days=6, hours=-rank))
        for rank in range(12)
    ]
    registrations.register(coming, _person(STUDENT), answers, at=at - timedelta(days=5))
    for rank in range(4):
        registrations.register(coming, crowd.next(), answers, at=at - timedelta(days=4, hours=-rank))
    registrations.withdraw(first, by=first.account, at=at - timedelta(hours=3))


def _running(at: datetime, crowd: _Crowd, chance: random.Random) -> None:
    """A hackathon under way: teams being formed, validated, and one that has already handed in."""
    event = add_event(
        "mountain",
        EventKind.HACKATHON,
        E.LIVE,
        days=-1,
        length=4,
        now=at,
        theme="Mobilité",
        territory_code="05",
        team_min=2,
        team_max=5,
    )
    challenge = add_challenge(event, "La dernière navette", "Neige et Navettes", C.PUBLISHED, prize="1 000,00 €", need="Après le dernier bus, il reste la voiture. Comment savoir, le matin, si l’on pourra redescendre le soir ?", words=("transport", "neige"))  # fmt: skip
    plans = (
        ("Télébenne", "Réserver un retour avant de partir.", T.DELIVERED, 4, True),
        ("Lacets", "Le covoiturage des saisonniers.", T.CONFIRMED, 3, True),
        ("Col ouvert", "L’état des cols, relevé par ceux qui les passent.", T.CONFIRMED, 3, True),
        ("Cabine", "Partager les places vides des remontées.", T.FORMING, 2, True),
        ("Refuge", "Savoir où dormir quand la route ferme.", T.FORMING, 1, False),
    )
    for name, pitch, state, size, ready in plans:
        members = [crowd.next() for _place in range(size)]
        for place, member in enumerate(members):
            arrival = at - timedelta(days=20, minutes=chance.randint(1, 5000))
            enrol(event, member, R.CONFIRMED if place else R.PRESENT, at=arrival, index=place)
        add_team(
            event, name, pitch, state, members, challenge=challenge if state is not T.FORMING else None, ready=ready
        )


def _others(at: datetime, crowd: _Crowd, chance: random.Random) -> None:
    """One event for each state that is still missing."""
    judged = add_event(
        "forest", EventKind.HACKATHON, E.JUDGING, days=-4, length=2, now=at, territory_code="83", team_min=2
    )
    for name in ("Pare-feu", "Vigie"):
        members = [crowd.next(), crowd.next()]
        for member in members:
            enrol(judged, member, R.PRESENT, at=at - timedelta(days=25))
        team = add_team(judged, name, "Voir la fumée avant la flamme.", T.DELIVERED, members)
        officer = _person(OFFICER)
        if name == "Vigie":
            teams.decide(team, TeamResult.WINNER, "Prix des massifs", by=officer, at=at)
    selective = add_event(
        "shade",
        EventKind.HACKATHON,
        E.REGISTRATION_CLOSED,
        days=9,
        length=2,
        now=at,
        territory_code="06",
        capacity=30,
        is_selective=True,
    )
    mix = (R.CONFIRMED, R.CONFIRMED, R.SUBMITTED, R.UNDER_REVIEW, R.CONFIRMED, R.DECLINED, R.SUBMITTED)
    for rank, state in enumerate(mix * 2):
        note = {"end_reason": EndReason.STAFF, "end_note": "Les places vont d’abord aux personnes du territoire."}
        values = note if state is R.DECLINED else {}
        enrol(
            selective,
            crowd.next(),
            state,
            at=at - timedelta(days=14, minutes=chance.randint(1, 9000)),
            index=rank,
            **values,
        )
    published = add_event(
        "bikes",
        EventKind.CHALLENGE,
        E.RESULTS_PUBLISHED,
        days=-96,
        length=90,
        now=at,
        theme="Mobilité",
        is_online=True,
        team_min=1,
    )
    published.results_at = at - timedelta(days=3)
    for name, result in (("Roue libre", T.WINNER), ("Pignon sur rue", T.FINALIST)):
        member = crowd.next()
        enrol(published, member, R.PRESENT, at=published.registration_opens_at)
        add_team(published, name, "Compter sans filmer.", result, [member])
    add_event(
        "week",
        EventKind.MEETUP,
        E.PLANNED,
        days=120,
        length=5,
        now=at,
        theme="Citoyenneté",
        capacity=300,
        territory_code=None,
    )
    add_event("coast", EventKind.MEETUP, E.IDEA, days=160, length=1, now=at, territory_code="83")
    _cancelled(at, crowd)


def _cancelled(at: datetime, crowd: _Crowd) -> None:
    event = add_event("fires", EventKind.HACKATHON, E.REGISTRATION_OPEN, days=25, length=2, now=at)
    enrol(event, crowd.next(), R.CONFIRMED, at=at - timedelta(days=9))
    event.state = E.CANCELLED
    event.cancel_reason = "La salle sert d’accueil d’urgence. Une nouvelle date sera annoncée au printemps."
    event.changed_at, event.sequence = at - timedelta(days=1), 1
    assert db.session.scalars(queries.by_slug(event.slug)).one() is event
