"""What a convention adds to the project's timeline: its state to members and staff, its signature to everybody."""

from collections.abc import Iterable
from datetime import datetime, time

from flask import url_for
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.agreements import policy, queries
from programme.agreements.labels import STATES
from programme.agreements.models import Agreement
from programme.agreements.states import SIGNED_BY_BOTH, AgreementState
from programme.core.clock import at_local
from programme.core.i18n import date_short
from programme.extensions import db
from programme.projects.models import Project
from programme.projects.thread import Step, StepState, contribute


@contribute(order=50)
def agreement_steps(project: Project, viewer: Account | None) -> Iterable[Step]:
    """The convention of a project, from the one to prepare to its end."""
    for each in db.session.scalars(queries.of_project(project.id)):
        inside = policy.can_see(viewer, each)
        if not inside and each.state not in SIGNED_BY_BOTH:
            continue
        yield Step(
            label=_("Convention %(number)s", number=each.number) if each.number else _("Convention"),
            at=_instant(each), state=_state(each), href=_address(each, viewer) if inside else None,
            note=str(STATES[each.state]) if inside else _("Signée par la Région et par le porteur."),
            when=date_short(each.region_signed_on) if each.region_signed_on else None, stage=_("Convention"), name=each.number,
        )  # fmt: skip


def _instant(agreement: Agreement) -> datetime | None:
    """When the knot is tied: the Region's signature, else what happened last; None while nothing has."""
    if agreement.region_signed_on is not None:
        return at_local(agreement.region_signed_on, time(12))
    return agreement.partner_signed_at or agreement.sent_at


def _state(agreement: Agreement) -> StepState:
    if agreement.state is AgreementState.TERMINATED:
        return StepState.PROBLEM
    if agreement.state in SIGNED_BY_BOTH:
        return StepState.DONE
    return StepState.HERE if agreement.sent_at is not None else StepState.TODO


def _address(agreement: Agreement, viewer: Account | None) -> str:
    if viewer is not None and policy.can_use_desk(viewer):
        return url_for("agreements.show", reference=agreement.reference)
    return url_for("agreements.member_page", reference=agreement.reference)
