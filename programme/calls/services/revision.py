"""Changing a published call: the change is prepared apart, then published, dated and told to those who are answering."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.calls import queries
from programme.calls.labels import fault_words
from programme.calls.models import Call, CallRevision
from programme.calls.rules import definition, revision
from programme.calls.services import references
from programme.calls.services.definition import become, definition_of
from programme.calls.states import REVISABLE
from programme.core import journal
from programme.core.errors import RuleBroken
from programme.extensions import db

RevisionListener = Callable[[CallRevision, datetime], None]
_listeners: list[RevisionListener] = []


def register_revision_listener(function: RevisionListener) -> RevisionListener:
    """An upper room's function(revision, at), called inside the transaction that publishes a change."""
    if function not in _listeners:
        _listeners.append(function)
    return function


def working_document(call: Call) -> dict[str, Any]:
    """What the screens show: the change that is being written, if there is one, else the call."""
    draft = db.session.scalars(queries.open_revision(call.id)).one_or_none() if call.state in REVISABLE else None
    # What a release has added since the change was begun is the call's own; what it has dropped is nobody's.
    own = definition_of(call)
    return own if draft is None else own | {name: draft.document[name] for name in own if name in draft.document}


def revise(call: Call, document: dict[str, Any], part: str, *, by: Account, at: datetime) -> None:
    """Keep a change of a published call, without showing it; the first one begins the revision, the last one undone ends it.

    Raises:
        RuleBroken: the call bears no change any more, or not this one.
    """
    if call.state not in REVISABLE:
        raise RuleBroken(_("L’appel est clos : sa définition ne change plus. Dupliquez-le pour en préparer un autre."))
    references.ensure_no_circle(document)
    before, has_opened = definition_of(call), call.opens_at is not None
    draft = db.session.scalars(queries.open_revision(call.id)).one_or_none()
    former = [] if draft is None else revision.frozen(before, draft.document, has_opened=has_opened, at=at)
    if found := definition.new_faults(revision.frozen(before, document, has_opened=has_opened, at=at), former):
        raise RuleBroken(fault_words(found[0]))
    if not revision.changed(before, document):
        if draft is not None:
            drop_revision(call, by=by, at=at)
        return
    if draft is None:
        number = 1 + (db.session.scalar(queries.last_revision(call.id)) or 0)
        draft = CallRevision(call_id=call.id, number=number, changes="", begun_by_id=by.id, begun_at=at)
        db.session.add(draft)
    draft.document = document
    db.session.flush()
    journal.record("call_revision.written", on=draft, by=by, at=at, after={"part": part})


def publish_revision(call: Call, changes: str, version: str, *, by: Account, at: datetime) -> CallRevision:
    """The call becomes what the change says; it is dated, shown on its page, and told to those who have a draft.

    `version` is that of the document that the person read (`definition.version_of`).

    Raises:
        RuleBroken: nothing is prepared, somebody changed it meanwhile, or the call may not bear it (any more).
    """
    draft = db.session.scalars(queries.open_revision(call.id)).one_or_none()
    if draft is None or call.state not in REVISABLE:
        raise RuleBroken(_("Aucune modification n’est préparée."))
    if definition.version_of(working_document(call)) != version:
        raise RuleBroken(_("La modification a changé depuis l’ouverture de cette page : relisez-la."))
    before, document = definition_of(call), working_document(call)
    found = [
        *definition.lacking(document),
        *revision.frozen(before, document, has_opened=call.opens_at is not None, at=at),
    ]
    if found:
        raise RuleBroken(fault_words(found[0]))
    become(call, document, at=at)
    draft.changes, draft.published_at = changes, at
    for each in call.regulations:
        if each.published_at == at:
            each.revision_id = draft.id
    journal.record("call_revision.published", on=draft, by=by, at=at, after={"number": draft.number})
    for listener in _listeners:
        listener(draft, at)
    return draft


def drop_revision(call: Call, *, by: Account, at: datetime) -> None:
    """Give up the change that is being written.

    Raises:
        RuleBroken: there is none.
    """
    draft = db.session.scalars(queries.open_revision(call.id)).one_or_none()
    if draft is None:
        raise RuleBroken(_("Aucune modification n’est préparée."))
    journal.record("call.revision_dropped", on=call, by=by, at=at, before={"number": draft.number})
    references.forget_waiting(call)
    db.session.delete(draft)


def note_told(revision_id: int, *, at: datetime) -> CallRevision | None:
    """Take it upon oneself to tell of a published change, once for all: None when it is told already."""
    taken = db.session.scalars(queries.untold(revision_id).values(told_at=at).returning(CallRevision.id)).all()
    return db.session.get(CallRevision, revision_id) if taken else None
