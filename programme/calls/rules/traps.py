"""What is allowed in a call and worth a second look: what makes people give up, or breaks a rule without anybody meaning to. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from programme.calls.rules.definition import Document, Fault, Path
from programme.calls.states import REVISABLE, CallKind, CallState, MoneyAsked
from programme.core.identifiers import fold
from programme.questionnaires.rules.conditions import Comparison, Condition, Group, How, Joined
from programme.questionnaires.rules.fields import FieldKind, Question, questions_from

MANY_QUESTIONS, MANY_MANDATORY = 30, 20
"""Questions of one strand above which people give up: observed on national procedures, which advise fewer than thirty fields."""


@dataclass(frozen=True)
class Step:
    """Another call, as far as a call that leads to it must know: `closes_at` is its last closing, None without calendar."""

    code: str
    title: str
    state: CallState
    by_invitation: bool
    leads_to: str | None = None
    closes_at: datetime | None = None


def circle(code: str, leads_to: str | None, steps: Mapping[str, Step]) -> bool:
    """Whether a call that leads there would lead back to itself, straight or by others."""
    seen = {code}
    while leads_to is not None:
        if leads_to in seen:
            return True
        seen.add(leads_to)
        leads_to = steps[leads_to].leads_to if leads_to in steps else None
    return False


_PERSONAL = re.compile(
    r"\b(nom|prenom|telephone|portable|courriel|e-mail|adresse|naissance|age|sexe|nationalite|cv|securite sociale)\b"
)
_REGISTRY = re.compile(r"\b(kbis|k-bis|sirene|insee|statuts|journal officiel|recepisse)\b")
"""Words without accents, looked for in a folded text."""
NAMING = frozenset({FieldKind.TERRITORY, FieldKind.ORGANISATION})
"""Answers that often say who carries the project."""


def traps(document: Document, steps: Mapping[str, Step] | None = None) -> list[Fault]:
    """What makes people give up, or breaks a rule without anybody meaning to.

    Sources: fewer fields (langage clair, national procedures); the purpose of each personal datum (GDPR art. 5 and 13);
    nobody is asked for what another administration knows (CRPA L113-12, L114-8); reasons for a refusal. `steps`: the other
    calls by their codes, for what only both together show; None: not looked at.
    """
    return [*_traps(document), *(_of_steps(document, steps) if steps is not None else ())]


def _traps(document: Document) -> Iterator[Fault]:
    strands = [each["code"] for each in document["strands"]]
    for place, strand in enumerate(document["strands"]):
        path: Path = ("strands", place, "questions")
        questions = questions_from([*strand.get("questions", []), *document.get("questions", [])])
        mandatory = sum(each.required and each.show_if is None for each in questions)
        if len(questions) > MANY_QUESTIONS:
            yield Fault(path, "many_questions", {"count": len(questions), "most": MANY_QUESTIONS})
        if mandatory > MANY_MANDATORY:
            yield Fault(path, "many_mandatory", {"count": mandatory, "most": MANY_MANDATORY})
        yield from _of_questions(path, questions, strands, is_blind=bool(document.get("blind_reading")))
        for index, criterion in enumerate(strand["criteria"]):
            if not criterion.get("help") and not criterion.get("guidance"):
                yield Fault(("strands", place, "criteria", index), "no_guidance", {"label": criterion["label"]})
    for place, each in enumerate(document["documents"]):
        if _REGISTRY.search(fold(f"{each['label']} {each.get('hint', '')}")):
            yield Fault(("documents", place, "label"), "registry", {"label": each["label"]})
    for place, each in enumerate(document["rules"]):
        if not each.get("refusal"):
            yield Fault(("rules", place, "refusal"), "no_refusal", {"label": each["statement"]})
    if not document.get("sessions"):
        yield Fault(("sessions",), "no_session")
    if document["kind"] == CallKind.INTEREST:
        yield from _of_interest(document)
    if document["kind"] == CallKind.PRIZE and document.get("money_asked", MoneyAsked.FULL) == MoneyAsked.FULL:
        yield Fault(("money_asked",), "prize_budget")
    if document["kind"] == CallKind.THEMED and len(document.get("sessions", [])) > 1:
        yield Fault(("sessions",), "themed_sessions", {"count": len(document["sessions"])})
    yield from _of_years(document)


def _of_years(document: Document) -> Iterator[Fault]:
    """The sessions of a year promise more than its envelope."""
    promised: dict[str, Decimal] = defaultdict(Decimal)
    for each in document.get("sessions", []):
        promised[(each.get("vote_on") or each["closes_at"])[:4]] += Decimal(each["envelope"])
    said = document.get("annual_envelopes", {})
    for year, together in sorted(promised.items()):
        if year in said and together > Decimal(said[year]):
            values = {"year": year, "together": together, "most": Decimal(said[year])}
            yield Fault(("annual_envelopes",), "year_exceeded", values)


def _of_interest(document: Document) -> Iterator[Fault]:
    """What a light first step must not ask: the budget and its proofs are for those whom the Region invites."""
    if not document.get("leads_to"):
        yield Fault(("leads_to",), "leads_nowhere")
    if document.get("money_asked", MoneyAsked.FULL) == MoneyAsked.FULL:
        yield Fault(("money_asked",), "interest_budget")
    if mandatory := sum(each.get("mandatory", True) for each in document["documents"]):
        yield Fault(("documents",), "interest_pieces", {"count": mandatory})


def _of_steps(document: Document, steps: Mapping[str, Step]) -> Iterator[Fault]:
    """What the two steps of a call do to each other; the first one says it, since it is defined last."""
    if document.get("by_invitation") and not any(each.leads_to == document["code"] for each in steps.values()):
        yield Fault(("by_invitation",), "invited_by_nobody")
    target = steps.get(document.get("leads_to") or "")
    if target is None:
        return
    named = {"label": target.title}
    if not target.by_invitation:
        yield Fault(("leads_to",), "leads_open", named)
    if target.state not in REVISABLE:
        over = target.state in (CallState.CLOSED, CallState.ARCHIVED, CallState.DROPPED)
        yield Fault(("leads_to",), "leads_over" if over else "leads_unpublished", named)
    closings = [datetime.fromisoformat(each["closes_at"]) for each in document.get("sessions", [])]
    if target.closes_at is None:
        yield Fault(("leads_to",), "leads_undated", named)
    elif closings and target.closes_at <= max(closings):
        yield Fault(("leads_to",), "leads_before", named)


def _of_questions(
    path: Path, questions: Sequence[Question], strands: Sequence[str], *, is_blind: bool
) -> Iterator[Fault]:
    by_key = {each.key: each for each in questions}
    times = Counter(each.label.strip().casefold() for each in questions)
    for place, each in enumerate(questions):
        here, named = (*path, place), {"label": each.label}
        if _PERSONAL.search(fold(each.label)) and not each.purpose and each.kind is not FieldKind.LONG_TEXT:
            yield Fault(here, "purpose", named)
        if times[each.label.strip().casefold()] > 1:
            yield Fault(here, "same_words", named)
        if is_blind and each.kind in NAMING and not each.identity_bearing:
            yield Fault(here, "named_in_blind", named)
        if each.kind in (FieldKind.CHOICE, FieldKind.CHOICES) and len(each.options) < 2:
            yield Fault(here, "one_choice", named)
        if each.show_if is not None and not may_hold(each.show_if, by_key, strands):
            yield Fault(here, "never_shown", named)


def may_hold(condition: Condition, questions: Mapping[str, Question], strands: Sequence[str]) -> bool:
    """Whether some answers make the condition hold, as far as single comparisons tell; False only when none can.

    A comparison with a choice that is not offered, or with another strand's code, never holds. « And » of two
    different values of one single answer never holds either.
    """
    if isinstance(condition, Comparison):
        return _comparison_may_hold(condition, questions, strands)
    held = [may_hold(each, questions, strands) for each in condition.parts]
    return any(held) if condition.joined is Joined.ANY else all(held) and not _contradicts(condition, questions)


def _comparison_may_hold(given: Comparison, questions: Mapping[str, Question], strands: Sequence[str]) -> bool:
    offered = _offered(given.key, questions, strands)
    if offered is None or given.how in (How.ANSWERED, How.AT_LEAST, How.AT_MOST):
        return True
    if given.how is How.IS_NOT:
        return any(each not in given.values for each in offered)
    return any(each in offered for each in given.values)


def _offered(key: str, questions: Mapping[str, Question], strands: Sequence[str]) -> list[str] | None:
    """The answers that are possible; None when anything is."""
    if key == "strand":
        return list(strands)
    question = questions.get(key)
    if question is None:
        return None
    if question.kind is FieldKind.YES_NO:
        return ["yes", "no"]
    return [code for code, _label in question.options] if question.options else None


def _contradicts(group: Group, questions: Mapping[str, Question]) -> bool:
    wanted: dict[str, set[str]] = {}
    for each in group.parts:
        several = isinstance(each, Comparison) and _is_several(each.key, questions)
        if isinstance(each, Comparison) and each.how in (How.IS, How.ONE_OF) and not several:
            wanted[each.key] = wanted.get(each.key, set(each.values)) & set(each.values)
    return any(not values for values in wanted.values())


def _is_several(key: str, questions: Mapping[str, Question]) -> bool:
    return key in questions and questions[key].kind is FieldKind.CHOICES
