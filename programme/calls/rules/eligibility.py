"""Automatic eligibility: the same pure rule for the self-check, the draft and the deposit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from programme.calls.states import Check
from programme.core.periods import add_months
from programme.questionnaires.rules.conditions import Comparison, Condition, How, Joined, condition_from


class Verdict(StrEnum):
    """Whether a condition holds; `unknown` while the facts that it needs are not given."""

    MET = "met"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Facts:
    """What is known of a project, None for what is not. Amounts in euros; `gap` is what is missing to balance the plan."""

    carrier_kind: str | None = None
    siret_valid: bool | None = None
    theme_chosen: bool | None = None
    territory_code: str | None = None
    deposit_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    cost: Decimal | None = None
    requested: Decimal | None = None
    public_total: Decimal | None = None
    own_funds: Decimal | None = None
    gap: Decimal | None = None
    missing_pieces: int | None = None
    answers: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Rule:
    """An automatic condition: its check, its parameters, what it says, and the sentence when it is broken."""

    check: Check
    parameters: Mapping[str, Any]
    statement: str
    refusal: str


@dataclass(frozen=True)
class Finding:
    """A condition and whether it holds."""

    rule: Rule
    verdict: Verdict


def judge(rules: Iterable[Rule], facts: Facts) -> list[Finding]:
    """Each rule with its verdict, in order."""
    return [Finding(rule, _verdict(_CHECKS[rule.check](facts, rule.parameters))) for rule in rules]


def broken(findings: Iterable[Finding]) -> list[Finding]:
    """Those that do not hold."""
    return [each for each in findings if each.verdict is Verdict.BROKEN]


def _answers(facts: Facts, given: Mapping[str, Any]) -> bool | None:
    return None if facts.answers is None else _settled(condition_from(given["condition"]), facts.answers)


def _settled(condition: Condition, known: Mapping[str, Any]) -> bool | None:
    """Whether a condition holds; None while what is not answered could still change it (Kleene's three values)."""
    if isinstance(condition, Comparison):
        unsaid = known.get(condition.key) in (None, "", [], ())
        return None if unsaid and condition.how is not How.ANSWERED else condition.holds(known)
    held = [_settled(each, known) for each in condition.parts]
    decisive = condition.joined is Joined.ANY
    return decisive if decisive in held else None if None in held else not decisive


def _verdict(holds: bool | None) -> Verdict:
    return Verdict.UNKNOWN if holds is None else Verdict.MET if holds else Verdict.BROKEN


def _carrier(facts: Facts, given: Mapping[str, Any]) -> bool | None:
    return None if facts.carrier_kind is None else facts.carrier_kind in given["kinds"]


def _territory(facts: Facts, given: Mapping[str, Any]) -> bool | None:
    return None if facts.territory_code is None else facts.territory_code in given["codes"]


def _start(facts: Facts, given: Mapping[str, Any]) -> bool | None:
    if facts.starts_on is None or facts.deposit_on is None:
        return None
    return facts.starts_on >= facts.deposit_on


def _end(facts: Facts, given: Mapping[str, Any]) -> bool | None:
    if facts.ends_on is None or facts.deposit_on is None:
        return None
    return facts.ends_on > facts.deposit_on


def _duration(facts: Facts, given: Mapping[str, Any]) -> bool | None:
    if facts.starts_on is None or facts.ends_on is None:
        return None
    return facts.starts_on < facts.ends_on <= add_months(facts.starts_on, int(given["months"]))


def _at_least(value: Decimal | None, floor: Any) -> bool | None:
    return None if value is None else value >= Decimal(str(floor))


def _at_most(value: Decimal | None, ceiling: Any) -> bool | None:
    return None if value is None else value <= Decimal(str(ceiling))


def _share_at_most(part: Decimal | None, whole: Decimal | None, percent: Any) -> bool | None:
    """Compared exactly: no rounded share decides."""
    if part is None or not whole:
        return None
    return part * 100 <= whole * Decimal(str(percent))


def _own_share(facts: Facts, given: Mapping[str, Any]) -> bool | None:
    if facts.own_funds is None or not facts.cost:
        return None
    return facts.own_funds * 100 >= facts.cost * Decimal(str(given["percent"]))


_CHECKS: dict[Check, Callable[[Facts, Mapping[str, Any]], bool | None]] = {
    Check.CARRIER_KIND: _carrier,
    Check.TERRITORY: _territory,
    Check.SIRET_VALID: lambda facts, _given: facts.siret_valid,
    Check.THEME_CHOSEN: lambda facts, _given: facts.theme_chosen,
    Check.START_AFTER_DEPOSIT: _start,
    Check.END_AFTER_DEPOSIT: _end,
    Check.DURATION_MAX: _duration,
    Check.COST_MIN: lambda facts, given: _at_least(facts.cost, given["amount"]),
    Check.REQUEST_MIN: lambda facts, given: _at_least(facts.requested, given["amount"]),
    Check.REQUEST_MAX: lambda facts, given: _at_most(facts.requested, given["amount"]),
    Check.RATE_MAX: lambda facts, given: _share_at_most(facts.requested, facts.cost, given["percent"]),
    Check.PUBLIC_SHARE_MAX: lambda facts, given: _share_at_most(facts.public_total, facts.cost, given["percent"]),
    Check.OWN_SHARE_MIN: _own_share,
    Check.PLAN_BALANCED: lambda facts, _given: None if facts.gap is None else facts.gap == 0,
    Check.ANSWERS: _answers,
    Check.PIECES_COMPLETE: lambda facts, _given: None if facts.missing_pieces is None else facts.missing_pieces == 0,
}
