"""State aid: what counts over three rolling years, exact to the cent and to the day, and what is still to say."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.applications.rules.state_aid import (
    CEILINGS,
    COUNTED,
    AidRegulation,
    Asked,
    Company,
    CompanyLink,
    Declaration,
    Received,
    UndertakingSize,
    counted,
    from_json,
    is_economic,
    lacks,
    size_of,
    standing,
    still_counts,
    to_json,
)
from programme.calls.states import AidRegime
from programme.organisations.rules import siret
from programme.organisations.states import OrganisationKind

OWN, OTHER = "732829320", "356000000"
DAY = date(2026, 11, 26)
MINIMIS, SIEG = AidRegime.DE_MINIMIS, AidRegime.SIEG
days = st.dates(date(2019, 1, 1), date(2032, 12, 31))
amounts = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)
received = st.builds(
    Received,
    st.none() | days,
    st.sampled_from(["", "Ville"]),
    st.sampled_from(AidRegulation),
    st.none() | amounts,
    st.just(OWN),
)


def oracle(granted: date, day: date) -> bool:
    """Day after day from the grant: the period ends with the date of the same name three years later, or the last of its month."""
    if granted > day:
        return False
    last = date(granted.year + 3, granted.month, 1)
    while (last + timedelta(1)).month == granted.month and last.day < granted.day:
        last += timedelta(1)
    return day <= last


@given(days, days)
def test_three_years_are_counted_from_date_to_date(granted, day):
    assert still_counts(granted, day) == oracle(granted, day)


@pytest.mark.parametrize(
    ("granted", "last"),
    [
        (date(2024, 2, 29), date(2027, 2, 28)), (date(2025, 2, 28), date(2028, 2, 28)), (date(2023, 11, 26), date(2026, 11, 26)),
        (date(2023, 12, 31), date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_the_last_day_counts_and_the_next_does_not(granted, last):
    assert still_counts(granted, last)
    assert not still_counts(granted, last + timedelta(1))
    assert not still_counts(granted, granted - timedelta(1))


@given(st.lists(received, max_size=8), st.sampled_from([MINIMIS, SIEG]), days)
def test_the_sum_is_that_of_the_cents_of_what_counts(aids, regime, day):
    cents = 0
    for each in aids:
        if each.amount is not None and each.granted_on is not None and oracle(each.granted_on, day):
            cents += int(each.amount * 100) if regime is SIEG or each.regulation is not AidRegulation.SIEG else 0
    assert counted(aids, regime, day) == Decimal(cents) / 100


@given(st.lists(received, max_size=6), st.none() | amounts, st.sampled_from([MINIMIS, SIEG]))
def test_what_may_be_asked_fits_to_the_cent_and_one_cent_more_does_not(aids, requested, regime):
    said = Declaration(has_received=True, received=aids)
    now = standing(said, regime, requested, DAY)
    assert now.left == max(CEILINGS[regime] - now.counted, 0)
    assert (now.passed_by > 0) == (now.counted + (requested or 0) > CEILINGS[regime])
    if now.counted <= CEILINGS[regime]:
        assert standing(said, regime, now.left, DAY).passed_by == 0
        assert standing(said, regime, now.left + Decimal("0.01"), DAY).passed_by == Decimal("0.01")


def test_who_says_that_nothing_was_received_has_the_whole_ceiling():
    rows = [Received(DAY, "Ville", amount=Decimal(5), siren=OWN)]
    assert standing(Declaration(has_received=False, received=rows), MINIMIS, None, DAY).counted == 0
    assert standing(Declaration(has_received=True, received=rows), MINIMIS, None, DAY).counted == 5
    assert standing(Declaration(), AidRegime.EXEMPTED, None, DAY) is None
    assert COUNTED[MINIMIS] < COUNTED[SIEG]


@pytest.mark.parametrize(
    ("staff", "turnover", "balance", "size"),
    [
        (9, 2_000_000, None, UndertakingSize.MICRO), (9, 2_000_001, 2_000_001, UndertakingSize.SMALL),
        (9, 3_000_000, 2_000_000, UndertakingSize.MICRO), (10, 0, 0, UndertakingSize.SMALL),
        (49, 10_000_000, 99_000_000, UndertakingSize.SMALL), (50, 0, 0, UndertakingSize.MEDIUM),
        (249, 50_000_000, 90_000_000, UndertakingSize.MEDIUM), (249, 90_000_000, 43_000_000, UndertakingSize.MEDIUM),
        (249, 50_000_001, 43_000_001, UndertakingSize.LARGE), (250, 0, 0, UndertakingSize.LARGE), (250, None, 1, UndertakingSize.LARGE),
        (9, 60_000_000, None, None), (9, None, None, None), (None, 1, 1, None),
    ],
)  # fmt: skip
def test_the_size_of_an_undertaking(staff, turnover, balance, size):
    figures = [None if each is None else Decimal(each) for each in (turnover, balance)]
    assert size_of(staff, *figures) is size


def test_a_company_is_economic_and_the_others_say_it_of_the_project():
    assert is_economic(OrganisationKind.SMALL_COMPANY, Declaration(has_activity=False)) is True
    assert is_economic(OrganisationKind.MIXED_COMPANY, Declaration()) is True
    assert is_economic(OrganisationKind.ASSOCIATION, Declaration()) is None
    assert is_economic(OrganisationKind.LOCAL_AUTHORITY, Declaration(has_activity=False)) is False


def asked(regime=MINIMIS, kind=OrganisationKind.SMALL_COMPANY, requested=Decimal(1000)):
    return Asked(regime, kind, OWN, requested, DAY)


def codes(said, **given):
    return [each.code for each in lacks(said, asked(**given))]


CLEAN = {"is_linked": False, "has_received": False, "is_sworn": True}


def test_nothing_is_asked_where_nothing_applies():
    assert codes(Declaration(), regime=AidRegime.NONE) == []
    assert codes(Declaration(), kind=OrganisationKind.LOCAL_AUTHORITY) == ["aid_activity"]
    assert codes(Declaration(has_activity=False), kind=OrganisationKind.LOCAL_AUTHORITY) == []
    assert codes(Declaration(has_activity=True, **CLEAN), kind=OrganisationKind.LOCAL_AUTHORITY) == []
    assert codes(Declaration()) == ["aid_linked", "aid_received", "aid_sworn"]


@pytest.mark.parametrize(
    ("company", "code"),
    [
        (Company("123456789", "X"), "aid_company_siren"), (Company(OWN, "X"), "aid_company_siren"), (Company(OTHER, ""), "aid_company_name"),
        (Company(OTHER, "X"), None),
    ],
)  # fmt: skip
def test_a_linked_company_has_a_name_and_a_siren_of_its_own(company, code):
    found = codes(Declaration(**{**CLEAN, "is_linked": True}, companies=[company]))
    assert found == ([code] if code else [])
    assert codes(Declaration(**{**CLEAN, "is_linked": True})) == ["aid_no_company"]


GOOD = {"granted_on": date(2025, 3, 15), "authority": "Ville", "amount": Decimal(10), "siren": OWN}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"granted_on": None}, "aid_date"), ({"granted_on": DAY + timedelta(1)}, "aid_future"), ({"authority": ""}, "aid_authority"),
        ({"amount": None}, "aid_amount"), ({"amount": Decimal(0)}, "aid_amount"), ({"siren": OTHER}, "aid_stranger"), ({}, None),
        ({"granted_on": DAY}, None),
    ],
)  # fmt: skip
def test_an_aid_received_is_whole_past_and_of_the_group(change, code):
    said = Declaration(**{**CLEAN, "has_received": True}, received=[Received(**{**GOOD, **change})])
    assert codes(said) == ([code] if code else [])
    assert codes(Declaration(**{**CLEAN, "has_received": True})) == ["aid_no_aid"]


def test_an_aid_of_a_linked_company_counts_for_the_group():
    said = Declaration(
        **{**CLEAN, "is_linked": True, "has_received": True}, companies=[Company(OTHER, "X", CompanyLink.AGREEMENT)],
        received=[Received(**{**GOOD, "siren": OTHER, "amount": Decimal("299500.01")})],
    )  # fmt: skip
    (lack,) = lacks(said, asked())
    assert (lack.code, dict(lack.values)) == ("aid_passed", {"amount": Decimal("500.01"), "most": Decimal("499.99")})


def test_an_exempted_aid_is_asked_before_the_works_with_the_size():
    assert codes(Declaration(), regime=AidRegime.EXEMPTED) == ["aid_works", "aid_size", "aid_sworn"]
    whole = {"works_begun": False, "staff": 3, "turnover": Decimal(1), "is_sworn": True}
    assert codes(Declaration(**whole), regime=AidRegime.EXEMPTED) == []
    assert codes(Declaration(**whole | {"works_begun": True}), regime=AidRegime.EXEMPTED) == ["aid_works_begun"]


@pytest.mark.parametrize(
    ("text", "right"), [(OWN, True), (OTHER, True), ("732829321", False), ("73282932", False), ("٧32829320", False)]
)
def test_a_siren_has_a_key(text, right):
    assert siret.is_siren(text) is right


@given(
    st.builds(
        Declaration, has_activity=st.none() | st.booleans(), is_linked=st.none() | st.booleans(), has_received=st.none() | st.booleans(),
        works_begun=st.none() | st.booleans(), staff=st.none() | st.integers(0, 10**6), turnover=st.none() | amounts,
        balance=st.none() | amounts, is_sworn=st.booleans(), received=st.lists(received, max_size=3),
        companies=st.lists(st.builds(Company, st.just(OTHER), st.text(max_size=5), st.sampled_from(CompanyLink)), max_size=2),
    )
)  # fmt: skip
def test_a_declaration_comes_back_as_it_was_kept(said):
    assert from_json(to_json(said)) == said
    assert from_json({}) == Declaration(companies=[], received=[])
