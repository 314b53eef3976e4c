"""The mail of the morning: what presses on the desk of each person of the house, once a working day, silent otherwise."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from programme.accounts.states import AccountState, Role
from programme.applications.models import Reminder
from programme.applications.states import ReminderKind
from programme.assessment.rules.tasks import HOUSE_DAYS
from programme.assessment.views import digest
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.evaluation.models import Recusal
from programme.evaluation.states import SubjectKind
from tests.factories.applications import submitted
from tests.factories.assessment import officer
from tests.factories.people import NOON, signed_in
from tests.pages import plain

pytestmark = pytest.mark.db
LATE = NOON + timedelta(days=HOUSE_DAYS["check"] + 3)
"""Three days after the date that the house gave itself for a file handed in at noon; a Friday."""


def mails(db):
    db.session.rollback()
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.startswith("À traiter"))).all()


def turn(at):
    with time_machine.travel(at, tick=False):
        digest.send_digests()


def waiting(title="Carte des fraîcheurs"):
    """A file to check, and the officer who sees it on the desk."""
    with unit_of_work():
        by = officer("Dominique")
        file = submitted(title=title)
    return by, file


def test_it_says_what_is_late_with_the_words_of_the_desk(app, db):
    by, file = waiting()
    turn(LATE)
    (mail,) = mails(db)
    assert mail.recipient == by.email
    assert mail.subject == "À traiter : 1 en retard"
    for words in ("En retard", file.title, file.organisation.name, file.reference, "Déclarer complet"):
        assert words in plain(" ".join(mail.text.split()))
    assert f"{app.config['PUBLIC_URL']}/agents/a-traiter" in mail.text
    assert "localhost/agents/dossiers" not in mail.text


def test_it_says_the_same_number_as_the_page(app, db):
    waiting()
    waiting("Autre projet")
    turn(LATE)
    with time_machine.travel(LATE, tick=False):
        page = signed_in(app, Role.OFFICER_FILE)[0].get("/agents/a-traiter?tache=retard")
    listed = [each for each in page.links() if each.startswith("/agents/dossiers/")]
    assert len({each.split("#")[0] for each in listed}) == 2
    assert {each.subject for each in mails(db)} == {"À traiter : 2 en retard"}


def test_nobody_is_told_twice_in_a_day_nor_by_two_workers(app, db):
    waiting()
    turn(LATE)
    turn(LATE + timedelta(hours=1))
    assert len(mails(db)) == 1

    def work():
        with app.app_context():
            digest.send_digests()

    with time_machine.travel(LATE + timedelta(days=3), tick=False):  # Monday.
        workers = [threading.Thread(target=work) for _ in range(2)]
        for each in workers:
            each.start()
        for each in workers:
            each.join(30)
    assert len(mails(db)) == 2
    kept = select(func.count()).select_from(Reminder).where(Reminder.kind == ReminderKind.DIGEST)
    assert db.session.scalar(kept) == 1  # The day before is forgotten.


@pytest.mark.parametrize("at", [
    LATE + timedelta(days=1), LATE + timedelta(days=2), LATE.replace(hour=5, minute=59),
    datetime(2026, 12, 25, 10, tzinfo=UTC), datetime(2027, 1, 1, 10, tzinfo=UTC),
])  # fmt: skip
def test_it_waits_for_the_morning_of_a_working_day(db, at):
    waiting()
    turn(at)
    assert mails(db) == []


def test_nothing_pressing_is_no_mail(db):
    waiting()
    turn(NOON + timedelta(days=1))
    assert mails(db) == []
    turn(NOON + timedelta(days=HOUSE_DAYS["check"] - 4))
    assert [each.subject for each in mails(db)] == ["À traiter : 1 cette semaine"]


def test_it_hides_what_the_desk_hides_and_leaves_a_closed_account_alone(db):
    by, file = waiting()
    with unit_of_work():
        db.session.add(
            Recusal(
                account_id=by.id, subject_kind=SubjectKind.APPLICATION, subject_id=file.id, reason="…", declared_at=NOON
            )
        )
        gone = officer("Partie")
        gone.state = AccountState.CLOSED
    turn(LATE)
    assert mails(db) == []


def test_a_crowded_desk_is_cut_and_says_so(db, monkeypatch):
    monkeypatch.setattr(digest, "ROOM", 2)
    waiting()
    for number in range(3):
        with unit_of_work():
            submitted(title=f"Projet {number}")
    turn(LATE)
    (mail,) = mails(db)
    assert mail.subject == "À traiter : 4 en retard"
    assert "2 autres lignes sont sur la page." in mail.text
