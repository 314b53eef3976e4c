"""The house is told before silence decides: at 30, 15 and 7 days, in one mail a day and a person, never twice."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from programme.accounts.states import AccountState, Role
from programme.applications import jobs, services
from programme.applications.models import Application, Reminder
from programme.applications.rules.reminders import CLOSING, ROOM, SILENCE, before_closing, before_silence, reached
from programme.applications.services import reminders
from programme.applications.states import ApplicationState, ReminderKind
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.evaluation.models import Recusal
from programme.evaluation.states import SubjectKind
from tests.factories import applications
from tests.factories.assessment import assigned, officer, reader, under_review
from tests.factories.people import NOON, account
from tests.pages import plain

DAY = date(2026, 11, 23)

# ---- pure -----------------------------------------------------------------------------------------


@given(st.integers(-50, 100))
def test_a_threshold_is_said_from_its_day_until_the_next_one(left):
    found = reached(left, SILENCE)
    assert found == (None if left < 0 or left > 30 else 30 if left > 15 else 15 if left > 7 else 7)


@given(st.integers(0, 100), st.integers(0, 100))
def test_thresholds_come_in_order_as_days_pass(one, other):
    early, late = reached(max(one, other), SILENCE), reached(min(one, other), SILENCE)
    assert early is None or (late is not None and late <= early)


def test_the_day_of_silence_itself_is_the_last_to_be_told():
    assert before_silence(DAY, DAY) == 7
    assert before_silence(DAY - timedelta(days=1), DAY) is None


@given(st.integers(0, 40), st.integers(0, 40))
def test_somebody_who_began_after_a_threshold_is_told_at_the_next_one(left, age):
    today, closes_on = DAY, DAY + timedelta(days=left)
    found = before_closing(closes_on, today - timedelta(days=age), today)
    if found is not None:
        assert found in CLOSING
        assert left <= found <= left + age


# ---- the round ------------------------------------------------------------------------------------


def file(left, *, title="Carte", follower=None):
    """A deposited file on which silence decides in so many days. Inside a unit of work."""
    made = applications.submitted(title=title)
    made.silence_on, made.officer_id = DAY + timedelta(days=left), follower.id if follower else None
    return made


def run(at=NOON):
    with time_machine.travel(at, tick=False):
        jobs.remind_of_silence()


def sent(db):
    """The digests: recipient and text."""
    kept = db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.startswith("Le silence décidera")))
    return {each.recipient: plain(" ".join(each.text.split())) for each in kept}


def count(db):
    return db.session.scalar(
        select(func.count()).select_from(OutboxMessage).where(OutboxMessage.subject.startswith("Le silence décidera"))
    )


@pytest.mark.db
@pytest.mark.parametrize(("left", "told"), [(31, 0), (30, 1), (16, 1), (15, 1), (7, 1), (0, 1), (-1, 0)])
def test_a_file_is_told_from_thirty_days_to_its_last_day(db, left, told):
    with unit_of_work():
        officer()
        file(left)
    run()
    assert count(db) == told


@pytest.mark.db
def test_the_officer_of_the_file_is_told_alone_and_everybody_of_a_file_of_nobody(db):
    with unit_of_work():
        followed, other = officer("Dominique"), officer("Sacha")
        account(Role.OFFICER_PROGRAMME), account(Role.DIRECTION)
        own = file(7, title="Suivi", follower=followed).reference
        free = file(15, title="Sans personne").reference
    run()
    mails = sent(db)
    assert set(mails) == {followed.email, other.email}
    assert own in mails[followed.email]
    assert own not in mails[other.email]
    assert all(free in text for text in mails.values())
    assert count(db) == 2
    assert f"dans 7 jours, le lundi 30 novembre 2026, refus tacite : {own}, « Suivi »" in mails[followed.email]


@pytest.mark.db
def test_each_threshold_is_told_once(db):
    with unit_of_work():
        officer()
        file(30)
    days, known = [], 0
    for day in range(32):
        run(NOON + timedelta(days=day))
        if count(db) > known:
            days, known = [*days, day], count(db)
    assert days == [0, 15, 23]
    assert set(db.session.scalars(select(Reminder.threshold))) == {30, 15, 7}


@pytest.mark.db
def test_a_clock_that_stops_and_goes_on_says_no_threshold_twice(db):
    with unit_of_work():
        officer()
        made = file(15)
    run()
    with unit_of_work():
        again = db.session.get_one(Application, made.id)
        again.silence_on = DAY + timedelta(days=31)
    for day in range(1, 24):
        run(NOON + timedelta(days=day))
    assert sorted(db.session.scalars(select(Reminder.threshold))) == [15, 30]
    run(NOON + timedelta(days=24))
    assert sorted(db.session.scalars(select(Reminder.threshold))) == [7, 15, 30]
    assert count(db) == 3


@pytest.mark.db
def test_one_mail_a_day_waits_for_the_next_morning_with_what_came_after_it(db):
    with unit_of_work():
        officer()
        file(7)
    run()
    with unit_of_work():
        file(7)
    run(NOON + timedelta(hours=5))
    assert count(db) == 1
    run(NOON + timedelta(days=1))
    assert count(db) == 2


@pytest.mark.db
def test_nobody_is_told_at_night(db):
    with unit_of_work():
        officer()
        file(7)
    run(datetime(2026, 11, 23, 5, 59, tzinfo=UTC))  # 6:59 in Paris.
    assert count(db) == 0
    run(datetime(2026, 11, 23, 6, 0, tzinfo=UTC))
    assert count(db) == 1


@pytest.mark.db
@pytest.mark.parametrize(
    ("at", "silence_on", "threshold"),
    [
        # The clocks went back at 3:00 on 25 October: 22:30 UTC of the 24th is 0:30 of the 25th, 15 days before.
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 11, 9), 15),
        (datetime(2026, 10, 24, 21, 30, tzinfo=UTC), date(2026, 11, 9), 30),
        # They went on at 2:00 on 28 March 2027.
        (datetime(2027, 3, 27, 23, 30, tzinfo=UTC), date(2027, 4, 4), 7),
        (datetime(2027, 3, 27, 22, 30, tzinfo=UTC), date(2027, 4, 4), 15),
        (datetime(2027, 3, 28, 22, 30, tzinfo=UTC), date(2027, 4, 5), 7),
    ],
)
def test_midnight_is_that_of_the_region_also_when_the_hour_changes(db, at, silence_on, threshold):
    with unit_of_work():
        officer()
        file(0).silence_on = silence_on
    with unit_of_work():
        services.remind_of_silence(at=at)
    assert db.session.scalars(select(Reminder.threshold)).all() == [threshold]


@pytest.mark.db
@pytest.mark.parametrize("state", [ApplicationState.WITHDRAWN, ApplicationState.REJECTED, ApplicationState.DROPPED])
def test_a_file_that_is_over_is_told_to_nobody(db, state):
    with unit_of_work():
        officer()
        made = file(7)
        made.state, made.decided_at = state, NOON
    run()
    assert count(db) == 0


@pytest.mark.db
def test_a_recused_officer_is_told_nothing_of_the_file_even_when_it_was_theirs(db):
    with unit_of_work():
        aside, other = officer("Dominique"), officer("Sacha")
        made = file(7, title="Interdit", follower=aside)
        db.session.add(
            Recusal(account_id=aside.id, subject_kind=SubjectKind.APPLICATION, subject_id=made.id, reason="Un proche.", declared_at=NOON)
        )  # fmt: skip
        file(7, title="Permis", follower=aside)
    run()
    mails = sent(db)
    assert "Interdit" not in mails[aside.email]
    assert "Permis" in mails[aside.email], "the control: the same officer is told of the other file"
    assert "Interdit" in mails[other.email]


@pytest.mark.db
def test_an_officer_who_reads_blind_is_told_nothing_of_the_file(db):
    with unit_of_work():
        by, other = officer("Dominique"), officer("Sacha")
        made = under_review(by)
        assigned(made, reader(made), by).reviewer_id = by.id
        made.silence_on, made.call.blind_reading = DAY + timedelta(days=7), True
    run()
    assert set(sent(db)) == {other.email}


@pytest.mark.db
def test_a_closed_account_or_a_lost_role_leaves_the_file_to_the_others(db):
    with unit_of_work():
        gone, moved, other = officer("Dominique"), account(Role.OFFICER_PROGRAMME), officer("Sacha")
        gone.state = AccountState.CLOSED
        file(7, follower=gone), file(7, follower=moved)
    run()
    assert set(sent(db)) == {other.email}


@pytest.mark.db
def test_a_file_that_nobody_may_hear_of_is_told_when_somebody_may(db):
    with unit_of_work():
        file(7)
    run()
    assert db.session.scalars(select(Reminder.id)).all() == []
    with unit_of_work():
        officer()
    run(NOON + timedelta(hours=1))
    assert count(db) == 1


@pytest.mark.db
def test_a_long_mail_lists_the_nearest_and_says_how_many_others_there_are(db):
    with unit_of_work():
        officer()
        first = file(5, title="Le premier")
        copy = {column.name: getattr(first, column.name) for column in Application.__table__.columns}
        for place in range(ROOM + 1):
            other = {
                "id": 1000 + place,
                "reference": f"DT-MANY-{place:04d}",
                "receipt_number": f"AR-{place}",
                "title": "Autre",
            }
            db.session.execute(
                Application.__table__.insert().values(copy | other | {"silence_on": DAY + timedelta(days=6)})
            )
    run()
    (text,) = sent(db).values()
    assert text.index("Le premier") < text.index("Autre")
    assert text.count("« Autre »") == ROOM - 1
    assert "2 autres dossiers sont sur la page." in text
    assert db.session.scalar(select(func.count()).select_from(Reminder)) == ROOM + 2


# ---- attacked -------------------------------------------------------------------------------------


@pytest.mark.db
def test_a_round_that_is_killed_was_not_begun(db, monkeypatch):
    with unit_of_work():
        officer(), officer("Sacha")
        file(7), file(15)
    real, calls = reminders.mail.queue, []

    def dies(message, **values):
        calls.append(message)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(message, **values)

    monkeypatch.setattr(reminders.mail, "queue", dies)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert (count(db), db.session.scalars(select(Reminder.id)).all()) == (0, [])
    monkeypatch.undo()
    run(NOON + timedelta(minutes=30))
    assert count(db) == 2


@pytest.mark.db
@pytest.mark.slow
def test_workers_at_once_send_one_mail(app, db):
    with unit_of_work():
        officer()
        file(7), file(15), file(30)
    db.session.remove()
    ready, failures = threading.Barrier(4), []

    def work():
        with app.app_context():
            ready.wait()
            try:
                with unit_of_work():
                    services.remind_of_silence(at=NOON)
            except Exception as failure:
                failures.append(failure)

    threads = [threading.Thread(target=work) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert count(db) == 1
    assert db.session.scalar(select(func.count()).select_from(Reminder)) == 3


@pytest.mark.db
def test_the_key_itself_refuses_a_second_line(db):
    with unit_of_work():
        assert reminders.note(ReminderKind.SILENCE, 1, 7, at=NOON)
        assert not reminders.note(ReminderKind.SILENCE, 1, 7, at=NOON)
        assert reminders.note(ReminderKind.SILENCE, 1, 15, at=NOON)
        assert reminders.note(ReminderKind.CLOSING, 1, 7, at=NOON)
