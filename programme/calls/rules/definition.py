"""What is wrong with the document of a call, and what it lacks before it can be published: pure.

Three questions, three answers, all of them lists of `Fault`: `faults` (the document cannot be read: nothing of it is
kept), `lacking` (a draft may lack it, a published call may not), `traps.traps` (allowed, and worth a second look).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from programme.calls.rules.schema import CALL_SCHEMA, MOST_QUESTIONS
from programme.calls.states import CallKind, Check
from programme.evaluation.scoring import MARK_MAX
from programme.questionnaires.rules.conditions import Condition, Group, condition_from, keys_of
from programme.questionnaires.rules.fields import CONTEXT_KEYS, questions_from

Document = Mapping[str, Any]
Path = tuple[str | int, ...]
WHOLE = Decimal(100)
"""What the weights of a grid add up to."""
NEEDS: Mapping[Check, str] = {
    Check.CARRIER_KIND: "kinds", Check.TERRITORY: "codes", Check.DURATION_MAX: "months", Check.COST_MIN: "amount",
    Check.REQUEST_MIN: "amount", Check.REQUEST_MAX: "amount", Check.RATE_MAX: "percent",
    Check.PUBLIC_SHARE_MAX: "percent", Check.OWN_SHARE_MIN: "percent", Check.ANSWERS: "condition",
}  # fmt: skip
"""The parameter that a check cannot do without."""


@dataclass(frozen=True)
class Fault:
    """One thing to mend: where (keys and places from 0), a code that the labels put in words, and the values of the sentence."""

    path: Path
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


# ---- what cannot be read -------------------------------------------------------------------------


DEEPEST, LARGEST, MOST_FAULTS = 30, 60_000, 200
"""Levels and values of a document: the largest call that the schema allows has half of it. Beyond, nothing is looked at."""


def faults(document: Any) -> list[Fault]:
    """Why the document is no call: what no database keeps, then its shape, then what the shape cannot say (codes, hours, conditions)."""
    return unsound(document) or shape(document, CALL_SCHEMA) or list(_meaning(document))


def read(text: str) -> Any:
    """The document that a JSON text holds; numbers with a fraction are texts, so that they stay exact.

    Raises:
        ValueError: it is no JSON, says a key twice, or a number that is none (NaN, Infinity).
    """
    try:
        return json.loads(text, parse_float=str, parse_constant=_no_number, object_pairs_hook=_once)
    except RecursionError as fault:
        raise ValueError("too deep") from fault


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def unsound(document: Any) -> list[Fault]:
    """What no database keeps or no page shows: NUL, half a sign, too deep, too much."""
    waiting, seen = [(document, 0)], 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > LARGEST:
            return [Fault((), "too_much")]
        if isinstance(value, str) and ("\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
            return [Fault((), "odd_sign")]
        inside = [*value, *value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        waiting += [(each, depth + 1) for each in inside]
    return []


def shape(document: Any, schema: Any) -> list[Fault]:
    """Where the document is not as a JSON Schema says, at most so many places."""
    # Only here: whoever answers a call never needs it, and it takes its time to be read.
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def whole(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[Any]:
        # The « $ » of JSON Schema is the end; that of Python may stand before a last line end.
        if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
            yield ValidationError(pattern)

    validator = extend(Draft202012Validator, {"pattern": whole})(schema)
    found = sorted(islice(validator.iter_errors(document), MOST_FAULTS), key=lambda each: [*map(str, each.path)])
    named = {(tuple(each.absolute_path), str(each.validator)): _limit(each) for each in found}
    return [Fault(path, code, {"limit": limit}) for (path, code), limit in named.items()]


def _limit(fault: Any) -> Any:
    """What the schema allows there; for keys, those that are missing or unknown."""
    if fault.validator == "required":
        return [each for each in fault.validator_value if each not in fault.instance]
    if fault.validator == "additionalProperties":
        return [each[:60] for each in fault.instance if each not in fault.schema["properties"]]
    return fault.validator_value


def _meaning(document: Document) -> Iterator[Fault]:
    strands = document["strands"]
    yield from _twice(("strands",), strands)
    yield from _twice(("documents",), document["documents"])
    for place, strand in enumerate(strands):
        yield from _twice(("strands", place, "criteria"), strand["criteria"])
        yield from _marks(("strands", place, "criteria"), strand)
        questions = [*strand.get("questions", []), *document.get("questions", [])]
        if len(questions) > MOST_QUESTIONS:
            yield Fault(("strands", place, "questions"), "maxItems", {"limit": MOST_QUESTIONS})
        try:
            questions_from(questions)
        except ValueError:
            yield Fault(("strands", place, "questions"), "questions")
    known = {each["code"] for each in strands}
    for name in ("rules", "documents"):
        for place, each in enumerate(document[name]):
            if each.get("strand", None) not in (None, *known):
                yield Fault((name, place, "strand"), "unknown_strand", {"code": each["strand"]})
    for place, each in enumerate(document["rules"]):
        if "check" in each and (needed := NEEDS.get(Check(each["check"]))) and needed not in each.get("parameters", {}):
            yield Fault(("rules", place, "parameters"), "parameter", {"name": needed})
        if "check" in each and Check(each["check"]) is Check.ANSWERS and "condition" in each.get("parameters", {}):
            yield from _asked(("rules", place, "parameters"), each, strands, document)
    for place, each in enumerate(document.get("sessions", [])):
        yield from _session(("sessions", place), each)
    if document.get("leads_to") is not None:
        if document["kind"] != CallKind.INTEREST:
            yield Fault(("leads_to",), "leads_kind")
        if document["leads_to"] == document["code"]:
            yield Fault(("leads_to",), "leads_to_itself")


def _marks(path: Path, strand: Document) -> Iterator[Fault]:
    """A floor is a mark, and there is a line of guidance a mark at most."""
    scale = strand.get("scale", MARK_MAX)
    for place, each in enumerate(strand["criteria"]):
        if (each.get("floor") or 0) > scale:
            yield Fault((*path, place, "floor"), "maximum", {"limit": scale})
        if len(each.get("guidance", [])) > scale + 1:
            yield Fault((*path, place, "guidance"), "maxItems", {"limit": scale + 1})


def _asked(path: Path, rule: Document, strands: Sequence[Document], document: Document) -> Iterator[Fault]:
    """A condition compares what is known of the file or what is asked there; a question of no strand is never answered."""
    known = set(CONTEXT_KEYS)
    for strand in strands:
        if rule.get("strand") in (None, strand["code"]):
            known |= {each.get("key") for each in (*strand.get("questions", []), *document.get("questions", []))}
    try:
        unknown = sorted(set(keys_of(condition_from(rule["parameters"]["condition"]))) - known)
    except ValueError:
        yield Fault(path, "condition")
    else:
        if unknown:
            yield Fault(path, "unknown_question", {"key": unknown[0]})


def _twice(path: Path, rows: Sequence[Document]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, each in enumerate(rows):
        if each["code"] in seen:
            yield Fault((*path, place, "code"), "twice", {"code": each["code"]})
        seen.add(each["code"])


def _session(path: Path, given: Document) -> Iterator[Fault]:
    hours = []
    for name in ("opens_at", "closes_at"):
        try:
            hours.append(datetime.fromisoformat(given[name]))
        except ValueError:
            yield Fault((*path, name), "instant")
    if len(hours) == 2 and hours[0] >= hours[1]:
        yield Fault((*path, "closes_at"), "order")
    for name in ("committee_on", "vote_on"):
        try:
            if given.get(name) and len(hours) == 2 and date.fromisoformat(given[name]) < hours[1].date():
                yield Fault((*path, name), "before_closing")
        except ValueError:
            yield Fault((*path, name), "instant")


# ---- what is lacking before publication ----------------------------------------------------------

TEXTS_NEEDED = (
    "title", "promise", "description", "audience", "amounts", "answer_delay", "fund", "appeal_text", "receipt_service",
)  # fmt: skip


def lacking(document: Document) -> list[Fault]:
    """What a draft may lack and a published call may not. Appeal and service: without them the appeal period does not run (CRPA L112-6)."""
    return list(_lacking(document))


def _lacking(document: Document) -> Iterator[Fault]:
    for name in TEXTS_NEEDED:
        if not str(document[name]).strip():
            yield Fault((name,), "empty")
    if document["reserved_from"] > document["favourable_from"]:
        yield Fault(("reserved_from",), "thresholds")
    if not document["strands"]:
        yield Fault(("strands",), "none")
    for place, strand in enumerate(document["strands"]):
        path: Path = ("strands", place)
        if not strand["title"].strip():
            yield Fault((*path, "title"), "empty")
        total = sum((weight(each["weight"]) for each in strand["criteria"]), Decimal(0))
        if total != WHOLE:
            yield Fault((*path, "criteria"), "weights" if strand["criteria"] else "none", {"total": total})
    for name, words in (("rules", "statement"), ("documents", "label")):
        for place, each in enumerate(document[name]):
            if not each[words].strip():
                yield Fault((name, place, words), "empty")


def weight(given: Any) -> Decimal:
    """The weight of a criterion; nothing for what cannot be read."""
    try:
        return Decimal(str(given))
    except InvalidOperation:
        return Decimal(0)


def version_of(part: Any) -> str:
    """What tells whether a part of the document is still what a page was made from."""
    return hashlib.sha256(json.dumps(part, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def new_faults(found: Iterable[Fault], former: Iterable[Fault]) -> list[Fault]:
    """Those that were not there before: an old fault elsewhere does not hold up what somebody mends now."""
    known = {(each.path, each.code) for each in former}
    return [each for each in found if (each.path, each.code) not in known]


def rename_strand(document: dict[str, Any], former: str, code: str) -> None:
    """Give a strand another code, wherever a rule, a piece or a condition names it."""
    for each in (*document["rules"], *document["documents"]):
        if each.get("strand") == former:
            each["strand"] = code
        if "condition" in each.get("parameters", {}):
            compared = condition_from(each["parameters"]["condition"])
            each["parameters"] = {**each["parameters"], "condition": _renamed(compared, former, code).to_json()}
    for strand in document["strands"]:
        for question in strand.get("questions", []):
            if question.get("show_if"):
                question["show_if"] = _renamed(condition_from(question["show_if"]), former, code).to_json()


def _renamed(condition: Condition, former: str, code: str) -> Condition:
    if isinstance(condition, Group):
        return replace(condition, parts=tuple(_renamed(each, former, code) for each in condition.parts))
    if condition.key != "strand":
        return condition
    return replace(condition, values=tuple(code if each == former else each for each in condition.values))


def places(found: Iterable[Fault], *start: str | int) -> list[Fault]:
    """Those that stand under a part of the document."""
    return [each for each in found if each.path[: len(start)] == start]
