"""What an application still lacks, step by step."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from programme.applications.labels import FAULTS
from programme.applications.rules.budget import totals
from programme.applications.rules.readiness import Snapshot, faults
from programme.applications.states import FundingKind
from programme.calls.rules.eligibility import Facts, Finding, Rule, Verdict, judge
from programme.calls.rules.remedies import Lever
from programme.calls.states import Check
from programme.questionnaires.rules.fields import questions_from

PLAN = totals([Decimal(100)], Decimal(50), [(FundingKind.OWN, Decimal(50))])
QUESTIONS = questions_from(
    [{"key": "uses", "label": "Qui s’en sert ?", "kind": "text"},
     {"key": "agreed", "label": "D’accord ?", "kind": "yes_no", "must_be": "yes", "refusal": "Demandez l’accord.",
      "show_if": ["theme", "e-sante"]}]
)  # fmt: skip
READY = Snapshot(
    title="Titre", summary="Résumé", description="Description", theme_chosen=True, subdomain_needed=False,
    subdomain_chosen=False, territory_code="05", starts_on=date(2027, 3, 1), ends_on=date(2027, 9, 1),
    questions=QUESTIONS, answers={"uses": "Les écoles"}, context={"theme": ""}, totals=PLAN, empty_labels=0,
    empty_amounts=0, missing_pieces=[], dataset_count=1, empty_datasets=0, findings=[], commitments_accepted=True,
    frame_note="L’axe 2",
)  # fmt: skip


def found(**changes):
    return [(each.step, each.code, each.anchor) for each in faults(replace(READY, **changes))]


def test_a_complete_application_lacks_nothing():
    assert faults(READY) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "  "}, ("projet", "title_missing", "title")),
        ({"summary": ""}, ("projet", "summary_missing", "summary")),
        ({"description": ""}, ("projet", "description_missing", "description")),
        ({"theme_chosen": False}, ("projet", "theme_missing", "theme")),
        ({"subdomain_needed": True}, ("projet", "subdomain_missing", "subdomain")),
        ({"territory_code": None}, ("projet", "territory_missing", "territory_code")),
        ({"starts_on": None}, ("projet", "starts_on_missing", "starts_on")),
        ({"ends_on": None}, ("projet", "ends_on_missing", "ends_on")),
        ({"ends_on": date(2027, 3, 1)}, ("projet", "ends_before_it_starts", "ends_on")),
        ({"frame_note": ""}, ("projet", "frame_note_missing", "frame_note")),
        ({"answers": {}}, ("questions", "answer_missing", "q_uses")),
        ({"context": {"theme": "e-sante"}}, ("questions", "answer_missing", "q_agreed-0")),
        ({"dataset_count": 0}, ("donnees", "no_dataset", "rows-0-label")),
        ({"empty_datasets": 1}, ("donnees", "dataset_unnamed", "rows-0-label")),
        ({"totals": totals([], None, [])}, ("budget", "no_expense", "lines-0-label")),
        ({"totals": totals([Decimal(100)], Decimal(50), [])}, ("budget", "gap_missing", "balance")),
        ({"totals": totals([Decimal(10)], Decimal(50), [])}, ("budget", "gap_excess", "balance")),
        ({"empty_labels": 1}, ("budget", "label_missing", None)),
        ({"empty_amounts": 1}, ("budget", "amount_missing", None)),
        ({"missing_pieces": [(7, "RIB")]}, ("pieces", "piece_missing", "piece-7")),
        ({"commitments_accepted": False}, ("relecture", "commitments", "commitments")),
    ],
)
def test_each_lack_has_its_step_and_its_field(changes, expected):
    assert found(**changes) == [expected]
    assert expected[1] in FAULTS


def test_a_plan_without_request_asks_for_it():
    assert ("budget", "no_request", "requested") in found(
        totals=totals([Decimal(10)], None, [(FundingKind.OWN, Decimal(10))])
    )


def test_a_refused_answer_says_the_sentence_of_the_call():
    [fault] = faults(replace(READY, context={"theme": "e-sante"}, answers={"uses": "x", "agreed": "no"}))
    assert (fault.code, fault.sentence) == ("answer_refused", "Demandez l’accord.")


@pytest.mark.parametrize(
    ("check", "step"),
    [(Check.CARRIER_KIND, "organisme"), (Check.SIRET_VALID, "organisme"), (Check.TERRITORY, "projet"),
     (Check.DURATION_MAX, "projet"), (Check.END_AFTER_DEPOSIT, "projet"), (Check.RATE_MAX, "budget")],
)  # fmt: skip
def test_a_broken_condition_leads_to_the_step_that_mends_it(check, step):
    finding = Finding(Rule(check, {}, "Condition.", "Refus."), Verdict.BROKEN)
    [fault] = faults(replace(READY, findings=[finding]))
    assert (fault.step, fault.sentence) == (step, "Refus.")


@pytest.mark.parametrize("check", [Check.PLAN_BALANCED, Check.PIECES_COMPLETE, Check.THEME_CHOSEN])
def test_what_is_said_field_by_field_is_not_said_twice(check):
    assert faults(replace(READY, findings=[Finding(Rule(check, {}, "C.", "R."), Verdict.BROKEN)])) == []


@pytest.mark.parametrize("verdict", [Verdict.MET, Verdict.UNKNOWN])
def test_a_condition_that_holds_or_is_unknown_says_nothing(verdict):
    assert faults(replace(READY, findings=[Finding(Rule(Check.RATE_MAX, {}, "C.", "R."), verdict)])) == []


def test_the_first_condition_of_a_step_says_what_to_change_for_all_of_them():
    """Said once: each sentence with its own change would contradict the next."""
    given_rules = [
        (Check.RATE_MAX, {"percent": 50}), (Check.REQUEST_MAX, {"amount": 15_000}), (Check.DURATION_MAX, {"months": 6}),
        (Check.TERRITORY, {"codes": ["13"]}), (Check.PLAN_BALANCED, {}),
    ]  # fmt: skip
    rules = [Rule(check, values, "Condition.", check.value) for check, values in given_rules]
    facts = Facts(
        territory_code="05", starts_on=date(2027, 3, 1), ends_on=date(2028, 3, 1), cost=Decimal(20_000),
        requested=Decimal(16_000), public_total=Decimal(16_000), own_funds=Decimal(4_000), gap=Decimal(0),
    )  # fmt: skip
    said = faults(replace(READY, facts=facts, findings=judge(rules, facts)))
    assert [(each.step, each.sentence, [one.lever for one in each.values.get("changes", ())]) for each in said] == [
        ("budget", "rate_max", [Lever.REQUEST_AT_MOST, Lever.OWN_TO_BALANCE]), ("budget", "request_max", []),
        ("projet", "duration_max", [Lever.MONTHS_AT_MOST]), ("projet", "territory", []),
    ]  # fmt: skip
