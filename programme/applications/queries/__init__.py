"""Statements about applications."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, delete, func, select, union_all
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload, undefer
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.dml import Delete

from programme.accounts.models import Account
from programme.applications.models import Application, ApplicationDataset, CalendarKey, Piece, Reminder
from programme.applications.queries.again import states_of_organisation as states_of_organisation
from programme.applications.queries.pieces import piece_version, piece_versions, room_taken  # noqa: F401 - said here too
from programme.applications.rules.delays import NEWEST
from programme.applications.states import BEFORE_DECISION, ApplicationState, ReminderKind
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
    undefer(Application.pinned),
)
_STEPS = (
    *_HEAD,
    selectinload(Application.budget_lines),
    selectinload(Application.funding_sources),
    selectinload(Application.pieces),
    selectinload(Application.datasets)
    .joinedload(ApplicationDataset.dataset)
    .options(lazyload(Dataset.producer), lazyload(Dataset.theme)),
)
_ALL = (*_STEPS, selectinload(Application.info_requests))


def _one(reference: str, *options: ExecutableOption) -> Select[Application]:
    return select(Application).where(Application.reference == reference).options(*options)


def whole(reference: str) -> Select[Application]:
    """One application with all its parts."""
    return _one(reference, *_ALL)


def draft(reference: str) -> Select[Application]:
    """One application with what the steps of a draft show: nobody asked it for anything yet."""
    return _one(reference, *_STEPS)


def for_update(reference: str) -> Select[Application]:
    """One application with all its parts, locked."""
    return whole(reference).with_for_update(of=Application)


def with_pieces(reference: str) -> Select[Application]:
    """One application with its pieces; the rest is read when it is touched."""
    return _one(reference, *_BARE, selectinload(Application.pieces))


def awaited(reference: str) -> Select[Application]:
    """One application with its pieces and what the Region asked of it, for those that are on their way."""
    return with_pieces(reference).options(selectinload(Application.info_requests))


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
    """One application with its answers and all that says which questions are asked, locked; its pieces if one asks for a file."""
    return _one(
        reference, *NAMED, joinedload(Application.form_definition), lazyload(Application.pieces)
    ).with_for_update(of=Application)


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


def drafts_of(call_id: int) -> Select[Application]:
    """The drafts of a call, with the names of what they are about."""
    return (
        select(Application)
        .join(Application.session)
        .where(CallSession.call_id == call_id, Application.state == ApplicationState.DRAFT)
        .options(*_BARE[:1], *_BARE[2:], NAMED[1], contains_eager(Application.session))
        .order_by(Application.id)
    )


def live_in(session_id: int, organisation_ids: Collection[int]) -> Select[Application]:
    """The applications that these organisations have in a session and did not withdraw, the last touched first."""
    return (
        select(Application)
        .where(
            Application.session_id == session_id, Application.organisation_id.in_(organisation_ids),
            Application.state != ApplicationState.WITHDRAWN,
        )
        .options(*_BARE[:1], *_BARE[2:], NAMED[1])
        .order_by(Application.saved_at.desc(), Application.id.desc())
    )  # fmt: skip


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


def dataset_titled(title: str) -> Select[Dataset]:
    """The catalogue's data set of exactly this title."""
    return select(Dataset).where(Dataset.title == title).limit(1)


def datasets_titled(titles: Iterable[str]) -> Select[str, str]:
    """Title and slug of the catalogue's data sets of exactly these titles; the first one wins where two share a title."""
    return select(Dataset.title, Dataset.slug).where(Dataset.title.in_(list(titles))).order_by(Dataset.id.desc())


def themes_of(theme_set: ThemeSet) -> Select[Theme]:
    """The themes that a call offers, with their sub-domains; a theme comes once for each of them (`unique`)."""
    return (
        select(Theme)
        .where(Theme.set == theme_set)
        .options(joinedload(Theme.subdomains).lazyload(Subdomain.theme))
        .order_by(Theme.position, Theme.label)
    )


def received(session_ids: Iterable[int]) -> Select[int, int, int]:
    """Of each of these sessions that has any: how many drafts, how many files handed in and not withdrawn."""
    return (
        select(
            Application.session_id,
            func.count().filter(Application.state == ApplicationState.DRAFT),
            func.count().filter(Application.submitted_at.is_not(None), Application.state != ApplicationState.WITHDRAWN),
        )
        .where(Application.session_id.in_(list(session_ids)))
        .group_by(Application.session_id)
    )


def answered(call_id: int, since: datetime) -> Select[datetime | None, datetime | None]:
    """Deposit and decision of the files of a call decided since then, the newest ones."""
    return (
        select(Application.submitted_at, Application.decided_at)
        .join(CallSession, CallSession.id == Application.session_id)
        .where(
            CallSession.call_id == call_id,
            Application.state.in_([ApplicationState.AWARDED, ApplicationState.REJECTED]),
            Application.decided_at >= since,
        )
        .order_by(Application.decided_at.desc(), Application.id.desc())
        .limit(NEWEST)
    )


def _near(until: date) -> tuple[ColumnElement[bool], ...]:
    # Said by the states that are over, so that the date chooses the index: the others hold almost every file there is.
    over = sorted(set(ApplicationState) - BEFORE_DECISION)
    return Application.silence_on <= until, Application.state.not_in(over)


def _board(
    account_id: int, until: date, call_id: int | None, officer_id: int | None
) -> tuple[ColumnElement[bool], ...]:
    wanted = [*_near(until), Application.id.not_in(hidden_from(account_id))]
    if call_id is not None:
        wanted.append(Application.session_id.in_(select(CallSession.id).where(CallSession.call_id == call_id)))
    if officer_id is not None:
        wanted.append(Application.officer_id == officer_id if officer_id else Application.officer_id.is_(None))
    return tuple(wanted)


def near_silence(
    account_id: int, today: date, until: date, *, call_id: int | None = None, officer_id: int | None = None
) -> Select[int]:
    """The undecided files on which silence decides by then, the nearest first, then those on which it has, the latest first.

    Their numbers only: years of silences are put in order to show one page of them.

    `officer_id` 0: those that nobody follows.
    """
    is_past = Application.silence_on < today
    return (
        select(Application.id)
        .where(*_board(account_id, until, call_id, officer_id))
        .order_by(
            is_past, case((is_past, None), else_=Application.silence_on), Application.silence_on.desc(), Application.id
        )
    )


def on_board(ids: Collection[int]) -> Select[Application]:
    """These files as a line of the board shows them."""
    return select(Application).where(Application.id.in_(ids)).options(*NAMED, lazyload(Application.theme))


def near_silence_by_day(
    account_id: int, until: date, *, call_id: int | None = None, officer_id: int | None = None
) -> Select[date | None, int]:
    """How many of the same files each day decides."""
    return (
        select(Application.silence_on, func.count())
        .where(*_board(account_id, until, call_id, officer_id))
        .group_by(Application.silence_on)
    )


def officers_near_silence(account_id: int, until: date) -> Select[int, str]:
    """Who follows the files of the board: number and name, by name."""
    following = select(Application.officer_id).where(*_board(account_id, until, None, None))
    return (
        select(Account.id, Account.display_name)
        .where(Account.id.in_(following))
        .order_by(Account.sort_name, Account.id)
    )


def silence_between(first: date, last: date) -> Select[Application]:
    """The undecided files on which silence decides from one day to the other, the nearest first."""
    return (
        select(Application)
        .where(*_near(last), Application.silence_on >= first)
        .options(*NAMED, lazyload(Application.theme))
        .order_by(Application.silence_on, Application.id)
    )


def drafts_closing(at: datetime, until: datetime) -> Select[int, str, datetime, datetime]:
    """The drafts that somebody has touched and whose session closes after `at`, by then: number, reference, beginning, closing."""
    return (
        select(Application.id, Application.reference, Application.created_at, CallSession.closes_at)
        .join(CallSession, CallSession.id == Application.session_id)
        .where(
            Application.state == ApplicationState.DRAFT, Application.saved_at > Application.created_at,
            CallSession.closes_at > at, CallSession.closes_at <= until,
        )
        .order_by(CallSession.closes_at, Application.id)
    )  # fmt: skip


def reminded(kind: ReminderKind, subject_ids: Collection[int]) -> Select[int, int]:
    """What was said of these things already: number and threshold."""
    return select(Reminder.subject_id, Reminder.threshold).where(
        Reminder.kind == kind, Reminder.subject_id.in_(subject_ids)
    )


def reminded_since(kind: ReminderKind, at: datetime) -> Select[int]:
    """Whether anything of this kind was said since then."""
    return select(Reminder.id).where(Reminder.kind == kind, Reminder.sent_at >= at).limit(1)


def forget_reminders(kind: ReminderKind, subject_id: int) -> Delete:
    """What was said of a thing is no longer true."""
    return delete(Reminder).where(Reminder.kind == kind, Reminder.subject_id == subject_id)


def forget_told(kind: ReminderKind, subject_id: int, *, before: int) -> Delete:
    """What was said of a thing under smaller thresholds: where these are days, the last one is enough."""
    return forget_reminders(kind, subject_id).where(Reminder.threshold < before)


def calendar_key(account_id: int) -> Select[CalendarKey]:
    """How often a person changed the address of their calendar, if ever."""
    return select(CalendarKey).where(CalendarKey.account_id == account_id)


def dated(account_id: int) -> Select[Application]:
    """The files of a person's organisations that have a date to come or a date that passed unanswered, at most 500."""
    waiting = sorted({ApplicationState.DRAFT} | BEFORE_DECISION)
    return mine(account_id).where(Application.state.in_(waiting)).limit(500)
