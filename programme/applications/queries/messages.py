"""Statements about the thread of messages of a file."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import joinedload, lazyload, selectinload
from sqlalchemy.sql.dml import Update

from programme.accounts.models import Account
from programme.applications.models import (
    Application,
    FilePrint,
    InfoRequest,
    Message,
    MessageDraft,
    MessageFile,
    MessageRead,
)
from programme.applications.queries import NAMED, hidden_from
from programme.applications.states import MessageSide
from programme.calls.models import Call, CallSession
from programme.core.storage import StoredFile
from programme.organisations.models import Membership, Organisation
from programme.organisations.states import MembershipState

PAGE = 20
"""Moments of a thread on one page."""


def _seen_by(side: MessageSide) -> ColumnElement[bool]:
    """The notes that the Region keeps for itself are nobody else's."""
    return or_(Message.is_internal.is_(False), literal(side is MessageSide.REGION))


def moments(
    application_id: int, side: MessageSide, *, notes_only: bool = False
) -> CompoundSelect[Any] | Select[str, int, datetime]:
    """All that happened in the thread as this side sees it, the newest first: (message, asked or answered), number, when.

    The requests for missing pieces and their answers stand at their dates among the messages: it is one story.
    """
    messages = select(literal("message").label("what"), Message.id, Message.sent_at.label("at")).where(
        Message.application_id == application_id, _seen_by(side)
    )
    if notes_only:
        return messages.where(Message.is_internal).order_by(Message.sent_at.desc(), Message.id.desc())
    of_file = InfoRequest.application_id == application_id
    asked = select(literal("asked"), InfoRequest.id, InfoRequest.asked_at).where(of_file)
    answered = select(literal("answered"), InfoRequest.id, InfoRequest.answered_at).where(
        of_file, InfoRequest.answered_at.is_not(None)
    )
    every: CompoundSelect[Any] = union_all(messages, asked, answered)
    columns = every.selected_columns
    return every.order_by(columns.at.desc(), columns.id.desc(), columns.what)


def shown(ids: Collection[int]) -> Select[Message]:
    """These messages with their authors and files."""
    return (
        select(Message)
        .where(Message.id.in_(ids))
        .options(joinedload(Message.author).lazyload(Account.grants), selectinload(Message.files))
    )


def all_of(application_id: int, side: MessageSide) -> Select[Message]:
    """Every message that this side may read, the oldest first."""
    return (
        select(Message)
        .where(Message.application_id == application_id, _seen_by(side))
        .options(joinedload(Message.author).lazyload(Account.grants), selectinload(Message.files))
        .order_by(Message.id)
    )


def one_for_update(application_id: int, message_id: int) -> Select[Message]:
    """One message of a file, locked."""
    return (
        select(Message)
        .where(Message.application_id == application_id, Message.id == message_id)
        .options(selectinload(Message.files))
        .with_for_update(of=Message)
    )


def by_nonce(author_id: int, nonce: str) -> Select[Message]:
    """The message that this person sent from this very form."""
    return select(Message).where(Message.author_id == author_id, Message.nonce == nonce)


def draft(application_id: int, author_id: int, *, is_internal: bool) -> Select[MessageDraft]:
    """What the person is writing to this audience."""
    return (
        select(MessageDraft)
        .where(
            MessageDraft.application_id == application_id, MessageDraft.author_id == author_id,
            MessageDraft.is_internal.is_(is_internal),
        )
        .options(selectinload(MessageDraft.files))
    )  # fmt: skip


def waiting(application_id: int) -> Select[Message]:
    """The messages of a file that wait for an answer, the oldest first."""
    return (
        select(Message)
        .where(Message.application_id == application_id, Message.waits_for.is_not(None))
        .options(joinedload(Message.author).lazyload(Account.grants))
        .order_by(Message.id)
    )


def settle(application_id: int, side: MessageSide, at: datetime) -> Update:
    """Nothing waits for this side any more: it has answered."""
    return (
        update(Message)
        .where(Message.application_id == application_id, Message.waits_for == side)
        .values(waits_for=null(), settled_at=at)
    )


def _unread(account_id: int, side: MessageSide) -> ColumnElement[bool]:
    return and_(
        Message.author_id != account_id, Message.withdrawn_at.is_(None), _seen_by(side),
        Message.id > func.coalesce(MessageRead.last_id, 0),
    )  # fmt: skip


def later_of_side(message: Message) -> Select[int]:
    """What the same side wrote after a message, and which answers too."""
    return select(Message.id).where(
        Message.application_id == message.application_id, Message.side == message.side, Message.id > message.id,
        Message.is_internal.is_(False), Message.withdrawn_at.is_(None),
    )  # fmt: skip


def wait_again(message: Message) -> Update:
    """What this message answered, which is taken back, waits for its side again."""
    return (
        update(Message)
        .where(
            Message.application_id == message.application_id, Message.side == message.side.other,
            Message.settled_at == message.sent_at, Message.withdrawn_at.is_(None),
        )
        .values(waits_for=message.side, settled_at=null())
    )  # fmt: skip


def settle_all(application_id: int, at: datetime) -> Update:
    """Nothing waits for anybody any more."""
    return (
        update(Message)
        .where(Message.application_id == application_id, Message.waits_for.is_not(None))
        .values(waits_for=null(), settled_at=at)
    )


def _mark_of(account_id: int) -> ColumnElement[bool]:
    return and_(MessageRead.application_id == Message.application_id, MessageRead.account_id == account_id)


def tallies(
    account_id: int, application_ids: Collection[int], side: MessageSide
) -> Select[int, int, int, date | None, int, int]:
    """How the threads of these files stand for a person; a file without messages is not there.

    The number of the file, how many they have not read, how many wait for their side, the first date by which, how many
    wait for the other side, how many messages in all.
    """
    ours, theirs = Message.waits_for == side, Message.waits_for == side.other
    return (
        select(
            Message.application_id,
            func.sum(case((_unread(account_id, side), 1), else_=0)),
            func.sum(case((ours, 1), else_=0)),
            func.min(case((ours, Message.answer_by))),
            func.sum(case((theirs, 1), else_=0)),
            func.count(),
        )
        .outerjoin(MessageRead, _mark_of(account_id))
        .where(Message.application_id.in_(application_ids), _seen_by(side))
        .group_by(Message.application_id)
    )


def waiting_for(side: MessageSide) -> Select[int]:
    """The files in which a message waits for this side."""
    return select(Message.application_id).where(Message.waits_for == side)


def owed_by(account_id: int) -> Select[str, str, str, int, date | None, datetime]:
    """The messages that wait for an answer of the organisations of which the person is a member, the nearest date first.

    The reference and the title of the file, the title of its call, the number of the message, by when, since when.
    """
    return (
        select(
            Application.reference, Application.title, Call.title.label("call_title"), Message.id, Message.answer_by, Message.sent_at,
        )
        .join(Application, Application.id == Message.application_id)
        .join(CallSession, CallSession.id == Application.session_id)
        .join(Call, Call.id == CallSession.call_id)
        .join(Membership, Membership.organisation_id == Application.organisation_id)
        .where(
            Message.waits_for == MessageSide.CARRIER, Membership.account_id == account_id,
            Membership.state == MembershipState.ACTIVE,
        )
        .order_by(Message.answer_by.is_(None), Message.answer_by, Message.id)
    )  # fmt: skip


def to_answer(account_id: int, since: datetime) -> Select[str, str, str, datetime, date | None, int]:
    """The files whose thread wants somebody of the Region, as the desk shows them.

    Those in which an answer is awaited, and those that this person follows and in which the carrier wrote, `since` then,
    what they have not read: reference, title, carrier, since when, by when, how many wait.
    """
    awaited = Message.waits_for == MessageSide.REGION
    followed = (  # Of the last weeks alone: the index finds them, however many were ever written.
        select(Message.id)
        .join(Application, Application.id == Message.application_id)
        .outerjoin(MessageRead, _mark_of(account_id))
        .where(
            Message.side == MessageSide.CARRIER, Message.sent_at >= since, Application.officer_id == account_id,
            _unread(account_id, MessageSide.REGION),
        )
    )  # fmt: skip
    wanted = union_all(select(Message.id).where(awaited), followed)
    return (
        select(
            Application.reference, Application.title, Organisation.name, func.min(Message.sent_at),
            func.min(case((awaited, Message.answer_by))), func.sum(case((awaited, 1), else_=0)),
        )
        .join(Application, Application.id == Message.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Message.id.in_(wanted), Application.id.not_in(hidden_from(account_id)))
        .group_by(Application.id, Application.reference, Application.title, Organisation.name)
        .order_by(func.min(Message.sent_at), Application.id)
    )  # fmt: skip


def read_mark(application_id: int, account_id: int) -> Select[MessageRead]:
    """How far the person has read."""
    return select(MessageRead).where(MessageRead.application_id == application_id, MessageRead.account_id == account_id)


def newest(application_id: int, side: MessageSide) -> Select[int | None]:
    """The number of the last message that this side may read."""
    return select(func.max(Message.id)).where(Message.application_id == application_id, _seen_by(side))


def readers_of(message: Message) -> Select[int]:
    """Those besides its author who have read as far as this message."""
    return select(MessageRead.account_id).where(
        MessageRead.application_id == message.application_id, MessageRead.last_id >= message.id,
        MessageRead.account_id != message.author_id,
    )  # fmt: skip


def last_read(application_id: int, account_ids: Collection[int]) -> Select[int, int]:
    """How far these people have read: person and number of the message."""
    return select(MessageRead.account_id, MessageRead.last_id).where(
        MessageRead.application_id == application_id, MessageRead.account_id.in_(account_ids)
    )


def unannounced(application_id: int, side: MessageSide) -> Select[Message]:
    """The messages of this side of which the other was not told yet, the oldest first."""
    return (
        select(Message)
        .where(
            Message.application_id == application_id, Message.side == side, Message.is_internal.is_(False),
            Message.announced_at.is_(None), Message.withdrawn_at.is_(None),
        )
        .order_by(Message.id)
    )  # fmt: skip


def file_of(public_id: str) -> Select[MessageFile]:
    """The joined file of this public name, with its message if it was sent."""
    return (
        select(MessageFile)
        .join(StoredFile, StoredFile.id == MessageFile.file_id)
        .where(StoredFile.public_id == public_id)
        .options(joinedload(MessageFile.message))
    )


def read_by_others(application_id: int, account_id: int) -> Select[int | None]:
    """How far anybody else has read the thread."""
    return select(func.max(MessageRead.last_id)).where(
        MessageRead.application_id == application_id, MessageRead.account_id != account_id
    )


def file_with_thread(reference: str) -> Select[Application]:
    """One file as the page of its thread names it, with its requests for pieces."""
    return (
        select(Application)
        .where(Application.reference == reference)
        .options(*NAMED, lazyload(Application.theme), selectinload(Application.info_requests))
    )


def application_by_id(application_id: int) -> Select[Application]:
    """The file of a message, with what its mails name."""
    return select(Application).where(Application.id == application_id).options(lazyload(Application.theme))


def file_print(application_id: int) -> Select[FilePrint]:
    """The printed file, if it was asked for."""
    return select(FilePrint).where(FilePrint.application_id == application_id)
