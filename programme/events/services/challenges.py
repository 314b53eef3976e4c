"""Challenges: proposed by partners or entered by staff, kept, published, solved or not."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.core import journal, mail
from programme.core.errors import RuleBroken
from programme.events import notifications
from programme.events.models import Challenge, ChallengeDataset, Event
from programme.events.states import CHALLENGE_MACHINE, ChallengeState
from programme.extensions import db


@dataclass(frozen=True)
class Need:
    """What a challenge says; `datasets` are (number of the data set, a line on what it is good for)."""

    title: str
    need: str
    prize: str | None
    organisation_id: int
    datasets: tuple[tuple[int, str], ...]


def propose(event: Event, need: Need, *, by: Account, at: datetime) -> Challenge:
    """Bring a challenge to an event: staff decides whether to keep it."""
    challenge = Challenge(
        event=event, organisation_id=need.organisation_id, title=need.title, need=need.need, prize=need.prize or None,
        state=ChallengeState.PROPOSED, proposed_by=by, created_at=at, position=0, datasets=[],
    )  # fmt: skip
    db.session.add(challenge)
    _put_datasets(challenge, need)
    journal.record("challenge.proposed", on=challenge, by=by, at=at)
    return challenge


def _put_datasets(challenge: Challenge, need: Need) -> None:
    challenge.datasets.clear()
    db.session.flush()  # The old lines go before the new ones, which may name the same data sets.
    challenge.datasets.extend(
        ChallengeDataset(dataset_id=number, line=line, position=index)
        for index, (number, line) in enumerate(dict(need.datasets).items())
    )


def edit(challenge: Challenge, need: Need, *, by: Account, at: datetime) -> None:
    """Correct what the challenge says."""
    challenge.title, challenge.need, challenge.prize = need.title, need.need, need.prize or None
    challenge.organisation_id = need.organisation_id
    _put_datasets(challenge, need)
    journal.record("challenge.edited", on=challenge, by=by, at=at)


def move(challenge: Challenge, verb: str, *, by: Account, at: datetime) -> None:
    """Say a verb of the challenge's life.

    Raises:
        IllegalTransition: the verb is not allowed in this state.
    """
    before = challenge.state
    challenge.state = ChallengeState(CHALLENGE_MACHINE.target(before, verb))
    journal.record(
        f"challenge.{verb}", on=challenge, by=by, at=at, before={"state": before}, after={"state": challenge.state}
    )


def dismiss(challenge: Challenge, reason: str, *, by: Account, at: datetime) -> None:
    """A proposal is not kept: it goes away, and its author reads why.

    Raises:
        RuleBroken: the challenge is already kept.
    """
    if challenge.state is not ChallengeState.PROPOSED:
        raise RuleBroken(_("Ce défi est déjà retenu : il ne peut plus être écarté."))
    journal.record(
        "challenge.dismissed", on=challenge, by=by, at=at,
        before={"title": challenge.title, "organisation": challenge.organisation_id},
    )  # fmt: skip
    if challenge.proposed_by is not None and challenge.proposed_by.id != by.id:
        mail.queue(notifications.challenge_dismissed(challenge, challenge.proposed_by.email, reason), at=at)
    db.session.delete(challenge)
