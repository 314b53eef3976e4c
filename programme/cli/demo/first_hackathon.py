"""Demonstration: the hackathon of last winter, where one project began that is told whole, from data to effect.

It is loaded before the applications: the award of the same title then carries the team's project on.
"""

from datetime import datetime

from sqlalchemy import select

from programme.accounts.models import Account
from programme.cli.demo import events
from programme.events.states import ChallengeState, EventKind, EventState, RegistrationState, TeamState
from programme.extensions import db

WORDS = {
    "title": "Ville fraîche",
    "summary": "Deux jours à Nice pour que la chaleur se voie, rue par rue, et que l’ombre se décide.",
    "place": "Nice, campus Valrose",
    "description": "La ville, la métropole et l’agence de l’eau ont ouvert leurs arbres, leurs relevés de chaleur et leurs comptages de piétons. Neuf personnes en ont fait trois cartes.",
}
NEED = "Les enfants vont à l’école à pied par les rues les plus chaudes. Où planter d’abord, avec trois cents arbres pour toute la ville ?"
TEAMS = (
    ("Ombre Fraîche", "Où planter d’abord, rue par rue.", TeamState.WINNER, "Prix de la ville fraîche"),
    ("Bancs et fontaines", "Un banc à l’ombre tous les deux cents mètres.", TeamState.FINALIST, None),
    ("Midi à quatorze heures", "Déplacer les horaires quand on ne peut pas déplacer l’ombre.", TeamState.NOT_SELECTED, None),
)  # fmt: skip


def load(at: datetime) -> None:
    """Load the event, its challenge and its three teams; inside one unit of work, after the events."""
    event = events.add_event(
        WORDS, EventKind.HACKATHON, EventState.CLOSED, days=-305, length=2, now=at, territory_code="06", team_min=2
    )
    event.results_at = event.ends_at
    challenge = events.add_challenge(
        event, "De l’ombre sur le chemin de l’école", "Métropole de la Baie", ChallengeState.SOLVED,
        prize="un an d’accompagnement par la métropole", need=NEED, words=("arbres", "chaleur", "piétons"),
    )  # fmt: skip
    people = db.session.scalars(
        select(Account)
        .where(Account.email.endswith("@participants.example"))
        .order_by(Account.id)
        .limit(3 * len(TEAMS))
    ).all()
    for rank, (name, pitch, state, prize) in enumerate(TEAMS):
        members = list(people[3 * rank : 3 * rank + 3])
        for member in members:
            events.enrol(event, member, RegistrationState.PRESENT, at=event.registration_opens_at, index=rank)
        events.add_team(event, name, pitch, state, members, challenge=challenge, prize=prize)
