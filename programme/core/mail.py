"""Mail: an outbox row in the business transaction, sent after commit by the worker.

A mail is one page, `templates/email/<room>/<name>/body.html`, read twice: in the layout and the macros of HTML, then in
those of plain text. The two parts hold the same sentences and the same links because there is nothing to keep equal.
"""

import html
import re
import smtplib
import textwrap
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, make_msgid
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import flask_mail
from flask import current_app, render_template
from flask_babel import force_locale
from markupsafe import Markup, escape
from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from programme.core import jobs
from programme.core.clock import now
from programme.core.columns import UTCDateTime, enum_column
from programme.core.personal_data import Fate, not_personal, personal
from programme.core.state_machine import StateMachine, transition
from programme.core.theme import palette
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

SMTP_STEP_SECONDS = 10
LINE = 78
"""The longest line of a text part, and the longest subject, in signs; only an address may be longer."""
_NUMBER = re.compile(r"\b[A-Z]{1,4}(?:-[A-Z0-9]{2,6}){1,3}\b")
_BREAKS = re.compile(r"[^\S\u00a0\u202f\u2009]+")


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
    """A mail from the folder `templates/email/<template>/` (subject.txt, body.html), in French and the Region's colours.

    `person` in the context, an account of the house, is named at the end; without it the service alone is.
    """
    region = current_app.config["REGION"]
    look = _look(region.brand, region.accent, region.neutral_hue)
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
    return render_template(f"email/{template}/body.html", **frame, **values)


@lru_cache(maxsize=4)
def _look(brand: str, accent: str, neutral_hue: float) -> dict[str, dict[str, str]]:
    """The two palettes of a Region; searching them takes longer than writing the mail."""
    return {name: palette(brand, accent, neutral_hue, dark=name == "dark") for name in ("light", "dark")}


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
