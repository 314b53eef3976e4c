"""The objectives that a call serves; conditions on the answers; scales of grids, as the screens of the definition write them."""

import pytest

from programme.applications import services as applying
from programme.calls import services
from programme.calls.rules import definition as rules
from programme.calls.rules import revision
from programme.calls.services.definition import become
from programme.calls.states import CallState
from programme.core.unit_of_work import unit_of_work
from tests.calls.test_screens import QUESTIONS, document, found, sent
from tests.factories import applications, calls, strategy
from tests.factories.people import NOON

pytestmark = pytest.mark.db
AI = {"key": "ai", "is": "no"}
RULE = {"check": "answers", "parameters": {"condition": AI}, "statement": "Sans intelligence artificielle.", "refusal": "L’appel exclut l’intelligence artificielle."}  # fmt: skip


@pytest.fixture
def draft(db):
    with unit_of_work():
        strand = {**calls.definition()["strands"][0], "questions": QUESTIONS}
        return f"/agents/appels/{calls.call(CallState.DRAFT, slug='rivieres', strands=[strand]).slug}"


# ---- objectives ----------------------------------------------------------------------------------


def test_objectives_are_chosen_exported_by_their_codes_and_shown_on_both_pages(db, agent, visitor):
    with unit_of_work():
        slug = strategy.strategy().slug
        calls.open_call(slug="rivieres")
    page = agent.get("/agents/appels/rivieres/definition/objectifs")
    agent.post("/agents/appels/rivieres/definition/objectifs", sent(page, objectives=[f"{slug}/1/A"]))
    with unit_of_work():
        call = found(db, "/rivieres")
        assert services.working_document(call)["objectives"] == [f"{slug}/1/A"]
        become(call, services.working_document(call), at=NOON)
    shown = visitor().get("/appels/rivieres")
    [link] = shown.tree.xpath("//a[contains(@href, '/strategie#objectif-')]")
    assert link.text == "Objectif de Smart Région"
    there = visitor().get("/strategie")
    assert there.tree.xpath("//*[contains(@id, 'objectif-')]//a[@href='/appels/rivieres']")


def test_an_objective_that_is_not_known_here_is_left_out_and_said(db):
    with unit_of_work():
        given = calls.definition(objectives=["ailleurs/1/A"])
        made = services.install(given, at=NOON)
        assert (made.objectives, services.unknown(given)) == ([], ["l’objectif ailleurs/1/A"])


# ---- conditions on answers -----------------------------------------------------------------------


def test_a_condition_on_an_answer_is_typed_kept_and_opened_again_untouched(db, agent, draft):
    place = len(document(db, draft)["rules"])
    page = agent.get(f"{draft}/liste/conditions/{place}")
    page = agent.post(f"{draft}/liste/conditions/{place}", sent(page, check="answers", action="preview"))
    words = {
        "comparisons-0-key": "ai",
        "comparisons-0-how": "is",
        "comparisons-0-value": "Non",
        "statement": "Sans IA.",
    }
    agent.post(f"{draft}/liste/conditions/{place}", sent(page, **words))
    kept = document(db, draft)["rules"][place]
    assert (kept["check"], kept["parameters"]) == ("answers", {"condition": AI})
    agent.post(f"{draft}/liste/conditions/{place}", sent(agent.get(f"{draft}/liste/conditions/{place}")))
    assert document(db, draft)["rules"][place] == kept


def test_a_condition_on_answers_needs_one_that_reads(db, agent, draft):
    place = len(document(db, draft)["rules"])
    page = agent.get(f"{draft}/liste/conditions/{place}")
    page = agent.post(f"{draft}/liste/conditions/{place}", sent(page, check="answers", action="preview"))
    refused = agent.post(f"{draft}/liste/conditions/{place}", sent(page, statement="Sans IA."), status=422)
    assert "Choisissez au moins une réponse à comparer." in refused.text


def test_a_question_that_a_condition_compares_does_not_go_away(db, agent, draft):
    whole = document(db, draft)
    assert rules.faults({**whole, "rules": [RULE]}) == []
    without = {**whole["strands"][0], "questions": whole["strands"][0]["questions"][:1]}
    [fault] = rules.faults({**whole, "rules": [RULE], "strands": [without]})
    assert (fault.path, fault.code, fault.values) == (("rules", 0, "parameters"), "unknown_question", {"key": "ai"})


@pytest.mark.parametrize(("answers", "refused"), [({"ai": "yes"}, True), ({"ai": "no"}, False), ({}, False)])
def test_the_deposit_is_refused_by_an_answer_with_the_words_of_the_call(db, freeze, answers, refused):
    with unit_of_work():
        strand = {**calls.definition()["strands"][0], "questions": QUESTIONS}
        made = applications.draft(to=calls.open_call(strands=[strand], rules=[RULE]).sessions[0])
        made.answers = answers
        found = applying.faults(made, NOON, subdomain_needed=False)
        said = [each for each in found if each.sentence == RULE["refusal"]]
        assert [each.step for each in said] == (["questions"] if refused else [])


# ---- scales --------------------------------------------------------------------------------------


def test_a_scale_is_typed_and_its_floors_and_guidance_follow(db, agent, draft):
    agent.post(f"{draft}/liste/volets/0", sent(agent.get(f"{draft}/liste/volets/0"), best_mark="10"))
    assert found(db, draft).strands[0].grid.scale == 10
    agent.post(
        f"{draft}/liste/grille/0?volet=A",
        sent(agent.get(f"{draft}/liste/grille/0?volet=A"), floor="8", guidance="\n".join("abcdefghijk")),
    )
    kept = document(db, draft)["strands"][0]["criteria"][0]
    assert (kept["floor"], len(kept["guidance"])) == (8, 11)
    back = agent.post(f"{draft}/liste/volets/0", sent(agent.get(f"{draft}/liste/volets/0"), best_mark="5"), status=422)
    assert "Volet A, critère 1, note éliminatoire : au plus 5." in back.text


@pytest.mark.parametrize("best", ["2", "21", ""])
def test_a_scale_out_of_bounds_is_refused(db, agent, draft, best):
    page = agent.post(f"{draft}/liste/volets/0", sent(agent.get(f"{draft}/liste/volets/0"), best_mark=best), status=422)
    assert "Écrivez un nombre entre 3 et 20." in page.text


def test_the_scale_of_a_call_that_has_opened_is_frozen(db):
    with unit_of_work():
        before = services.definition_of(calls.open_call())
        after = {**before, "strands": [{**before["strands"][0], "scale": 10}]}
        assert [each.code for each in revision.frozen(before, after, has_opened=True, at=NOON)] == ["frozen"]
        assert revision.frozen(before, after, has_opened=False, at=NOON) == []
