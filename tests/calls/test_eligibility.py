"""Each automatic condition: met, broken, or unknown while its facts are not given. Shares are compared at the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.calls.rules.eligibility import Facts, Rule, Verdict, broken, judge
from programme.calls.states import Check

FACTS = Facts(
    carrier_kind="association", siret_valid=True, theme_chosen=True, territory_code="13", deposit_on=date(2026, 11, 23),
    starts_on=date(2027, 3, 1), ends_on=date(2028, 3, 1), cost=Decimal("20000.00"), requested=Decimal("10000.00"),
    public_total=Decimal("16000.00"), own_funds=Decimal("4000.00"), gap=Decimal("0.00"), missing_pieces=0,
)  # fmt: skip
MET, BROKEN, UNKNOWN = Verdict.MET, Verdict.BROKEN, Verdict.UNKNOWN


def verdict(check: Check, facts: Facts, **parameters) -> Verdict:
    return judge([Rule(check, parameters, "Condition.", "Refus.")], facts)[0].verdict


AI, SIZE = {"key": "ai", "is": "yes"}, {"key": "size", "at_least": "10"}
CASES = [
    (Check.CARRIER_KIND, {"kinds": ["association"]}, {}, MET),
    (Check.CARRIER_KIND, {"kinds": ["chamber"]}, {}, BROKEN),
    (Check.CARRIER_KIND, {"kinds": ["chamber"]}, {"carrier_kind": None}, UNKNOWN),
    (Check.SIRET_VALID, {}, {}, MET),
    (Check.SIRET_VALID, {}, {"siret_valid": False}, BROKEN),
    (Check.SIRET_VALID, {}, {"siret_valid": None}, UNKNOWN),
    (Check.THEME_CHOSEN, {}, {}, MET),
    (Check.THEME_CHOSEN, {}, {"theme_chosen": False}, BROKEN),
    (Check.THEME_CHOSEN, {}, {"theme_chosen": None}, UNKNOWN),
    (Check.TERRITORY, {"codes": ["13"]}, {}, MET),
    (Check.TERRITORY, {"codes": ["44"]}, {}, BROKEN),
    (Check.TERRITORY, {"codes": ["44"]}, {"territory_code": None}, UNKNOWN),
    (Check.START_AFTER_DEPOSIT, {}, {}, MET),
    (Check.START_AFTER_DEPOSIT, {}, {"starts_on": date(2026, 11, 23)}, MET),
    (Check.START_AFTER_DEPOSIT, {}, {"starts_on": date(2026, 11, 22)}, BROKEN),
    (Check.START_AFTER_DEPOSIT, {}, {"starts_on": None}, UNKNOWN),
    (Check.START_AFTER_DEPOSIT, {}, {"deposit_on": None}, UNKNOWN),
    (Check.END_AFTER_DEPOSIT, {}, {}, MET),
    (Check.END_AFTER_DEPOSIT, {}, {"ends_on": date(2026, 11, 23)}, BROKEN),
    (Check.END_AFTER_DEPOSIT, {}, {"ends_on": None}, UNKNOWN),
    (Check.DURATION_MAX, {"months": 12}, {}, MET),
    (Check.DURATION_MAX, {"months": 12}, {"ends_on": date(2028, 3, 2)}, BROKEN),
    (Check.DURATION_MAX, {"months": 12}, {"ends_on": date(2027, 3, 1)}, BROKEN),
    (Check.DURATION_MAX, {"months": 12}, {"ends_on": None}, UNKNOWN),
    (Check.DURATION_MAX, {"months": 1}, {"starts_on": date(2027, 1, 31), "ends_on": date(2027, 2, 28)}, MET),
    (Check.DURATION_MAX, {"months": 1}, {"starts_on": date(2027, 1, 31), "ends_on": date(2027, 3, 1)}, BROKEN),
    (Check.COST_MIN, {"amount": 20000}, {}, MET),
    (Check.COST_MIN, {"amount": 20000}, {"cost": Decimal("19999.99")}, BROKEN),
    (Check.COST_MIN, {"amount": 20000}, {"cost": None}, UNKNOWN),
    (Check.REQUEST_MIN, {"amount": 10000}, {}, MET),
    (Check.REQUEST_MIN, {"amount": 10000}, {"requested": Decimal("9999.99")}, BROKEN),
    (Check.REQUEST_MIN, {"amount": 10000}, {"requested": None}, UNKNOWN),
    (Check.REQUEST_MAX, {"amount": 10000}, {}, MET),
    (Check.REQUEST_MAX, {"amount": 10000}, {"requested": Decimal("10000.01")}, BROKEN),
    (Check.REQUEST_MAX, {"amount": 10000}, {"requested": None}, UNKNOWN),
    (Check.RATE_MAX, {"percent": 50}, {}, MET),
    (Check.RATE_MAX, {"percent": 50}, {"requested": Decimal("10000.01")}, BROKEN),
    (Check.RATE_MAX, {"percent": 50}, {"cost": None}, UNKNOWN),
    (Check.RATE_MAX, {"percent": 50}, {"cost": Decimal(0)}, UNKNOWN),
    (Check.PUBLIC_SHARE_MAX, {"percent": 80}, {}, MET),
    (Check.PUBLIC_SHARE_MAX, {"percent": 80}, {"public_total": Decimal("16000.01")}, BROKEN),
    (Check.PUBLIC_SHARE_MAX, {"percent": 80}, {"public_total": None}, UNKNOWN),
    (Check.OWN_SHARE_MIN, {"percent": 20}, {}, MET),
    (Check.OWN_SHARE_MIN, {"percent": 20}, {"own_funds": Decimal("3999.99")}, BROKEN),
    (Check.OWN_SHARE_MIN, {"percent": 20}, {"own_funds": None}, UNKNOWN),
    (Check.PLAN_BALANCED, {}, {}, MET),
    (Check.PLAN_BALANCED, {}, {"gap": Decimal("0.01")}, BROKEN),
    (Check.PLAN_BALANCED, {}, {"gap": Decimal("-0.01")}, BROKEN),
    (Check.PLAN_BALANCED, {}, {"gap": None}, UNKNOWN),
    (Check.PIECES_COMPLETE, {}, {}, MET),
    (Check.PIECES_COMPLETE, {}, {"missing_pieces": 1}, BROKEN),
    (Check.PIECES_COMPLETE, {}, {"missing_pieces": None}, UNKNOWN),
    (Check.ANSWERS, {"condition": AI}, {"answers": {"ai": "yes"}}, MET),
    (Check.ANSWERS, {"condition": AI}, {"answers": {"ai": "no"}}, BROKEN),
    (Check.ANSWERS, {"condition": AI}, {"answers": {}}, UNKNOWN),
    (Check.ANSWERS, {"condition": AI}, {"answers": None}, UNKNOWN),
    (Check.ANSWERS, {"condition": {"all": [AI, SIZE]}}, {"answers": {"ai": "no"}}, BROKEN),
    (Check.ANSWERS, {"condition": {"all": [AI, SIZE]}}, {"answers": {"ai": "yes"}}, UNKNOWN),
    (Check.ANSWERS, {"condition": {"all": [AI, SIZE]}}, {"answers": {"ai": "yes", "size": "10"}}, MET),
    (Check.ANSWERS, {"condition": {"any": [AI, SIZE]}}, {"answers": {"ai": "yes"}}, MET),
    (Check.ANSWERS, {"condition": {"any": [AI, SIZE]}}, {"answers": {"ai": "no"}}, UNKNOWN),
    (Check.ANSWERS, {"condition": {"any": [AI, SIZE]}}, {"answers": {"ai": "no", "size": "9"}}, BROKEN),
    (Check.ANSWERS, {"condition": {"key": "ai", "answered": True}}, {"answers": {}}, BROKEN),
]


@pytest.mark.parametrize(("check", "parameters", "changes", "expected"), CASES)
def test_a_condition(check, parameters, changes, expected):
    assert verdict(check, replace(FACTS, **changes), **parameters) == expected


def test_every_check_is_tried_in_the_three_ways():
    assert {(check, expected) for check, _p, _c, expected in CASES} == {(c, v) for c in Check for v in Verdict}


@given(cost=st.integers(1, 10**11), percent=st.integers(1, 100))
def test_no_rounded_share_decides(cost, percent):
    """At the exact share the rule is met; one cent above, it is broken."""
    whole, limit = Decimal(cost) / 100, cost * percent // 100
    facts = replace(FACTS, cost=whole, requested=Decimal(limit) / 100)
    assert verdict(Check.RATE_MAX, facts, percent=percent) == MET
    above = replace(facts, requested=Decimal(limit + 1) / 100)
    assert verdict(Check.RATE_MAX, above, percent=percent) == BROKEN


def test_the_broken_ones_come_in_order_with_their_refusal():
    rules = [
        Rule(Check.COST_MIN, {"amount": 30000}, "Au moins 30 000.", "C’est trop peu."),
        Rule(Check.TERRITORY, {"codes": ["13"]}, "Dans la région.", "Hors de la région."),
        Rule(Check.REQUEST_MAX, {"amount": 1}, "Un euro.", "C’est trop."),
    ]
    assert [each.rule.refusal for each in broken(judge(rules, FACTS))] == ["C’est trop peu.", "C’est trop."]
