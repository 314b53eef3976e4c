"""Server-side web sessions: the cookie holds a random key, the database the content, sign-out ends it."""

import json
from collections.abc import MutableMapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import ForeignKey, String, Text, delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import CallbackDict

from programme.core.clock import now
from programme.core.columns import UTCDateTime
from programme.core.database import writing
from programme.core.identifiers import digest, random_token
from programme.extensions import Base, db

LIFETIME = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=10)


class WebSession(Base):
    """One visitor's session (« session de navigation »), known by the digest of its key."""

    __tablename__ = "web_session"

    key_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What Flask sees as the session; it remembers whether it changed and whether its key must change."""

    def __init__(self, content: dict[str, Any], key: str | None, seen_at: datetime | None) -> None:
        def changed(session: "ServerSession") -> None:  # type: ignore[misc]
            session.modified = True

        super().__init__(content, changed)  # type: ignore[arg-type]
        self.key = key
        self.seen_at = seen_at
        self.modified = False
        self.new = key is None
        self.rotate = False


class DatabaseSessions(SessionInterface):
    """Keeps sessions in `web_session`. A visitor who never filled in a form has no row and no cookie."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The session of the cookie's key, or a new empty one when it is unknown or over."""
        key = request.cookies.get(self.get_cookie_name(app))
        if not key:
            return ServerSession({}, None, None)
        db.session.rollback()  # A snapshot left open by what ran before would hide the newest session.
        row = db.session.execute(
            select(WebSession.content, WebSession.seen_at).where(
                WebSession.key_digest == digest(key), WebSession.expires_at > now()
            )
        ).first()
        db.session.rollback()  # The reading transaction ends here: the view starts its own.
        return ServerSession({}, None, None) if row is None else ServerSession(json.loads(row[0]), key, row[1])

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the changed session in a short transaction of its own, after the view's."""
        assert isinstance(session, ServerSession)
        if session.accessed:
            response.vary.add("Cookie")
        if not session:
            if session.key is not None:
                with writing(db.engine) as connection:
                    connection.execute(delete(WebSession).where(WebSession.key_digest == digest(session.key)))
                response.delete_cookie(self.get_cookie_name(app), path="/")
            return
        idle = session.seen_at is None or now() - session.seen_at > TOUCH_AFTER
        if session.modified or session.rotate:
            self._store(app, session, response)
        elif idle:
            with suppress(DBAPIError):  # A visit that cannot be noted, on a full disk, is no reason to refuse the page.
                self._store(app, session, response)

    def _store(self, app: Flask, session: ServerSession, response: Response) -> None:
        at = now()
        values = {
            "content": json.dumps(dict(session)),
            "account_id": int(session["_user_id"]) if session.get("_user_id") else None,
            "seen_at": at,
            "expires_at": at + LIFETIME,
        }
        with writing(db.engine) as connection:
            known = session.key is not None and not session.rotate
            if session.rotate and session.key is not None:
                connection.execute(delete(WebSession).where(WebSession.key_digest == digest(session.key)))
            if known and session.key is not None:
                # A session that was ended meanwhile (sign-out elsewhere) stays ended: the UPDATE meets no row.
                connection.execute(
                    update(WebSession).where(WebSession.key_digest == digest(session.key)).values(values)
                )
            else:
                session.key = random_token()
                connection.execute(insert(WebSession).values(key_digest=digest(session.key), created_at=at, **values))
        response.set_cookie(
            self.get_cookie_name(app),
            session.key or "",
            httponly=True,
            secure=app.config["SESSION_COOKIE_SECURE"],
            samesite="Lax",
            path="/",
        )


def seconds_left(session: Any) -> int:
    """For how long the session stays open after the present request; any later request renews it."""
    at = now()
    seen = session.seen_at if isinstance(session, ServerSession) else None
    start = at if seen is None or at - seen > TOUCH_AFTER else seen
    return int((start + LIFETIME - at).total_seconds())


def leave_as_it_is(session: Any) -> None:
    """The page asks by itself, nobody acts: the session ends when it would have ended."""
    if isinstance(session, ServerSession) and not session.new:
        session.seen_at = now()


def rotate(session: MutableMapping[str, Any]) -> None:
    """Give the session a new key at the end of the request (sign-in, change of rights): no fixation."""
    if isinstance(session, ServerSession):
        session.rotate = True
        session.modified = True


def revoke_all(account_id: int, connection: Connection | None = None) -> None:
    """End every session of an account, in the caller's transaction: password changed, account closed."""
    db.session.execute(delete(WebSession).where(WebSession.account_id == account_id))
