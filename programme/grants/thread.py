"""What an award adds to the project's timeline: it is public from the release of the decision."""

from collections.abc import Iterable
from datetime import time

from flask import url_for
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.core.clock import at_local
from programme.core.i18n import date_short, money
from programme.extensions import db
from programme.grants import queries
from programme.projects.models import Project
from programme.projects.thread import Step, StepState, contribute


@contribute(order=45)
def award_steps(project: Project, viewer: Account | None) -> Iterable[Step]:
    """« Subvention attribuée »."""
    for grant in db.session.scalars(queries.of_project(project.id)):
        yield Step(
            label=_("Aide de la Région : %(amount)s", amount=money(grant.amount)), at=at_local(grant.voted_on, time(11)),
            state=StepState.DONE, href=url_for("grants.awards", appel=grant.call.slug),
            note=_("Votée pour l’appel « %(call)s ».", call=grant.call.title), when=date_short(grant.voted_on),
            stage=_("Aide de la Région"), name=_("votés pour l’appel « %(call)s »", call=grant.call.title), figure=money(grant.amount),
        )  # fmt: skip
