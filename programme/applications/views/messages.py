"""The thread of messages of a file: one page to read and to write, the same for both sides, each from its own place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from programme.applications import policy
from programme.applications.forms import MessageForm, NoteForm
from programme.applications.models import Application, InfoRequest, Message, MessageRead
from programme.applications.queries import messages as thread
from programme.applications.rules import messages as rules
from programme.applications.services import messages as services
from programme.applications.services.messages import Pen, Words
from programme.applications.states import MessageSide
from programme.applications.views import bp
from programme.core import consultations, short_answers, storage
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.addresses import whole_number
from programme.core.clock import now, today
from programme.core.consultations import Consulted, Standing
from programme.core.errors import RuleBroken
from programme.core.forms import csrf_token
from programme.core.i18n import hour
from programme.core.identifiers import random_token
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

BODY_BYTES = 64 * 1024 * 1024
"""What a message may weigh when it arrives: far above what is accepted, so that the refusal of a file keeps the words."""


@dataclass(frozen=True)
class Place:
    """From where a person reads and writes: side and audience, what they may do, the addresses and the page of that side."""

    pen: Pen
    may_write: bool
    is_open: bool
    href: str
    act_href: Callable[[int, str], str]
    file_href: Callable[[str], str]
    template: str


Enter = Callable[[Application], Place]
"""Where the present person stands before this file; absent for those who may not read its thread."""


@dataclass(frozen=True)
class Moment:
    """One thing of the thread: a message, a request for pieces or its answer."""

    kind: str
    number: int
    at: datetime
    side: MessageSide
    who: str = ""
    text: str = ""
    mine: bool = False
    is_unread: bool = False
    is_internal: bool = False
    is_withdrawn: bool = False
    waits: bool = False
    answer_by: date | None = None
    may_withdraw: bool = False
    files: tuple[storage.StoredFile, ...] = ()
    items: tuple[str, ...] = ()


def take_in(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the body is read: a file too heavy by far is refused with a sentence beside the words, never by a page without them."""
    if endpoint in ("applications.messages", "assessment.messages"):
        request.max_content_length = BODY_BYTES


bp.app_url_value_preprocessor(take_in)


# ---- read ------------------------------------------------------------------------------------------


def thread_page(
    application: Application, place: Place, form: Any = None, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    """The thread, the newest first, twenty moments a page, and the form of this place; opened, it is read."""
    number = max(whole_number(request.args.get("page")) or 1, 1)
    draft = services.draft_of(application, place.pen) if place.may_write else None
    moments, has_next, last_id = _moments(application, place, number)
    page = render_template(
        place.template, application=application, place=place, moments=moments, draft=draft, refusal=refusal,
        form=form or _form(place, draft), waiting=db.session.scalars(thread.waiting(application.id)).all(),
        page={"number": number, "has_prev": number > 1, "has_next": has_next}, side=place.pen.side, today=today(),
        page_url=lambda wanted: f"{place.href}?page={wanted}", endings=storage.endings(), most=rules.MAX_FILES,
        is_open=bool(form or refusal or draft or not moments or "ecrire" in request.args),
    )  # fmt: skip
    if number == 1 and status == 200 and last_id is not None and not place.pen.is_internal:
        with unit_of_work():
            services.note_read(application.id, current_account(), last_id, at=now())
    return page, status


def _form(place: Place, draft: Any) -> Any:
    kind = NoteForm if place.pen.is_internal else MessageForm
    form = kind(None, obj=draft)
    form.nonce.data = random_token()[:43]
    return form


def _moments(application: Application, place: Place, number: int) -> tuple[list[Moment], bool, int | None]:
    """What happened, whether there is more, and the message up to which the thread is now read, None when it was already."""
    side, me = place.pen.side, place.pen.author.id
    listed = thread.moments(application.id, side, notes_only=place.pen.is_internal)
    rows = db.session.execute(listed.limit(thread.PAGE + 1).offset((number - 1) * thread.PAGE)).all()
    shown = rows[: thread.PAGE]
    ids = [each[1] for each in shown if each[0] == "message"]
    messages = {each.id: each for each in db.session.scalars(thread.shown(ids))}
    requests = {each.id: each for each in application.info_requests}
    mark: MessageRead | None = db.session.scalars(thread.read_mark(application.id, me)).one_or_none()
    read, others = mark.last_id if mark else 0, db.session.scalars(thread.read_by_others(application.id, me)).one() or 0
    made = [
        _message(messages[key], place, read, others) if what == "message" else _request(requests[key], what, side)
        for what, key, _at in shown
    ]
    newest = max(ids, default=0)
    return made, len(rows) > thread.PAGE, newest if newest > read else None


def _message(each: Message, place: Place, read: int, others: int) -> Moment:
    mine = each.author_id == place.pen.author.id
    withdrawn = each.withdrawn_at is not None
    may = mine and place.may_write and rules.may_be_withdrawn(
        sent_at=each.sent_at, at=now(), is_withdrawn=withdrawn, is_read=each.id <= others
    )  # fmt: skip
    return Moment(
        "message", each.id, each.sent_at, each.side, who=each.author.display_name, text=each.text, mine=mine,
        is_unread=not mine and not withdrawn and each.id > read, is_internal=each.is_internal, is_withdrawn=withdrawn,
        waits=each.waits_for is not None, answer_by=each.answer_by, may_withdraw=may,
        files=tuple(joined.file for joined in each.files),
    )  # fmt: skip


def _request(each: InfoRequest, what: str, side: MessageSide) -> Moment:
    if what == "answered":
        assert each.answered_at is not None
        return Moment(what, each.id, each.answered_at, MessageSide.CARRIER, text=each.answer)
    return Moment(
        what, each.id, each.asked_at, MessageSide.REGION, text=each.message, items=tuple(each.items),
        waits=each.answered_at is None, answer_by=each.due_on,
    )  # fmt: skip


# ---- written ---------------------------------------------------------------------------------------


def receive(application: Application, enter: Enter) -> ResponseReturnValue:
    """What was typed is kept before anything is judged; then it is sent, or the page comes back with it."""
    place = enter(application)
    form = (NoteForm if place.pen.is_internal else MessageForm)(request.form)
    if not place.may_write:
        return _too_late(application, place, form)
    valid, sending = form.validate(), request.form.get("action") == "send"
    if short_answers.wanted():
        return _autosaved(application.reference, enter, form)
    if form.csrf_token.errors:
        return thread_page(application, place, form, status=422)
    refusal = _received(application.reference, enter, form, send=sending and valid)
    if refusal or (sending and not valid):
        fresh = _found(application.reference)
        return thread_page(fresh, enter(fresh), form, refusal, 422)
    if sending:
        flash(_("La note est gardée.") if place.pen.is_internal else _("Votre message est envoyé."), "success")
        return redirect(place.href)
    return redirect(f"{place.href}?ecrire=1#message-files")


def _too_late(application: Application, place: Place, form: Any) -> ResponseReturnValue:
    """The file was withdrawn while somebody wrote: nothing leaves, and their words come back to them."""
    is_region = place.pen.side is MessageSide.REGION
    require(not place.is_open and (is_region or policy.can_act(place.pen.author, application)))
    if short_answers.wanted():
        return short_answers.refused(_("Ce dossier est retiré : on n’y écrit plus."), short_answers.GONE)
    form.form_errors.append(_("Ce dossier est retiré : rien n’est parti"))
    return thread_page(application, place, form, status=409)


def _found(reference: str, *, lock: bool = False) -> Application:
    statement = thread.file_with_thread(reference)
    return db.one_or_404(statement.with_for_update(of=Application) if lock else statement)


def _autosaved(reference: str, enter: Enter, form: Any) -> ResponseReturnValue:
    """What the script keeps while one writes: the words, never a file, and nothing is sent."""
    if form.csrf_token.errors:
        return short_answers.stale(csrf_token())
    _keep(reference, enter, form, None)
    if not form.text.data:
        form.text.errors = []  # Nothing written yet is a fault only of a sending.
    return short_answers.kept(form, _("Gardé à %(hour)s, pas encore envoyé.", hour=hour(now())), token=csrf_token())


def _received(reference: str, enter: Enter, form: Any, *, send: bool) -> str:
    """Keep the words and the file; send them when asked to. The sentence of what was refused, if anything was."""
    refusal, written = _upload()
    try:
        _keep(reference, enter, form, written)
        if send and not refusal:
            with unit_of_work():
                application = _found(reference, lock=True)
                place = enter(application)
                require(place.may_write)
                services.send(application, place.pen, _words(form), nonce=_nonce(form), at=now())
    except RuleBroken as broken:
        return refusal or broken.message
    return refusal


def _upload() -> tuple[str, storage.Written | None]:
    """Put the chosen file on disk, before any transaction: its refusal, or what was written."""
    upload = request.files.get("file")
    if not isinstance(upload, FileStorage) or not upload.filename:
        return "", None
    try:
        return "", storage.write(upload.stream, upload.filename)
    except RuleBroken as refusal:
        return refusal.message, None


def _keep(reference: str, enter: Enter, form: Any, written: storage.Written | None) -> None:
    """The words and the file of what is being written, in one short transaction; of a form already sent, nothing."""
    with unit_of_work():
        application, at = _found(reference, lock=True), now()
        pen = enter(application).pen
        if db.session.scalars(thread.by_nonce(pen.author.id, _nonce(form))).first() is not None:
            return
        draft = services.keep_draft(application, pen, _words(form) if "text" in request.form else None, at=at)
        _verb, _dash, number = request.form.get("action", "").partition("remove-")
        if (wanted := whole_number(number)) is not None:
            services.leave_file(draft, wanted)
        if written is not None:
            services.join_file(application, draft, written, pen=pen, at=at)


def _nonce(form: Any) -> str:
    return str(form.nonce.data or random_token())[:43]


def _words(form: Any) -> Words:
    """A date given without the box is an answer awaited all the same."""
    if isinstance(form, NoteForm):
        return Words(form.text.data or "")
    by = form.answer_by.data
    return Words(form.text.data or "", bool(form.awaits_answer.data) or by is not None, by)


def act_on(reference: str, message_id: int, verb: str, enter: Enter) -> ResponseReturnValue:
    """Settle what waits, or take back what was just sent."""
    try:
        with unit_of_work():
            application = _found(reference, lock=True)
            place = enter(application)
            require(place.may_write)
            message = db.one_or_404(thread.one_for_update(application.id, message_id))
            require(place.pen.side is MessageSide.REGION or not message.is_internal)
            if verb == "retirer":
                require(message.author_id == place.pen.author.id)
                services.withdraw(message, by=place.pen.author, at=now())
            else:
                services.settle(application, message, by=place.pen.author, at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    return redirect(place.href)


def attachment(public_id: str, allows: Callable[[Application, Message], bool], side: MessageSide) -> Any:
    """A joined file, for those who may read its message; before its analysis, for the side that gave it alone."""
    joined = db.one_or_404(thread.file_of(public_id))
    require(joined.message is not None)
    assert joined.message is not None
    application = db.one_or_404(thread.application_by_id(joined.message.application_id))
    require(allows(application, joined.message))
    standing = Standing.STAFF if side is MessageSide.REGION else Standing.MEMBER
    consultations.note(Consulted.ATTACHMENT, joined, application.reference, standing)
    return storage.answer(joined.file, to_giver=joined.message.side is side)


# ---- the doors of the carrier ----------------------------------------------------------------------


def carrier(application: Application) -> Place:
    """The place of the carrier: every active member reads, those who act write."""
    account, reference = current_account(), application.reference
    require(policy.can_see_messages(account, application))
    return Place(
        Pen(account, MessageSide.CARRIER), policy.can_write_message(account, application),
        policy.is_open_to_messages(application), url_for("applications.messages", reference=reference),
        lambda number, verb: url_for("applications.act_on_message", reference=reference, message_id=number, verb=verb),
        lambda public_id: url_for("applications.message_file", public_id=public_id), "applications/messages.html",
    )  # fmt: skip


@bp.route("/dossiers/<reference>/messages", methods=["GET", "POST"])
@access(SIGNED_IN)
def messages(reference: str) -> ResponseReturnValue:
    """Read and write to the Region."""
    application = _found(reference)
    if request.method == "POST":
        return receive(application, carrier)
    return thread_page(application, carrier(application))


@bp.post("/dossiers/<reference>/messages/<int:message_id>/<any(regler, retirer):verb>")
@access(SIGNED_IN)
def act_on_message(reference: str, message_id: int, verb: str) -> ResponseReturnValue:
    """Say that an answer is awaited no more, or take back one's message."""
    return act_on(reference, message_id, verb, carrier)


@bp.get("/dossiers/messages/<public_id>")
@access(SIGNED_IN)
def message_file(public_id: str) -> ResponseReturnValue:
    """A file joined to a message, for the organisation's members."""

    def allows(application: Application, message: Message) -> bool:
        return not message.is_internal and policy.can_see_messages(current_account(), application)

    found: ResponseReturnValue = attachment(public_id, allows, MessageSide.CARRIER)
    return found
