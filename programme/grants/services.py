"""What happens to a grant: opened by the vote, notified by the letter, contracted by the convention."""

from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.agreements import services as agreements
from programme.agreements.models import Agreement
from programme.agreements.states import SIGNED_BY_BOTH
from programme.applications.rules.budget import agreement_due
from programme.assessment import services as assessment
from programme.assessment.models import Decision
from programme.assessment.states import DecisionState, Outcome
from programme.core import journal, search
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.grants import queries
from programme.grants.models import Grant
from programme.grants.states import MACHINE, GrantState
from programme.projects import services as projects
from programme.projects.models import Project


def open_grant(decision: Decision, *, by: Account | None, at: datetime) -> Grant:
    """A released award becomes a public grant with a convention to prepare. Said twice, it does nothing more.

    Raises:
        RuleBroken: the decision is not an award, or is not released.
    """
    known = db.session.scalars(queries.of_decision(decision.id)).one_or_none()
    if known is not None:
        return known
    if decision.outcome is not Outcome.AWARD or decision.state is not DecisionState.RELEASED:
        raise RuleBroken(_("Seule une décision d’attribution rendue ouvre une subvention."))
    assert decision.deliberation is not None
    application = decision.application
    project = db.session.get_one(Project, application.project_id)
    grant = Grant(
        decision=decision, application_id=application.id, project=project, organisation=application.organisation,
        call=application.call, theme=application.theme, territory_code=application.territory_code,
        amount=decision.amount, eligible_cost=decision.eligible_cost, voted_on=decision.deliberation.voted_on,
        opened_at=at, state=GrantState.VOTED, agreement=agreements.open_for_award(decision, by=by, at=at),
        search_text=search.document(
            project.title, project.summary, application.organisation.name, application.organisation.city,
            application.call.title, application.theme.label if application.theme else None,
        ),
    )  # fmt: skip
    db.session.add(grant)
    projects.make_public(project, at=at)
    journal.record("grant.opened", on=grant, by=by, at=at, after={"amount": str(grant.amount)})
    if decision.letter_id is not None or decision.letter is not None:
        _notify(grant, by=by, at=at)
    return grant


def notify(decision: Decision, *, by: Account | None, at: datetime) -> None:
    """The letter of an award is sent: said by whoever sends it, in the same transaction; twice does nothing more."""
    grant = db.session.scalars(queries.of_decision(decision.id)).one_or_none()
    if grant is not None and grant.state is GrantState.VOTED:
        _notify(grant, by=by, at=at)


def _notify(grant: Grant, *, by: Account | None, at: datetime) -> None:
    grant.state = GrantState(MACHINE.target(grant.state, "notify"))
    grant.notified_at = at
    journal.record("grant.notified", on=grant, by=by, at=at)
    if grant.agreement_id is None and grant.agreement is None:
        _start(grant, by=by, at=at)


def contract(agreement: Agreement, by: Account | None, at: datetime) -> None:
    """Both sides have signed the convention (told by the agreements)."""
    grant = db.session.scalars(queries.of_agreement(agreement.id)).one_or_none()
    if grant is None:
        return
    if grant.state is GrantState.VOTED:
        # The convention notifies the award when no letter did.
        grant.state, grant.notified_at = GrantState(MACHINE.target(grant.state, "notify")), at
    grant.state = GrantState(MACHINE.target(grant.state, "contract"))
    journal.record("grant.contracted", on=grant, by=by, at=at, after={"agreement": agreement.number})


def start(agreement: Agreement, by: Account | None, at: datetime) -> None:
    """The convention takes effect (told by the agreements): the project runs."""
    grant = db.session.scalars(queries.of_agreement(agreement.id)).one_or_none()
    if grant is not None and grant.state is GrantState.CONTRACTED:
        _start(grant, by=by, at=at, signed=agreement.state in SIGNED_BY_BOTH)


def do_without(agreement: Agreement, by: Account | None, at: datetime) -> None:
    """The award goes without a convention (told by the agreements): it runs as soon as it is notified."""
    grant = db.session.scalars(queries.of_agreement(agreement.id)).one_or_none()
    if grant is None:
        return
    grant.agreement = None
    if grant.state is GrantState.NOTIFIED:
        _start(grant, by=by, at=at)


def _start(grant: Grant, *, by: Account | None, at: datetime, signed: bool = False) -> None:
    if not signed and agreement_due(grant.amount, is_public_body=grant.organisation.is_public_body):
        raise RuleBroken(
            _("Au-dessus de 23 000 €, la loi impose une convention avec un organisme de droit privé (loi n° 2000-321, article 10).")
        )  # fmt: skip
    grant.state = GrantState(MACHINE.target(grant.state, "start"))
    journal.record("grant.started", on=grant, by=by, at=at)


def _open_on_release(decision: Decision, *, by: Account | None, at: datetime) -> None:
    open_grant(decision, by=by, at=at)


def listen() -> None:
    """Ask the rooms below to tell what happens to awards and conventions; called when the application opens."""
    assessment.register_award_listener(_open_on_release)
    agreements.register_listener("signed", contract)
    agreements.register_listener("activated", start)
    agreements.register_listener("waived", do_without)
