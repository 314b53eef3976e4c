"""The envelopes of a call: what its awards take from a session, and from the year of its vote."""

from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import update

from programme.calls import queries
from programme.calls.models import CallSession, budget_year
from programme.core.database import in_turn
from programme.core.errors import RuleBroken
from programme.core.i18n import money
from programme.extensions import db


def take(session: CallSession, change: Decimal) -> None:
    """Take an amount in euros from the envelope of a session and from that of its year, or give it back (`change` < 0).

    The session's is held by one conditional UPDATE, a CHECK behind it. The year's is shared by several sessions: who takes
    from it stands in line for the call first.

    Raises:
        RuleBroken: one of the two does not suffice.
    """
    if change == 0:
        return
    if change > 0:
        _ensure_year(session, change)
    committed = CallSession.committed_amount + change
    done = db.session.execute(
        update(CallSession)
        .where(CallSession.id == session.id, committed <= CallSession.envelope_amount, committed >= 0)
        .values(committed_amount=committed)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise RuleBroken(_("L’enveloppe de la relève ne suffit plus : baissez ce montant ou retirez une attribution."))
    db.session.expire(session, ["committed_amount"])


def _ensure_year(session: CallSession, change: Decimal) -> None:
    year = session.budget_year
    yearly = session.call.envelope_of(year)
    if yearly is None:
        return
    in_turn(db.session(), f"calls.envelope.{session.call_id}")
    taken = sum(
        (
            amount
            for vote_on, closes_at, amount in db.session.execute(queries.taken(session.call_id))
            if budget_year(vote_on, closes_at) == year
        ),
        Decimal(0),
    )
    if taken + change > yearly:
        left = money(max(yearly - taken, Decimal(0)))
        raise RuleBroken(
            _("L’enveloppe de l’appel pour %(year)s ne suffit plus : il en reste %(left)s.", year=year, left=left)
        )
