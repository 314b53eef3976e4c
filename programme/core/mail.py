"""Mail: an outbox row in the business transaction, sent after commit by the worker.

A mail is one page, `templates/email/<room>/<name>/body.html`, read twice: in the layout and the macros of HTML, then in
those of plain text. The two parts hold the same sentences and the same links because there is nothing to keep equal.
"""

import html
import os
import re
import textwrap
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr, make_msgid
from enum import StrEnum
from pathlib import Path
from typing import Any

import flask_mail
from flask import current_app, render_template, stream_template
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from programme.core import jobs, smtp
from programme.core.clock import now
from programme.core.columns import UTCDateTime, enum_column
from programme.core.errors import RuleBroken
from programme.core.personal_data import Fate, not_personal, personal
from programme.core.smtp import MailFault, Undelivered
from programme.core.state_machine import StateMachine, transition
from programme.core.theme import palettes
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

SMTP_STEP_SECONDS = 10.0
SMTP_TOTAL_SECONDS = 60.0
ATTEMPTS = 100
"""With the waits of the jobs, the four days of RFC 5321 (4.5.4.1) before a mail is given up."""
LINE = 78
"""The longest line of a text part, and the longest subject, in signs; only an address may be longer."""
_NUMBER = re.compile(r"\b[A-Z]{1,4}(?:-[A-Z0-9]{2,6}){1,3}\b")
_BREAKS = re.compile(r"[^\S\u00a0\u202f\u2009]+")


class MessageState(StrEnum):
    """Life of an outgoing message."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    ABANDONED = "abandoned"


M = MessageState
MACHINE = StateMachine(
    transition("send", of={M.WAITING}, to=M.SENT),
    transition("refuse", of={M.WAITING, M.SENT}, to=M.REFUSED),
    transition("relaunch", of={M.WAITING, M.REFUSED}, to=M.WAITING),
    transition("abandon", of={M.WAITING, M.REFUSED}, to=M.ABANDONED),
)


@dataclass(frozen=True)
class Mail:
    """A mail ready to be queued: plain text and HTML say the same."""

    to: str
    subject: str
    text: str
    html: str


class OutboxMessage(Base):
    """A mail to send or sent (« courriel »). Its Message-ID never changes, so that a second sending is seen as one."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    recipient: Mapped[str] = mapped_column(
        String(254), info=personal("Joindre la personne concernée", months=12, fate=Fate.ERASED)
    )
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState), default=MessageState.WAITING, index=True)
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text, info=not_personal("Réponse du serveur de courriel"))
    """The code of a `MailFault`, then the server's words."""


def link(endpoint: str, **values: Any) -> str:
    """An absolute address for a mail: its root comes from the configuration, never from the request."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.config['PUBLIC_URL']}{path}"


def compose(template: str, *, to: str, **context: Any) -> Mail:
    """A mail from the folder `templates/email/<template>/` (subject.txt, body.html), in French and the Region's colours.

    `person` in the context, an account of the house, is named at the end; without it the service alone is.
    """
    region = current_app.config["REGION"]
    look = palettes(region.brand, region.accent, region.neutral_hue)
    with force_locale("fr"):
        subject = render_template(f"email/{template}/subject.txt", link=link, clip=clip, **context)
        subject = clip(_BREAKS.sub(" ", subject).strip(), LINE)
        values = {
            "link": link, "clip": clip, "wrap": wrap, "whole_numbers": whole_numbers, "subject": subject, "look": look,
        } | context  # fmt: skip
        return Mail(
            to=to,
            subject=subject,
            text=_tidy(_part(template, "_text", values)),
            html=_part(template, "", values),
        )


def _part(template: str, form: str, values: dict[str, Any]) -> str:
    frame = {"layout": f"layouts/email{form}.html", "kit": f"components/mail{form}.html"}
    if form:  # Piece by piece, so that a page's drawing of « 1er » (`i18n.raise_ordinals`) stays out of a plain text.
        return "".join(stream_template(f"email/{template}/body.html", **frame, **values))
    return render_template(f"email/{template}/body.html", **frame, **values)


def clip(text: Any, signs: int) -> str:
    """The text cut between two words to this length at most, with an ellipsis when something was left out."""
    whole = str(text)
    if len(whole) <= signs:
        return whole
    return whole[: signs - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–\u00a0\u202f") + "…"


def whole_numbers(text: str) -> Markup:
    """The text with its references (« CV-2026-0042 ») kept on one line, which programs would cut at their hyphens."""
    return Markup(_NUMBER.sub(r'<span style="white-space:nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


def wrap(text: Any, first: str = "", rest: str | None = None) -> Markup:
    """Lines of a text part, 78 signs at most, addresses whole; `first` and `rest` begin the first line and the others."""
    plain = html.unescape(text) if hasattr(text, "__html__") else str(text)
    lines, start = [], first
    for line in plain.strip().splitlines():
        if not line.strip():
            lines.append("")
            continue
        follow = (first if rest is None else rest) + ("  " if line.lstrip()[:2] in ("– ", "- ") else "")
        lines += textwrap.wrap(
            _BREAKS.sub(" ", line).strip(), LINE, initial_indent=start, subsequent_indent=follow,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        start = first if rest is None else rest
    return Markup("\n".join(lines))  # noqa: S704 - plain text, never read as HTML.


def _tidy(text: str) -> str:
    """One empty line at most between two paragraphs, no space at the end of a line but the signature's mark."""
    text = re.sub(r"(?m)(?<!^--)[ \t]+$", "", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def queue(message: Mail, *, at: datetime | None = None) -> OutboxMessage:
    """Put the mail in the outbox, in the caller's transaction."""
    queued_at = at or now()
    row = OutboxMessage(
        message_id=make_msgid(domain=current_app.config["MAIL_DOMAIN"]),
        recipient=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        queued_at=queued_at,
        state=MessageState.WAITING,
    )
    db.session.add(row)
    db.session.flush()  # The job names the row.
    jobs.enqueue("mail.send", {"message": row.id}, at=queued_at)
    return row


def _given_up(payload: dict[str, Any], _error: str) -> None:
    """After the last attempt: the mail is shown with the refused ones, in the transaction that ends the job."""
    row = db.session.get(OutboxMessage, payload["message"], with_for_update=True)
    if row is not None and row.state is MessageState.WAITING:
        refuse(row, row.last_error or MailFault.TIRED, at=now())


@jobs.handler("mail.send", attempts=ATTEMPTS, limit=timedelta(minutes=5), gave_up=_given_up)
def send(payload: dict[str, Any]) -> None:
    """Hand the message to the transport, then note it. Sent twice only if the worker dies in between.

    Raises:
        Undelivered: a later attempt may succeed.
    """
    row = db.session.get(OutboxMessage, payload["message"])
    if row is None or row.state is not MessageState.WAITING:
        return
    try:
        _transport(row)
    except Undelivered as failure:
        with unit_of_work():
            _note(payload["message"], failure)
        if failure.fault is not MailFault.ADDRESS:
            raise
        return
    with unit_of_work() as session:
        sent = session.get_one(OutboxMessage, payload["message"], with_for_update=True)
        if sent.state is MessageState.WAITING:  # Its return may be read before we write that it left.
            sent.state = MessageState(MACHINE.target(sent.state, "send"))
            sent.sent_at, sent.last_error = now(), None


def _note(number: int, failure: Undelivered) -> None:
    row = db.session.get_one(OutboxMessage, number, with_for_update=True)
    if failure.fault is MailFault.ADDRESS and row.state is MessageState.WAITING:
        refuse(row, str(failure), at=now())
    elif row.state is MessageState.WAITING:
        row.last_error = str(failure)


def refuse(row: OutboxMessage, error: str, *, at: datetime) -> None:
    """The mail will not arrive: staff see it and may call the person."""
    row.state = MessageState(MACHINE.target(row.state, "refuse"))
    row.refused_at, row.last_error = at, error


def relaunch(row: OutboxMessage, *, at: datetime) -> None:
    """Send the mail again, now. Its job is used when it still has one, so that two never send the same mail.

    Raises:
        IllegalTransition: it was sent or abandoned.
        RuleBroken: it is being sent at this moment.
    """
    row.state = MessageState(MACHINE.target(row.state, "relaunch"))
    row.refused_at = None
    job = _live_job(row)
    if job is None:
        jobs.enqueue("mail.send", {"message": row.id}, at=at)
    elif job.state is jobs.JobState.RUNNING:
        raise RuleBroken(_("Ce courriel est en cours d’envoi : relisez la page dans une minute."))
    else:
        jobs.relaunch(job, at=at)


def abandon(row: OutboxMessage, *, at: datetime) -> None:
    """The mail need not be sent any more; its job, if it still has one, will find nothing to do.

    Raises:
        IllegalTransition: it was sent or abandoned already.
    """
    row.state = MessageState(MACHINE.target(row.state, "abandon"))
    if (job := _live_job(row)) is not None and job.state is jobs.JobState.QUEUED:
        jobs.abandon(job, at=at)


def _live_job(row: OutboxMessage) -> jobs.Job | None:
    live = jobs.Job.state.in_([jobs.JobState.QUEUED, jobs.JobState.RUNNING])
    of_row = jobs.Job.payload["message"].as_integer() == row.id
    statement = select(jobs.Job).where(live, jobs.Job.kind == "mail.send", of_row).with_for_update()
    return db.session.scalars(statement).first()


def _transport(row: OutboxMessage) -> None:
    """Give the mail to the server, or write it in the folder of an instance without one; no transaction stays open."""
    config, recipient = current_app.config, smtp.spoken(row.recipient)
    message = flask_mail.Message(
        subject=row.subject,
        recipients=[recipient],
        body=row.text,
        html=row.html,
        sender=formataddr((config["REGION"].name, config["MAIL_FROM"])),
        reply_to=config["REGION"].contact_email,
        date=row.queued_at.timestamp(),  # type: ignore[arg-type] # A second sending is the same to the last byte but the boundary.
        extra_headers={"Auto-Submitted": "auto-generated"},
    )
    message.msgId = row.message_id
    name, content = f"{row.id:08d}.eml", message.as_bytes()
    db.session.rollback()
    if folder := config.get("MAIL_FOLDER"):
        _keep(Path(folder) / name, content)
        return
    extension = current_app.extensions["mail"]
    if not extension.suppress:
        smtp.deliver(_server(extension), sender=config["MAIL_RETURN_PATH"], recipient=recipient, content=content)


def _keep(target: Path, content: bytes) -> None:
    """Write the mail whole or not at all: another name, the disk, then its name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beginning = target.with_suffix(f".{os.getpid()}.part")
    with beginning.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    beginning.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _server(extension: Any) -> smtp.Server:
    return smtp.Server(
        host=extension.server, port=extension.port, name=current_app.config["MAIL_DOMAIN"], tls=extension.use_tls,
        ssl=extension.use_ssl, username=extension.username, password=extension.password, step=SMTP_STEP_SECONDS,
        total=SMTP_TOTAL_SECONDS, ca_file=current_app.config["MAIL_CA_FILE"],
    )  # fmt: skip
