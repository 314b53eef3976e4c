"""Statements about the network."""

from datetime import datetime

from sqlalchemy import Delete, Select, delete, or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from programme.accounts.models import Account
from programme.core.jobs import Job, JobState
from programme.organisations.models import CompanyAnswer, Membership, Organisation
from programme.organisations.rules.siret import clean
from programme.organisations.states import MembershipRole, MembershipState


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
