"""Statements about agreements, partners and commitments."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from programme.accounts.models import Account
from programme.agreements.models import (
    Agreement,
    AgreementTemplate,
    Commitment,
    Partnership,
    PartnershipRequest,
)
from programme.agreements.states import (
    FOR_MEMBERS,
    OWED,
    SIGNED_BY_BOTH,
    AgreementFamily,
    AgreementState,
    PartnerStatus,
)
from programme.applications.models import Application
from programme.assessment.models import Decision, Deliberation
from programme.catalogue.models import Dataset
from programme.core import search
from programme.core.documents import IssuedDocument
from programme.core.journal import JournalEntry
from programme.organisations.models import Membership, Organisation, OrganisationCategory
from programme.organisations.states import ActorCategory, MembershipState

SETTLED = (AgreementState.ACTIVE, AgreementState.EXPIRED, AgreementState.TERMINATED)
IN_NETWORK = (PartnerStatus.ACTIVE, PartnerStatus.SUSPENDED)


# ---- templates ----------------------------------------------------------------------------------


def latest_template(family: AgreementFamily) -> Select[AgreementTemplate]:
    """The version in use of a family's template."""
    return (
        select(AgreementTemplate)
        .where(AgreementTemplate.family == family)
        .order_by(AgreementTemplate.version.desc())
        .limit(1)
    )


# ---- agreements ---------------------------------------------------------------------------------


def by_reference(reference: str) -> Select[Agreement]:
    """One agreement with its commitments, documents and template."""
    return (
        select(Agreement)
        .where(Agreement.reference == reference)
        .options(
            selectinload(Agreement.commitments), joinedload(Agreement.template), joinedload(Agreement.document),
            joinedload(Agreement.signed_document), joinedload(Agreement.application),
        )
    )  # fmt: skip


def for_update(reference: str) -> Select[Agreement]:
    """The same, locked until the end of the transaction."""
    return by_reference(reference).with_for_update(of=Agreement)


def copies_to_print(references: Iterable[str]) -> Select[IssuedDocument]:
    """The copies to sign of these agreements that have no PDF yet."""
    return (
        select(IssuedDocument)
        .join(Agreement, Agreement.document_id == IssuedDocument.id)
        .where(Agreement.reference.in_(references), IssuedDocument.file_id.is_(None))
        .order_by(IssuedDocument.id)
    )


def of_decision(decision_id: int) -> Select[Agreement]:
    """The convention of an award."""
    return select(Agreement).where(Agreement.decision_id == decision_id)


def of_project(project_id: int) -> Select[Agreement]:
    """The agreements on a project's thread, the oldest first."""
    return select(Agreement).where(Agreement.project_id == project_id).order_by(Agreement.id)


def of_request(request_id: int) -> Select[Agreement]:
    """The convention prepared for a partner's request."""
    return select(Agreement).where(Agreement.request_id == request_id)


class Sort(StrEnum):
    """Orders of the desk of agreements; the values are those of the address."""

    WAITING = "attente"
    TITLE = "titre"
    ORGANISATION = "organisme"
    AMOUNT = "montant"
    SMALLEST = "petit"


_ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.WAITING: (case((Agreement.state.in_(SETTLED), 1), else_=0), Agreement.opened_at),
    Sort.TITLE: (Agreement.title,),
    Sort.ORGANISATION: (Organisation.name,),
    Sort.AMOUNT: (Agreement.amount.is_(None), Agreement.amount.desc()),
    Sort.SMALLEST: (Agreement.amount.is_(None), Agreement.amount),
}


def desk(
    *, state: AgreementState | None = None, family: AgreementFamily | None = None, text: str = "",
    sort: Sort = Sort.WAITING,
) -> Select[Agreement]:  # fmt: skip
    """The agreements; unless asked otherwise those on their way first, the oldest on top; then those in force or ended."""
    statement = (
        select(Agreement)
        .join(Agreement.organisation)
        .options(contains_eager(Agreement.organisation).raiseload(Organisation.categories))
        .order_by(*_ORDERS[sort], Agreement.id)
    )
    if state is not None:
        statement = statement.where(Agreement.state == state)
    if family is not None:
        statement = statement.where(Agreement.family == family)
    if text.strip():
        like = f"%{text.strip()}%"
        statement = statement.where(
            or_(
                Agreement.title.ilike(like), Agreement.number.ilike(like), Agreement.reference.ilike(like),
                Organisation.name.ilike(like),
            )
        )  # fmt: skip
    return statement


def on_their_way() -> Select[Agreement]:
    """The agreements that are not in force yet or end soon, the oldest first."""
    return desk().where(Agreement.state.not_in(SETTLED))


def desk_of_organisation(organisation_id: int) -> Select[Agreement]:
    """Every agreement with an organisation, the newest first."""
    return select(Agreement).where(Agreement.organisation_id == organisation_id).order_by(Agreement.id.desc())


def counts_by_state(family: AgreementFamily | None = None) -> Select[AgreementState, int]:
    """How many agreements in each state."""
    statement = select(Agreement.state, func.count()).group_by(Agreement.state)
    return statement if family is None else statement.where(Agreement.family == family)


def mine(account_id: int) -> Select[Agreement]:
    """The agreements of the person's organisations, once sent to them, the newest first."""
    return (
        select(Agreement)
        .join(Membership, Membership.organisation_id == Agreement.organisation_id)
        .where(
            Membership.account_id == account_id,
            Membership.state == MembershipState.ACTIVE,
            Agreement.state.in_(FOR_MEMBERS),
        )
        .options(selectinload(Agreement.commitments))
        .order_by(Agreement.sent_at.desc(), Agreement.id.desc())
    )


def application_with_plan(application_id: int) -> Select[Application]:
    """The application whose budget, fundings and data sets the convention takes up."""
    return (
        select(Application)
        .where(Application.id == application_id)
        .options(
            selectinload(Application.budget_lines), selectinload(Application.funding_sources),
            selectinload(Application.datasets),
        )
    )  # fmt: skip


def decision(decision_id: int) -> Select[Decision]:
    """The award on which a grant convention stands."""
    return select(Decision).where(Decision.id == decision_id)


def deliberation_numbered(number: str) -> Select[Deliberation]:
    """A vote by its number."""
    return select(Deliberation).where(Deliberation.number == number)


def history(table: str, ids: Iterable[int]) -> Select[JournalEntry, str | None]:
    """What was done to these rows and by whom, the newest first."""
    return (
        select(JournalEntry, Account.display_name)
        .outerjoin(Account, Account.id == JournalEntry.actor_id)
        .where(JournalEntry.subject_type == table, JournalEntry.subject_id.in_(list(ids)))
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
    )


def documents_of(agreement_id: int) -> Select[IssuedDocument]:
    """Every document issued for an agreement, the newest first."""
    return (
        select(IssuedDocument)
        .where(IssuedDocument.subject_type == Agreement.__tablename__, IssuedDocument.subject_id == agreement_id)
        .order_by(IssuedDocument.issued_at.desc(), IssuedDocument.id.desc())
    )


def ending_before(day: date) -> Select[Agreement]:
    """The agreements in force whose term comes before this day, with what is needed to say so."""
    return (
        select(Agreement)
        .where(
            Agreement.state.in_([AgreementState.ACTIVE, AgreementState.TO_RENEW]),
            Agreement.family == AgreementFamily.PARTNERSHIP,
            Agreement.ends_on < day,
        )
        .order_by(Agreement.id)
        .with_for_update(of=Agreement)
    )


# ---- commitments --------------------------------------------------------------------------------


def commitment(commitment_id: int) -> Select[Commitment]:
    """One commitment, locked until the end of the transaction."""
    return (
        select(Commitment)
        .where(Commitment.id == commitment_id)
        .options(joinedload(Commitment.agreement))
        .with_for_update(of=Commitment)
    )


def late_commitments(day: date) -> Select[Commitment]:
    """What partners in force owe after its date, the oldest first."""
    return (
        select(Commitment)
        .join(Commitment.agreement)
        .where(
            Commitment.state.in_(OWED),
            Commitment.due_on < day,
            Agreement.state.in_([AgreementState.ACTIVE, AgreementState.TO_RENEW]),
        )
        .options(
            contains_eager(Commitment.agreement).joinedload(Agreement.organisation).raiseload(Organisation.categories)
        )
        .order_by(Commitment.due_on, Commitment.id)
    )


def commitments_of_organisation(organisation_id: int) -> Select[Commitment]:
    """The commitments of an organisation under agreements signed by both sides, by date."""
    return (
        select(Commitment)
        .join(Commitment.agreement)
        .where(Agreement.organisation_id == organisation_id, Agreement.state.in_(SIGNED_BY_BOTH))
        .order_by(Commitment.due_on, Commitment.id)
    )


# ---- partners -----------------------------------------------------------------------------------


def partnership_of(organisation_id: int) -> Select[Partnership]:
    """An organisation's place in the network, locked until the end of the transaction."""
    return select(Partnership).where(Partnership.organisation_id == organisation_id).with_for_update(of=Partnership)


def partnership(partnership_id: int) -> Select[Partnership]:
    """One partner with what it asked for."""
    return select(Partnership).where(Partnership.id == partnership_id).options(selectinload(Partnership.requests))


def partnership_for_update(partnership_id: int) -> Select[Partnership]:
    """The same, locked until the end of the transaction."""
    return partnership(partnership_id).with_for_update(of=Partnership)


def request_by_nonce(nonce: str) -> Select[PartnershipRequest]:
    """The request that this form has already made."""
    return select(PartnershipRequest).where(PartnershipRequest.nonce == nonce)


def _unanswered() -> ColumnElement[bool]:
    """A candidate whose request nobody has answered yet; once a convention is opened the answer is given."""
    asked = exists().where(
        PartnershipRequest.partnership_id == Partnership.id, PartnershipRequest.answered_at.is_(None)
    )
    return Partnership.status.in_([PartnerStatus.REQUESTED, PartnerStatus.UNDER_REVIEW]) & asked


def requests(status: PartnerStatus | None = None) -> Select[Partnership]:
    """The partners and candidates with their requests: those who wait for an answer first, then what changed last."""
    statement = (
        select(Partnership)
        .options(
            selectinload(Partnership.requests),
            joinedload(Partnership.organisation, innerjoin=True).raiseload(Organisation.categories),
        )
        .order_by(case((_unanswered(), 0), else_=1), Partnership.changed_at.desc(), Partnership.id.desc())
    )
    return statement if status is None else statement.where(Partnership.status == status)


def candidates() -> Select[int, str, PartnerStatus, datetime]:
    """The organisations that wait for an answer, the longest waiting first: number, name, status, since when."""
    return (
        select(Partnership.id, Organisation.name, Partnership.status, Partnership.changed_at)
        .join(Organisation, Organisation.id == Partnership.organisation_id)
        .where(_unanswered())
        .order_by(Partnership.changed_at, Partnership.id)
    )


def counts_by_status() -> Select[PartnerStatus, int, int]:
    """How many partners in each status, and how many of them wait for an answer."""
    waiting = func.sum(case((_unanswered(), 1), else_=0))
    return select(Partnership.status, func.count(), waiting).group_by(Partnership.status)


def directory(
    *, text: str = "", category: ActorCategory | None = None, territory: str | None = None
) -> Select[Partnership]:
    """The network that everybody may see: partners under convention, by name."""
    statement = (
        select(Partnership)
        .join(Partnership.organisation)
        .where(Partnership.status.in_(IN_NETWORK))
        .order_by(Organisation.sort_name, Organisation.id)
    )
    condition = search.matches(Partnership.search_text, text)
    if condition is not None:
        statement = statement.where(condition)
    if category is not None:
        statement = statement.where(
            exists().where(
                OrganisationCategory.organisation_id == Organisation.id, OrganisationCategory.category == category
            )
        )
    if territory:
        statement = statement.where(Organisation.territory_code == territory)
    return statement


def kept_by_organisation(organisation_ids: Iterable[int]) -> Select[int, str, int]:
    """For each organisation, how many of its signed commitments are in each state."""
    return (
        select(Agreement.organisation_id, Commitment.state, func.count())
        .join(Commitment.agreement)
        .where(Agreement.organisation_id.in_(list(organisation_ids)), Agreement.state.in_(SIGNED_BY_BOTH))
        .group_by(Agreement.organisation_id, Commitment.state)
    )


def public_partner(slug: str) -> Select[Partnership]:
    """A partner that everybody may see."""
    return (
        select(Partnership)
        .join(Partnership.organisation)
        .where(Organisation.slug == slug, Partnership.status.in_(IN_NETWORK))
    )


def public_agreements(organisation_id: int) -> Select[Agreement]:
    """The agreements signed by both sides: their title, number and dates are public facts."""
    return (
        select(Agreement)
        .where(Agreement.organisation_id == organisation_id, Agreement.state.in_(SIGNED_BY_BOTH))
        .order_by(Agreement.region_signed_on.desc(), Agreement.id.desc())
    )


def datasets_of(organisation_id: int, limit: int = 50) -> Select[Dataset]:
    """The data sets that an organisation produces, by title."""
    return (
        select(Dataset)
        .where(Dataset.producer_id == organisation_id)
        .order_by(Dataset.sort_title, Dataset.id)
        .limit(limit)
    )


def members_to_tell(organisation_id: int) -> Select[Account]:
    """The live members of an organisation."""
    return (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organisation_id == organisation_id, Membership.state == MembershipState.ACTIVE)
        .order_by(Account.id)
    )
