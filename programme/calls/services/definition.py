"""A call as one document: writing what a call is, and making a call what a document says."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.calls import queries
from programme.calls.models import Call, CallSession, CallStrand, EligibilityRule, RequiredDocument
from programme.calls.services import references
from programme.calls.states import DEFINABLE, AidRegime, CallKind, CallState, Check, MoneyAsked, RuleKind, SessionState
from programme.core import journal
from programme.core.database import in_turn
from programme.core.errors import RuleBroken
from programme.evaluation.models import Criterion, Grid, ReviewPool
from programme.evaluation.scoring import MARK_MAX
from programme.extensions import db
from programme.questionnaires import services as questionnaires
from programme.strategy.states import ThemeSet

Document = Mapping[str, Any]
TEXTS = (
    "title", "promise", "description", "audience", "amounts", "answer_delay", "expenses", "fund", "contacts",
    "appeal_text", "receipt_service", "algorithm_notice",
)  # fmt: skip
MAY_LACK = frozenset({"contacts"})
"""Texts that came after the first documents were written."""
SETTINGS = (
    "readers_per_file", "spread_alert", "favourable_from", "reserved_from", "silence_months", "silence_accepts",
    "silence_starts_when_complete", "silence_suspended_by_request", "figures_are_fictional", "blind_reading",
    "by_invitation",
)  # fmt: skip

ASKED_FIRST: Mapping[CallKind, Mapping[str, Any]] = {
    CallKind.INTEREST: {"money_asked": MoneyAsked.ESTIMATE.value, "asks_data": False},
    CallKind.PRIZE: {"money_asked": MoneyAsked.NONE.value, "asks_data": False},
}
"""What a new call of a kind asks until somebody says otherwise: by default a whole budget, and data sets."""


def blank(named: Document) -> dict[str, Any]:
    """The document of a call of which only the title, the code, the address, the nature and the themes are known."""
    strand = {"code": "A", "title": str(named["title"]), "summary": "", "criteria": [], "questions": []}
    return {
        **dict.fromkeys(TEXTS, ""), **ASKED_FIRST.get(CallKind(named["kind"]), {}), **named, "strands": [strand],
        "rules": [], "documents": [], "sessions": [],
    }  # fmt: skip


def install(document: Document, *, at: datetime, by: Account | None = None) -> Call:
    """Make a draft call from its document (strands, grids, questions, rules, pieces, calendar).

    The questions of the call itself are asked after those of each strand. `definition_of` writes what this reads.

    Raises:
        KeyError: the document lacks a key. ValueError: a question, check, theme set, hour or amount cannot be read.
    """
    call = Call(
        slug=document["slug"], code=document["code"], created_at=at, pool=ReviewPool(name=str(document["title"])),
        state=CallState.DRAFT, sessions=[], strands=[], rules=[], required_documents=[],
        objectives=[], regulations=[],
    )  # fmt: skip
    become(call, document, at=at)
    journal.record("call.installed", on=call, by=by, at=at, after={"code": call.code})
    for session in call.sessions:
        journal.record(
            "call_session.planned", on=session, by=by, at=at, after={"envelope": str(session.envelope_amount)}
        )
    return call


def redefine(call: Call, document: Document, part: str, *, by: Account, at: datetime) -> None:
    """Make a draft call what the document says; `part` names what the person changed, for the journal.

    Raises:
        RuleBroken: the call is published: people answer it, or answered it, as it is.
    """
    if call.state not in DEFINABLE:
        raise RuleBroken(_("L’appel est publié : sa définition ne change plus que par une modification datée."))
    become(call, document, at=at)
    journal.record("call.redefined", on=call, by=by, at=at, after={"part": part})


def become(call: Call, document: Document, *, at: datetime) -> None:
    """Rows that stay keep their numbers: strands and pieces are known by their codes, rules and sessions by their place."""
    call.kind, call.theme_set = CallKind(document["kind"]), ThemeSet(document["theme_set"])
    for name in TEXTS:
        setattr(call, name, str(document.get(name, "") if name in MAY_LACK else document[name]).strip())
    for name in SETTINGS:
        if name in document:
            setattr(call, name, document[name])
    _asks(call, document)
    references.follow(call, document)
    db.session.add(call)
    db.session.flush()  # What follows names the call.
    _strands(call, document, at)
    references.regulate(call, document.get("regulation"), at=at)
    db.session.flush()  # Rules and pieces name the strands.
    codes = {each.code: each.id for each in call.strands}
    _rules(call, document["rules"], codes)
    _documents(call, document["documents"], codes)
    _sessions(call, document.get("sessions", []))
    db.session.flush()


def _asks(call: Call, document: Document) -> None:
    """How much money there is, and what a file says of money and of data; by default what calls asked before they said it."""
    ceiling, yearly = document.get("award_ceiling"), document.get("annual_envelopes", {})
    call.annual_envelopes = {year: f"{_amount(yearly[year]):.2f}" for year in sorted(yearly)}
    call.award_ceiling = None if ceiling is None else _amount(ceiling)
    call.aid_regime = AidRegime(document.get("aid_regime", AidRegime.NONE))
    call.money_asked = MoneyAsked(document.get("money_asked", MoneyAsked.FULL))
    call.asks_data = document.get("asks_data", not document.get("leads_to"))


# ---- strands -------------------------------------------------------------------------------------


def _strands(call: Call, document: Document, at: datetime) -> None:
    known, shared = {each.code: each for each in call.strands}, document.get("questions", [])
    for position, given in enumerate(document["strands"]):
        strand, questions = known.pop(given["code"], None), [*given.get("questions", []), *shared]
        if strand is None:
            strand = _new_strand(call, given, questions, at)
        elif strand.form_definition.questions_json != questions:
            _ask(call, strand, given, questions, at)
        strand.title, strand.summary, strand.position = given["title"], given["summary"], position
        strand.grid.title = f"{call.title}, {given['title']}"[:200]
        strand.grid.scale = given.get("scale", MARK_MAX)
        _criteria(strand.grid, given["criteria"])
    for gone in known.values():
        _release(call, gone)
        call.strands.remove(gone)
        db.session.flush()  # The strand names its grid and its questions: they go after it.
        db.session.delete(gone.grid)
        db.session.delete(gone.form_definition)


def _ask(call: Call, strand: CallStrand, given: Document, questions: Sequence[dict[str, Any]], at: datetime) -> None:
    """Nobody has answered a draft: its questions change. What is published is frozen: a version follows it, for the drafts to come."""
    if call.state in DEFINABLE:
        questionnaires.rewrite(strand.form_definition, questions)
    else:
        name = strand.form_definition.code
        strand.form_definition = questionnaires.publish(name, given["title"], questions, at=at)


def _release(call: Call, strand: CallStrand) -> None:
    """Rules and pieces of a strand that goes are told again by the document: the database does not take them with it."""
    rows: list[EligibilityRule | RequiredDocument] = [*call.rules, *call.required_documents]
    for row in rows:
        if row.strand_id == strand.id:
            row.strand_id = None


def _new_strand(call: Call, given: Document, questions: Sequence[dict[str, Any]], at: datetime) -> CallStrand:
    name = f"{call.code}-{given['code']}"
    form = questionnaires.publish(name, given["title"], questions, at=at)
    strand = CallStrand(
        call_id=call.id, code=given["code"], grid=Grid(code=name, title="", criteria=[]), form_definition=form
    )
    call.strands.append(strand)
    return strand


def _criteria(grid: Grid, given: Sequence[Document]) -> None:
    known = {each.code: each for each in grid.criteria}
    for position, each in enumerate(given):
        criterion = known.pop(each["code"], None)
        if criterion is None:
            criterion = Criterion(code=each["code"])
            grid.criteria.append(criterion)
        criterion.label, criterion.help, criterion.position = each["label"], each.get("help", ""), position
        criterion.weight, criterion.floor = Decimal(str(each["weight"])), each.get("floor")
        criterion.guidance = list(each.get("guidance", []))
    for gone in known.values():
        grid.criteria.remove(gone)
    grid.criteria.sort(key=lambda each: each.position)


# ---- conditions, pieces, calendar ----------------------------------------------------------------


def _rules(call: Call, given: Sequence[Document], codes: Mapping[str, int]) -> None:
    while len(call.rules) < len(given):
        call.rules.append(EligibilityRule(call_id=call.id))
    del call.rules[len(given) :]
    for position, (row, each) in enumerate(zip(call.rules, given, strict=True)):
        _rule(row, each, codes, position)


def _rule(row: EligibilityRule, given: Document, codes: Mapping[str, int], position: int) -> None:
    check = given.get("check")
    row.strand_id = codes[given["strand"]] if "strand" in given else None
    row.kind = RuleKind.JUDGED if check is None else RuleKind.AUTOMATIC
    row.automatic_check, row.parameters = None if check is None else Check(check), given.get("parameters", {})
    row.statement, row.refusal = given["statement"], given.get("refusal", "")
    row.redirect_to, row.position = given.get("redirect_to", ""), position


def _documents(call: Call, given: Sequence[Document], codes: Mapping[str, int]) -> None:
    known = {each.code: each for each in call.required_documents}
    for position, each in enumerate(given):
        row = known.pop(each["code"], None)
        if row is None:
            row = RequiredDocument(call_id=call.id, code=each["code"])
            call.required_documents.append(row)
        row.strand_id = codes[each["strand"]] if "strand" in each else None
        row.label, row.hint, row.is_mandatory = each["label"], each.get("hint", ""), each.get("mandatory", True)
        row.carrier_kinds, row.theme_codes = each.get("carriers", []), each.get("themes", [])
        row.valid_months, row.position = each.get("valid_months"), position
    for gone in known.values():
        call.required_documents.remove(gone)
    call.required_documents.sort(key=lambda each: each.position)


def _sessions(call: Call, given: Sequence[Document]) -> None:
    rows = sorted(call.sessions, key=lambda each: each.number)
    for gone in rows[len(given) :]:
        call.sessions.remove(gone)
    for place, each in enumerate(given):
        opens_at, closes_at = (_instant(each[name]) for name in ("opens_at", "closes_at"))
        if opens_at >= closes_at:
            raise ValueError(f"a session opens before it closes: {each['label']}")
        if place == len(rows):
            rows.append(CallSession(number=place + 1, committed_amount=Decimal(0), state=SessionState.PLANNED))
            call.sessions.append(rows[-1])
        row = rows[place]
        row.label, row.opens_at, row.closes_at = each["label"], opens_at, closes_at
        row.envelope_amount = _amount(each["envelope"])
        row.committee_on, row.vote_on = (
            date.fromisoformat(each[day]) if each.get(day) else None for day in ("committee_on", "vote_on")
        )


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"an hour needs its zone: {text}")
    return instant.astimezone(UTC)


def _amount(text: Any) -> Decimal:
    amount = Decimal(str(text))
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"not an envelope: {text}")
    return amount


# ---- writing -------------------------------------------------------------------------------------


def definition_of(call: Call) -> dict[str, Any]:
    """The whole call as JSON values, which `install` reads: what defines it, not its life nor what came of it."""
    codes = {each.id: each.code for each in call.strands}
    ceiling = call.award_ceiling
    return {
        "code": call.code, "slug": call.slug, "kind": call.kind.value, "theme_set": call.theme_set.value,
        **{name: getattr(call, name) for name in (*TEXTS, *SETTINGS)},
        "annual_envelopes": dict(call.annual_envelopes), "award_ceiling": None if ceiling is None else f"{ceiling:.2f}",
        "money_asked": call.money_asked.value, "asks_data": call.asks_data, "aid_regime": call.aid_regime.value,
        **references.named(call),
        "strands": [_strand_defined(each) for each in call.strands],
        "rules": [
            {
                **_of_strand(codes, each.strand_id), "statement": each.statement, "refusal": each.refusal,
                "redirect_to": each.redirect_to,
                **({"check": each.automatic_check.value} if each.automatic_check else {}), "parameters": each.parameters,
            }
            for each in call.rules
        ],
        "documents": [_document_defined(codes, each) for each in call.required_documents],
        "sessions": [
            {
                "label": each.label, "opens_at": each.opens_at.isoformat(), "closes_at": each.closes_at.isoformat(),
                "envelope": f"{each.envelope_amount:.2f}", "committee_on": _day(each.committee_on), "vote_on": _day(each.vote_on),
            }
            for each in sorted(call.sessions, key=lambda each: each.number)
        ],
    }  # fmt: skip


def duplicate(call: Call, *, by: Account, at: datetime) -> Call:
    """A draft like this call, under a code and an address of its own, without calendar: its sessions are over or its own."""
    title = _("%(title)s (copie)", title=call.title[:190])
    document = {**definition_of(call), "title": title, "sessions": [], "regulation": None}
    return install({**document, **free_name(call.code, call.slug, first=2)}, at=at, by=by)


def free_name(code: str, slug: str, *, first: int = 1) -> dict[str, str]:
    """A code and an address that no call has, made from these. In a unit of work: they are kept for it alone."""
    in_turn(db.session(), "calls.name")
    for number in count(first):
        end = "" if number == 1 else f"-{number}"
        named = {"code": code[: 40 - len(end)] + end, "slug": slug[: 80 - len(end)] + end}
        if db.session.scalars(queries.with_name(**named)).first() is None:
            break
    return named


def _strand_defined(strand: CallStrand) -> dict[str, Any]:
    return {
        "code": strand.code, "title": strand.title, "summary": strand.summary, "scale": strand.grid.scale,
        "criteria": [
            {
                "code": each.code, "label": each.label, "help": each.help, "weight": f"{each.weight.normalize():f}",
                "floor": each.floor, "guidance": each.guidance,
            }
            for each in strand.grid.criteria
        ],
        "questions": strand.form_definition.questions_json,
    }  # fmt: skip


def _document_defined(codes: Mapping[int, str], piece: RequiredDocument) -> dict[str, Any]:
    return {
        **_of_strand(codes, piece.strand_id), "code": piece.code, "label": piece.label, "hint": piece.hint,
        "mandatory": piece.is_mandatory, "carriers": piece.carrier_kinds, "themes": piece.theme_codes,
        "valid_months": piece.valid_months,
    }  # fmt: skip


def _of_strand(codes: Mapping[int, str], strand_id: int | None) -> dict[str, str]:
    return {} if strand_id is None else {"strand": codes[strand_id]}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
