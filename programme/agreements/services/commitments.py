"""How a promise to open a data set is followed."""

from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.agreements.models import Commitment
from programme.agreements.states import COMMITMENT, CommitmentState
from programme.core import journal
from programme.core.clock import local_day
from programme.core.errors import RuleBroken

_ACTS = {"start": "started", "publish": "published", "confirm": "confirmed", "drop": "dropped"}


def follow(
    commitment: Commitment, verb: str, *, by: Account | None, at: datetime, url: str | None = None, reason: str = ""
) -> None:
    """Say that a data set is in preparation, published, still up to date, or dropped with a reason."""
    before = commitment.state
    state = CommitmentState(COMMITMENT.target(before, verb))
    today = local_day(at)
    if verb == "drop":
        if not reason.strip():
            raise RuleBroken(_("Dites pourquoi ce jeu de données ne sera pas ouvert."))
        commitment.dropped_reason = reason
    if verb == "publish":
        commitment.published_on, commitment.url = today, url or commitment.url
    if verb == "confirm":
        commitment.confirmed_on = today
    commitment.state = state
    journal.record(
        f"commitment.{_ACTS[verb]}", on=commitment, by=by, at=at, before={"state": before}, after={"state": state}
    )
