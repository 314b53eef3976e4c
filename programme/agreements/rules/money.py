"""Money of a grant convention: payment schedule, balanced financing plan. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Instalment:
    """One payment: its code (single, advance, instalments, balance) and its ceiling."""

    code: str
    amount: Decimal


def share_of(amount: Decimal, percent: Decimal) -> Decimal:
    """A share of an amount, to the cent."""
    return (amount * percent / 100).quantize(_CENT, ROUND_HALF_UP)


def schedule(
    amount: Decimal, *, advance_percent: Decimal, minimum: Decimal, instalment_cap: Decimal | None = None
) -> list[Instalment]:
    """The payments of a grant; their sum is the grant.

    An advance or instalment under `minimum` (1,000 € in the Region's rules) is not paid: the grant is then paid
    once. `instalment_cap` is the share, in percent, up to which instalments go (None: there are none).
    """
    advance = share_of(amount, advance_percent)
    advance = advance if ZERO < advance < amount and advance >= minimum else ZERO
    paid = [Instalment("advance", advance)] if advance else []
    if instalment_cap is not None:
        instalments = share_of(amount, instalment_cap) - advance
        if instalments >= max(minimum, _CENT) and advance + instalments < amount:
            paid.append(Instalment("instalments", instalments))
    rest = amount - sum((each.amount for each in paid), ZERO)
    paid.append(Instalment("balance" if paid else "single", rest))
    return paid


@dataclass(frozen=True)
class Plan:
    """A financing plan: what is spent, who pays, and the two totals."""

    cost: Decimal
    resources: Decimal
    own_complement: Decimal

    @property
    def is_balanced(self) -> bool:
        """Expenses equal resources, to the cent."""
        return self.cost > 0 and self.cost == self.resources and self.own_complement >= 0


def plan(expenses: Iterable[Decimal], others: Iterable[Decimal], granted: Decimal) -> Plan:
    """The plan of an awarded project.

    The vote may give less than was asked: what is then missing is the beneficiary's to bring (`own_complement`).
    It is negative, and the plan unbalanced, when fundings exceed the expenses.
    """
    cost = sum(expenses, ZERO)
    known = sum(others, ZERO) + granted
    complement = cost - known
    return Plan(cost, known + max(complement, ZERO), complement)
