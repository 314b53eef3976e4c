"""What an award adds to the project's timeline: it is public from the release of the decision."""

from collections.abc import Iterable

from flask import url_for
from flask_babel import gettext as _

from programme.accounts.models import Account
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
            label=_("Aide de la Région : %(amount)s", amount=money(grant.amount)), at=grant.opened_at, state=StepState.DONE,
            href=url_for("grants.awards", appel=grant.call.slug), note=_("Votée le %(day)s", day=date_short(grant.voted_on)),
        )  # fmt: skip
