"""The budget, exact to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.applications.rules.budget import PUBLIC_MONEY, agreement_due, ceiling, share, totals
from programme.applications.states import FundingKind

amounts = st.integers(0, 10**12).map(lambda cents: Decimal(cents) / 100)
sources = st.lists(st.tuples(st.sampled_from(FundingKind), amounts), max_size=8)


@given(expenses=st.lists(amounts, max_size=8), requested=st.none() | amounts, others=sources)
def test_totals_and_gap_are_exact(expenses, requested, others):
    found = totals(expenses, requested, others)
    asked = requested or Decimal(0)
    assert found.cost == sum(expenses)
    assert found.funding == asked + sum(amount for _kind, amount in others)
    assert found.gap == found.cost - found.funding
    assert found.others == found.funding - asked
    assert found.is_balanced == (found.cost > 0 and found.cost == found.funding)


@given(expenses=st.lists(amounts, min_size=1, max_size=8), requested=amounts, others=sources)
def test_shares_are_of_the_cost(expenses, requested, others):
    found = totals(expenses, requested, others)
    public = requested + sum(amount for kind, amount in others if kind in PUBLIC_MONEY)
    own = sum(amount for kind, amount in others if kind is FundingKind.OWN)
    if found.cost:
        for given_share, part in (
            (found.region_share, requested),
            (found.public_share, public),
            (found.own_share, own),
        ):
            assert abs(given_share * found.cost / 100 - part) <= found.cost * Decimal("0.00005")
    else:
        assert found.region_share is found.public_share is found.own_share is None


@given(st.lists(amounts, min_size=1, max_size=8))
def test_a_plan_made_to_balance_has_no_gap(expenses):
    cost = sum(expenses)
    half = (cost / 2).quantize(Decimal("0.01"))
    assert totals(expenses, half, [(FundingKind.OWN, cost - half)]).gap == 0


def test_a_share_is_rounded_to_two_places():
    assert share(Decimal(1), Decimal(3)) == Decimal("33.33")
    assert share(Decimal(1), Decimal(0)) is None


@pytest.mark.parametrize(
    ("amount", "public", "due"),
    [("23000.00", False, False), ("23000.01", False, True), ("40000.00", True, False), (None, False, False)],
)
def test_an_agreement_is_due_above_23000_for_a_private_body(amount, public, due):
    assert agreement_due(None if amount is None else Decimal(amount), is_public_body=public) is due


@pytest.mark.parametrize(
    ("part", "whole", "reached", "passed"),
    [
        ("50", "100", True, False),
        ("49.99", "100", False, False),
        ("50.01", "100", False, True),
        # A share that rounds to the ceiling is neither at it nor under it.
        ("13250.01", "26500", False, True),
    ],
)
def test_a_ceiling_is_compared_exactly(part, whole, reached, passed):
    found = ceiling(Decimal(part), Decimal(whole), Decimal(50))
    assert (found.is_reached, found.is_passed) == (reached, passed)


def test_without_a_limit_or_without_a_cost_there_is_no_ceiling():
    assert ceiling(Decimal(1), Decimal(2), None) is None
    assert ceiling(Decimal(0), Decimal(0), Decimal(50)) is None
