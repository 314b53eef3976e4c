"""Mails that came back: reads the reports of mail servers (RFC 3464) and marks the mails that they are about."""

import mailbox
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, message_from_string
from email.message import Message
from pathlib import Path

from sqlalchemy import select

from programme.core.mail import MACHINE, OutboxMessage, refuse
from programme.core.smtp import MailFault
from programme.extensions import db

MAX_REPORT = 10 * 1024 * 1024


@dataclass(frozen=True)
class Bounce:
    """A mail that will not arrive: its Message-ID and the last server's code and words."""

    message_id: str
    reply: str


def read(report: bytes) -> Bounce | None:
    """What a report says, None when it is no report of a definitive failure (a delay, an answer, anything else)."""
    if len(report) > MAX_REPORT:
        return None
    parts = list(message_from_bytes(report).walk())
    failed = next((fields for part in parts for fields in _fields(part) if _says_failed(fields)), None)
    number = next((found for part in parts if (found := _original(part))), None)
    if failed is None or number is None:
        return None
    words = f"{failed.get('Status', '')} {failed.get('Diagnostic-Code', '').partition(';')[2]}"
    return Bounce(number, " ".join(words.split())[:400].replace("\x00", ""))


def _fields(part: Message) -> list[Message]:
    """The groups of fields of a part « message/delivery-status »."""
    content = part.get_payload() if part.get_content_type() == "message/delivery-status" else None
    return [each for each in content if isinstance(each, Message)] if isinstance(content, list) else []


def _says_failed(fields: Message) -> bool:
    return str(fields.get("Action", "")).strip().lower() == "failed"


def _original(part: Message) -> str | None:
    """The Message-ID of the mail that came back, whole or only its headers."""
    kind, content = part.get_content_type(), part.get_payload()
    if kind == "text/rfc822-headers" and isinstance(content, str):
        headers: Message = message_from_string(content)
    elif kind == "message/rfc822" and isinstance(content, list) and content and isinstance(content[0], Message):
        headers = content[0]
    else:
        return None
    return str(headers.get("Message-ID", "")).strip() or None


def mark(bounce: Bounce, *, at: datetime) -> bool:
    """Note that the mail came back, in the caller's transaction; False when it is none of ours, or known already."""
    row = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.message_id == bounce.message_id).with_for_update()
    ).one_or_none()
    if row is None or not MACHINE.allows(row.state, "refuse"):
        return False
    refuse(row, f"{MailFault.BOUNCE} {bounce.reply.replace(row.recipient, '…')}".strip(), at=at)
    return True


def unread(folder: Path) -> list[tuple[str, bytes]]:
    """The reports of a Maildir that nobody read yet, with the keys that `put_away` wants."""
    box = mailbox.Maildir(str(folder), create=False)
    return [(key, box.get_bytes(key)) for key in sorted(box.keys()) if "S" not in box.get_message(key).get_flags()]


def put_away(folder: Path, key: str) -> None:
    """Mark a report as read: it stays in the Maildir."""
    box = mailbox.Maildir(str(folder), create=False)
    message = box.get_message(key)
    message.set_subdir("cur")
    message.add_flag("S")
    box[key] = message
