"""The questions of a strand travel: to another strand, to another call, and as a file that a published schema describes."""

import io
import json

import pytest
from jsonschema import Draft202012Validator

from programme.accounts.states import Role
from programme.calls import queries, services
from programme.calls.states import CallState
from programme.core.unit_of_work import unit_of_work
from tests.factories import calls
from tests.factories.people import signed_in

pytestmark = pytest.mark.db
QUESTIONS = [
    {"key": "uses", "label": "Qui s’en servira ?", "kind": "long_text", "section": "Usages"},
    {"key": "ai", "label": "De l’intelligence artificielle ?", "kind": "yes_no", "section": "Usages"},
    {"key": "why", "label": "Pourquoi ?", "kind": "text", "section": "Usages", "show_if": {"key": "ai", "is": "yes"}},
]


@pytest.fixture
def draft(db):
    """The name of a draft call of two strands: the first has three questions, the second one of them, otherwise worded."""
    first = {**calls.definition()["strands"][0], "code": "A", "questions": QUESTIONS}
    second = {**first, "code": "B", "title": "Second volet", "questions": [{**QUESTIONS[1], "label": "Un modèle ?"}]}
    with unit_of_work():
        return calls.call(CallState.DRAFT, title="Données des rivières", strands=[first, second]).slug


def asked(db, slug, strand):
    db.session.rollback()
    document = services.definition_of(db.session.scalars(queries.by_slug(slug)).one())
    return next(each for each in document["strands"] if each["code"] == strand)["questions"]


def page_of(slug, strand="B"):
    return f"/agents/appels/{slug}/questionnaire/{strand}"


def file_of(content):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return {"source": "file", "document": (io.BytesIO(body), "q.json")}


def test_questions_are_taken_from_another_strand_with_their_conditions(agent, draft, db):
    page = agent.post(page_of(draft), {"source": f"{draft}/A"})
    assert "2 questions ajoutées. 1 y était déjà." in page.text
    assert [each["key"] for each in asked(db, draft, "B")] == ["ai", "uses", "why"]
    assert asked(db, draft, "B")[0]["label"] == "Un modèle ?"
    assert asked(db, draft, "B")[2]["show_if"] == {"key": "ai", "is": "yes"}
    assert [each["key"] for each in asked(db, draft, "A")] == ["uses", "ai", "why"]


def test_what_is_exported_is_read_again_equal_in_another_call(agent, draft, db):
    with unit_of_work():
        other = calls.call(
            CallState.DRAFT, title="Autre appel", strands=[{**calls.definition()["strands"][0], "questions": []}]
        )
        slug, code = other.slug, other.strands[0].code
    given = agent.client.get(f"{page_of(draft, 'A')}/export")
    schema = agent.client.get("/donnees-ouvertes/questionnaire.schema.json").get_json(force=True)
    Draft202012Validator.check_schema(schema)
    assert not list(Draft202012Validator(schema).iter_errors(given.get_json()))
    agent.post(page_of(slug, code), file_of(given.data))
    assert asked(db, slug, code) == asked(db, draft, "A")
    again = agent.get(page_of(slug, code))
    assert f"{draft}/A" in again.tree.xpath("//option/@value")  # The strands of other calls are offered.


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ce n'est pas du JSON"),
        (b"{", "Ce n'est pas du JSON"),
        (b"\xff\xfe", "Ce n'est pas du JSON"),
        (b"[" * 100_000, "Ce n'est pas du JSON"),
        ([], None),
        ({"questions": "x"}, None),
        ({"questions": [{"key": "q", "label": "Q", "kind": "sorcery"}]}, "Question 1"),
        ({"questions": [{"key": "q\u0000", "label": "Q", "kind": "text"}]}, None),
        ({"questions": [], "strands": []}, None),
        ({"questions": [{"key": "q", "label": "Q", "kind": "text", "show_if": {"key": "gone", "is": "x"}}]}, None),
    ],
)
def test_a_file_that_is_none_is_refused_in_words_and_writes_nothing(agent, draft, db, content, said):
    before = asked(db, draft, "B")
    page = agent.post(page_of(draft), file_of(content), status=422)
    assert page.tree.xpath("//*[@id='error-summary']//li")
    assert said is None or said in page.text
    assert asked(db, draft, "B") == before


def test_the_doors_are_those_of_the_definition(app, agent, draft, db):
    agent.get(page_of(draft, "Z"), status=404)
    agent.get(f"{page_of(draft, 'Z')}/export", status=404)
    agent.post(page_of(draft), {"source": "somewhere/A"}, status=422)
    direction = signed_in(app, Role.DIRECTION)[0]
    direction.get(page_of(draft), status=404)
    given = direction.client.get(f"{page_of(draft, 'A')}/export").get_json()
    assert given["questions"] == asked(db, draft, "A")


def test_a_closed_call_takes_nothing(agent, db):
    with unit_of_work():
        slug = calls.call(CallState.CLOSED, title="Fini").slug
    agent.post(page_of(slug, "A"), file_of({"questions": [{"key": "q", "label": "Q", "kind": "text"}]}), status=422)
    assert "q" not in [each["key"] for each in asked(db, slug, "A")]
