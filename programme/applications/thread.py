"""What an application adds to the project's timeline: to its members and to the house all of it, to others nothing."""

from collections.abc import Iterable

from flask import url_for
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import policy, queries
from programme.applications.labels import PUBLIC_STATES
from programme.applications.states import ApplicationState
from programme.core.i18n import date_short
from programme.extensions import db
from programme.projects.models import Project
from programme.projects.thread import Step, StepState, contribute

_OVER = {
    ApplicationState.REJECTED, ApplicationState.INADMISSIBLE, ApplicationState.WITHDRAWN, ApplicationState.DROPPED,
    ApplicationState.REDIRECTED, ApplicationState.NOT_RETAINED,
}  # fmt: skip


@contribute(order=30)
def application_steps(project: Project, viewer: Account | None) -> Iterable[Step]:
    """Draft, deposit and state in the applicant's words."""
    if viewer is None:
        return
    for each in db.session.scalars(queries.of_project(project.id)):
        house = policy.can_read_as_staff(viewer, each)
        member = not house and policy.can_see(viewer, each)
        if not (member or house):
            continue
        state = StepState.PROBLEM if each.state in _OVER else StepState.HERE
        if each.state in (ApplicationState.AWARDED, ApplicationState.INVITED):
            state = StepState.DONE
        yield Step(
            label=_("Dossier %(reference)s", reference=each.reference), at=each.submitted_at or each.created_at,
            state=state, href=url_for("applications.show", reference=each.reference) if member else None,
            note=f"{each.call.title} : {PUBLIC_STATES[each.state]}", stage=_("Dossier"), name=each.reference,
            when=date_short(each.submitted_at) if each.submitted_at else None,
        )  # fmt: skip
