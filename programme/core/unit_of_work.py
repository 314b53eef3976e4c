"""The one transaction shape: begin for writing, do the work, commit last."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g, has_request_context
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, joinedload

from programme.core.access import viewer
from programme.core.database import WRITING, turn
from programme.core.errors import StaleForm
from programme.extensions import db

_ACTIVE = "programme_unit_of_work"


class WriteOutsideUnitOfWork(RuntimeError):
    """Something was about to be written outside `unit_of_work`: a fault of the code."""


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """A short writing transaction and the only commit.

    It first rolls back, so that nothing read before it is trusted, then begins (IMMEDIATE on SQLite).
    Load, ask and act inside it; read bodies, hash passwords and write files before it.

    Raises:
        StaleForm: the request carried a token that is no longer the session's.
        WriteOutsideUnitOfWork: two units of work are nested.
    """
    if has_request_context() and g.get("stale_form", False):
        raise StaleForm
    session = db.session()
    if session.info.get(_ACTIVE):
        raise WriteOutsideUnitOfWork("a unit of work is already open")
    session.rollback()
    session.expire_all()  # After a commit there is nothing to roll back, and what was read would stay as it was.
    with turn(db.engine):
        session.connection(execution_options={WRITING: True})
        session.info[_ACTIVE] = True
        try:
            _reload_viewer(session)
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info[_ACTIVE] = False


def _reload_viewer(session: Session) -> None:
    """Read the person who acts again at once, roles included: later, `by.id` would flush a thing that is half changed."""
    if has_request_context() and (account := viewer()) is not None:
        state = inspect(account)
        session.get(state.mapper, state.identity, options=[joinedload("*")], populate_existing=True)


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, _context: Any, _instances: Any) -> None:
    if not session.info.get(_ACTIVE):
        raise WriteOutsideUnitOfWork("a write was flushed outside unit_of_work")
