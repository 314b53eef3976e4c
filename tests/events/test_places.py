"""Places: taken in order, offered in order, never more than the capacity."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from programme.core.clock import now
from programme.core.errors import IllegalTransition, RuleBroken
from programme.core.journal import JournalEntry
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from programme.events import queries
from programme.events.jobs import expire_offers
from programme.events.models import Event, Registration
from programme.events.services import lifecycle, registrations
from programme.events.states import EndReason, EventState, RegistrationState
from programme.events.views.desk import READERS
from tests.factories import events as make
from tests.factories.people import account
from tests.pages import plain

pytestmark = [pytest.mark.db, pytest.mark.usefixtures("db")]
R = RegistrationState
AT = now()


def subjects(db):
    return [plain(each.subject) for each in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def arrive(event, count=1):
    return [registrations.register(event, account(), make.ANSWERS, at=now()) for _each in range(count)]


def states(people):
    return [each.state for each in people]


def test_a_free_place_is_taken_at_once_and_a_mail_says_so(db, unit):
    with unit():
        event = make.event(capacity=2)
        (first,) = arrive(event)
    assert (first.state, first.confirmed_at is not None) == (R.CONFIRMED, True)
    assert (event.confirmed_count, event.offered_count, event.places_left) == (1, 0, 1)
    assert subjects(db) == [f"Votre place à « {event.title} » est confirmée"]


def test_the_waiting_list_keeps_the_order_of_arrival(db, unit):
    with unit():
        event = make.event(capacity=1)
        people = arrive(event, 4)
    assert states(people) == [R.CONFIRMED, R.WAITING, R.WAITING, R.WAITING]
    assert [db.session.scalar(queries.rank(each)) for each in people[1:]] == [1, 2, 3]
    assert "rang 3" in subjects(db)[-1]


def test_a_freed_place_is_offered_to_the_first_who_waits(db, unit):
    with unit():
        event = make.event(capacity=1, offer_hours=48)
        people = arrive(event, 3)
        at = now()
        registrations.withdraw(people[0], by=people[0].account, at=at)
    assert states(people) == [R.WITHDRAWN, R.OFFERED, R.WAITING]
    assert people[1].offer_expires_at == at + timedelta(hours=48)
    assert (event.confirmed_count, event.offered_count) == (0, 1)
    assert db.session.scalar(queries.rank(people[2])) == 1
    assert "Place à accepter avant le" in subjects(db)[-1]


def test_an_offered_place_is_not_given_to_a_newcomer(db, unit):
    with unit():
        event = make.event(capacity=1)
        people = arrive(event, 2)
        registrations.withdraw(people[0], by=people[0].account, at=now())
        (newcomer,) = arrive(event)
    assert newcomer.state is R.WAITING


def test_an_offer_never_goes_past_the_start(db, unit):
    with unit():
        event = make.event(capacity=1, offer_hours=48, starts_at=now() + timedelta(hours=20))
        people = arrive(event, 2)
        registrations.withdraw(people[0], by=people[0].account, at=now())
    assert people[1].offer_expires_at == event.starts_at


def test_nothing_is_offered_once_the_event_has_started(db, unit):
    with unit():
        event = make.event(capacity=1)
        people = arrive(event, 2)
        event.state = EventState.LIVE
        registrations.withdraw(people[0], by=people[0].account, at=now())
    assert states(people) == [R.WITHDRAWN, R.WAITING]


def test_accepting_an_offer_confirms_the_place(db, unit):
    with unit():
        event = make.event(capacity=1)
        people = arrive(event, 2)
        registrations.withdraw(people[0], by=people[0].account, at=now())
        registrations.accept_offer(people[1], by=people[1].account, at=now())
    assert states(people) == [R.WITHDRAWN, R.CONFIRMED]
    assert (event.confirmed_count, event.offered_count) == (1, 0)


def test_an_offer_cannot_be_accepted_at_its_deadline(db, unit):
    with unit():
        event = make.event(capacity=1)
        offered = make.registration(event, state=R.OFFERED)
        with pytest.raises(RuleBroken, match="délai"):
            registrations.accept_offer(offered, by=offered.account, at=offered.offer_expires_at)
        registrations.accept_offer(offered, by=offered.account, at=offered.offer_expires_at - timedelta(seconds=1))
    assert offered.state is R.CONFIRMED


def test_an_expired_offer_ends_and_the_place_goes_to_the_next(db, unit):
    with unit():
        event = make.event(capacity=1)
        late = make.registration(event, state=R.OFFERED, offer_expires_at=now() - timedelta(minutes=1))
        waiting = make.registration(event, state=R.WAITING)
        other = make.registration(make.event(capacity=1), state=R.OFFERED)
    expire_offers()
    assert (late.state, late.end_reason) == (R.WITHDRAWN, EndReason.EXPIRED)
    assert (waiting.state, other.state) == (R.OFFERED, R.OFFERED)
    assert (event.confirmed_count, event.offered_count) == (0, 1)
    expire_offers()
    assert waiting.state is R.OFFERED


def test_withdrawing_an_offer_passes_it_on_and_withdrawing_a_wait_does_not(db, unit):
    with unit():
        event = make.event(capacity=1)
        people = arrive(event, 4)
        registrations.withdraw(people[0], by=people[0].account, at=now())
        registrations.withdraw(people[2], by=people[2].account, at=now())
        assert states(people) == [R.WITHDRAWN, R.OFFERED, R.WITHDRAWN, R.WAITING]
        registrations.withdraw(people[1], by=people[1].account, at=now())
    assert states(people) == [R.WITHDRAWN, R.WITHDRAWN, R.WITHDRAWN, R.OFFERED]
    assert event.places_left == 0


def test_raising_the_capacity_offers_the_new_places(db, unit):
    with unit():
        event, officer = make.event(capacity=1), account()
        people = arrive(event, 4)
        values = {column: getattr(event, column) for column in lifecycle.COLUMNS}
        lifecycle.edit(event, values | {"capacity": 3}, by=officer, at=now())
    assert states(people) == [R.CONFIRMED, R.OFFERED, R.OFFERED, R.WAITING]
    with unit(), pytest.raises(RuleBroken, match="3 places"):
        lifecycle.edit(event, values | {"capacity": 2}, by=officer, at=now())


def test_a_refusal_frees_the_place_and_says_why(db, unit):
    with unit():
        event, officer = make.event(capacity=1), account()
        people = arrive(event, 2)
        registrations.decline(people[0], "Salariée de la Région.", by=officer, at=now())
        with pytest.raises(RuleBroken, match="refusée"):
            registrations.register(event, people[0].account, make.ANSWERS, at=now())
    assert states(people) == [R.DECLINED, R.OFFERED]
    texts = [each.text for each in db.session.scalars(select(OutboxMessage))]
    assert any("Salariée de la Région" in text for text in texts)


def test_a_selective_event_waits_for_an_officer(db, unit):
    with unit():
        event, officer = make.event(capacity=1, is_selective=True), account()
        people = arrive(event, 2)
        assert states(people) == [R.SUBMITTED, R.SUBMITTED]
        registrations.open_review(people[0], by=officer, at=now())
        assert people[0].state is R.UNDER_REVIEW
        registrations.accept(people[0], by=officer, at=now())
        registrations.accept(people[1], by=officer, at=now())
    assert states(people) == [R.CONFIRMED, R.WAITING]


def test_one_live_registration_for_each_person_and_event(db, unit):
    with unit():
        event, person = make.event(capacity=5), account()
        first = registrations.register(event, person, make.ANSWERS, at=now())
        with pytest.raises(RuleBroken, match="déjà"):
            registrations.register(event, person, make.ANSWERS, at=now())
        registrations.withdraw(first, by=person, at=now())
        again = registrations.register(event, person, make.ANSWERS, at=now())
    assert again.state is R.CONFIRMED
    with pytest.raises(IntegrityError), unit():
        make.registration(event, person, state=R.SUBMITTED)


def test_the_table_itself_refuses_one_place_too_many(db, unit):
    with unit():
        event = make.event(capacity=1)
    with pytest.raises(IntegrityError), unit():
        db.session.execute(update(Event).where(Event.id == event.id).values(confirmed_count=1, offered_count=1))


@pytest.mark.parametrize(
    "values",
    [
        {"state": EventState.REGISTRATION_CLOSED},
        {"state": EventState.PLANNED},
        {"registration_opens_at": AT + timedelta(days=1)},
        {"registration_closes_at": AT - timedelta(days=1)},
    ],
)
def test_registrations_are_refused_when_they_are_not_open(db, unit, values):
    with unit():
        event = make.event(**values)
        with pytest.raises(RuleBroken, match="ouvertes"):
            registrations.register(event, account(), make.ANSWERS, at=now())


def test_rules_that_changed_on_the_way_must_be_read_again(db, unit):
    with unit():
        event = make.event(rules_version=2)
        with pytest.raises(RuleBroken, match="règlement a changé"):
            registrations.register(event, account(), make.ANSWERS, at=now())


def test_presence_is_noted_from_the_start_on(db, unit):
    with unit():
        event, officer = make.event(), account()
        place = make.registration(event)
        with pytest.raises(RuleBroken, match="commencé"):
            registrations.mark(place, "mark_present", by=officer, at=now())
        event.state = EventState.LIVE
        registrations.mark(place, "mark_absent", by=officer, at=now())
        registrations.mark(place, "mark_present", by=officer, at=now())
        with pytest.raises(IllegalTransition):
            registrations.withdraw(place, by=place.account, at=now())
    assert (place.state, event.confirmed_count) == (R.PRESENT, 1)


def test_every_change_is_in_the_journal(db, unit):
    with unit():
        event = make.event(capacity=1)
        people = arrive(event, 2)
        registrations.withdraw(people[0], by=people[0].account, at=now())
    acts = [each.act for each in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
    assert acts == [
        "registration.submitted", "registration.accept", "registration.submitted", "registration.queue",
        "registration.withdraw", "registration.offer",
    ]  # fmt: skip


def test_people_in_the_waiting_list_come_before_a_newcomer_even_when_a_place_is_free(db, unit):
    with unit():
        event = make.event(capacity=2)
        make.registration(event, state=R.WAITING)
        (newcomer,) = arrive(event)
    assert newcomer.state is R.WAITING
    assert db.session.scalar(queries.rank(newcomer)) == 2


def test_the_desk_is_for_the_mission_and_the_direction():
    assert READERS.name == "staff:direction|officer_programme"


def test_cancelled_events_leave_offers_as_they_stood(db, unit):
    with unit():
        event = make.event(EventState.CANCELLED, capacity=1)
        late = make.registration(event, state=R.OFFERED, offer_expires_at=now() - timedelta(minutes=1))
    expire_offers()
    assert late.state is R.OFFERED


def test_registrations_of_the_same_event_count_once_in_each_state(db):
    with unit_of_work():
        event = make.event(capacity=3)
        for state in (R.CONFIRMED, R.CONFIRMED, R.OFFERED, R.WAITING, R.WITHDRAWN):
            make.registration(event, state=state)
    counted = {state: number for _e, state, number in db.session.execute(queries.registration_counts([event.id]))}
    assert counted == {R.CONFIRMED: 2, R.OFFERED: 1, R.WAITING: 1, R.WITHDRAWN: 1}
    assert db.session.scalars(select(Registration)).first() is not None
