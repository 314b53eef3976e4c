"""Statements about applications."""

from sqlalchemy import CompoundSelect, Select, func, select, union_all
from sqlalchemy.orm import joinedload, lazyload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from programme.applications.models import Application, ApplicationDataset, Piece
from programme.applications.states import ApplicationState
from programme.calls.models import Call, CallSession, CallStrand
from programme.catalogue.models import Dataset
from programme.core.storage import StoredFile
from programme.evaluation.models import Evaluation
from programme.evaluation.queries import held_by, recused_subjects
from programme.evaluation.states import SubjectKind
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import MembershipState
from programme.projects.models import Project
from programme.strategy.models import Subdomain, Theme, ThemeSet

# What is saved at each keystroke or with each file opens little else.
_BARE = (
    lazyload(Application.strand),
    lazyload(Application.organisation),
    lazyload(Application.form_definition),
    lazyload(Application.receipt),
)
# Strand and carrier by their names: criteria, questions and categories are for whoever shows them.
NAMED = (
    joinedload(Application.strand, innerjoin=True).options(
        lazyload(CallStrand.grid), lazyload(CallStrand.form_definition)
    ),
    joinedload(Application.organisation, innerjoin=True).lazyload(Organisation.categories),
)
# Criteria, categories and producers are read only by whoever shows them.
_HEAD = (
    joinedload(Application.strand, innerjoin=True).lazyload(CallStrand.grid),
    joinedload(Application.organisation, innerjoin=True).lazyload(Organisation.categories),
    joinedload(Application.form_definition),
    joinedload(Application.project).options(lazyload(Project.organisation), lazyload(Project.theme)),
    joinedload(Application.subdomain),
    joinedload(Application.receipt),
)
_ALL = (
    *_HEAD,
    selectinload(Application.budget_lines),
    selectinload(Application.funding_sources),
    selectinload(Application.pieces),
    selectinload(Application.info_requests),
    selectinload(Application.datasets)
    .joinedload(ApplicationDataset.dataset)
    .options(lazyload(Dataset.producer), lazyload(Dataset.theme)),
)


def _one(reference: str, *options: ExecutableOption) -> Select[Application]:
    return select(Application).where(Application.reference == reference).options(*options)


def whole(reference: str) -> Select[Application]:
    """One application with all its parts."""
    return _one(reference, *_ALL)


def for_update(reference: str) -> Select[Application]:
    """One application with all its parts, locked."""
    return whole(reference).with_for_update(of=Application)


def with_pieces(reference: str) -> Select[Application]:
    """One application with its pieces; the rest is read when it is touched."""
    return _one(reference, *_BARE, selectinload(Application.pieces))


def texts_for_update(reference: str) -> Select[Application]:
    """One application with its texts, locked: what a save of them may touch besides is read when it is touched."""
    return _one(
        reference,
        *_BARE,
        joinedload(Application.project).options(lazyload(Project.organisation), lazyload(Project.theme)),
        joinedload(Application.subdomain),
        lazyload(Application.pieces),
    ).with_for_update(of=Application)


def answers_for_update(reference: str) -> Select[Application]:
    """One application with its answers and all that says which questions are asked, locked."""
    return _one(reference, *NAMED, joinedload(Application.form_definition)).with_for_update(of=Application)


def mine(account_id: int) -> Select[Application]:
    """The applications of the organisations of which the person is a member, the last touched first."""
    return (
        select(Application)
        .join(Membership, Membership.organisation_id == Application.organisation_id)
        .where(Membership.account_id == account_id, Membership.state == MembershipState.ACTIVE)
        .options(
            selectinload(Application.info_requests),
            lazyload(Application.strand),
            joinedload(Application.organisation).lazyload(Organisation.categories),
        )
        .order_by(Application.saved_at.desc(), Application.id.desc())
    )


def of_project(project_id: int) -> Select[Application]:
    """The applications of a project, in order, without the criteria and the categories that a thread never shows."""
    return (
        select(Application)
        .where(Application.project_id == project_id)
        .options(
            joinedload(Application.strand, innerjoin=True).lazyload(CallStrand.grid),
            joinedload(Application.organisation, innerjoin=True).lazyload(Organisation.categories),
        )
        .order_by(Application.id)
    )


def by_nonce(nonce: str, account_id: int) -> Select[Application]:
    """The draft that this person opened by this very form."""
    return select(Application).where(Application.nonce == nonce, Application.created_by_id == account_id)


def read_blind_by(account_id: int) -> Select[int]:
    """The applications that a person reads without knowing who carries them (`Application.is_read_blind`)."""
    return (
        held_by(account_id, SubjectKind.APPLICATION)
        .join(Application, Application.id == Evaluation.subject_id)
        .join(CallSession, CallSession.id == Application.session_id)
        .join(Call, Call.id == CallSession.call_id)
        .where(Call.blind_reading, Application.state != ApplicationState.AWARDED)
    )


def hidden_from(account_id: int) -> CompoundSelect[int]:
    """What a person of the house must not see among the applications: a recusal and a blind reading both close them."""
    return union_all(recused_subjects(account_id, SubjectKind.APPLICATION), read_blind_by(account_id))


def redacted_copy(public_id: str) -> Select[Piece]:
    """The piece that a redacted copy belongs to."""
    return (
        select(Piece)
        .join(StoredFile, StoredFile.id == Piece.redacted_id)
        .where(StoredFile.public_id == public_id)
        .options(joinedload(Piece.application))
    )


def piece_file(public_id: str) -> Select[Piece]:
    """The piece that a stored file belongs to."""
    return (
        select(Piece)
        .join(StoredFile, StoredFile.id == Piece.file_id)
        .where(StoredFile.public_id == public_id)
        .options(joinedload(Piece.application))
    )


def organisation_lock(organisation_id: int) -> Select[int]:
    """The organisation's row, locked: its files are added up by one person at a time."""
    return select(Organisation.id).where(Organisation.id == organisation_id).with_for_update()


def room_taken(piece: Piece) -> Select[int]:
    """Bytes of the files that the pieces of the same organisation hold, but for the piece that is being filled in."""
    owner = piece.application.organisation_id
    return (
        select(func.coalesce(func.sum(StoredFile.size), 0))
        .join(Piece, Piece.file_id == StoredFile.id)
        .join(Application, Application.id == Piece.application_id)
        .where(Application.organisation_id == owner, Piece.id != piece.id)
    )


def dataset_titled(title: str) -> Select[Dataset]:
    """The catalogue's data set of exactly this title."""
    return select(Dataset).where(Dataset.title == title).limit(1)


def themes_of(theme_set: ThemeSet) -> Select[Theme]:
    """The themes that a call offers, with their sub-domains; a theme comes once for each of them (`unique`)."""
    return (
        select(Theme)
        .where(Theme.set == theme_set)
        .options(joinedload(Theme.subdomains).lazyload(Subdomain.theme))
        .order_by(Theme.position, Theme.label)
    )
