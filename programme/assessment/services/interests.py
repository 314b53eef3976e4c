"""What readers say of their ties, and what follows for the files that they hold."""

from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.assessment import queries
from programme.assessment.services.conflicts import touches
from programme.assessment.services.instruction import SUBJECT, recuse
from programme.evaluation import queries as evaluations
from programme.evaluation import services as evaluation
from programme.evaluation.models import DeclaredInterest, Recusal
from programme.extensions import db


def declare_interest(
    account: Account, name: str, siren: str | None, *, at: datetime
) -> tuple[DeclaredInterest, list[Recusal]]:
    """Keep a reader's tie; they step aside at once from what it concerns among the files that they hold.

    Whoever would use it to guess who carries a file loses that file, under their own name in the journal.
    """
    declared = evaluation.declare_interest(account, name, siren, at=at)
    held = {each.subject_id: each for each in db.session.scalars(evaluations.to_give_up(account.id, SUBJECT))}
    files = db.session.scalars(queries.with_partners(list(held))).all()
    reason = _("Lien déclaré avec « %(name)s ».", name=declared.name)
    return declared, [recuse(held[e.id], e, reason, by=account, at=at) for e in files if touches(declared, e)]
