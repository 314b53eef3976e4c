"""Before a file: what the self-check of a strand asks, what is known of a project from its answers, how long a file takes."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from programme.calls.models import Call, CallStrand, EligibilityRule
from programme.calls.rules.asking import NO_THEME, Asked, asked
from programme.calls.rules.effort import BUDGET, ESTIMATE, Effort, effort
from programme.calls.rules.eligibility import Facts, Rule
from programme.calls.services.life import automatic_rules
from programme.calls.states import AidRegime, Check, MoneyAsked
from programme.core.periods import add_months
from programme.organisations.states import OrganisationKind, family_of
from programme.questionnaires.rules.fields import answered
from programme.questionnaires.rules.values import compared

_ANY_DAY = date(2001, 1, 1)
"""Where only the length counts: any first day of a month gives the same answer."""


def rules_of(call: Call, strand: CallStrand) -> list[Rule]:
    """The automatic conditions of a strand, those of the whole call included."""
    return automatic_rules(call.rules, strand.id)


def asked_in(call: Call, strand: CallStrand, of_call: Iterable[EligibilityRule] | None = None) -> Asked:
    """What the self-check of a strand asks; its questions are read only where a condition looks at answers.

    `of_call`: the conditions of the call, when the caller has read them.
    """
    rules = automatic_rules(call.rules if of_call is None else of_call, strand.id)
    reads = any(each.check is Check.ANSWERS for each in rules)
    return asked(rules, strand.form_definition.questions if reads else (), money=call.asks_money)


def strand_decides(call: Call) -> bool:
    """Whether the answer depends on the strand."""
    first, *others = [(rules_of(call, each), asked_in(call, each)) for each in call.strands]
    return any(each != first for each in others)


def check_length(call: Call) -> int:
    """How many answers the self-check asks for at most; 0 when nothing is checked beforehand."""
    most = max(asked_in(call, each).count for each in call.strands)
    return most + (1 if strand_decides(call) and most else 0)


def effort_of(call: Call) -> Effort:
    """What the longest strand of a call asks of who answers it; the pieces are those of any carrier, on any theme."""
    money = {MoneyAsked.FULL: BUDGET, MoneyAsked.ESTIMATE: ESTIMATE, MoneyAsked.NONE: 0}[call.money_asked]
    due = [
        each for each in call.required_documents if each.is_mandatory and not (each.theme_codes or each.carrier_kinds)
    ]
    found = [
        effort(
            strand.form_definition.questions, sum(each.strand_id in (None, strand.id) for each in due),
            asks_data=call.asks_data, money=money, asks_aid=call.aid_regime is not AidRegime.NONE,
        )
        for strand in call.strands
    ]  # fmt: skip
    return max(found, key=lambda each: each.minutes)


def facts_of(
    given: Mapping[str, Any], answers: Mapping[str, Any], what: Asked, strand: CallStrand, *, today: date
) -> Facts:
    """What is known of the project: the values of the fields by their names, and the stored form of the answers."""
    start = given.get("starts_on") or _ANY_DAY
    months, requested = given.get("months"), given.get("requested")
    asks_others = "other_public" in what.fields
    return Facts(
        carrier_kind=given.get("carrier_kind"), territory_code=given.get("territory_code"),
        theme_chosen=None if given.get("theme") is None else given["theme"] != NO_THEME,
        deposit_on=today if given.get("starts_on") else None, starts_on=start if months or given.get("starts_on") else None,
        ends_on=add_months(start, months) if months else None, cost=given.get("cost"), requested=requested,
        public_total=(requested or Decimal(0)) + (given.get("other_public") or Decimal(0)) if asks_others else None,
        own_funds=given.get("own_funds") if "own_funds" in what.fields else None,
        answers=_said(given, answers, what, strand),
    )  # fmt: skip


def _said(given: Mapping[str, Any], answers: Mapping[str, Any], what: Asked, strand: CallStrand) -> dict[str, Any]:
    """What a condition on answers compares, as it will in the file: what is known, and the questions that are asked."""
    known = {"strand": strand.code, "requested_amount": given.get("requested")}
    if given.get("theme") not in (None, NO_THEME):
        known["theme"] = given["theme"]
    if given.get("carrier_kind"):
        kind = OrganisationKind(given["carrier_kind"])
        known |= {"carrier_kind": kind.value, "carrier_family": family_of(kind)}
    said = answered(what.questions, answers, known)
    return known | {each.key: compared(each.kind, answer) for each, answer in said}
