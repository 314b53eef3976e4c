"""The two demonstration calls hold what the field report asks, and every state of a call and of a session exists."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import select

from programme.calls import queries
from programme.calls.models import Call, CallSession
from programme.calls.states import CallState, Check, RuleKind, SessionState
from programme.cli.demo import calls_demo
from programme.cli.demo.strategy import TERRITORY_THEMES
from programme.core.clock import local
from programme.core.unit_of_work import unit_of_work
from programme.questionnaires.rules.conditions import Comparison, How
from programme.questionnaires.rules.fields import asked, questions_from

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
THEMES = [code for code, *_rest in TERRITORY_THEMES]
PROOFS = {
    "e-education": {"edu_agreement"}, "e-administration": {"adm_alternative"}, "e-sante": {"hds", "care_letter"},
    "tiers-lieux": {"users_letter"}, "ports-intelligents": {"port_letter"},
}  # fmt: skip
GATES = {
    "e-education": "edu_owner", "e-administration": "adm_alternative", "e-sante": "health_partner",
    "tiers-lieux": "place_users", "ports-intelligents": "port_authority",
}  # fmt: skip


def grid(name: str, code: str) -> list[tuple[int, int | None]]:
    strand = next(each for each in calls_demo.read(name)["strands"] if each["code"] == code)
    return [(each["weight"], each.get("floor")) for each in strand["criteria"]]


def limits(name: str, strand: str | None = None) -> dict[str, object]:
    return {
        each["check"]: next(iter(each.get("parameters", {"": None}).values()))
        for each in calls_demo.read(name)["rules"]
        if "check" in each and each.get("strand") in (None, strand)
    }


def test_the_grids_have_the_weights_and_floors_of_the_report():
    assert grid("permanent", "A") == [(15, None), (25, 2), (20, None), (15, None), (15, None), (10, None)]
    assert grid("permanent", "B") == [(15, None), (10, None), (25, 2), (15, None), (15, None), (20, None)]
    assert grid("territoires", "TI") == [(20, 2), (20, 2), (15, None), (15, None), (15, 2), (10, None), (5, 2)]


def test_the_permanent_call_has_its_limits():
    public = ["local_authority", "grouping", "public_body", "association", "university", "chamber"]
    same = {"siret_valid": None, "territory": ["04", "05", "06", "13", "83", "84"], "start_after_deposit": None,
            "rate_max": 50, "public_share_max": 80, "plan_balanced": None, "pieces_complete": None}  # fmt: skip
    assert limits("permanent", "A") == same | {
        "carrier_kind": public,
        "duration_max": 24,
        "cost_min": 8000,
        "request_max": 40000,
    }
    assert limits("permanent", "B") == same | {
        "carrier_kind": [*public, "small_company"],
        "duration_max": 12,
        "cost_min": 4000,
        "request_max": 15000,
    }


def test_the_themed_call_has_its_limits():
    found = limits("territoires")
    assert set(found.pop("carrier_kind")) == {
        "local_authority", "grouping", "public_body", "university", "association", "mixed_company", "small_company",
        "company",
    }  # fmt: skip
    assert found == {
        "theme_chosen": None, "siret_valid": None, "territory": ["44", "49", "53", "72", "85"], "end_after_deposit": None,
        "duration_max": 36, "cost_min": 100000, "request_min": 50000, "rate_max": 50, "public_share_max": 80,
        "own_share_min": 20, "plan_balanced": None, "pieces_complete": None,
    }  # fmt: skip


def test_the_thresholds_and_the_silence():
    for name, favourable, reserved in (("permanent", 60, 50), ("territoires", 60, 60)):
        given = calls_demo.read(name)
        assert (given["favourable_from"], given["reserved_from"]) == (favourable, reserved)
        assert (given["readers_per_file"], given["spread_alert"]) == (2, 20)
        assert (given["silence_months"], given["silence_accepts"]) == (2, False)
        assert given["silence_starts_when_complete"]
        assert given["silence_suspended_by_request"]
        assert given["figures_are_fictional"]
        assert "deux mois" in given["appeal_text"]
        assert "L311-3-1" in given["algorithm_notice"]
        assert all(each in given["receipt_service"] for each in ("13000", "@", "04 00"))


def test_the_judged_rules_are_there_with_the_two_borders():
    permanent = [each for each in calls_demo.read("permanent")["rules"] if "check" not in each]
    themed = [each for each in calls_demo.read("territoires")["rules"] if "check" not in each]
    assert (len(permanent), len(themed)) == (4, 6)
    borders = [each["refusal"] for each in themed if "réoriente" in each["refusal"]]
    assert ["objectif 1.1" in borders[0], "objectif 2.3" in borders[1]] == [True, True]


@pytest.mark.parametrize("theme", THEMES)
def test_each_theme_has_its_question_and_its_proof(theme):
    given = calls_demo.read("territoires")
    questions = questions_from(given["questions"])
    own = {each.key for each in questions if each.show_if == Comparison("theme", How.IS, (theme,))}
    gates = [each.key for each in questions if each.key in own and each.must_be == "yes"]
    assert gates == [GATES[theme]]
    assert len(own) >= 4
    assert own <= {each.key for each in asked(questions, {}, {"theme": theme})}
    assert {each["code"] for each in given["documents"] if theme in each.get("themes", [])} == PROOFS[theme]


@pytest.mark.parametrize(
    ("family", "indicators"), [("public", {"rco14", "rcr11"}), ("company", set()), ("other", set())]
)
def test_the_european_targets_are_asked_of_public_carriers(family, indicators):
    questions = questions_from(calls_demo.read("territoires")["questions"])
    found = {each.key: each for each in asked(questions, {}, {"carrier_family": family})}
    assert {"rco14", "rcr11"} & found.keys() == indicators
    assert all(found[key].minimum == 1 for key in indicators)
    assert ("public_partner" in found) == (family == "company")


@pytest.mark.parametrize("name", ["permanent", "territoires"])
def test_climate_ethics_personal_data_and_inclusion_are_asked(name):
    keys = {each["key"] for each in calls_demo.read(name)["questions"]}
    assert {"frames", "climate", "ai", "ai_ethics", "personal_data", "inclusion"} <= keys
    assert keys & {"opening_plan", "open_data"}


@pytest.mark.db
def test_the_demonstration_has_every_state(db):
    with unit_of_work():
        calls_demo.load(AT)
    assert {each.state for each in db.session.scalars(select(Call))} == set(CallState)
    permanent = db.session.scalars(queries.by_code("PERM-DATA")).one()
    themed = db.session.scalars(queries.by_code("FEDER-TI")).one()
    assert {each.state for each in (*permanent.sessions, *themed.sessions)} == set(SessionState)
    assert [each.state for each in permanent.sessions if each.closes_at < AT] == [
        SessionState.NOTIFIED, SessionState.VOTED, SessionState.COMMITTEE_HELD,
    ]  # fmt: skip


@pytest.mark.db
def test_the_open_sessions_close_at_noon_on_a_monday(db):
    with unit_of_work():
        calls_demo.load(AT)
    accepting = db.session.scalars(queries.accepting(AT)).all()
    assert sorted(each.call.code for each in accepting) == ["FEDER-TI", "PERM-DATA"]
    assert 4 <= (accepting[0].closes_at - AT).days < 11
    for session in db.session.scalars(select(CallSession)):
        there = local(session.closes_at)
        assert (there.weekday(), there.hour, there.minute) == (0, 12, 0)


@pytest.mark.db
def test_a_year_of_the_permanent_call_has_four_sessions(db):
    with unit_of_work():
        calls_demo.load(AT)
    permanent = db.session.scalars(queries.by_code("PERM-DATA")).one()
    days = [each.closes_at.date() for each in permanent.sessions]
    assert {(later - former).days for former, later in pairwise(days)} == {91}


@pytest.mark.db
def test_what_is_installed_is_what_is_written(db):
    with unit_of_work():
        calls_demo.load(AT)
    call = db.session.scalars(queries.by_slug("territoires-intelligents")).one()
    assert sum((each.weight for each in call.strands[0].grid.criteria), Decimal(0)) == 100
    assert {each.automatic_check for each in call.rules if each.kind is RuleKind.AUTOMATIC} <= set(Check)
    assert len(call.strands[0].form_definition.questions) == len(calls_demo.read("territoires")["questions"])
