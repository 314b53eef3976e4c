"""The responsibility of an organisation goes from one member to another, and back within some days."""

from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.core import journal, mail
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.organisations import notifications, queries
from programme.organisations.models import Handover, Membership
from programme.organisations.services.members import end
from programme.organisations.states import MembershipRole, MembershipState


def hand_over(
    giver: Membership, receiver: Membership, then: MembershipRole | None, *, by: Account, at: datetime
) -> Handover:
    """Make a member responsible in one's own place, at once; `then` is what one becomes, None to leave.

    Only an active member receives it: they came in by themselves or by an invitation that they accepted. Both are told,
    and so are the other owners. Who leaves in the same act cannot take it back.

    Raises:
        RuleBroken: the other person is no active member, has left the platform, is responsible already, or is oneself.
    """
    if receiver.state is not MembershipState.ACTIVE or receiver.account_id == giver.account_id:
        raise RuleBroken(_("Choisissez une personne déjà membre de l’organisme."))
    if not receiver.account.is_active:
        raise RuleBroken(_("Le compte de cette personne est fermé : choisissez-en une autre."))
    if receiver.role is MembershipRole.OWNER:
        raise RuleBroken(_("Cette personne est déjà responsable de l’organisme : vous pouvez le quitter."))
    made = Handover(
        organisation_id=giver.organisation_id, giver_id=giver.account_id, receiver_id=receiver.account_id,
        giver_role=then, receiver_role=receiver.role, handed_at=at,
    )  # fmt: skip
    db.session.add(made)
    receiver.role = MembershipRole.OWNER
    if then is None:
        end(giver, by=by, at=at)
    else:
        giver.role = then
    db.session.flush()  # The journal names the row.
    journal.record("handover.made", on=made, by=by, at=at, after={"to": receiver.account_id, "giver": then})
    for person in _told(giver, receiver):
        mail.queue(notifications.handed_over(person, made, giver, receiver), at=at)
    return made


def _told(giver: Membership, receiver: Membership) -> list[Account]:
    """Both, and the other owners, each once."""
    owners = [each.account for each in db.session.scalars(queries.owners(giver.organisation_id))]
    return list({each.id: each for each in [giver.account, receiver.account, *owners]}.values())


def undo(made: Handover, giver: Membership, receiver: Membership, *, by: Account, at: datetime) -> None:
    """Take the responsibility back: each is again what they were.

    Raises:
        RuleBroken: it is too late, it was done already, or one of the two memberships has changed since.
    """
    if made.undone_at is not None or at >= made.handed_at + Handover.UNDO:
        raise RuleBroken(_("Cette transmission ne peut plus être annulée : demandez à la personne responsable."))
    if not stands(made, giver, receiver):
        raise RuleBroken(_("Les rôles ont changé depuis : demandez à la personne responsable de vous rendre le vôtre."))
    made.undone_at = at
    giver.role, receiver.role = MembershipRole.OWNER, made.receiver_role
    journal.record("handover.undone", on=made, by=by, at=at)
    for person in _told(giver, receiver):
        mail.queue(notifications.handed_back(person, made, giver, receiver), at=at)


def stands(made: Handover, giver: Membership, receiver: Membership) -> bool:
    """Whether both memberships still are what the act made of them: whoever leads now may have changed one since."""
    live = giver.state is MembershipState.ACTIVE and receiver.state is MembershipState.ACTIVE
    return live and giver.role is made.giver_role and receiver.role is MembershipRole.OWNER
