"""The lists of a call that is being defined: a row goes straight to its place, and the list says what the machine will verify."""

import pytest

from programme.calls.states import CallState
from programme.core.unit_of_work import unit_of_work
from tests.calls.test_screens import QUESTIONS, act, keys, sent
from tests.factories import calls

pytestmark = pytest.mark.db


@pytest.fixture
def draft(db):
    with unit_of_work():
        strand = {**calls.definition()["strands"][0], "questions": QUESTIONS}
        return f"/agents/appels/{calls.call(CallState.DRAFT, strands=[strand]).slug}"


def test_a_row_goes_straight_to_its_place(db, agent, draft):
    options = agent.get(f"{draft}/liste/questions/1").tree.xpath("//select[@id='place']/option")
    shown = [(each.get("value"), each.text.replace("\xa0", " ").replace("\u202f", " ")) for each in options]
    assert shown == [("0", "En premier"), ("1", "Après « Qui s’en servira ? »"), ("2", "Après « Pourquoi ? »")]
    assert [each.get("selected") is not None for each in options] == [False, True, False]
    act(agent, draft, 0, "placer", to="2")
    assert keys(db, draft) == ["ai", "why", "uses"]
    act(agent, draft, 2, "placer", to="0")
    assert keys(db, draft) == ["uses", "ai", "why"]
    for nowhere in ("", "-1", "x"):
        act(agent, draft, 0, "placer", to=nowhere)
    assert keys(db, draft) == ["uses", "ai", "why"]
    assert "ne vient pas avant" in act(agent, draft, 2, "placer", to="0").text


def test_a_row_that_is_saved_is_where_the_list_opens(agent, draft):
    page = agent.get(f"{draft}/liste/questions/2")
    answer = agent.client.post(f"{draft}/liste/questions/2", data=sent(page, label="Pour quoi ?"))
    assert answer.location.endswith("#row-2")


def test_a_list_of_conditions_says_the_figure_that_the_machine_verifies(agent, draft):
    page = agent.get(f"{draft}/liste/conditions/0")
    agent.post(
        f"{draft}/liste/conditions/0", sent(page, check="duration_max", months="36", statement="Deux ans au plus.")
    )
    assert "automatique : Le projet dure au plus 36 mois" in agent.get(f"{draft}/liste/conditions").text


def test_a_trap_of_a_row_is_said_but_not_as_an_error(agent, draft):
    page = agent.get(f"{draft}/liste/questions/0")
    agent.post(f"{draft}/liste/questions/0", sent(page, label="Votre téléphone ?", kind="text"))
    row = agent.get(f"{draft}/liste/questions").tree.xpath("//li[@id='row-0']")[0]
    assert "sans dire pourquoi" in row.text_content()
    assert not row.xpath(".//*[@class='error']")
