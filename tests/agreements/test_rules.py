"""The pure rules: wording, variables, words of amounts, money."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.agreements import labels, sources
from programme.agreements.rules import facts, money, wording, words
from programme.agreements.rules.variables import CHOSEN, FLAGS, VARIABLES, known_flags
from programme.agreements.states import AgreementFamily
from programme.applications.rules.budget import agreement_due
from programme.organisations.states import OrganisationKind

G, P = AgreementFamily.GRANT, AgreementFamily.PARTNERSHIP


def template(**parts):
    return {
        "title": "Convention", "visas": ["la loi ;"],
        "articles": [
            {"key": "object", "title": "Objet", "paragraphs": ["Aide de {{amount}}, voir l’article {{article.end}}."]},
            {"key": "european", "title": "Europe", "when": ["is_european"], "paragraphs": ["Affiche."]},
            {"key": "end", "title": "Fin", "paragraphs": [{"text": "Liste :", "items": ["un ;", "deux."], "unless": ["is_private"]}]},
        ],
        **parts,
    }  # fmt: skip


def test_both_delivered_templates_are_correct():
    for family in AgreementFamily:
        assert wording.check(wording.parse(sources.template(family)), family) == []


def test_the_delivered_templates_have_every_article_of_the_two_families():
    grant = wording.parse(sources.template(G))
    assert [each.key for each in grant.articles] == [
        "object", "duration", "amount", "payment", "lapse", "duties", "open_data", "publicity", "state_aid", "republican",
        "follow_up", "control", "privacy", "unspent", "amendment", "termination", "disputes", "documents",
    ]  # fmt: skip
    partnership = wording.parse(sources.template(P))
    assert [each.key for each in partnership.articles] == [
        "definitions", "object", "documents", "scope", "region_duties", "partner_duties", "licence", "privacy",
        "governance", "money", "communication", "liability", "duration", "amendment", "termination", "disputes",
    ]  # fmt: skip


def test_every_combination_of_conditions_of_the_delivered_templates_can_be_rendered():
    for family in AgreementFamily:
        source = wording.parse(sources.template(family))
        values = dict.fromkeys(VARIABLES, "valeur")
        for flag in known_flags(family):
            for flags in (frozenset({flag}), known_flags(family) - {flag}):
                assert wording.render(source, values, flags).missing == ()


@pytest.mark.parametrize(
    ("parts", "code", "name"),
    [
        ({"title": "Aide de {{montant}}"}, "variable", "montant"),
        ({"visas": [{"text": "la loi", "when": ["is_rich"]}]}, "flag", "is_rich"),
        ({"visas": ["voir {{article.nowhere}}"]}, "reference", "article.nowhere"),
        ({"visas": ["voir {{config.secret}}"]}, "reference", "config.secret"),
        ({"visas": ["accolade {{amount"]}, "braces", "accolade {{amount"),
        ({"visas": ["{{ amount|upper }}"]}, "braces", "{{ amount|upper }}"),
        ({"annexes": [{"key": "a", "title": "A", "table": "secret"}]}, "table", "secret"),
    ],
)
def test_an_unknown_name_in_a_template_is_an_error(parts, code, name):
    assert wording.Fault(code, wording.check(wording.parse(template(**parts)), G)[0].place, name) in wording.check(
        wording.parse(template(**parts)), G
    )


def test_a_key_given_twice_is_an_error():
    parts = template()
    parts["articles"].append(parts["articles"][0])
    assert [each.code for each in wording.check(wording.parse(parts), G)] == ["twice"]


def test_a_variable_of_the_other_family_is_unknown():
    assert [each.name for each in wording.check(wording.parse(template()), P)] == ["amount", "is_european"]


def test_a_malformed_template_is_refused():
    with pytest.raises(wording.FaultyTemplate):
        wording.parse({"title": "Sans articles", "visas": []})
    with pytest.raises(wording.FaultyTemplate):
        wording.parse({"title": "T", "visas": [3], "articles": []})


def test_numbers_follow_the_conditions():
    source = wording.parse(template())
    plain = wording.render(source, {"amount": "10 €"}, frozenset())
    assert [(each["number"], each["key"]) for each in plain.text["articles"]] == [(1, "object"), (2, "end")]
    assert plain.text["articles"][0]["blocks"][0]["text"] == "Aide de 10 €, voir l’article\u00a02."
    european = wording.render(source, {"amount": "10 €"}, frozenset({"is_european"}))
    assert european.text["articles"][0]["blocks"][0]["text"].endswith("voir l’article\u00a03.")


def test_a_paragraph_can_be_put_aside_by_a_condition():
    text = wording.render(wording.parse(template()), {"amount": "10 €"}, frozenset({"is_private"})).text
    assert text["articles"][1]["blocks"] == []


def test_a_missing_value_leaves_a_line_and_is_named_once():
    rendered = wording.render(wording.parse(template(title="{{amount}}")), {}, frozenset())
    assert rendered.missing == ("amount",)
    assert rendered.text["title"] == wording.MISSING


def test_a_reference_to_an_article_taken_out_is_refused():
    source = wording.parse(template(visas=["voir l’article {{article.european}}"]))
    with pytest.raises(wording.FaultyTemplate):
        wording.render(source, {"amount": "1"}, frozenset())


def test_a_value_is_never_interpreted():
    text = wording.render(wording.parse(template()), {"amount": "{{title}} {% x %}"}, frozenset()).text
    assert text["articles"][0]["blocks"][0]["text"].startswith("Aide de {{title}} {% x %},")


def test_every_variable_and_condition_has_a_french_label():
    assert set(labels.VARIABLE_LABELS) == set(VARIABLES)
    assert set(labels.CONDITIONS) == set(FLAGS)
    assert set(FLAGS) >= CHOSEN


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "zéro"), (1, "un"), (17, "dix-sept"), (21, "vingt et un"), (70, "soixante-dix"), (71, "soixante et onze"),
        (80, "quatre-vingts"), (81, "quatre-vingt-un"), (91, "quatre-vingt-onze"), (99, "quatre-vingt-dix-neuf"),
        (100, "cent"), (200, "deux cents"), (201, "deux cent un"), (1000, "mille"), (1999, "mille neuf cent quatre-vingt-dix-neuf"),
        (14000, "quatorze mille"), (80000, "quatre-vingt mille"), (200000, "deux cent mille"), (300080, "trois cent mille quatre-vingts"),
        (1_000_000, "un million"), (2_500_000, "deux millions cinq cent mille"),
    ],
)  # fmt: skip
def test_numbers_in_words(number, text):
    assert words.number_in_words(number) == text


def test_numbers_out_of_bounds_are_refused():
    with pytest.raises(ValueError):
        words.number_in_words(-1)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("14000.00", "quatorze mille euros"), ("1.00", "un euro"), ("12.50", "douze euros et cinquante centimes"),
        ("0.01", "zéro euro et un centime"), ("1000000.00", "un million d’euros"), ("1000001.00", "un million un euros"),
    ],
)  # fmt: skip
def test_amounts_in_words(amount, text):
    assert words.euros_in_words(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "is_public", "compulsory"),
    [("23000.00", False, False), ("23000.01", False, True), ("500000.00", True, False)],
)
def test_the_convention_threshold(amount, is_public, compulsory):
    assert agreement_due(Decimal(amount), is_public_body=is_public) is compulsory


def pay(amount, advance="50", cap=None):
    listed = money.schedule(
        Decimal(amount), advance_percent=Decimal(advance), minimum=Decimal(1000), instalment_cap=cap and Decimal(cap)
    )
    return [(each.code, str(each.amount)) for each in listed]


def test_payments():
    assert pay("14000.00") == [("advance", "7000.00"), ("balance", "7000.00")]
    assert pay("1999.99") == [("advance", "1000.00"), ("balance", "999.99")]
    assert pay("1999.98") == [("single", "1999.98")]
    assert pay("100000.00", "0", "80") == [("instalments", "80000.00"), ("balance", "20000.00")]
    assert pay("100000.00", "20", "80") == [
        ("advance", "20000.00"),
        ("instalments", "60000.00"),
        ("balance", "20000.00"),
    ]
    assert pay("5000.00", "100") == [("single", "5000.00")]


@settings(max_examples=60, deadline=None)
@given(
    cents=st.integers(min_value=1, max_value=10**9), advance=st.integers(min_value=0, max_value=10_000),
    cap=st.none() | st.integers(min_value=1, max_value=10_000),
)  # fmt: skip
def test_payments_always_add_up_to_the_grant(cents, advance, cap):
    amount = Decimal(cents) / 100
    listed = money.schedule(
        amount, advance_percent=Decimal(advance) / 100, minimum=Decimal(1000), instalment_cap=cap and Decimal(cap) / 100
    )
    assert sum(each.amount for each in listed) == amount
    assert all(each.amount > 0 for each in listed)
    assert all(each.amount >= 1000 for each in listed[:-1])


def test_a_smaller_award_leaves_a_complement_to_the_beneficiary():
    plan = money.plan([Decimal("28000.00")], [Decimal("7000.00")], Decimal("14000.00"))
    assert (plan.resources, plan.own_complement, plan.is_balanced) == (Decimal("28000.00"), Decimal("7000.00"), True)


def test_a_plan_with_too_much_money_is_not_balanced():
    assert not money.plan([Decimal(10)], [Decimal(8)], Decimal(4)).is_balanced
    assert not money.plan([], [], Decimal(4)).is_balanced


@pytest.mark.parametrize(
    ("kind", "fund", "public", "flags"),
    [
        (OrganisationKind.ASSOCIATION, "Budget régional", False, ["is_association", "is_private"]),
        (OrganisationKind.LOCAL_AUTHORITY, "FEDER OS 1.2", True, ["is_european"]),
        (OrganisationKind.SMALL_COMPANY, "Budget régional", False, ["is_de_minimis", "is_private"]),
    ],
)
def test_first_conditions_of_a_grant(kind, fund, public, flags):
    assert facts.grant_flags(kind, fund=fund, is_public_body=public) == flags


def test_conditions_follow_the_values():
    derived = facts.derive_grant(
        {"advance_rate": "50", "minimum_payment": "1000", "instalment_cap": "0", "state_aid_scheme": "SA.111"},
        ["is_private"],
        Decimal("30000.00"),
    )
    assert derived.flags == {"is_private", "has_advance", "is_private_above_threshold", "has_state_aid_scheme"}
    assert derived.values["balance_amount"] == "15000.00"
