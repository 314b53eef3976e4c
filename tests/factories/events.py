"""Events, registrations, teams, challenges."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from programme.accounts.models import Account
from programme.catalogue.models import Dataset
from programme.core import search
from programme.core.clock import now
from programme.core.identifiers import fold
from programme.events.models import Challenge, Event, Registration, Team, TeamMember
from programme.events.services.registrations import Answers
from programme.events.states import (
    DRAFTS,
    ENDED,
    SEATED,
    ChallengeState,
    EndReason,
    EventKind,
    EventState,
    RegistrationState,
    TeamState,
)
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.projects.models import Project
from programme.strategy.models import Theme, ThemeSet
from tests.factories import people

_number = count(1)
ANSWERS = Answers(rules_version=1)


def event(state: EventState = EventState.REGISTRATION_OPEN, **values: Any) -> Event:
    """An event whose registrations are open now and that starts in ten days. Inside a unit of work."""
    index, at = next(_number), now()
    title = values.pop("title", f"Hackathon {index}")
    starts_at: datetime = values.pop("starts_at", at + timedelta(days=10))
    chosen = {
        "kind": EventKind.HACKATHON, "summary": "Deux jours pour l’eau.", "rules_text": "Le règlement.", "place": "Gap",
        "address": "1 rue des Halles, 05000 Gap", "territory_code": "05", "capacity": 5, "starts_at": starts_at,
        "ends_at": starts_at + timedelta(days=1), "registration_opens_at": min(at, starts_at) - timedelta(days=20),
        "registration_closes_at": starts_at - timedelta(hours=1), "team_min": 2, "team_max": 3,
        "published_at": None if state in DRAFTS else at - timedelta(days=20),
        "cancel_reason": "La salle est fermée." if state is EventState.CANCELLED else None,
    } | values  # fmt: skip
    made = Event(
        title=title, slug=f"evenement-{index}", state=state, created_at=at - timedelta(days=30), changed_at=at,
        search_text=search.document(title, chosen["summary"], chosen["place"]), **chosen,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def registration(
    of: Event, person: Account | None = None, state: RegistrationState = RegistrationState.CONFIRMED, **values: Any
) -> Registration:
    """A registration in a state, counted in the event's places. Inside a unit of work."""
    person = person or people.account()
    if state in SEATED:
        of.confirmed_count += 1
    if state is RegistrationState.OFFERED:
        of.offered_count += 1
        values.setdefault("offer_expires_at", now() + timedelta(hours=48))
    if state in (RegistrationState.WAITING, RegistrationState.OFFERED):
        of.last_queue_number += 1
        values.setdefault("queue_number", of.last_queue_number)
    if state in ENDED:
        values = {"ended_at": now(), "end_reason": EndReason.PERSON} | values
    made = Registration(event=of, account=person, state=state, rules_version=1, submitted_at=now(), **values)
    db.session.add(made)
    db.session.flush()
    return made


def challenge(of: Event, state: ChallengeState = ChallengeState.PUBLISHED, **values: Any) -> Challenge:
    """A challenge. Inside a unit of work."""
    owner: Organisation = values.pop("organisation", None) or people.organisation()
    made = Challenge(
        event=of, organisation=owner, title=values.pop("title", f"Défi {next(_number)}"), need="Compter les fuites.",
        state=state, created_at=now(), datasets=[], **values,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def team(of: Event, *members: Account, state: TeamState = TeamState.FORMING, **values: Any) -> Team:
    """A team, its first member leads. Inside a unit of work."""
    index, at = next(_number), now()
    name = values.pop("name", f"Équipe {index}")
    public = None if state is TeamState.FORMING else at
    started = Project(title=name, slug=f"projet-e-{index}", created_at=at, public_since=public)
    delivered = state not in (TeamState.FORMING, TeamState.CONFIRMED, TeamState.DROPPED)
    made = Team(
        event=of, project=started, slug=f"equipe-{index}", name=name, pitch="Une idée.", join_code=f"CODE-{index:04d}",
        state=state, size_limit=of.team_max, members_count=len(members), created_at=at,
        delivered_at=at if delivered else None, datasets=[], **values,
    )  # fmt: skip
    db.session.add(made)
    for place, person in enumerate(members):
        db.session.add(TeamMember(team=made, event_id=of.id, account=person, is_lead=place == 0, joined_at=at))
    db.session.flush()
    return made


def dataset(title: str = "") -> Dataset:
    """A data set with its theme and producer. Inside a unit of work."""
    index = next(_number)
    title = title or f"Jeu {index}"
    theme = Theme(set=ThemeSet.DATA, code=f"theme-{index}", label=f"Thème {index}", drawing="relief")
    made = Dataset(
        slug=f"jeu-{index}", title=title, sort_title=fold(title), producer=people.organisation(), theme=theme,
        created_at=now(), url="https://exemple.fr/jeu",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made
