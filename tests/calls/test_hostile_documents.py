"""Files that are no call: each is refused in words, at once, on both engines, and nothing of it is kept."""

import io
import json
import time

import pytest
from sqlalchemy import func, select

from programme.calls.models import Call
from programme.calls.rules import definition as rules
from tests.calls.test_screens import document, draft, question  # noqa: F401 - the draft is a fixture
from tests.factories import calls

pytestmark = pytest.mark.db


def upload(agent, text):
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return agent.post("/agents/appels/importer", {"document": (file, "appel.json")}, status=422)


def with_text(name, value):
    """The text of a document in which one value stands as it is written here."""
    return json.dumps({**calls.definition(), name: "@@"}).replace('"@@"', value)


def weighed(value):
    return json.dumps(calls.definition()).replace('"weight": 60', f'"weight": {value}')


def session(**hours):
    return json.dumps({**calls.definition(), "sessions": [{"label": "x", "opens_at": "2027-01-01T00:00:00Z", "closes_at": "2027-02-01T00:00:00Z", "envelope": "1", **hours}]})  # fmt: skip


FILES = {
    "NaN": weighed("NaN"), "too large a float": weighed("1e400"), "exponent": weighed("1e300"), "tiny": weighed("1e-300"),
    "many digits": weighed("1" + "0" * 400), "four decimals": weighed('"99.9999"'), "true": weighed("true"),
    "half a sign": with_text("title", '"\\ud800"'), "half a sign in a key": json.dumps({**calls.definition(), "\ud800": 1}),
    "NUL": with_text("promise", '"a\\u0000b"'), "NUL in a rule": json.dumps({**calls.definition(), "rules": [{"statement": "a\x00"}]}),
    "deep": with_text("promise", "[" * 900 + "]" * 900), "deeper": with_text("promise", "[" * 99_000 + "]" * 99_000),
    "line end in the address": with_text("slug", '"abc\\n"'), "line end in the code": with_text("code", '"ABC\\n"'),
    "a key twice": json.dumps(calls.definition())[:-1] + ', "title": "Autre"}', "year 9999": session(closes_at="9999-12-31T23:59:00Z"),
    "year 1": session(opens_at="0001-01-01T00:00:00+14:00"), "huge": with_text("questions", json.dumps([0] * 150_000)),
    "many wrong rows": with_text("documents", json.dumps([{}] * 20_000)), "percent": json.dumps({**calls.definition(), "rules": [{"check": "rate_max", "parameters": {"percent": "NaN"}, "statement": "x"}]}),
    "questions twice as many": json.dumps({**calls.definition(), "questions": [{"key": f"s{n}", "label": "x", "kind": "text"} for n in range(120)]}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_at_once_and_nothing_is_kept(db, agent, name):
    start = time.perf_counter()
    upload(agent, FILES[name])
    assert time.perf_counter() - start < 5
    assert db.session.scalar(select(func.count()).select_from(Call)) == 0


def test_control_the_same_file_without_a_fault_is_a_call(db, agent):
    file = io.BytesIO(json.dumps(calls.definition()).encode())
    agent.post("/agents/appels/importer", {"document": (file, "appel.json")})
    assert db.session.scalar(select(func.count()).select_from(Call)) == 1


def test_a_text_in_the_place_of_the_file_is_no_file(db, agent):
    assert "Choisissez un fichier JSON." in agent.post("/agents/appels/importer", {"document": "abc"}, status=422).text


def test_fractions_stay_exact():
    assert rules.read('{"weight": 33.33}') == {"weight": "33.33"}


@pytest.mark.parametrize(
    "nested",
    ['{"all":[' * 600 + "]}" * 600, '{"key":"uses","is":"a\\ud800b"}', '{"key":"uses","is":"a\\u0000b"}', "[" * 4000],
)
def test_a_composed_condition_that_no_database_keeps_is_refused(db, agent, draft, nested):  # noqa: F811
    before = document(db, draft)
    question(agent, draft, 2, status=422, nested=nested)
    assert document(db, draft) == before
