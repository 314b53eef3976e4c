"""Conflicts that the product sees by itself: nobody gets the file of an organisation to which they are tied.

In a blind reading the reader cannot say it, since they do not know whose file it is; in the others it is a second look
behind their own declaration (law 2013-907 of 11 October 2013, articles 1 and 2; CRPA L100-2).
"""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications.models import Application
from programme.applications.states import FundingKind
from programme.assessment import queries
from programme.core.clock import local_day
from programme.evaluation import queries as evaluations
from programme.evaluation.models import DeclaredInterest
from programme.evaluation.rules.interests import concerns, still_counts
from programme.extensions import db

_PARTNERS = {FundingKind.PUBLIC, FundingKind.EUROPEAN, FundingKind.PRIVATE}


def conflicts(application: Application, people: Sequence[Account], *, at: datetime) -> dict[int, str]:
    """Which of these people cannot read the file, and why, in a sentence for the officer."""
    ids = [each.id for each in people]
    members = set(db.session.scalars(queries.belonging(application.organisation_id, ids)))
    tied = {
        each.account_id
        for each in db.session.scalars(evaluations.interests_of(ids))
        if still_counts(each.ended_on, local_day(at)) and touches(each, application)
    }
    found = {}
    for person in people:
        if person.id in members:
            found[person.id] = _("%(name)s fait ou a fait partie de l’organisme porteur.", name=person.display_name)
        elif person.id in tied:
            found[person.id] = _(
                "%(name)s a déclaré un lien avec le porteur ou un partenaire.", name=person.display_name
            )
        elif application.is_read_blind and person.is_staff:
            found[person.id] = _(
                "%(name)s a un rôle d’agent, qui montre les dossiers : la lecture à l’aveugle demande une autre personne.",
                name=person.display_name,
            )
    return found


def touches(interest: DeclaredInterest, application: Application) -> bool:
    """Whether a declared tie is with the carrier of the file or with a partner that its plan names (loaded)."""
    partners = [each.label for each in application.funding_sources if each.kind in _PARTNERS]
    carrier = application.organisation
    return concerns(interest.name, interest.siren, names=[carrier.name, *partners], sirens=[carrier.siren])
