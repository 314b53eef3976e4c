"""Figures for the monitoring, and logs that name nobody."""

import json
import logging

import pytest

import config
from programme import create_app
from programme.accounts import services
from programme.core import jobs, logs
from programme.core.clock import now
from programme.core.jobs import JobState
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database

pytestmark = pytest.mark.db
BEARER = {"Authorization": "Bearer un-jeton"}


@pytest.fixture
def watched(app, monkeypatch):
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "un-jeton")
    return app.test_client()


def figures(answer):
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_it_is_absent_without_the_token_or_the_address(app, db, monkeypatch):
    client = app.test_client()
    assert client.get("/metriques").status_code == 404
    assert client.get("/metriques", headers={"Authorization": "Bearer "}).status_code == 404
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "un-jeton")
    assert client.get("/metriques", headers={"Authorization": "Bearer un-autré"}).status_code == 404
    assert client.get("/metriques", headers=BEARER).status_code == 200
    monkeypatch.setitem(app.config, "METRICS_NETWORKS", ("10.0.0.0/8", "::1/128"))
    for address, status in (("10.1.2.3", 200), ("::1", 200), ("192.0.2.1", 404), ("", 404)):
        assert client.get("/metriques", environ_base={"REMOTE_ADDR": address}).status_code == status


def test_figures_are_those_of_the_database(watched, db):
    with unit_of_work():
        services.sign_up("lea@exemple.fr", "Léa", "hash", at=now())
        jobs.enqueue("trial.x", {}, at=now()).state = JobState.FAILED
    answer = watched.get("/metriques", headers=BEARER)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    seen = figures(answer)
    assert seen['programme_jobs{kind="mail.send",state="queued"}'] == 1
    assert seen['programme_jobs{kind="trial.x",state="failed"}'] == 1
    assert seen["programme_jobs_due"] == 1
    assert (seen['programme_mails{state="waiting"}'], seen['programme_mails{state="refused"}']) == (1, 0)
    assert seen["programme_sessions"] == 0
    assert "lea@exemple.fr" not in answer.text


CANARIES = ("canari-adresse@exemple.fr", "Canari-Nom", "DT-CANARI-1", "canari-jeton")


def test_a_line_a_request_and_no_canary(app, db, tmp_path, capfd):
    made = create_app(
        config.Testing, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'x.sqlite3'}", VAR=tmp_path, JSON_LOGS=True,
        PROPAGATE_EXCEPTIONS=False,
    )  # fmt: skip
    logger = logging.getLogger("programme")
    try:
        with made.app_context():
            database.create_all()
            client = made.test_client()
            client.get("/inscription/confirmer/canari-jeton?q=canari-adresse@exemple.fr")
            client.get("/agents/dossiers/DT-CANARI-1")
            client.get("/nulle-part/Canari-Nom", headers={"User-Agent": "Canari-Nom", "Referer": "/x/canari-jeton"})
            try:
                raise ValueError("Canari-Nom canari-adresse@exemple.fr")
            except ValueError:
                made.logger.exception("job %s failed", 3)
            database.session.remove()
            database.engine.dispose()
    finally:
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.NOTSET)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [(each["route"], each["status"]) for each in lines[:3]] == [
        ("/inscription/confirmer/<token>", 200), ("/agents/dossiers/<reference>", 302), (None, 404),
    ]  # fmt: skip
    assert all(each["ms"] >= 0 and len(each["request"]) == 16 and each["at"] for each in lines[:3])
    assert lines[3]["error"] == "ValueError"
    assert lines[3]["where"]
    assert not any(canary in json.dumps(lines, ensure_ascii=False) for canary in CANARIES)


def test_control_an_ordinary_log_line_would_hold_the_canaries():
    record = logging.makeLogRecord(
        {"msg": "GET /agents/dossiers/DT-CANARI-1", "levelname": "INFO", "name": "programme"}
    )
    assert "DT-CANARI-1" in logs.JsonLines().format(record)
