"""Those who hold a draft are told before its session closes: what it lacks, at 14 days, 3 days and 1 day, never twice."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from programme.accounts.states import AccountState
from programme.applications import jobs, queries, services
from programme.applications.models import Application, Reminder
from programme.applications.services import reminders
from programme.applications.states import ApplicationState
from programme.calls.models import Call, CallSession
from programme.calls.states import CallState
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.organisations.states import MembershipRole, MembershipState
from tests.factories import applications, calls
from tests.factories.people import NOON, account, member, organisation
from tests.pages import plain

pytestmark = pytest.mark.db

CLOSES = NOON + timedelta(days=20)
ABOUT = OutboxMessage.subject.startswith("À déposer avant")


def touched(*, closes_at=CLOSES, begun=NOON, **values):
    """A draft that somebody wrote in, and its organisation. Inside a unit of work."""
    made = applications.draft(to=calls.open_call(closes_at=closes_at).sessions[0], **values)
    made.created_at, made.saved_at = begun, begun + timedelta(minutes=5)
    return made


def run(at):
    with time_machine.travel(at, tick=False):
        jobs.remind_of_closing()


def count(db):
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(ABOUT))


def sent(db):
    kept = db.session.scalars(select(OutboxMessage).where(ABOUT).order_by(OutboxMessage.id))
    return [(each.recipient, plain(" ".join(each.text.split()))) for each in kept]


def test_it_is_told_at_fourteen_days_three_days_and_one(db):
    with unit_of_work():
        touched()
    days, known = [], 0
    for left in range(20, -2, -1):
        run(CLOSES - timedelta(days=left))
        run(CLOSES - timedelta(days=left) + timedelta(minutes=40))
        if count(db) > known:
            days, known = [*days, left], count(db)
    assert (days, known) == ([14, 3, 1], 3)


def test_the_mail_says_in_a_sentence_what_each_step_lacks_and_leads_there(db):
    with unit_of_work():
        made = touched(title="Carte des fraîcheurs")
    run(CLOSES - timedelta(days=3))
    ((_to, text),) = sent(db)
    assert "« Carte des fraîcheurs » est encore un brouillon." in text
    assert "dimanche 13 décembre 2026 à 12 h 00 (heure de Paris)" in text
    assert "Il manque 7 points dans « Le projet », 1 point dans « Les questions du volet », 1 point dans « Les données », 1 point dans « Le budget », 1 point dans « Les pièces »." in text  # fmt: skip
    assert f"http://localhost/dossiers/{made.reference}/relecture" in text


def test_a_draft_that_lacks_nothing_is_told_to_be_handed_in(db):
    with unit_of_work():
        made = applications.ready_draft(to=calls.open_call(closes_at=CLOSES).sessions[0])
        made.created_at, made.saved_at = NOON, NOON + timedelta(minutes=1)
    run(CLOSES - timedelta(days=3))
    assert "Rien ne manque : il reste à relire et à déposer." in sent(db)[0][1]


def test_owners_and_editors_are_told_neither_readers_nor_those_who_left(db):
    with unit_of_work():
        commune = organisation("Commune de Gap")
        owner, editor, reader, left, asked, closed = (account() for _each in range(6))
        member(owner, commune), member(editor, commune, MembershipRole.EDITOR)
        member(reader, commune, MembershipRole.READER)
        member(left, commune).state = MembershipState.ENDED
        member(asked, commune).state = MembershipState.REQUESTED
        member(closed, commune)
        closed.state = AccountState.CLOSED
        touched(of=commune, by=owner)
    run(CLOSES - timedelta(days=3))
    assert {to for to, _text in sent(db)} == {owner.email, editor.email}


def test_a_draft_without_anybody_to_tell_is_told_to_the_next_owner(db):
    with unit_of_work():
        commune = organisation()
        touched(of=commune, by=account())
    run(CLOSES - timedelta(days=3))
    assert db.session.scalars(select(Reminder.id)).all() == []
    with unit_of_work():
        member(account(), db.session.merge(commune))
    run(CLOSES - timedelta(days=3) + timedelta(hours=1))
    assert count(db) == 1


def test_a_draft_that_nobody_touched_is_left_alone(db):
    with unit_of_work():
        made = touched()
        made.saved_at = made.created_at
    run(CLOSES - timedelta(days=3))
    assert count(db) == 0


@pytest.mark.parametrize("state", [ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN, ApplicationState.DROPPED])
def test_nothing_is_told_after_the_deposit_or_the_withdrawal(db, state):
    with unit_of_work():
        made = touched()
        if state is not ApplicationState.WITHDRAWN:
            made.submitted_at, made.receipt_number = NOON, "AR-2026-1"
        made.state = state
    run(CLOSES - timedelta(days=3))
    assert count(db) == 0


def test_a_draft_handed_in_since_it_was_listed_is_not_told(db):
    with unit_of_work():
        made = touched()
    at = CLOSES - timedelta(days=3)
    assert reminders.drafts_to_remind(at=at) == [made.reference]
    with unit_of_work():
        draft = db.session.scalars(queries.for_update(made.reference)).one()
        draft.state = ApplicationState.WITHDRAWN
        assert services.remind_of_closing(draft, at=at) == 0
    assert db.session.scalars(select(Reminder.id)).all() == []


def test_nothing_is_told_once_it_is_closed_also_on_the_same_day(db):
    with unit_of_work():
        touched()
    run(CLOSES + timedelta(minutes=1))
    assert count(db) == 0
    run(CLOSES - timedelta(minutes=1))  # The control: a day without a round is caught up until the last minute.
    assert count(db) == 1


def test_a_suspended_call_tells_nobody_to_hand_in(db):
    with unit_of_work():
        made = touched()
        db.session.get_one(Call, made.call.id).state = CallState.SUSPENDED
    run(CLOSES - timedelta(days=3))
    assert count(db) == 0


def test_a_closing_that_moves_moves_what_is_not_told_yet(db):
    with unit_of_work():
        made = touched()
    run(CLOSES - timedelta(days=14))
    with unit_of_work():
        db.session.get_one(CallSession, made.session_id).closes_at = CLOSES + timedelta(days=30)
    for left in range(14, -31, -1):
        run(CLOSES - timedelta(days=left))
    told = db.session.execute(select(Reminder.threshold, Reminder.sent_at).order_by(Reminder.id)).all()
    assert told == [
        (14, CLOSES - timedelta(days=14)), (3, CLOSES + timedelta(days=27)), (1, CLOSES + timedelta(days=29)),
    ]  # fmt: skip


def test_a_draft_carried_over_has_another_closing_before_it(db):
    with unit_of_work():
        made = touched()
    run(CLOSES - timedelta(days=14))
    with unit_of_work():
        draft = db.session.scalars(queries.for_update(made.reference)).one()
        following = calls.session(draft.call, opens_at=NOON, closes_at=CLOSES + timedelta(days=60), label="Suivante")
        by = db.session.get_one(type(account()), draft.created_by_id)
        services.carry_over(draft, following, by=by, at=CLOSES + timedelta(minutes=1))
    assert db.session.scalars(select(Reminder.id)).all() == []
    run(CLOSES + timedelta(days=46))
    assert db.session.scalars(select(Reminder.threshold)).all() == [14]


def test_somebody_who_began_nine_days_before_is_told_at_three(db):
    with unit_of_work():
        touched(begun=CLOSES - timedelta(days=9))
    run(CLOSES - timedelta(days=8))
    assert count(db) == 0
    run(CLOSES - timedelta(days=3))
    assert db.session.scalars(select(Reminder.threshold)).all() == [3]


@pytest.mark.parametrize(
    ("at", "closes_at", "told"),
    [
        # Closing at noon on the day the clocks go on, 28 March 2027: a day before is the 27th from its morning.
        (datetime(2027, 3, 27, 6, 30, tzinfo=UTC), datetime(2027, 3, 28, 10, 0, tzinfo=UTC), [1]),
        (
            datetime(2027, 3, 26, 22, 30, tzinfo=UTC),
            datetime(2027, 3, 28, 10, 0, tzinfo=UTC),
            [3],
        ),  # 23:30 of the 26th.
        (datetime(2027, 3, 26, 23, 30, tzinfo=UTC), datetime(2027, 3, 28, 10, 0, tzinfo=UTC), []),  # 0:30: too early.
        # Closing at a quarter past midnight of the 25th, when they go back: the 24th is the day before, the 22nd is three.
        (datetime(2026, 10, 24, 6, 30, tzinfo=UTC), datetime(2026, 10, 24, 22, 15, tzinfo=UTC), [1]),
        (datetime(2026, 10, 22, 6, 30, tzinfo=UTC), datetime(2026, 10, 24, 22, 15, tzinfo=UTC), [3]),
    ],
)
def test_days_are_those_of_the_region_when_the_hour_changes(db, at, closes_at, told):
    with unit_of_work():
        to = calls.open_call(opens_at=at - timedelta(days=90), closes_at=closes_at).sessions[0]
        made = applications.draft(to=to, at=at - timedelta(days=60))
        made.saved_at = made.created_at + timedelta(minutes=1)
    run(at)
    assert db.session.scalars(select(Reminder.threshold)).all() == told


def test_a_worker_killed_between_two_drafts_loses_none_and_repeats_none(db, monkeypatch):
    with unit_of_work():
        touched(), touched(), touched()
    real, calls_made = reminders.mail.queue, []

    def dies(message, **values):
        calls_made.append(message)
        if len(calls_made) == 2:
            raise KeyboardInterrupt
        return real(message, **values)

    monkeypatch.setattr(reminders.mail, "queue", dies)
    with pytest.raises(KeyboardInterrupt):
        run(CLOSES - timedelta(days=3))
    assert count(db) == 1
    monkeypatch.undo()
    run(CLOSES - timedelta(days=3) + timedelta(minutes=30))
    assert count(db) == 3
    assert len({to for to, _text in sent(db)}) == 3


@pytest.mark.slow
def test_workers_at_once_tell_each_draft_once(app, db):
    with unit_of_work():
        made = [touched().reference for _each in range(3)]
    db.session.remove()
    ready, failures, at = threading.Barrier(4), [], CLOSES - timedelta(days=3)

    def work():
        with app.app_context():
            ready.wait()
            try:
                for reference in made:
                    with unit_of_work() as session:
                        draft = session.scalars(queries.for_update(reference)).one()
                        services.remind_of_closing(draft, at=at)
            except Exception as failure:
                failures.append(failure)

    threads = [threading.Thread(target=work) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert count(db) == 3


@pytest.mark.parametrize("size", [1, 3])
def test_listing_them_asks_as_much_for_one_as_for_three(db, count_queries, size):
    with unit_of_work():
        for _each in range(size):
            touched()
    db.session.rollback()
    with count_queries(2):
        assert len(reminders.drafts_to_remind(at=CLOSES - timedelta(days=3))) == size
    assert db.session.get(Application, 1) is not None
