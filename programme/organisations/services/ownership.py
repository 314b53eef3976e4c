"""An organisation whose owners are gone: somebody asks the Region, the owners may object, the Region answers in writing."""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.accounts.states import AccountState
from programme.core import journal, limits, mail, storage
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.organisations import notifications, policy, queries
from programme.organisations.models import Membership, Organisation, OwnershipRequest
from programme.organisations.services.members import add_member, set_role
from programme.organisations.states import (
    OWNERSHIP,
    MembershipRole,
    MembershipState,
    OwnershipRequestState,
)

REQUESTS_PER_DAY = 3
REQUESTS_PER_YEAR = 3
"""For one person and one organisation: who was refused three times writes to the Region otherwise."""
YEAR = timedelta(days=365)


def ask(
    organisation: Organisation, explanation: str, proof: storage.Written | None, *, by: Account, at: datetime
) -> OwnershipRequest:
    """Ask the Region for the responsibility; the present owners are told at once and may object.

    Raises:
        RuleBroken: one request waits already, or there were too many.
    """
    limits.count("ownership", str(by.id), at=at, limit=REQUESTS_PER_DAY, window=timedelta(days=1))
    asked = db.session.scalars(queries.requests_of(organisation.id, by.id)).all()
    if any(policy.is_open(each) for each in asked):
        raise RuleBroken(_("Votre demande est déjà à l’étude : la Région vous répond par courriel."))
    if sum(each.asked_at > at - YEAR for each in asked) >= REQUESTS_PER_YEAR:
        raise RuleBroken(_("Vous avez déjà fait plusieurs demandes pour cet organisme : écrivez à la Région."))
    made = OwnershipRequest(
        organisation=organisation, account=by, explanation=explanation, asked_at=at,
        state=OwnershipRequestState.WAITING, proof=None if proof is None else storage.keep(proof, by=by, at=at),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()  # The journal and the mails name the row.
    journal.record("ownership_request.asked", on=made, by=by, at=at)
    mail.queue(notifications.ownership_received(made), at=at)
    for owner in _owners(organisation.id):
        if owner.state is AccountState.ACTIVE:
            mail.queue(notifications.ownership_asked(owner, made), at=at)
    return made


def _owners(organisation_id: int) -> list[Account]:
    return [each.account for each in db.session.scalars(queries.owners(organisation_id))]


def unreachable(people: list[Account]) -> set[int]:
    """Those whom no mail reaches: the account is closed, or the last mail to its address was refused or came back."""
    refused = set(db.session.scalars(queries.refused_addresses([each.email for each in people])))
    return {each.id for each in people if each.state is not AccountState.ACTIVE or each.email in refused}


def objections_end(request: OwnershipRequest) -> datetime:
    """From when the Region may grant it: at once when no owner can be reached, or once one of them has spoken."""
    owners = _owners(request.organisation_id)
    if request.state is OwnershipRequestState.OBJECTED or len(unreachable(owners)) == len(owners):
        return request.asked_at
    return request.asked_at + OwnershipRequest.OBJECTION


def object_to(request: OwnershipRequest, why: str, *, by: Account, at: datetime) -> None:
    """A present owner says that they are there: the Region decides with both explanations."""
    objector = by.id  # Read first: it may send what is pending, which must not be half of the act.
    request.state = OwnershipRequestState(OWNERSHIP.target(request.state, "object"))
    request.objection, request.objected_at, request.objected_by_id = why, at, objector
    journal.record("ownership_request.objected", on=request, by=by, at=at)


def withdraw(request: OwnershipRequest, *, by: Account, at: datetime) -> None:
    """The person gives their request up."""
    request.state = OwnershipRequestState(OWNERSHIP.target(request.state, "withdraw"))
    journal.record("ownership_request.withdrawn", on=request, by=by, at=at)


def grant(
    request: OwnershipRequest, reason: str, former: MembershipRole, *, by: Account, at: datetime
) -> None:  # fmt: skip
    """Make the person responsible; `former` is what the present owners become. Nobody is taken out.

    Raises:
        RuleBroken: the owners may still object, the deciding person is a party, or the one who asked has left.
    """
    _ensure_no_party(request, by)
    if not request.account.is_active:
        raise RuleBroken(_("Le compte de cette personne est fermé : refusez la demande."))
    if at < objections_end(request):
        raise RuleBroken(_("Les responsables actuels peuvent encore s’opposer : attendez la fin de leur délai."))
    owners = db.session.scalars(queries.owners(request.organisation_id)).all()
    _decide(request, "grant", reason, by=by, at=at, after={"former": former})
    _make_owner(request, by=by, at=at)
    for link in owners:
        if former is not MembershipRole.OWNER and link.account_id != request.account_id:
            set_role(link, former, by=by, at=at)
    _tell(request, [each.account for each in owners], at)


def _make_owner(request: OwnershipRequest, *, by: Account, at: datetime) -> Membership:
    link = db.session.scalars(queries.membership(request.organisation_id, request.account_id)).one_or_none()
    if link is None or link.state is not MembershipState.ACTIVE:
        return add_member(request.organisation, request.account, MembershipRole.OWNER, at=at, by=by)
    set_role(link, MembershipRole.OWNER, by=by, at=at)
    return link


def refuse(request: OwnershipRequest, reason: str, *, by: Account, at: datetime) -> None:
    """Nothing changes; both sides read why.

    Raises:
        RuleBroken: the deciding person is a party.
    """
    _ensure_no_party(request, by)
    _decide(request, "refuse", reason, by=by, at=at, after={})
    _tell(request, _owners(request.organisation_id), at)


def _ensure_no_party(request: OwnershipRequest, by: Account) -> None:
    if by.id == request.account_id or policy.is_member(by, request.organisation_id):
        raise RuleBroken(_("Vous êtes membre de cet organisme, ou vous avez fait la demande : un collègue décide."))


def _decide(
    request: OwnershipRequest, verb: str, reason: str, *, by: Account, at: datetime, after: dict[str, str]
) -> None:
    before, decider = request.state, by.id
    request.state = OwnershipRequestState(OWNERSHIP.target(request.state, verb))
    request.reason, request.decided_at, request.decided_by_id = reason, at, decider
    journal.record(
        f"ownership_request.{request.state.value}", on=request, by=by, at=at, before={"state": before}, after=after
    )


def _tell(request: OwnershipRequest, owners: list[Account], at: datetime) -> None:
    mail.queue(notifications.ownership_answered(request), at=at)
    for owner in owners:
        if owner.state is AccountState.ACTIVE and owner.id != request.account_id:
            mail.queue(notifications.ownership_settled(owner, request), at=at)
