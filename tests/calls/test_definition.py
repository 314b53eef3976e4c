"""A call is written as one JSON document and read back equal, so that it can be kept, given to another Region and duplicated."""

import copy
import json

import pytest

from programme.calls import queries, services
from programme.calls.states import CallState, SessionState
from programme.cli.demo import calls_demo
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.db
CALENDAR = [
    {"label": "Relève d’hiver", "opens_at": "2027-01-04T08:00:00+00:00", "closes_at": "2027-03-28T00:59:59+00:00",
     "envelope": "120000.00", "committee_on": "2027-04-20", "vote_on": None},
    {"label": "Relève d’été", "opens_at": "2027-04-01T07:00:00+00:00", "closes_at": "2027-06-30T10:00:00+00:00",
     "envelope": "0.10", "committee_on": None, "vote_on": "2027-10-15"},
]  # fmt: skip


def installed(db, definition):
    """The definition of the call that this definition makes, through JSON text."""
    with unit_of_work():
        services.install(definition, at=now())
    call = db.session.scalars(queries.by_slug(definition["slug"])).one()
    return json.loads(json.dumps(services.definition_of(call)))


def renamed(definition, word):
    """The same call under another name: code and slug are its own."""
    return {**copy.deepcopy(definition), "code": f"{definition['code']}-{word}", "slug": f"{definition['slug']}-{word}"}


def without_name(definition):
    return {key: value for key, value in definition.items() if key not in ("code", "slug")}


@pytest.mark.parametrize("name", ["permanent", "territoires"])
def test_a_call_written_and_read_again_is_equal(db, name):
    first = installed(db, {**calls_demo.read(name), "sessions": CALENDAR})
    again = installed(db, renamed(first, "bis"))
    assert without_name(again) == without_name(first)
    assert first["sessions"] == CALENDAR
    assert sum(len(each["questions"]) for each in first["strands"]) > 10
    assert all(sum(float(c["weight"]) for c in each["criteria"]) == 100 for each in first["strands"])


def test_what_is_read_is_a_draft_whose_sessions_are_planned(db):
    definition = renamed(installed(db, {**calls_demo.read("permanent"), "sessions": CALENDAR}), "bis")
    installed(db, definition)
    call = db.session.scalars(queries.by_slug(definition["slug"])).one()
    assert call.state is CallState.DRAFT
    assert [(each.number, each.state) for each in call.sessions] == [
        (1, SessionState.PLANNED),
        (2, SessionState.PLANNED),
    ]


def test_control_a_difference_of_one_word_is_seen(db):
    first = installed(db, calls_demo.read("permanent"))
    changed = renamed(first, "bis")
    changed["strands"][0]["criteria"][0]["help"] += "."
    assert without_name(installed(db, changed)) != without_name(first)


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens_at": "2027-03-28T00:59:59+00:00", "closes_at": "2027-03-28T00:59:59+00:00"}, {"opens_at": "2027-01-04T08:00:00"},
        {"envelope": "-1"}, {"envelope": "NaN"}, {"closes_at": "bientôt"}, {"vote_on": "2027-02-30"},
    ],
)  # fmt: skip
def test_a_session_that_cannot_be_is_refused_and_nothing_is_kept(db, wrong):
    definition = {**calls_demo.read("permanent"), "sessions": [{**CALENDAR[0], **wrong}]}
    with pytest.raises((ValueError, ArithmeticError)), unit_of_work():
        services.install(definition, at=now())
    assert db.session.scalars(queries.by_slug(definition["slug"])).one_or_none() is None


def test_the_command_writes_what_the_command_reads(app, db, tmp_path):
    installed(db, {**calls_demo.read("permanent"), "sessions": CALENDAR})
    code = calls_demo.read("permanent")["code"]
    runner = app.test_cli_runner()
    written = runner.invoke(args=["call", "export", code])
    assert written.exit_code == 0, written.output
    file = tmp_path / "appel.json"
    file.write_text(json.dumps(renamed(json.loads(written.stdout), "bis")), encoding="utf-8")
    read = runner.invoke(args=["call", "install", str(file)])
    assert read.exit_code == 0, read.output
    for text in ("[]", "{}", "3", '{"code": "X"', '{"code": "X", "strands": 3}'):
        file.write_text(text, encoding="utf-8")
        refused = runner.invoke(args=["call", "install", str(file)])
        assert (refused.exit_code, "ne décrit pas un appel" in refused.output) == (1, True), (text, refused.output)
