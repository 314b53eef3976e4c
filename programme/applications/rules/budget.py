"""The budget and its financing plan, in exact money: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from programme.applications.states import FundingKind

ZERO = Decimal("0.00")
AGREEMENT_ABOVE = Decimal(23_000)
PUBLIC_MONEY = frozenset({FundingKind.PUBLIC, FundingKind.EUROPEAN})


@dataclass(frozen=True)
class Totals:
    """Sums of a plan in euros and shares of the cost in percent (None while there is no cost).

    `is_estimate`: the call asks for no more than an estimate, of which nothing has to balance.
    """

    cost: Decimal
    requested: Decimal
    others: Decimal
    funding: Decimal
    gap: Decimal
    public: Decimal
    region_share: Decimal | None
    public_share: Decimal | None
    own_share: Decimal | None
    is_estimate: bool = False

    @property
    def is_balanced(self) -> bool:
        """Expenses equal fundings, to the cent, and there are some."""
        return self.cost > 0 and self.gap == 0


def totals(
    expenses: Iterable[Decimal], requested: Decimal | None, sources: Iterable[tuple[FundingKind, Decimal]], *, is_estimate: bool = False
) -> Totals:  # fmt: skip
    """Add up a plan. `gap` is what is missing (positive) or in excess (negative) to balance."""
    cost = sum(expenses, ZERO)
    asked = requested or ZERO
    listed = list(sources)
    others = sum((amount for _kind, amount in listed), ZERO)
    public = asked + sum((amount for kind, amount in listed if kind in PUBLIC_MONEY), ZERO)
    own = sum((amount for kind, amount in listed if kind is FundingKind.OWN), ZERO)
    return Totals(
        cost=cost, requested=asked, others=others, funding=asked + others, gap=cost - asked - others, public=public,
        region_share=share(asked, cost), public_share=share(public, cost), own_share=share(own, cost),
        is_estimate=is_estimate,
    )  # fmt: skip


@dataclass(frozen=True)
class Ceiling:
    """What a call allows of a share: its percent, and where the plan stands, compared exactly."""

    percent: Decimal
    is_reached: bool
    is_passed: bool


def ceiling(part: Decimal, whole: Decimal, percent: Decimal | None) -> Ceiling | None:
    """A part of a whole against the most allowed, in percent; None when the call sets no limit or nothing is spent yet."""
    if percent is None or whole <= 0:
        return None
    return Ceiling(percent, is_reached=100 * part == percent * whole, is_passed=100 * part > percent * whole)


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part` in percent of `whole`, to two places; None when there is no whole."""
    return (100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None


def agreement_due(requested: Decimal | None, *, is_public_body: bool) -> bool:
    """Whether a grant of this amount needs an agreement: over 23,000 € to a private body.

    Sources: law 2000-321 of 12 April 2000, article 10; decree 2001-495, article 1.
    """
    return not is_public_body and (requested or ZERO) > AGREEMENT_ABOVE
