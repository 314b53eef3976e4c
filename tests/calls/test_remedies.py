"""What to change of a project: the changes hold together, and there are no more of them than needed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from programme.calls.rules.eligibility import Facts, Rule, Verdict, broken, judge
from programme.calls.rules.remedies import Lever, Remedy, plan
from programme.calls.states import Check
from programme.core.periods import add_months

TODAY, CENT = date(2026, 11, 23), Decimal("0.01")
MET, BROKEN = Verdict.MET, Verdict.BROKEN
L = Lever


def rule(check: Check, **parameters) -> Rule:
    return Rule(check, parameters, "Condition.", check.value)


def other_of(facts: Facts) -> Decimal:
    return max((facts.public_total or Decimal(0)) - (facts.requested or Decimal(0)), Decimal(0))


def private_of(facts: Facts) -> Decimal:
    """What comes from others than the Region, the public and the carrier."""
    return facts.cost - facts.gap - facts.requested - other_of(facts) - facts.own_funds


def changed(facts: Facts, changes) -> Facts:
    """The same project once all that is said is done, written apart from what says it."""
    said = {each.lever: each.value for each in changes}
    cost = said.get(L.COST_AT_LEAST, facts.cost)
    requested = said.get(L.REQUEST_AT_LEAST, said.get(L.REQUEST_AT_MOST, facts.requested))
    other = said.get(L.OTHER_PUBLIC_AT_MOST, other_of(facts))
    own = said.get(L.OWN_AT_LEAST, said.get(L.OWN_TO_BALANCE, facts.own_funds))
    gap = None if facts.gap is None else cost - requested - other - own - private_of(facts)
    start = said.get(L.STARTS_FROM, facts.starts_on)
    end = (
        add_months(start, int(said[L.MONTHS_AT_MOST]))
        if L.MONTHS_AT_MOST in said
        else said.get(L.ENDS_ON, facts.ends_on)
    )
    public = None if facts.public_total is None else (requested or Decimal(0)) + other
    return replace(
        facts, cost=cost, requested=requested, public_total=public, own_funds=own, gap=gap, starts_on=start, ends_on=end
    )  # fmt: skip


cents = st.integers(0, 90_000_000).map(lambda each: Decimal(each) / 100)
some_rules = st.fixed_dictionaries(
    {},
    optional={
        Check.COST_MIN: st.builds(lambda n: {"amount": n}, st.integers(1, 900_000)),
        Check.REQUEST_MIN: st.builds(lambda n: {"amount": n}, st.integers(1, 900_000)),
        Check.REQUEST_MAX: st.builds(lambda n: {"amount": n}, st.integers(1, 900_000)),
        Check.RATE_MAX: st.builds(lambda n: {"percent": n}, st.integers(1, 100)),
        Check.PUBLIC_SHARE_MAX: st.builds(lambda n: {"percent": n}, st.integers(1, 100)),
        Check.OWN_SHARE_MIN: st.builds(lambda n: {"percent": n}, st.integers(0, 99)),
        Check.DURATION_MAX: st.builds(lambda n: {"months": n}, st.integers(1, 60)),
        Check.START_AFTER_DEPOSIT: st.just({}),
        Check.END_AFTER_DEPOSIT: st.just({}),
        Check.PLAN_BALANCED: st.just({}),
    },
)
days = st.integers(-3000, 3000).map(lambda each: TODAY + timedelta(days=each))


@st.composite
def projects(draw) -> Facts:
    """A project of which everything is known, the gap of its plan included."""
    cost, requested, other, own, private = (draw(cents) for _each in range(5))
    return Facts(
        carrier_kind="association", deposit_on=TODAY, starts_on=draw(days), ends_on=draw(days), cost=cost + CENT,
        requested=requested, public_total=requested + other, own_funds=own,
        gap=cost + CENT - requested - other - own - private,
    )  # fmt: skip


def consistent(rules) -> bool:
    """A call may not ask for more than it gives."""
    least, most = rules.get(Check.REQUEST_MIN), rules.get(Check.REQUEST_MAX)
    return not (least and most and least["amount"] > most["amount"])


@given(some_rules, projects())
def test_all_the_changes_together_meet_every_condition_on_amounts_and_dates(given_rules, facts):
    assume(consistent(given_rules))
    rules = [rule(check, **parameters) for check, parameters in given_rules.items()]
    found = plan(rules, facts)
    assert broken(judge(rules, changed(facts, found.changes))) == []
    assert found.beyond == ()
    levers = [each.lever.value.split("_")[0] for each in found.changes]
    assert len(set(levers)) == len(levers)  # One remedy a lever.
    if not broken(judge(rules, facts)):
        assert found.changes == ()


@given(some_rules, projects())
def test_what_is_not_known_is_not_changed(given_rules, facts):
    """The self-check knows no gap; where it asks no money, no amount at all."""
    assume(consistent(given_rules))
    rules = [rule(check, **parameters) for check, parameters in given_rules.items()]
    partial = replace(facts, gap=None, own_funds=None)
    assert broken(judge(rules, changed(partial, plan(rules, partial).changes))) == []
    without = replace(facts, cost=None, requested=None, public_total=None, own_funds=None, gap=None)
    assert {each.lever for each in plan(rules, without).changes} <= {L.STARTS_FROM, L.ENDS_ON, L.MONTHS_AT_MOST}


PROJECT = Facts(
    carrier_kind="association", cost=Decimal(20_000), requested=Decimal(16_000), public_total=Decimal(18_000),
    deposit_on=TODAY, starts_on=date(2027, 3, 1), ends_on=date(2028, 3, 1),
)  # fmt: skip
THREE = [
    rule(Check.RATE_MAX, percent=50), rule(Check.REQUEST_MAX, amount=15_000), rule(Check.PUBLIC_SHARE_MAX, percent=80),
]  # fmt: skip


def test_the_control_each_condition_alone_contradicts_the_others():
    """Computed one by one, as it was once done, the changes ask twice for the request and take all the other aids."""
    alone = [each for one in THREE for each in plan([one], PROJECT).changes]
    assert [(each.lever, each.value) for each in alone] == [
        (L.REQUEST_AT_MOST, 10_000), (L.REQUEST_AT_MOST, 15_000), (L.OTHER_PUBLIC_AT_MOST, 0),
    ]  # fmt: skip
    assert plan(THREE, PROJECT).changes == (Remedy(L.REQUEST_AT_MOST, Decimal(10_000)),)


@pytest.mark.parametrize(
    ("rules", "changes", "expected"),
    [
        # Raising the cost may break a share that held: its own change is said too.
        ([rule(Check.COST_MIN, amount=40_000), rule(Check.OWN_SHARE_MIN, percent=20)], {"own_funds": Decimal(5_000)},
         [(L.COST_AT_LEAST, 40_000), (L.OWN_AT_LEAST, 8_000)]),
        # The least request must fit its share of the cost.
        ([rule(Check.REQUEST_MIN, amount=18_000), rule(Check.RATE_MAX, percent=50)], {},
         [(L.COST_AT_LEAST, 36_000), (L.REQUEST_AT_LEAST, 18_000)]),
        # What the Region no longer gives, the carrier brings.
        ([THREE[0], rule(Check.PLAN_BALANCED)], {"own_funds": Decimal(2_000), "gap": Decimal(0)},
         [(L.REQUEST_AT_MOST, 10_000), (L.OWN_TO_BALANCE, 8_000)]),
        # Too much private money: the cost, since neither the aids nor the request alone make room.
        ([rule(Check.OWN_SHARE_MIN, percent=20), rule(Check.PLAN_BALANCED)],
         {"requested": Decimal(1_000), "public_total": Decimal(1_000), "own_funds": Decimal(0), "gap": Decimal(0)},
         [(L.COST_AT_LEAST, 25_000), (L.OWN_TO_BALANCE, 5_000)]),
        ([rule(Check.START_AFTER_DEPOSIT), rule(Check.DURATION_MAX, months=6)], {"starts_on": date(2026, 11, 1)},
         [(L.STARTS_FROM, TODAY), (L.MONTHS_AT_MOST, 6)]),
        # A project that would be over before it starts keeps its length.
        ([rule(Check.START_AFTER_DEPOSIT), rule(Check.DURATION_MAX, months=12)],
         {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 31)},
         [(L.STARTS_FROM, TODAY), (L.ENDS_ON, date(2026, 12, 23))]),
    ],
)  # fmt: skip
def test_a_plan(rules, changes, expected):
    assert [(each.lever, each.value) for each in plan(rules, replace(PROJECT, **changes)).changes] == expected


def test_what_no_amount_and_no_date_changes_is_said_apart():
    elsewhere = [
        rule(Check.TERRITORY, codes=["44"]),
        rule(Check.CARRIER_KIND, kinds=["chamber"]),
        rule(Check.THEME_CHOSEN),
    ]
    found = plan([*THREE, *elsewhere], replace(PROJECT, territory_code="13", theme_chosen=False))
    assert list(found.beyond) == elsewhere
    assert [each.lever for each in found.changes] == [L.REQUEST_AT_MOST]
    refused = rule(Check.ANSWERS, condition={"key": "requested_amount", "at_most": "12000"})
    known = replace(PROJECT, answers={"requested_amount": PROJECT.requested})
    assert plan([*THREE, refused], known).beyond == ()  # The request that falls meets it too.
    assert plan([refused], known).beyond == (refused,)
    against = [rule(Check.REQUEST_MIN, amount=5_000), rule(Check.REQUEST_MAX, amount=4_000)]
    assert len(plan(against, PROJECT).beyond) == 1


@given(
    st.sampled_from([Check.COST_MIN, Check.REQUEST_MIN, Check.REQUEST_MAX, Check.RATE_MAX, Check.PUBLIC_SHARE_MAX, Check.OWN_SHARE_MIN]),
    projects(), st.integers(1, 100), st.integers(1, 900_000),
)  # fmt: skip
def test_a_cent_less_does_not_meet_the_condition(check, facts, percent, amount):
    one = rule(check, percent=percent, amount=amount)
    found = plan([one], facts).changes
    assert bool(found) == (judge([one], facts)[0].verdict is BROKEN)
    if found:
        last = found[-1]
        cent = CENT if last.lever.value.endswith("at_most") else -CENT
        short = changed(facts, [*found[:-1], replace(last, value=last.value + cent)])
        assert judge([one], short)[0].verdict is BROKEN
