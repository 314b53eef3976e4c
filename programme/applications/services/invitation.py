"""The answer to an expression of interest: an invitation, which opens the full file, or a refusal with its reasons.

An invitation is no award: nothing is committed, and the second call decides with its own grid and its own legal clock.
"""

from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications import notifications
from programme.applications.models import Application
from programme.applications.services import carrying
from programme.applications.services.draft import open_draft
from programme.applications.states import MACHINE, ApplicationState
from programme.calls import queries as calls
from programme.calls.models import Call, CallSession, CallStrand
from programme.calls.states import REVISABLE
from programme.core import journal, mail
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.organisations import queries as network


def invite(
    application: Application, strand: CallStrand, message: str, copies: carrying.Copies, *, by: Account, at: datetime
) -> Application:
    """Invite to hand in the full file: its draft opens on the same project, with all that it can hold of what was written.

    `copies` comes from `copy_files`, called before the unit of work.

    Raises:
        RuleBroken: the call leads nowhere, the other one is not published or has no session to come, or has no such strand.
    """
    target = _target(application)
    session = _session(target, at)
    if strand.call_id != target.id:
        raise RuleBroken(_("Ce volet n’est pas de l’appel du dossier complet : choisissez-en un autre."))
    _decide(application, "invite", message, by=by, at=at)
    draft = open_draft(
        session, strand, application.organisation, application.title, by=by, at=at, project=application.project
    )
    draft.created_by_id, draft.continued_from_id = application.created_by_id, application.id
    carrying.carry(application, draft, copies, by=by, at=at)
    db.session.flush()
    journal.record("application.invited", on=application, by=by, at=at, after={"full_file": draft.reference})
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.invited(application, draft, link.account.email), at=at)
    return draft


def not_retain(application: Application, reason: str, *, by: Account, at: datetime) -> None:
    """Do not retain an expression of interest: the reason is told, with the ways of appeal (CRPA L211-2, L112-6).

    Raises:
        RuleBroken: no reason is written, or the call asks for no second step.
    """
    if not reason.strip():
        raise RuleBroken(_("Écrivez le motif : le porteur le lit."))
    _target(application)
    _decide(application, "not_retain", reason, by=by, at=at)
    journal.record("application.not_retained", on=application, by=by, at=at)
    for link in db.session.scalars(network.editors(application.organisation_id)):
        mail.queue(notifications.not_retained(application, link.account.email), at=at)


def _decide(application: Application, verb: str, words: str, *, by: Account, at: datetime) -> None:
    target = ApplicationState(MACHINE.target(application.state, verb))
    with db.session.no_autoflush:  # State and date are written together, as the CHECK wants them.
        application.state, application.decided_at = target, at
    application.silence_on, application.closing_reason = None, words or None
    if application.officer_id is None:
        application.officer_id = by.id


def _target(application: Application) -> Call:
    """The call of the second step."""
    target = application.call.leads_to
    if target is None:
        raise RuleBroken(_("Cet appel ne mène à aucun dossier complet : on n’y invite pas."))
    return target


def _session(target: Call, at: datetime) -> CallSession:
    """Where the full file goes: the next closing of a call that everybody sees and that is not over."""
    if target.state not in REVISABLE:
        raise RuleBroken(_("L’appel « %(title)s » n’est pas publié, ou il est clos : on ne peut pas y inviter.", title=target.title))  # fmt: skip
    session = db.session.scalars(calls.next_sessions(target.id, at)).first()
    if session is None:
        raise RuleBroken(_("L’appel « %(title)s » n’a aucune relève à venir : ajoutez-en une.", title=target.title))
    return session
