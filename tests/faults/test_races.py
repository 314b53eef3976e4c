"""Races through the real server with four web processes: places, forms sent five times, an envelope; with their controls.

The suite takes fewer people and rounds; `make campaign NAME=races` sets RACES_CLIENTS, RACES_ROUNDS, RACES_PEOPLE.
"""

import os
import secrets
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import func, insert, select, text

from programme.accounts.states import Role
from programme.applications.models import Application
from programme.assessment.models import Decision
from programme.calls.models import CallSession
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.events.models import Event, Registration
from programme.events.states import RegistrationState
from programme.extensions import db as database
from tests.factories import calls, people
from tests.factories import events as make
from tests.factories.assessment import on_agenda
from tests.faults.crowd import Form, crowd, send, sign_in
from tests.faults.real_server import WEB_PROCESSES, running, server_of

pytestmark = [pytest.mark.journey, pytest.mark.slow]
CLIENTS, ROUNDS, PEOPLE = (
    int(os.environ.get(f"RACES_{name}", size)) for name, size in (("CLIENTS", "100"), ("ROUNDS", "2"), ("PEOPLE", "20"))
)
PLACES, TIMES = 50, 5
FILES, AWARDS = 50, 10
BACKENDS = ("sqlite", "postgresql")
BARE = "import programme\napp = programme.create_app()\n"
R = RegistrationState


@pytest.fixture(scope="module", params=BACKENDS)
def place(request, tmp_path_factory):
    """One server for all the races of an engine."""
    folder = tmp_path_factory.mktemp(f"races-{request.param}")
    with running(request.param, folder) as started:
        started.backend = request.param
        yield started


def signing_up(slug, numbers, *, late=False):
    """Everybody presses the button at once; or half of them, and each of the others when one more has been answered."""
    values = {"rules_version": "1", "accept_rules": "y", "motivation": "Pour voir."}
    first = len(numbers) // 2 if late else len(numbers)
    return [
        Form(number, f"/evenements/{slug}/inscription", values, after=max(0, rank - first + 1))
        for rank, number in enumerate(numbers)
    ]


def new_event(capacity):
    with unit_of_work():
        event = make.event(capacity=capacity)
        return event.id, event.slug


def listed(event_id):
    """The rows of an event, by person."""
    database.session.rollback()
    rows = database.session.scalars(select(Registration).where(Registration.event_id == event_id))
    return {each.account_id: each for each in rows}


def pairs_out_of_order(answers, rows):
    """Pairs of which the second was sent after the first was answered, and how many of them stand the other way round.

    Those with a place stand before those who wait, who stand by their number.
    """
    at = {number: (row.queue_number or 0) for number, row in rows.items()}
    compared = wrong = 0
    for first in answers:
        for second in answers:
            if first.received < second.sent:
                compared += 1
                wrong += at[first.form.person] > at[second.form.person]
    return compared, wrong


def test_fifty_places_for_a_crowd_are_fifty_and_the_list_is_in_order(place):
    compared = wrong = 0
    for turn in range(ROUNDS):
        number, slug = new_event(PLACES)
        # Every second round half of the crowd comes while the other half is served: only then is there an order to keep.
        answers = send(place.root, signing_up(slug, crowd(CLIENTS), late=turn % 2 == 1))
        rows = listed(number)
        states = [each.state for each in rows.values()]
        assert {each.status for each in answers} == {302}
        assert (states.count(R.CONFIRMED), states.count(R.WAITING)) == (PLACES, CLIENTS - PLACES)
        queue = sorted((each for each in rows.values() if each.queue_number), key=lambda each: each.queue_number)
        assert [each.queue_number for each in queue] == list(range(1, CLIENTS - PLACES + 1))
        assert [each.id for each in queue] == sorted(each.id for each in queue), "the order of the commits"
        assert database.session.get_one(Event, number).confirmed_count == PLACES
        more, bad = pairs_out_of_order(answers, rows)
        compared, wrong = compared + more, wrong + bad
    assert compared > CLIENTS, "some were sent after others had been answered"
    assert wrong == 0
    print(
        f"{place.backend}: {CLIENTS} clients, {PLACES} places, {ROUNDS} rounds, {WEB_PROCESSES} web processes: {PLACES} places "
        f"given each time; {compared} pairs sent one after the answer to the other, out of order 0"
    )


# The places are read before the transaction and taken without condition: what everybody writes first.
COUNTS_THEN_TAKES = (
    BARE
    + """
from flask import g
from sqlalchemy import event, update
from programme.core import database
from programme.events.models import Event
from programme.events.services import registrations
from programme.events.views import registration as view
from programme.extensions import db

seen_before = view.visible_event

def look(slug, *, lock=False):
    found = seen_before(slug)
    g.setdefault("places_left", found.places_left)
    return found

def take(event, *, confirmed=0, offered=0):
    if g.places_left < confirmed:
        return False
    db.session.execute(
        update(Event).where(Event.id == event.id).values(confirmed_count=Event.confirmed_count + confirmed),
        execution_options={"synchronize_session": False},
    )
    return True

view.visible_event, registrations._move_counts = look, take
registrations.queries.waiting_count = lambda event_id: db.select(0)
with app.app_context():
    if db.engine.dialect.name == "sqlite":
        event.listen(db.engine, "connect", lambda raw, _record: raw.execute("PRAGMA ignore_check_constraints=ON"))
"""
)


@pytest.mark.parametrize("backend_name", BACKENDS)
def test_control_places_that_are_only_counted_are_overbooked(backend_name, tmp_path):
    """The same crowd on the same server without the lock, the conditional UPDATE and the CHECK."""
    with (
        running(backend_name, tmp_path, start=False) as place,
        server_of(COUNTS_THEN_TAKES, place, tmp_path, workers=WEB_PROCESSES),
    ):
        if backend_name == "postgresql":
            with database.engine.begin() as connection:
                connection.execute(text("ALTER TABLE event DROP CONSTRAINT ck_event_places_within_capacity"))
        number, slug = new_event(PLACES)
        answers = send(place.root, signing_up(slug, crowd(CLIENTS)))
        given = [each.state for each in listed(number).values()].count(R.CONFIRMED)
        print(f"{backend_name}, control: {given} places given of {PLACES} to {CLIENTS} clients")
        assert {each.status for each in answers} == {302}
        assert given > PLACES


def opening(session, persons):
    """The same form five times for each person: the page was open once, the button pressed five times."""
    forms = []
    for number, organisation in persons:
        values = {"nonce": secrets.token_urlsafe(24), "organisation": organisation, "strand": "A", "title": "Carte"}
        forms += [Form(number, f"/appels/{session.call.slug}/deposer", values)] * TIMES
    return forms


def applicants(many):
    """People who may each file for an organisation of their own, signed in. Inside a unit of work."""
    made = []
    for _ in range(many):
        person, body = people.account(), people.organisation()
        people.member(person, body)
        made.append((person, body))
    sign_in([person for person, _body in made])
    return [(person.id, body.slug) for person, body in made]


def test_a_form_sent_five_times_at_once_opens_one_draft(place):
    with unit_of_work():
        session = calls.open_call(closes_at=now().replace(year=now().year + 1)).sessions[0]
        forms = opening(session, applicants(PEOPLE))
    before = database.session.scalar(select(func.count(Application.id)))
    answers = send(place.root, forms)
    database.session.rollback()
    assert {each.status for each in answers} == {302}
    assert database.session.scalar(select(func.count(Application.id))) - before == PEOPLE
    first_results = {each.form.person: set() for each in answers}
    for each in answers:
        first_results[each.form.person].add(each.location)
    assert {len(each) for each in first_results.values()} == {1}, "all five are answered with the same draft"
    print(
        f"{place.backend}: {PEOPLE} people, the same form {TIMES} times each: {PEOPLE} drafts, each answer the first one's"
    )


def test_control_without_the_nonce_five_clicks_open_five_drafts(place):
    with unit_of_work():
        session = calls.open_call(closes_at=now().replace(year=now().year + 1)).sessions[0]
        forms = opening(session, applicants(3))
    different = count()
    forms = [Form(each.person, each.path, each.values | {"nonce": f"other-{next(different)}"}) for each in forms]
    before = database.session.scalar(select(func.count(Application.id)))
    send(place.root, forms)
    database.session.rollback()
    assert database.session.scalar(select(func.count(Application.id))) - before == 3 * TIMES


def test_fifty_decisions_on_an_envelope_for_ten_make_ten_awards(place):
    with unit_of_work():
        officers = [people.account(Role.OFFICER_FILE) for _ in range(5)]
        sign_in(officers)
        session = calls.open_call(envelope=Decimal(10_000) * AWARDS + Decimal("9999.99")).sessions[0]
        first = on_agenda(officers[0], to=session)
        references = [first.reference, *(_as(first, rank) for rank in range(1, FILES))]
        numbers, session_id = [each.id for each in officers], session.id
    values = {"outcome": "award", "amount": "10 000", "reason": "Utile."}
    answers = send(
        place.root,
        [
            Form(numbers[rank % 5], f"/agents/dossiers/{reference}/decision", values)
            for rank, reference in enumerate(references)
        ],
    )
    database.session.rollback()
    database.session.expire_all()
    statuses = [each.status for each in answers]
    awards = database.session.scalar(
        select(func.count(Decision.id)).join(Application).where(Application.session_id == session_id)
    )
    assert (statuses.count(302), statuses.count(422)) == (AWARDS, FILES - AWARDS)
    assert awards == AWARDS
    assert database.session.get_one(CallSession, session_id).committed_amount == Decimal(10_000) * AWARDS
    print(
        f"{place.backend}: {FILES} decisions at once on an envelope for {AWARDS}: {awards} awards, {FILES - AWARDS} refused"
    )


def _as(first, rank):
    """Another file exactly like the first, entered for the vote. Inside a unit of work."""
    table = Application.__table__
    row = dict(database.session.execute(select(table).where(table.c.id == first.id)).mappings().one())
    del row["id"]
    row |= {"reference": f"COPIE-{rank}", "receipt_number": f"AR-COPIE-{rank}", "nonce": None}
    database.session.execute(insert(table).values(row))
    return row["reference"]
