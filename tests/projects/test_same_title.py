"""Several people start a project of the same title at the same instant: each has its own address, nobody sees an error."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from programme.core import database as core_database
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.projects import services
from programme.projects.models import Project

pytestmark = [pytest.mark.db, pytest.mark.slow]
PEOPLE = 8


def start_together(app):
    """How many of them the database refused."""
    barrier, refused = Barrier(PEOPLE), []

    def run():
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    services.start("Carte des fraîcheurs", at=now(), by=None)
            except IntegrityError as error:
                refused.append(error)
            finally:
                database.session.remove()

    threads = [Thread(target=run) for _ in range(PEOPLE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return len(refused)


def test_each_has_an_address(app, db):
    assert start_together(app) == 0
    slugs = db.session.scalars(select(Project.slug)).all()
    assert sorted(slugs) == sorted(
        ["carte-des-fraicheurs", *(f"carte-des-fraicheurs-{n}" for n in range(2, PEOPLE + 1))]
    )


def test_control_who_does_not_wait_for_a_turn_is_refused(app, db, monkeypatch):
    """On PostgreSQL; on SQLite a transaction that writes is alone."""
    monkeypatch.setattr(core_database, "in_turn", lambda _session, _choice: None)
    refused = sum(start_together(app) for _ in range(3))
    assert refused == 0 if db.engine.dialect.name == "sqlite" else refused > 0
