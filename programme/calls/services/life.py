"""Installing a call from its definition, and leading it through its life."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.calls import queries
from programme.calls.models import Call, CallSession, CallStrand, EligibilityRule, RequiredDocument
from programme.calls.rules import eligibility
from programme.calls.states import CALL, SESSION, CallKind, CallState, Check, RuleKind, SessionState
from programme.core import journal
from programme.core.database import in_turn
from programme.evaluation.models import Criterion, Grid, ReviewPool
from programme.extensions import db
from programme.questionnaires import services as questionnaires
from programme.strategy.models import ThemeSet

TEXTS = (
    "title", "promise", "description", "audience", "amounts", "answer_delay", "expenses", "fund", "appeal_text",
    "receipt_service", "algorithm_notice",
)  # fmt: skip
SETTINGS = (
    "readers_per_file", "spread_alert", "favourable_from", "reserved_from", "silence_months", "silence_accepts",
    "silence_starts_when_complete", "silence_suspended_by_request", "figures_are_fictional", "blind_reading",
)  # fmt: skip


def install(definition: Mapping[str, Any], *, at: datetime, by: Account | None = None) -> Call:
    """Make a draft call from its definition (strands, grids, questions, rules, pieces, calendar).

    The questions of the call itself are asked after those of each strand. `definition_of` writes what this reads.

    Raises:
        KeyError: the definition lacks a key. ValueError: a question, check, theme set, hour or amount cannot be read.
    """
    pool = ReviewPool(name=str(definition["title"]))
    call = Call(
        slug=definition["slug"], code=definition["code"], kind=CallKind(definition["kind"]), created_at=at,
        theme_set=ThemeSet(definition["theme_set"]), pool=pool, state=CallState.DRAFT, sessions=[],
        **{name: str(definition[name]).strip() for name in TEXTS},
        **{name: definition[name] for name in SETTINGS if name in definition},
    )  # fmt: skip
    db.session.add(call)
    db.session.flush()  # What follows names the call.
    shared = definition.get("questions", [])
    strands = {
        each["code"]: _strand(call, each, shared, position, at) for position, each in enumerate(definition["strands"])
    }
    db.session.flush()  # Rules and pieces name the strands.
    for position, each in enumerate(definition["rules"]):
        db.session.add(_rule(call, strands, each, position))
    for position, each in enumerate(definition["documents"]):
        db.session.add(_document(call, strands, each, position))
    for each in definition.get("sessions", []):
        _session(call, each, at=at, by=by)
    journal.record("call.installed", on=call, by=by, at=at, after={"code": call.code})
    return call


def _strand(
    call: Call, given: Mapping[str, Any], shared: Sequence[dict[str, Any]], position: int, at: datetime
) -> CallStrand:
    grid = Grid(code=f"{call.code}-{given['code']}", title=f"{call.title}, {given['title']}"[:200])
    grid.criteria = [
        Criterion(
            code=each["code"], label=each["label"], help=each.get("help", ""), weight=Decimal(str(each["weight"])),
            floor=each.get("floor"), position=index,
        )
        for index, each in enumerate(given["criteria"])
    ]  # fmt: skip
    questions = [*given.get("questions", []), *shared]
    form = questionnaires.publish(f"{call.code}-{given['code']}", given["title"], questions, at=at)
    strand = CallStrand(
        call_id=call.id, code=given["code"], title=given["title"], summary=given["summary"], grid=grid,
        form_definition=form, position=position,
    )  # fmt: skip
    db.session.add(strand)
    return strand


def _rule(call: Call, strands: Mapping[str, CallStrand], given: Mapping[str, Any], position: int) -> EligibilityRule:
    check = given.get("check")
    return EligibilityRule(
        call_id=call.id, strand_id=strands[given["strand"]].id if "strand" in given else None,
        kind=RuleKind.JUDGED if check is None else RuleKind.AUTOMATIC,
        automatic_check=None if check is None else Check(check), parameters=given.get("parameters", {}),
        statement=given["statement"], refusal=given.get("refusal", ""), position=position,
    )  # fmt: skip


def _document(
    call: Call, strands: Mapping[str, CallStrand], given: Mapping[str, Any], position: int
) -> RequiredDocument:
    return RequiredDocument(
        call_id=call.id, strand_id=strands[given["strand"]].id if "strand" in given else None, code=given["code"],
        label=given["label"], hint=given.get("hint", ""), is_mandatory=given.get("mandatory", True),
        carrier_kinds=given.get("carriers", []), theme_codes=given.get("themes", []), position=position,
    )  # fmt: skip


def _session(call: Call, given: Mapping[str, Any], *, at: datetime, by: Account | None) -> None:
    opens_at, closes_at = (datetime.fromisoformat(given[each]) for each in ("opens_at", "closes_at"))
    if opens_at.tzinfo is None or closes_at.tzinfo is None or opens_at >= closes_at:
        raise ValueError(f"a session opens before it closes, both with their zone: {given['label']}")
    envelope = Decimal(str(given["envelope"]))
    if not envelope.is_finite() or envelope < 0:
        raise ValueError(f"not an envelope: {given['envelope']}")
    days = {each: date.fromisoformat(given[each]) for each in ("committee_on", "vote_on") if given.get(each)}
    plan_session(
        call, label=given["label"], opens_at=opens_at.astimezone(UTC), closes_at=closes_at.astimezone(UTC),
        envelope=envelope, **days, at=at, by=by,
    )  # fmt: skip


def definition_of(call: Call) -> dict[str, Any]:
    """The whole call as JSON values, which `install` reads: what defines it, not its life nor what came of it."""
    codes = {each.id: each.code for each in call.strands}
    return {
        "code": call.code, "slug": call.slug, "kind": call.kind.value, "theme_set": call.theme_set.value,
        **{name: getattr(call, name) for name in (*TEXTS, *SETTINGS)},
        "strands": [_strand_defined(each) for each in call.strands],
        "rules": [
            {
                **_of_strand(codes, each.strand_id), "statement": each.statement, "refusal": each.refusal,
                **({"check": each.automatic_check.value} if each.automatic_check else {}), "parameters": each.parameters,
            }
            for each in call.rules
        ],
        "documents": [
            {
                **_of_strand(codes, each.strand_id), "code": each.code, "label": each.label, "hint": each.hint,
                "mandatory": each.is_mandatory, "carriers": each.carrier_kinds, "themes": each.theme_codes,
            }
            for each in call.required_documents
        ],
        "sessions": [
            {
                "label": each.label, "opens_at": each.opens_at.isoformat(), "closes_at": each.closes_at.isoformat(),
                "envelope": str(each.envelope_amount), "committee_on": _day(each.committee_on), "vote_on": _day(each.vote_on),
            }
            for each in sorted(call.sessions, key=lambda each: each.number)
        ],
    }  # fmt: skip


def duplicate(call: Call, *, by: Account, at: datetime) -> Call:
    """A draft like this call, under a code and an address of its own, without calendar: its sessions are over or its own."""
    in_turn(db.session(), "calls.duplicate")
    for number in count(2):
        code, slug = f"{call.code[:35]}-{number}", f"{call.slug[:75]}-{number}"
        if db.session.scalars(queries.with_name(code, slug)).first() is None:
            break
    title = _("%(title)s (copie)", title=call.title[:190])
    return install({**definition_of(call), "code": code, "slug": slug, "title": title, "sessions": []}, at=at, by=by)


def _strand_defined(strand: CallStrand) -> dict[str, Any]:
    return {
        "code": strand.code, "title": strand.title, "summary": strand.summary,
        "criteria": [
            {"code": each.code, "label": each.label, "help": each.help, "weight": str(each.weight), "floor": each.floor}
            for each in strand.grid.criteria
        ],
        "questions": strand.form_definition.questions_json,
    }  # fmt: skip


def _of_strand(codes: Mapping[int, str], strand_id: int | None) -> dict[str, str]:
    return {} if strand_id is None else {"strand": codes[strand_id]}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def plan_session(
    call: Call, *, label: str, opens_at: datetime, closes_at: datetime, envelope: Decimal,
    committee_on: date | None = None, vote_on: date | None = None, at: datetime, by: Account | None = None,
) -> CallSession:  # fmt: skip
    """Add a session to a call."""
    number = 1 + max((each.number for each in call.sessions), default=0)
    session = CallSession(
        call=call, number=number, label=label, opens_at=opens_at, closes_at=closes_at, envelope_amount=envelope,
        committed_amount=Decimal(0), committee_on=committee_on, vote_on=vote_on, state=SessionState.PLANNED,
    )  # fmt: skip
    db.session.add(session)
    journal.record("call_session.planned", on=session, by=by, at=at, after={"envelope": str(envelope)})
    return session


def lead(call: Call, verb: str, *, by: Account | None, at: datetime) -> None:
    """Say one of the verbs of the call's life."""
    before = call.state
    call.state = CallState(CALL.target(call.state, verb))
    if verb == "open" and call.opens_at is None:
        call.opens_at = at
    if verb == "close":
        call.closes_at = at
    journal.record(f"call.{verb}", on=call, by=by, at=at, before={"state": before}, after={"state": call.state})


def lead_session(session: CallSession, verb: str, *, by: Account | None, at: datetime) -> None:
    """Say one of the verbs of a session's life."""
    before = session.state
    session.state = SessionState(SESSION.target(session.state, verb))
    journal.record(
        f"call_session.{verb}", on=session, by=by, at=at, before={"state": before}, after={"state": session.state}
    )


def turn_sessions(*, at: datetime) -> int:
    """Open and close the sessions whose hour has come; says how many turned."""
    turned = db.session.scalars(queries.sessions_to_turn(at)).all()
    for session in turned:
        lead_session(session, "open" if session.state is SessionState.PLANNED else "close", by=None, at=at)
    return len(turned)


def automatic_rules(rules: Iterable[EligibilityRule], strand_id: int | None) -> list[eligibility.Rule]:
    """The automatic conditions of a strand (and those of the whole call), as the pure rule wants them."""
    return [
        eligibility.Rule(each.automatic_check, each.parameters, each.statement, each.refusal)
        for each in rules
        if each.automatic_check is not None and each.strand_id in (None, strand_id)
    ]
