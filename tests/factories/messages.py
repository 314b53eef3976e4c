"""Threads of messages: what a carrier and the Region wrote on a file."""

from datetime import date, datetime
from itertools import count
from typing import Any

from programme.accounts.models import Account
from programme.applications.models import Application, Message
from programme.applications.services import messages as services
from programme.applications.services.messages import Pen, Words
from programme.applications.states import MessageSide
from programme.core import storage
from programme.extensions import db
from tests.factories.people import NOON

_number = count(1)


def said(
    application: Application, by: Account, text: str = "Bonjour.", *, side: MessageSide = MessageSide.REGION,
    is_internal: bool = False, awaits: bool = False, answer_by: date | None = None, at: datetime = NOON,
    files: tuple[tuple[str, bytes, str], ...] = (),
) -> Message:  # fmt: skip
    """A message sent. `files`: (name, bytes, media type). Inside a unit of work."""
    pen, words = Pen(by, side, is_internal), Words(text, awaits, answer_by)
    draft = services.keep_draft(application, pen, words, at=at)
    db.session.flush()
    for name, data, kind in files:
        services.join_file(application, draft, storage.write_bytes(data, name, kind), pen=pen, at=at)
    db.session.flush()
    made = services.send(application, pen, words, nonce=f"essai-{next(_number)}", at=at)
    db.session.flush()
    return made


def asked_by_carrier(application: Application, by: Account, text: str = "Une question.", **values: Any) -> Message:
    """A message of the carrier to the Region. Inside a unit of work."""
    return said(application, by, text, side=MessageSide.CARRIER, **values)
