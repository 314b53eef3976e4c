"""The thread of messages of a file: written, kept while it is written, sent, settled, taken back, told by one mail a burst."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from programme.accounts import queries as people
from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.applications import notifications, policy
from programme.applications.models import Application, Message, MessageDraft, MessageFile, MessageRead
from programme.applications.queries import messages as thread
from programme.applications.rules import messages as rules
from programme.applications.services.pieces import ensure_share
from programme.applications.states import MessageSide
from programme.core import jobs, journal, mail, storage
from programme.core.clock import local_day
from programme.core.errors import RuleBroken
from programme.extensions import db
from programme.organisations import queries as network

TELL = "applications.tell_of_messages"


@dataclass(frozen=True)
class Words:
    """What a person has typed: the text, whether an answer is awaited, by which day."""

    text: str = ""
    awaits_answer: bool = False
    answer_by: date | None = None


@dataclass(frozen=True)
class Tally:
    """How a thread stands for one person: what they have not read, what waits for their side and by when, for the other."""

    unread: int = 0
    owed: int = 0
    answer_by: date | None = None
    awaited: int = 0
    total: int = 0


@dataclass(frozen=True)
class Pen:
    """Who writes, from which side of a file, and whether for the colleagues of the Region alone."""

    author: Account
    side: MessageSide
    is_internal: bool = False


# ---- while it is written ---------------------------------------------------------------------------


def draft_of(application: Application, pen: Pen) -> MessageDraft | None:
    """What the person is writing to this audience, if anything."""
    asked = thread.draft(application.id, pen.author.id, is_internal=pen.is_internal)
    found: MessageDraft | None = db.session.scalars(asked).one_or_none()
    return found


def keep_draft(application: Application, pen: Pen, words: Words | None, *, at: datetime) -> MessageDraft:
    """Keep what is being written; `words` None leaves the text as it was and makes room for a file beside it."""
    draft = draft_of(application, pen)
    if draft is None:
        draft = MessageDraft(
            application_id=application.id, author_id=pen.author.id, is_internal=pen.is_internal, text="", files=[]
        )
        db.session.add(draft)
    if words is not None:
        draft.text, draft.awaits_answer, draft.answer_by = words.text, words.awaits_answer, words.answer_by
    draft.saved_at = at
    return draft


def join_file(
    application: Application, draft: MessageDraft, written: storage.Written, *, pen: Pen, at: datetime
) -> None:
    """Join a file to what is being written; the same one twice is one.

    Raises:
        RuleBroken: too many of them, or the share of the organisation in the store would be passed.
    """
    same = (written.name, written.sha256)
    if any((each.file.name, each.file.sha256) == same for each in draft.files):
        return  # A second click; the sweep takes the second copy.
    if len(draft.files) >= rules.MAX_FILES:
        raise RuleBroken(_("Dix fichiers au plus par message : envoyez celui-ci, puis écrivez-en un autre."))
    if pen.side is MessageSide.CARRIER:
        ensure_share(application.organisation_id, written.size)
    draft.files.append(MessageFile(file=storage.keep(written, by=pen.author, at=at)))


def leave_file(draft: MessageDraft, number: int) -> None:
    """Take a file off what is being written; the sweep takes its bytes."""
    for each in [each for each in draft.files if each.id == number]:
        _forget(each)


def _forget(joined: MessageFile) -> None:
    db.session.delete(joined)
    storage.forget(joined.file)


# ---- sent ------------------------------------------------------------------------------------------


def send(application: Application, pen: Pen, words: Words, *, nonce: str, at: datetime) -> Message:
    """Send what was written with the files joined to it; the same form sent twice is one message.

    What waited for this side is answered. The application is locked.

    Raises:
        RuleBroken: nothing is written, or the answer is awaited before today.
    """
    known: Message | None = db.session.scalars(thread.by_nonce(pen.author.id, nonce)).one_or_none()
    if known is not None:
        return known
    _refuse_unfit(words, at)
    waits = pen.side.other if words.awaits_answer and not pen.is_internal else None
    message = Message(
        application_id=application.id, author_id=pen.author.id, side=pen.side, is_internal=pen.is_internal, nonce=nonce,
        text=words.text, sent_at=at, waits_for=waits, answer_by=words.answer_by if waits else None, files=[],
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()  # Its files name it.
    count = _move_files(application, pen, message)
    journal.record(
        "message.posted", on=message, by=pen.author, at=at,
        after={"application": application.id, "side": pen.side, "internal": pen.is_internal, "files": count},
    )  # fmt: skip
    if not pen.is_internal:
        _answered(application, message, at)
    return message


def _refuse_unfit(words: Words, at: datetime) -> None:
    if not words.text:
        raise RuleBroken(_("Écrivez votre message : un fichier part toujours avec quelques mots."))
    if words.awaits_answer and words.answer_by is not None and words.answer_by < local_day(at):
        raise RuleBroken(_("Attendez la réponse pour aujourd’hui au plus tôt, ou laissez la date vide."))


def _move_files(application: Application, pen: Pen, message: Message) -> int:
    """The files of the draft become those of the message, and the draft ends."""
    draft = draft_of(application, pen)
    if draft is None:
        return 0
    joined = list(draft.files)
    for each in joined:
        each.draft_id = None
        message.files.append(each)
    db.session.flush()  # The draft goes without them.
    db.session.expire(draft, ["files"])
    db.session.delete(draft)
    return len(joined)


def _answered(application: Application, message: Message, at: datetime) -> None:
    """Nothing waits for this side any more, and the other one is told once the burst is over."""
    db.session.execute(thread.settle(application.id, message.side, at))
    others = [
        each for each in db.session.scalars(thread.unannounced(application.id, message.side)) if each is not message
    ]
    since = max((each.sent_at for each in others), default=None)
    if rules.begins_a_burst(at=at, unannounced_since=since):
        job = jobs.enqueue(TELL, {"application": application.id, "side": message.side.value}, at=at)
        job.run_at = at + rules.BURST


def settle(application: Application, message: Message, *, by: Account, at: datetime) -> None:
    """Say by hand that no answer is awaited any more (« c’est réglé »); said twice, the second time does nothing."""
    if message.waits_for is None:
        return
    message.waits_for, message.settled_at = None, at
    journal.record("message.settled", on=message, by=by, at=at, after={"application": application.id})


def may_withdraw(message: Message, account: Account, *, at: datetime) -> bool:
    """Whether this person may still take their message back."""
    is_read = db.session.scalars(thread.readers_of(message)).first() is not None
    return message.author_id == account.id and rules.may_be_withdrawn(
        sent_at=message.sent_at, at=at, is_withdrawn=message.withdrawn_at is not None, is_read=is_read
    )


def withdraw(message: Message, *, by: Account, at: datetime) -> None:
    """Take back a message just sent: its words and files go, its place says so, and what it answered waits again.

    Raises:
        RuleBroken: too late, or somebody has read it.
    """
    if not may_withdraw(message, by, at=at):
        raise RuleBroken(
            _("Ce message ne peut plus être retiré : il a été lu, ou plus de dix minutes ont passé. Écrivez-en un autre pour corriger.")
        )  # fmt: skip
    for each in list(message.files):
        _forget(each)
    message.text, message.waits_for, message.withdrawn_at = "", None, at
    if not message.is_internal and db.session.scalars(thread.later_of_side(message)).first() is None:
        db.session.execute(thread.wait_again(message))
    journal.record("message.withdrawn", on=message, by=by, at=at, after={"application": message.application_id})


# ---- read ------------------------------------------------------------------------------------------


def note_read(application_id: int, account: Account, last_id: int, *, at: datetime) -> None:
    """The person has read the thread as far as this message; two tabs at once are one reading."""
    insert = sqlite.insert if db.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"application_id": application_id, "account_id": account.id, "last_id": last_id, "read_at": at}
    written = insert(MessageRead).values(row)
    db.session.execute(
        written.on_conflict_do_update(
            index_elements=["application_id", "account_id"], set_={"last_id": last_id, "read_at": at},
            where=MessageRead.last_id < last_id,
        )
    )  # fmt: skip


def tallies(account: Account, application_ids: Collection[int], side: MessageSide) -> dict[int, Tally]:
    """How the thread of each of these files stands for this person; a file without messages is not there. One statement."""
    rows = db.session.execute(thread.tallies(account.id, application_ids, side))
    return {
        number: Tally(unread, owed, answer_by, awaited, total)
        for number, unread, owed, answer_by, awaited, total in rows
    }  # fmt: skip


# ---- told ------------------------------------------------------------------------------------------


def tell(application_id: int, side: MessageSide, *, at: datetime) -> int:
    """Tell the other side of the messages that it has not been told of, in one mail to each person who has not read them.

    Run twice, the second time finds nothing to tell. Says how many mails leave.
    """
    application = db.session.scalars(thread.application_by_id(application_id)).one_or_none()
    untold = db.session.scalars(thread.unannounced(application_id, side)).all()
    if application is None or not untold:
        return 0
    for each in untold:
        each.announced_at = at
    told = _carriers(application) if side is MessageSide.REGION else _officers(application)
    read = dict(db.session.execute(thread.last_read(application_id, [each.id for each in told])).all())
    late = [each for each in told if read.get(each.id, 0) < untold[-1].id]
    write = notifications.message_to_carrier if side is MessageSide.REGION else notifications.message_to_region
    for person in late:
        mail.queue(write(application, untold, person.email), at=at)
    return len(late)


def _carriers(application: Application) -> Sequence[Account]:
    members = [each.account for each in db.session.scalars(network.editors(application.organisation_id))]
    return [each for each in members if each.is_active]


def _officers(application: Application) -> Sequence[Account]:
    """The officer who follows the file while they may read it, else every officer of files who may."""
    free = [
        each for each in db.session.scalars(people.holders(Role.OFFICER_FILE))
        if policy.can_read_as_staff(each, application)
    ]  # fmt: skip
    return [each for each in free if each.id == application.officer_id] or free
