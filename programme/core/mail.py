"""Mail: an outbox row in the business transaction, sent after commit by the worker."""

import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, make_msgid
from enum import StrEnum
from pathlib import Path
from typing import Any

import flask_mail
from flask import current_app, render_template
from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from programme.core import jobs
from programme.core.clock import now
from programme.core.columns import UTCDateTime, enum_column
from programme.core.personal_data import Fate, not_personal, personal
from programme.core.state_machine import StateMachine, transition
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

SMTP_STEP_SECONDS = 10


class MessageState(StrEnum):
    """Life of an outgoing message."""

    WAITING = "waiting"
    SENT = "sent"


MACHINE = StateMachine(transition("send", of={MessageState.WAITING}, to=MessageState.SENT))


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
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState), default=MessageState.WAITING)
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text, info=not_personal("Réponse du serveur de courriel"))


def link(endpoint: str, **values: Any) -> str:
    """An absolute address for a mail: its root comes from the configuration, never from the request."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.config['PUBLIC_URL']}{path}"


def compose(template: str, *, to: str, **context: Any) -> Mail:
    """A mail from the folder `templates/email/<template>/` (subject.txt, body.txt, body.html)."""
    values = {"link": link, **context}
    subject = " ".join(render_template(f"email/{template}/subject.txt", **values).split())
    return Mail(
        to=to,
        subject=subject,
        text=render_template(f"email/{template}/body.txt", subject=subject, **values).strip() + "\n",
        html=render_template(f"email/{template}/body.html", subject=subject, **values),
    )


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


@jobs.handler("mail.send")
def send(payload: dict[str, Any]) -> None:
    """Hand the message to the transport, then note it. Sent twice only if the worker dies in between."""
    row = db.session.get(OutboxMessage, payload["message"])
    if row is None or row.state is MessageState.SENT:
        return
    _transport(row)
    with unit_of_work() as session:
        sent = session.get_one(OutboxMessage, payload["message"])
        sent.state = MACHINE.target(sent.state, "send")  # type: ignore[assignment]
        sent.sent_at = now()


def _transport(row: OutboxMessage) -> None:
    region = current_app.config["REGION"]
    message = flask_mail.Message(
        subject=row.subject,
        recipients=[row.recipient],
        body=row.text,
        html=row.html,
        sender=formataddr((region.name, current_app.config["MAIL_FROM"])),
        reply_to=region.contact_email,
    )
    message.msgId = row.message_id
    folder = current_app.config.get("MAIL_FOLDER")
    if folder:
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{row.id:08d}.eml").write_bytes(message.as_bytes())
    else:
        with _Connection(current_app.extensions["mail"]) as connection:
            connection.send(message)


class _Connection(flask_mail.Connection):
    """Flask-Mail opens SMTP without a time limit; a silent server would hold the worker for ever."""

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        kind = smtplib.SMTP_SSL if self.mail.use_ssl else smtplib.SMTP
        host = kind(self.mail.server, self.mail.port, timeout=SMTP_STEP_SECONDS)
        if self.mail.use_tls:
            host.starttls()
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host
