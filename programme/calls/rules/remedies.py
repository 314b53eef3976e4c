"""What to change of a project so that it meets the conditions of a call: one plan, whose changes hold together. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from programme.calls.rules.eligibility import Facts, Rule, broken, judge
from programme.calls.states import Check
from programme.core.periods import add_months

_CENT, _ZERO, _DAY = Decimal("0.01"), Decimal(0), timedelta(days=1)


class Lever(StrEnum):
    """What somebody can change of a project to meet a condition."""

    COST_AT_LEAST = "cost_at_least"
    REQUEST_AT_LEAST = "request_at_least"
    REQUEST_AT_MOST = "request_at_most"
    OTHER_PUBLIC_AT_MOST = "other_public_at_most"
    OWN_AT_LEAST = "own_at_least"
    OWN_TO_BALANCE = "own_to_balance"
    STARTS_FROM = "starts_from"
    ENDS_ON = "ends_on"
    MONTHS_AT_MOST = "months_at_most"


OF_DATES = frozenset({Lever.STARTS_FROM, Lever.ENDS_ON, Lever.MONTHS_AT_MOST})


@dataclass(frozen=True)
class Remedy:
    """One change: euros to the cent, whole months, or a day."""

    lever: Lever
    value: Decimal | date


@dataclass(frozen=True)
class Plan:
    """What to change, one remedy a lever, and what no amount and no date changes.

    All the changes together meet every condition on amounts and dates that can be met with the others; `beyond` is what is
    still broken then: another carrier, another place, another answer, or conditions that contradict each other.
    """

    changes: tuple[Remedy, ...]
    beyond: tuple[Rule, ...]


def plan(rules: Iterable[Rule], facts: Facts, *, balanced: bool = False) -> Plan:
    """What meets the conditions with the fewest changes: the request first, then the other aids, the cost only if it must.

    `balanced`: the financing must equal the cost to the cent, asked by the call or by a condition; the carrier's own funds
    then take up what the other changes leave.
    """
    asked = list(rules)
    after = _timed(asked, _funded(asked, facts, balanced or any(each.check is Check.PLAN_BALANCED for each in asked)))
    return Plan(tuple(_changes(facts, after)), tuple(each.rule for each in broken(judge(asked, after))))


def _limit(rules: Iterable[Rule], check: Check, name: str, tightest: Callable[..., Decimal]) -> Decimal | None:
    """The tightest parameter of all the conditions of one kind; None when there is none."""
    found = [Decimal(str(each.parameters[name])) for each in rules if each.check is check]
    return tightest(found) if found else None


def _part(whole: Decimal, percent: Decimal, rounding: str) -> Decimal:
    return (whole * percent / 100).quantize(_CENT, rounding)


def _whole(part: Decimal, percent: Decimal) -> Decimal:
    """The least whole, to the cent, of which a part is at most so many percent."""
    return (part * 100 / percent).quantize(_CENT, ROUND_CEILING)


def _funded(rules: Sequence[Rule], facts: Facts, balanced: bool) -> Facts:
    """The same project with amounts that meet the conditions on them; what is unknown stays so."""
    cost = _cost(rules, facts)
    requested = _requested(rules, facts, cost)
    other = _other(rules, facts, cost, requested)
    after = _with(facts, cost, requested, other)
    if balanced and facts.gap is not None and facts.cost is not None:
        return _balanced(rules, facts, after)
    own = None if facts.own_funds is None else max(facts.own_funds, _own(rules, cost))
    return replace(after, own_funds=own, gap=None)


def _with(facts: Facts, cost: Decimal | None, requested: Decimal | None, other: Decimal | None) -> Facts:
    total = facts.public_total if other is None else (requested or _ZERO) + other
    answers = facts.answers
    if answers is not None and requested != facts.requested and "requested_amount" in answers:
        answers = {**answers, "requested_amount": requested}  # A condition may compare it with the answers.
    return replace(facts, cost=cost, requested=requested, public_total=total, answers=answers)


def _cost(rules: Sequence[Rule], facts: Facts) -> Decimal | None:
    """The cost, raised where the least cost, or the least request within its share, needs it."""
    if facts.cost is None:
        return None
    cost = max(facts.cost, _limit(rules, Check.COST_MIN, "amount", max) or _ZERO)
    least = _limit(rules, Check.REQUEST_MIN, "amount", max)
    if least is None or facts.requested is None or not cost:
        return cost
    shares = [_limit(rules, Check.RATE_MAX, "percent", min)]
    shares += [_limit(rules, Check.PUBLIC_SHARE_MAX, "percent", min)] if facts.public_total is not None else []
    return max([cost, *(_whole(least, each) for each in shares if each)])


def _requested(rules: Sequence[Rule], facts: Facts, cost: Decimal | None) -> Decimal | None:
    """The request, within its bounds and the shares of this cost. Even without other aids it stays within the public share."""
    if facts.requested is None:
        return None
    most = [_limit(rules, Check.REQUEST_MAX, "amount", min)]
    shares = [_limit(rules, Check.RATE_MAX, "percent", min)]
    shares += [_limit(rules, Check.PUBLIC_SHARE_MAX, "percent", min)] if facts.public_total is not None else []
    most += [_part(cost, each, ROUND_FLOOR) for each in shares if each is not None] if cost else []
    least = _limit(rules, Check.REQUEST_MIN, "amount", max) or _ZERO
    return min([max(facts.requested, least), *(each for each in most if each is not None)])


def _other(rules: Sequence[Rule], facts: Facts, cost: Decimal | None, requested: Decimal | None) -> Decimal | None:
    """The other public aids, within what the request leaves of the public share."""
    if (other := _other_public(facts)) is None:
        return None
    share = _limit(rules, Check.PUBLIC_SHARE_MAX, "percent", min)
    return other if share is None or not cost else min(other, _part(cost, share, ROUND_FLOOR) - (requested or _ZERO))


def _other_public(facts: Facts) -> Decimal | None:
    return None if facts.public_total is None else max(facts.public_total - (facts.requested or _ZERO), _ZERO)


def _own(rules: Sequence[Rule], cost: Decimal | None) -> Decimal:
    """The least own funds for this cost."""
    percent = _limit(rules, Check.OWN_SHARE_MIN, "percent", max)
    return _ZERO if percent is None or not cost else _part(cost, percent, ROUND_CEILING)


def _balanced(rules: Sequence[Rule], before: Facts, after: Facts) -> Facts:
    """The own funds take up the rest; where too little is left for them, one other amount gives way: aids, request, else the cost."""
    cost, requested, other = after.cost or _ZERO, after.requested or _ZERO, _other_public(after) or _ZERO
    private = (before.cost or _ZERO) - (before.gap or _ZERO) - (before.requested or _ZERO)
    private -= (_other_public(before) or _ZERO) + (before.own_funds or _ZERO)
    short = _own(rules, cost) - (cost - requested - other - private)
    least = _limit(rules, Check.REQUEST_MIN, "amount", max) or _CENT
    percent = _limit(rules, Check.OWN_SHARE_MIN, "percent", max) or _ZERO
    if 0 < short <= other:
        other -= short
    elif 0 < short <= requested - least:
        requested -= short
    elif short > 0 and percent < 100:
        cost = max(cost, _whole(requested + other + private, 100 - percent))
    own = max(cost - requested - other - private, _ZERO)
    return replace(
        _with(after, cost, requested, other), own_funds=own, gap=cost - requested - other - private - own
    )  # fmt: skip


def _timed(rules: Sequence[Rule], facts: Facts) -> Facts:
    """The same project with days that meet the conditions on them; its length is kept where the end has to move."""
    checks, start, end, given_on = {each.check for each in rules}, facts.starts_on, facts.ends_on, facts.deposit_on
    months = _limit(rules, Check.DURATION_MAX, "months", min)
    ends_after = given_on is not None and Check.END_AFTER_DEPOSIT in checks
    if start is not None and given_on is not None:
        too_far = months is not None and ends_after and add_months(start, int(months)) <= given_on
        if Check.START_AFTER_DEPOSIT in checks or too_far:
            start = max(start, given_on)
    if end is None:
        return replace(facts, starts_on=start)
    least = [given_on + _DAY] if ends_after and given_on is not None else []
    most = None
    if months is not None and start is not None:
        least, most = [*least, start + _DAY], add_months(start, int(months))
    if least and end < max(least):
        length = end - facts.starts_on if facts.starts_on else timedelta()
        kept = start + length if start is not None and length > timedelta() else most or max(least)
        end = max([kept, *least])
    return replace(facts, starts_on=start, ends_on=end if most is None else min(end, most))


def _changes(before: Facts, after: Facts) -> Iterable[Remedy]:
    """What differs, one remedy a lever, in the order in which somebody would make the changes."""
    pairs = [
        (before.cost, after.cost, Lever.COST_AT_LEAST, None),
        (before.requested, after.requested, Lever.REQUEST_AT_LEAST, Lever.REQUEST_AT_MOST),
        (_other_public(before), _other_public(after), None, Lever.OTHER_PUBLIC_AT_MOST),
    ]
    own = (Lever.OWN_TO_BALANCE, Lever.OWN_TO_BALANCE) if after.gap is not None else (Lever.OWN_AT_LEAST, None)
    for former, new, more, less in [*pairs, (before.own_funds, after.own_funds, *own)]:
        lever = None if former is None or new is None or former == new else more if new > former else less
        if lever is not None and new is not None:
            yield Remedy(lever, new)
    yield from _days(before, after)


def _days(before: Facts, after: Facts) -> Iterable[Remedy]:
    if after.starts_on is not None and after.starts_on != before.starts_on:
        yield Remedy(Lever.STARTS_FROM, after.starts_on)
    if before.ends_on is None or after.ends_on is None or after.ends_on == before.ends_on:
        return
    shorter = (
        before.starts_on and after.starts_on and after.ends_on - after.starts_on < before.ends_on - before.starts_on
    )
    if not shorter or after.starts_on is None:
        yield Remedy(Lever.ENDS_ON, after.ends_on)
    else:  # Only the longest duration makes it shorter.
        years, months = after.ends_on.year - after.starts_on.year, after.ends_on.month - after.starts_on.month
        yield Remedy(Lever.MONTHS_AT_MOST, Decimal(12 * years + months))
