"""From the desk: the document of a call, a draft made like another, a draft that is given up."""

import json

import pytest
from sqlalchemy import func, select

from programme.accounts.states import Role
from programme.calls import queries, services
from programme.calls.models import Call
from programme.calls.states import CallState
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from tests.factories import calls
from tests.factories.people import signed_in

pytestmark = pytest.mark.db


def found(db, slug):
    db.session.rollback()
    return db.session.scalars(queries.by_slug(slug)).one()


def test_the_document_is_a_file_that_reads_as_the_call(db, agent):
    with unit_of_work():
        slug = calls.open_call(title="L’eau & les « données »").slug
    answer = agent.client.get(f"/agents/appels/{slug}/definition.json")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="appel-{slug}.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.data) == json.loads(json.dumps(services.definition_of(found(db, slug))))
    assert json.loads(answer.data)["title"] == "L’eau & les « données »"


def test_a_copy_is_a_draft_of_its_own_without_calendar(db, agent):
    with unit_of_work():
        slug = calls.open_call(title="Données du territoire").slug
    page = agent.post(f"/agents/appels/{slug}/dupliquer")
    made, original = found(db, f"{slug}-2"), db.session.scalars(queries.by_slug(slug)).one()
    assert f"Brouillon créé sous le code {made.code}, sans calendrier." in page.text
    assert (made.state, made.title, made.sessions) == (CallState.DRAFT, "Données du territoire (copie)", [])
    first, second = services.definition_of(original), services.definition_of(made)
    named = ("code", "slug", "title", "sessions")
    assert {k: v for k, v in first.items() if k not in named} == {k: v for k, v in second.items() if k not in named}
    assert {each.grid_id for each in original.strands}.isdisjoint(each.grid_id for each in made.strands)
    assert original.pool_id != made.pool_id


def test_two_clicks_make_two_copies_under_two_names(db, agent):
    with unit_of_work():
        slug = calls.open_call(code="A" * 40, slug="b" * 80, title="c" * 200).slug
    for _click in range(2):
        agent.post(f"/agents/appels/{slug}/dupliquer")
    db.session.rollback()
    codes = sorted(db.session.scalars(select(Call.code).where(Call.slug != slug)))
    assert codes == [f"{'A' * 38}-2", f"{'A' * 38}-3"]


def test_a_draft_given_up_leaves_the_desk_and_stays_in_the_journal(db, agent):
    with unit_of_work():
        slug = calls.call(CallState.DRAFT, title="Essai sans suite").slug
    assert "Essai sans suite" in agent.get("/agents/appels").text
    agent.post(f"/agents/appels/{slug}/drop")
    assert found(db, slug).state is CallState.DROPPED
    assert agent.get("/agents/appels").tree.xpath("//h2[contains(., 'Essai sans suite')]") == []
    acts = select(func.count()).select_from(JournalEntry).where(JournalEntry.act == "call.drop")
    assert db.session.scalar(acts) == 1


@pytest.mark.parametrize("state", [each for each in CallState if each is not CallState.DRAFT])
def test_only_a_draft_is_given_up(db, agent, state):
    with unit_of_work():
        slug = calls.call(state).slug
    agent.post(f"/agents/appels/{slug}/drop")
    assert found(db, slug).state is state


def test_an_act_without_return_asks_first(db, agent):
    with unit_of_work():
        calls.call(CallState.DRAFT, title="Essai")
    [button] = agent.get("/agents/appels").tree.xpath("//form[contains(@action, '/drop')]//button")
    assert "sans retour" in button.get("data-confirm")


@pytest.mark.parametrize("role", [Role.DIRECTION, Role.OFFICER_FILE])
def test_who_reads_the_desk_has_the_document_but_makes_no_copy(app, db, role):
    with unit_of_work():
        slug = calls.open_call().slug
    person, _number = signed_in(app, role)
    assert person.client.get(f"/agents/appels/{slug}/definition.json").status_code == 200
    assert "Dupliquer" not in person.get("/agents/appels").text
    person.post(f"/agents/appels/{slug}/dupliquer", status=404)
    assert db.session.scalar(select(func.count()).select_from(Call)) == 1
