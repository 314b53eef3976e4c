"""`flask call …`."""

import pytest

from programme.calls import queries
from programme.calls.states import CallState, SessionState
from programme.cli.demo.calls_demo import FOLDER
from programme.core.unit_of_work import unit_of_work
from tests.factories import calls

pytestmark = pytest.mark.db
SESSION = (
    "--label",
    "Relève d’été",
    "--opens",
    "2027-03-28T01:30",
    "--closes",
    "2027-06-28T12:00",
    "--envelope",
    "120 000",
)


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["call", *arguments])


def found(db, code: str):
    db.session.rollback()
    return db.session.scalars(queries.by_code(code)).one()


def test_a_call_is_installed_from_its_file(app, db):
    done = run(app, "install", str(FOLDER / "permanent.toml"))
    assert done.exit_code == 0, done.output
    assert "Données du territoire" in done.output
    assert found(db, "PERM-DATA").state is CallState.DRAFT


def test_it_is_not_installed_twice(app, db):
    run(app, "install", str(FOLDER / "permanent.toml"))
    again = run(app, "install", str(FOLDER / "permanent.toml"))
    assert again.exit_code != 0
    assert "déjà installé" in again.output


@pytest.mark.parametrize(
    "text", ["code = 'X'", "code = ", "code = 'X'\nslug = 'x'\nkind = 'permanent'\ntitle='x'\ntheme_set='data'"]
)
def test_a_wrong_file_is_said_in_a_sentence(app, db, tmp_path, text):
    (tmp_path / "appel.toml").write_text(text, encoding="utf-8")
    done = run(app, "install", str(tmp_path / "appel.toml"))
    assert done.exit_code == 1
    assert "ne décrit pas un appel" in done.output


def test_a_session_is_planned_in_the_hour_of_the_region(app, db):
    with unit_of_work():
        code = calls.call().code
    done = run(app, "session", code, *SESSION, "--committee", "2027-09-07", "--vote", "2027-10-15")
    assert done.exit_code == 0, done.output
    session = found(db, code).sessions[0]
    assert session.state is SessionState.PLANNED
    assert session.opens_at.isoformat() == "2027-03-28T00:30:00+00:00"
    assert session.closes_at.isoformat() == "2027-06-28T10:00:00+00:00"
    assert (str(session.envelope_amount), str(session.committee_on), str(session.vote_on)) == (
        "120000.00", "2027-09-07", "2027-10-15",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("--opens", "demain", "2026-11-30T12:00"), ("--envelope", "beaucoup", "montant"), ("--vote", "bientôt", "2027-02-26"),
     ("--opens", "2027-06-28T12:00", "ouvrir avant de fermer")],
)  # fmt: skip
def test_a_wrong_session_is_said_in_a_sentence(app, db, option, value, words):
    with unit_of_work():
        code = calls.call().code
    done = run(app, "session", code, *SESSION, option, value)
    assert done.exit_code != 0
    assert words in done.output
    assert found(db, code).sessions == []


def test_a_call_is_led_verb_by_verb(app, db):
    with unit_of_work():
        code = calls.call(CallState.DRAFT).code
    for verb in ("ask_review", "publish", "open"):
        assert run(app, "lead", code, verb).exit_code == 0
    assert found(db, code).state is CallState.OPEN
    refused = run(app, "lead", code, "publish")
    assert refused.exit_code == 1
    assert "changé d’état" in refused.output


def test_an_unknown_call_is_said(app, db):
    assert "Aucun appel n’a le code RIEN" in run(app, "lead", "RIEN", "open").output
