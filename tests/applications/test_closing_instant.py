"""One millisecond before the closing, at it, one after: on the days when the clocks change, and the days beside them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from programme.applications import queries
from programme.applications.states import ApplicationState
from programme.core.clock import local_day
from programme.core.i18n import datetime_long
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import applications, calls
from tests.factories.people import account, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db
MS = timedelta(milliseconds=1)

# The closing in UTC, the words of the pages (local time), the local day of a deposit just before it, the day silence decides.
CLOSINGS = {
    "the eve of summer time": ("2026-03-28T22:59:59", "samedi 28 mars 2026 à 23 h 59", "2026-03-28", "2026-05-28"),
    "the night of summer time, before": ("2026-03-29T00:59:00", "dimanche 29 mars 2026 à 1 h 59", "2026-03-29", "2026-05-29"),
    "the night of summer time, after the hour left out": ("2026-03-29T01:30:00", "dimanche 29 mars 2026 à 3 h 30", "2026-03-29", "2026-05-29"),
    "the noon after it": ("2026-03-29T10:00:00", "dimanche 29 mars 2026 à 12 h 00", "2026-03-29", "2026-05-29"),
    "the evening after it": ("2026-03-29T21:59:59", "dimanche 29 mars 2026 à 23 h 59", "2026-03-29", "2026-05-29"),
    "the eve of winter time": ("2026-10-24T21:59:59", "samedi 24 octobre 2026 à 23 h 59", "2026-10-24", "2026-12-24"),
    "half past midnight, which is the day before in UTC": ("2026-10-24T22:30:00", "dimanche 25 octobre 2026 à 0 h 30", "2026-10-25", "2026-12-25"),
    "half past two, the first time": ("2026-10-25T00:30:00", "dimanche 25 octobre 2026 à 2 h 30", "2026-10-25", "2026-12-25"),
    "half past two, the second time": ("2026-10-25T01:30:00", "dimanche 25 octobre 2026 à 2 h 30", "2026-10-25", "2026-12-25"),
    "the noon after winter time": ("2026-10-25T11:00:00", "dimanche 25 octobre 2026 à 12 h 00", "2026-10-25", "2026-12-25"),
    "the evening after winter time": ("2026-10-25T22:59:59", "dimanche 25 octobre 2026 à 23 h 59", "2026-10-25", "2026-12-25"),
    "summer time of 2027": ("2027-03-28T01:30:00", "dimanche 28 mars 2027 à 3 h 30", "2027-03-28", "2027-05-28"),
    "the evening of summer time of 2027": ("2027-03-28T21:59:59", "dimanche 28 mars 2027 à 23 h 59", "2027-03-28", "2027-05-28"),
    "winter time of 2027": ("2027-10-31T01:30:00", "dimanche 31 octobre 2027 à 2 h 30", "2027-10-31", "2027-12-31"),
    "the evening of winter time of 2027": ("2027-10-31T22:59:59", "dimanche 31 octobre 2027 à 23 h 59", "2027-10-31", "2027-12-31"),
}  # fmt: skip


HARD = (
    "the night of summer time, after the hour left out", "the evening after it", "half past midnight, which is the day before in UTC",
    "half past two, the second time", "the evening of winter time of 2027",
)  # fmt: skip
"""Those at which a whole deposit is played."""


def closing_of(name):
    """The closing instant, its words, the local day before it, the day on which silence decides."""
    instant, words, day, silence = CLOSINGS[name]
    return (
        datetime.fromisoformat(instant).replace(tzinfo=UTC),
        words,
        date.fromisoformat(day),
        date.fromisoformat(silence),
    )


def ready(app, closes_at, **values):
    """A draft that lacks nothing, of a session that closes then, and its author."""
    with unit_of_work():
        session = calls.open_call(opens_at=closes_at - timedelta(days=30), closes_at=closes_at, documents=[]).sessions[
            0
        ]
        person = account(name="Camille")
        draft = applications.ready_draft(by=person, to=session, at=closes_at - timedelta(days=1), **values)
        draft.starts_on, draft.ends_on = closes_at.date() + timedelta(days=90), closes_at.date() + timedelta(days=300)
    return visitor_for(app, person), draft.reference


def state(reference):
    database.session.rollback()
    return database.session.scalars(queries.whole(reference).execution_options(populate_existing=True)).one()


@pytest.mark.parametrize("name", CLOSINGS)
def test_a_session_takes_until_the_last_millisecond_and_no_longer(db, freeze, name):
    closes_at, words, _day, _silence = closing_of(name)
    assert words in plain(datetime_long(closes_at))
    with unit_of_work():
        session = calls.open_call(opens_at=closes_at - timedelta(days=9), closes_at=closes_at).sessions[0]
    assert [session.accepts_at(closes_at + step) for step in (-MS, 0 * MS, MS)] == [True, False, False]
    assert [session.is_over(closes_at + step) for step in (-MS, 0 * MS, MS)] == [False, True, True]
    opens_at = session.opens_at
    assert [session.accepts_at(opens_at + step) for step in (-MS, 0 * MS, MS)] == [False, True, True]


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize(("step", "taken"), [(-1, True), (0, False), (1, False)])
def test_a_deposit_is_judged_to_the_millisecond(app, db, freeze, name, step, taken):
    closes_at, words, day, silence = closing_of(name)
    freeze.move_to(closes_at + step * MS)
    visitor, reference = ready(app, closes_at)
    path = f"/dossiers/{reference}/relecture"
    page = visitor.get(path)
    assert words in plain(page.text).replace("\n", " ")
    answer = visitor.post(path, {"commitments": "y"}, status=200 if taken else 422)
    kept = state(reference)
    if not taken:
        assert "La relève est close" in answer.text
        assert (kept.state, kept.submitted_at, kept.receipt_number) == (ApplicationState.DRAFT, None, None)
        return
    assert kept.state is ApplicationState.SUBMITTED
    assert (kept.submitted_at, local_day(kept.submitted_at)) == (closes_at - MS, day)
    assert kept.silence_on == silence
    assert kept.receipt_number in answer.text


def test_one_who_waits_on_the_page_over_the_closing_keeps_the_draft(app, db, freeze):
    closes_at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    freeze.move_to(closes_at - MS)
    visitor, reference = ready(app, closes_at)
    path = f"/dossiers/{reference}/relecture"
    token = visitor.token(path)
    freeze.move_to(closes_at)
    answer = visitor.post(path, {"commitments": "y", "csrf_token": token}, status=422)
    assert "votre brouillon est gardé" in answer.text
    assert state(reference).state is ApplicationState.DRAFT


def test_the_time_left_counts_hours_that_pass_not_hours_of_the_clock(app, db, freeze):
    """From the evening before a change of the clock to the noon after it: one hour less in March, one more in October."""
    for eve, closes_at, left in (
        (datetime(2026, 3, 28, 19, 0, tzinfo=UTC), datetime(2026, 3, 29, 10, 0, tzinfo=UTC), "Il reste 15 h et 0 min"),
        (
            datetime(2026, 10, 24, 18, 0, tzinfo=UTC),
            datetime(2026, 10, 25, 11, 0, tzinfo=UTC),
            "Il reste 17 h et 0 min",
        ),
    ):
        freeze.move_to(eve)
        visitor, reference = ready(app, closes_at)
        assert left in plain(visitor.get(f"/dossiers/{reference}/relecture").text)
