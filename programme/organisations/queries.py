"""Statements about the network."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Delete, Select, case, delete, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from programme.accounts.models import Account
from programme.core.jobs import Job, JobState
from programme.core.mail import MessageState, OutboxMessage
from programme.organisations.models import CompanyAnswer, Handover, Membership, Organisation, OwnershipRequest
from programme.organisations.rules.siret import clean
from programme.organisations.states import OPEN_REQUESTS, MembershipRole, MembershipState, OwnershipRequestState


def by_siret(siret: str) -> Select[Organisation]:
    """The organisation of a SIRET."""
    return select(Organisation).where(Organisation.siret == clean(siret))


def by_slug(slug: str) -> Select[Organisation]:
    """One organisation."""
    return select(Organisation).where(Organisation.slug == slug)


def for_update(slug: str) -> Select[Organisation]:
    """One organisation, locked: its members are about to change, one act after the other."""
    return by_slug(slug).with_for_update(of=Organisation)


def by_id(organisation_id: int) -> Select[Organisation]:
    """The organisation of an invitation."""
    return select(Organisation).where(Organisation.id == organisation_id)


def by_id_for_update(organisation_id: int) -> Select[Organisation]:
    """The same, locked."""
    return by_id(organisation_id).with_for_update(of=Organisation)


def slugs_like(base: str) -> Select[str]:
    """The slugs that begin so, to make a new one different."""
    return select(Organisation.slug).where(Organisation.slug.startswith(base, autoescape=True))


def memberships_of(account_id: int) -> Select[Membership]:
    """The live and asked memberships of a person, by name of the organisation."""
    return (
        select(Membership)
        .join(Membership.organisation)
        .where(Membership.account_id == account_id, Membership.state != MembershipState.ENDED)
        # The person is known and the categories are seldom shown: both come only when asked for.
        .options(
            contains_eager(Membership.organisation).lazyload(Organisation.categories), lazyload(Membership.account)
        )
        .order_by(Organisation.sort_name, Organisation.id)
    )


def members(organisation_id: int) -> Select[Membership]:
    """Everybody in an organisation, the oldest first."""
    return (
        select(Membership)
        .where(Membership.organisation_id == organisation_id, Membership.state != MembershipState.ENDED)
        .options(lazyload(Membership.organisation), joinedload(Membership.account).lazyload(Account.grants))
        .order_by(Membership.id)
    )


def membership(organisation_id: int, account_id: int) -> Select[Membership]:
    """The link between a person and an organisation, whatever its state."""
    return select(Membership).where(Membership.organisation_id == organisation_id, Membership.account_id == account_id)


def membership_by_email(organisation_id: int, email: str) -> Select[Membership]:
    """The link between the organisation and whoever has this address: one statement, known or not."""
    return (
        select(Membership)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.organisation_id == organisation_id, Account.email == email)
        .options(lazyload(Membership.account), lazyload(Membership.organisation))
    )


def owners(organisation_id: int) -> Select[Membership]:
    """The live owners."""
    return members(organisation_id).where(
        Membership.role == MembershipRole.OWNER, Membership.state == MembershipState.ACTIVE
    )


def requests_to(account_id: int) -> Select[Membership]:
    """Who asks to join an organisation that the person owns, the oldest first."""
    owned = select(Membership.organisation_id).where(
        Membership.account_id == account_id,
        Membership.role == MembershipRole.OWNER,
        Membership.state == MembershipState.ACTIVE,
    )
    return (
        select(Membership)
        .where(Membership.organisation_id.in_(owned), Membership.state == MembershipState.REQUESTED)
        .options(
            joinedload(Membership.organisation).lazyload(Organisation.categories),
            joinedload(Membership.account).lazyload(Account.grants),
        )
        .order_by(Membership.since, Membership.id)
    )


def editors(organisation_id: int) -> Select[Membership]:
    """The live members who may act: they receive the mails about the organisation's files."""
    return members(organisation_id).where(
        Membership.role != MembershipRole.READER, Membership.state == MembershipState.ACTIVE
    )


def registry_answer(siret: str) -> Select[CompanyAnswer]:
    """What the registry last said of a SIRET."""
    return select(CompanyAnswer).where(CompanyAnswer.siret == siret)


def waiting_checks(kind: str, siret: str | None = None) -> Select[int]:
    """The checks of a SIRET that the worker has not done yet; of every SIRET for None."""
    waiting = select(Job.id).where(Job.kind == kind, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
    return waiting if siret is None else waiting.where(Job.payload["siret"].as_string() == siret)


def unchecked(before: datetime, limit: int) -> Select[str]:
    """The SIRETs of organisations of which the registry has said nothing since that instant, the oldest first."""
    return (
        select(Organisation.siret)
        .outerjoin(CompanyAnswer, CompanyAnswer.siret == Organisation.siret)
        .where(or_(CompanyAnswer.id.is_(None), CompanyAnswer.fetched_at < before))
        .order_by(Organisation.id)
        .limit(limit)
    )


def forget_looked_up(before: datetime) -> Delete:
    """Erase the answers about SIRETs that nobody entered: somebody only looked."""
    return delete(CompanyAnswer).where(
        CompanyAnswer.fetched_at < before, CompanyAnswer.siret.not_in(select(Organisation.siret))
    )


def unanswered(before: datetime, days: int) -> Select[Membership]:
    """The requests to join made before that instant of which nobody was reminded after so many days, locked."""
    return (
        select(Membership)
        .where(
            Membership.state == MembershipState.REQUESTED, Membership.since <= before, Membership.reminded_days < days
        )
        .order_by(Membership.id)
        .with_for_update(of=Membership)
    )


def last_handover(organisation_id: int, giver_id: int) -> Select[Handover]:
    """The last time that a person gave the responsibility of an organisation."""
    return (
        select(Handover)
        .where(Handover.organisation_id == organisation_id, Handover.giver_id == giver_id)
        .options(joinedload(Handover.receiver).lazyload(Account.grants))
        .order_by(Handover.id.desc())
        .limit(1)
    )


# A list names the organisation and the person; categories and staff roles are for nobody there.
_NAMED = (
    joinedload(OwnershipRequest.organisation).lazyload(Organisation.categories),
    joinedload(OwnershipRequest.account).lazyload(Account.grants),
)


def requests_of(organisation_id: int, account_id: int) -> Select[OwnershipRequest]:
    """What a person asked of the responsibility of an organisation, the newest first."""
    return (
        select(OwnershipRequest)
        .where(OwnershipRequest.organisation_id == organisation_id, OwnershipRequest.account_id == account_id)
        .options(*_NAMED)
        .order_by(OwnershipRequest.id.desc())
    )


def ownership_request(number: int) -> Select[OwnershipRequest]:
    """One request, with the answer of the company registry on the organisation."""
    return (
        select(OwnershipRequest)
        .where(OwnershipRequest.id == number)
        .options(
            joinedload(OwnershipRequest.organisation).options(
                lazyload(Organisation.categories), joinedload(Organisation.registry_answer)
            ),
            _NAMED[1],
        )
    )


def ownership_request_for_update(number: int) -> Select[OwnershipRequest]:
    """The same, locked."""
    return ownership_request(number).with_for_update(of=OwnershipRequest)


def ownership_requests(state: OwnershipRequestState | None = None) -> Select[OwnershipRequest]:
    """The requests made to the Region: those that wait first, the oldest of them first; then the last answered."""
    is_over = OwnershipRequest.decided_at.is_not(None)
    statement = select(OwnershipRequest).options(*_NAMED)
    if state is not None:
        statement = statement.where(OwnershipRequest.state == state)
    return statement.order_by(
        OwnershipRequest.state.not_in(OPEN_REQUESTS), case((is_over, None), else_=OwnershipRequest.asked_at),
        OwnershipRequest.decided_at.desc(), OwnershipRequest.id,
    )  # fmt: skip


def open_ownership_requests() -> Select[OwnershipRequest]:
    """The requests that wait for the Region, the oldest first."""
    return (
        select(OwnershipRequest)
        .where(OwnershipRequest.state.in_(OPEN_REQUESTS))
        .options(*_NAMED)
        .order_by(OwnershipRequest.asked_at, OwnershipRequest.id)
    )


def ownership_counts() -> Select[OwnershipRequestState, int]:
    """How many requests there are of each state."""
    return select(OwnershipRequest.state, func.count()).group_by(OwnershipRequest.state)


def others_open(organisation_id: int, but: int) -> Select[OwnershipRequest]:
    """The other requests that wait about the same organisation."""
    return open_ownership_requests().where(
        OwnershipRequest.organisation_id == organisation_id, OwnershipRequest.id != but
    )


def objectionable(account_id: int) -> Select[OwnershipRequest]:
    """The requests that wait about the organisations of which a person is in charge."""
    owned = select(Membership.organisation_id).where(
        Membership.account_id == account_id,
        Membership.role == MembershipRole.OWNER,
        Membership.state == MembershipState.ACTIVE,
    )
    return open_ownership_requests().where(
        OwnershipRequest.organisation_id.in_(owned), OwnershipRequest.state == OwnershipRequestState.WAITING
    )


def refused_addresses(addresses: Collection[str]) -> Select[str]:
    """Those of these addresses whose last mail was refused, or came back."""
    last = (
        select(func.max(OutboxMessage.id))
        .where(OutboxMessage.recipient.in_(addresses))
        .group_by(OutboxMessage.recipient)
    )
    return select(OutboxMessage.recipient).where(
        OutboxMessage.id.in_(last), OutboxMessage.state == MessageState.REFUSED
    )
