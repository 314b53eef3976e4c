"""The journal of acts, for the administrator and the data protection officer: codes in, words out."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts import labels as accounts
from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.agreements import labels as agreements
from programme.applications import labels as applications
from programme.assessment import labels as assessment
from programme.calls import labels as calls
from programme.catalogue import labels as catalogue
from programme.core.access import access
from programme.core.i18n import date_short, datetime_short, money, number
from programme.evaluation import labels as evaluation
from programme.events import labels as events
from programme.extensions import db
from programme.grants import labels as grants
from programme.organisations import labels as organisations
from programme.reuses import labels as reuses
from programme.site import queries, task_labels
from programme.site.labels import ACTS, CHANGES, SUBJECTS, YES_NO
from programme.site.queries import JournalFilters
from programme.site.views import bp

PER_PAGE = 50
STATES: dict[str, Mapping[Any, Any]] = {
    "account": accounts.ACCOUNT_STATES,
    "agreement": agreements.STATES,
    "application": applications.STATES,
    "call": calls.CALL_STATES,
    "call_session": calls.SESSION_STATES,
    "challenge": events.CHALLENGE_STATES,
    "commitment": agreements.COMMITMENT_STATES,
    "committee_meeting": assessment.COMMITTEES,
    "dataset_import": catalogue.IMPORT_STATES,
    "decision": assessment.DECISIONS,
    "evaluation": evaluation.STATES,
    "job": task_labels.JOB_STATES,
    "outbox_message": task_labels.MAIL_STATES,
    "event": events.EVENT_STATES,
    "grant_award": grants.STATES,
    "membership": organisations.MEMBERSHIP_STATES,
    "partnership": agreements.PARTNER_STATUSES,
    "piece": applications.PIECES,
    "registration": events.REGISTRATION_STATES,
    "reuse": reuses.STATES,
    "team": events.TEAM_STATES,
}
CODES: dict[str, Mapping[Any, Any]] = {
    "is_new": YES_NO,
    "kind": catalogue.KINDS,
    "granularity": catalogue.GRANULARITIES,
    "licence": catalogue.LICENCES,
    "met": YES_NO,
    "names": agreements.VARIABLE_LABELS,
    "opinion": assessment.OPINIONS,
    "origin": reuses.ORIGINS,
    "outcome": assessment.OUTCOMES,
    "reason": reuses.FLAG_REASONS,
    "result": events.TEAM_RESULTS,
    "role": organisations.ROLES,
    "roles": accounts.ROLES,
}
AMOUNTS = frozenset({"amount", "envelope"})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _verbs(asked: str) -> list[str]:
    """The codes of the verbs whose word holds what was typed."""
    return [code for code, word in ACTS.items() if asked.casefold() in str(word).casefold()] if asked else []


def _act(entry: Any) -> str:
    return str(ACTS.get(entry.act.rpartition(".")[2], entry.act))


def _value(name: str, value: Any, subject: str) -> str:
    """One figure or code of a change as people read it."""
    if isinstance(value, list):
        return ", ".join(_value(name, each, subject) for each in value) or "–"
    words = STATES.get(subject, {}) if name in ("state", "status") else CODES.get(name, {})
    if isinstance(value, str | bool) and value in words:
        return str(words[value])
    if name in AMOUNTS and re.fullmatch(r"\d+(\.\d+)?", str(value)):
        return money(Decimal(str(value)))
    if isinstance(value, str) and re.fullmatch(r"\d+\.\d+", value):
        return number(Decimal(value), 2)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date_short(date.fromisoformat(value))
    if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}T", value):
        return datetime_short(datetime.fromisoformat(value))
    return "–" if value is None else str(value)


def _changes(entry: Any) -> list[tuple[str, str]]:
    """The lines of the change: the name in words, the value before when there is one, the value after."""
    if entry.is_erased:
        return [(_("Contenu"), _("effacé"))]
    before, after = entry.before or {}, entry.after or {}
    told = []
    for name in dict.fromkeys([*before, *after]):
        now = _value(name, after[name], entry.subject_type) if name in after else "–"
        then = f"{_value(name, before[name], entry.subject_type)} → " if name in before else ""
        told.append((str(CHANGES.get(name, name)), then + now))
    return told


@bp.get("/agents/journal")
@access(staff(Role.ADMIN, Role.DPO))
def journal() -> ResponseReturnValue:
    """The entries, newest first; a page begins after the last entry of the one before."""
    asked = {name: request.args.get(name, "").strip()[:80] for name in ("acte", "objet", "numero", "avant")}
    filters = JournalFilters(
        asked["acte"], asked["objet"], _number(asked["numero"]), _number(asked["avant"]), _verbs(asked["acte"])
    )
    rows = db.session.execute(queries.journal(filters).limit(PER_PAGE + 1)).all()
    kept: dict[str, Any] = {name: text for name, text in asked.items() if text and name != "avant"}
    older = url_for(".journal", **kept, avant=rows[PER_PAGE - 1][0].id) if len(rows) > PER_PAGE else None
    return render_template(
        "site/journal.html", rows=rows[:PER_PAGE], asked=asked, older=older, filtered=bool(kept), act=_act,
        newest=url_for(".journal", **kept) if filters.before else None, subjects=SUBJECTS, changes=_changes,
        words=sorted({str(word) for word in ACTS.values()}), head=db.session.execute(queries.journal_head()).first(),
    )  # fmt: skip
