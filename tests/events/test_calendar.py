"""The calendar files, read back by the library and by a small reader that knows nothing of it."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.events.services import lifecycle
from programme.events.states import EventState
from tests.factories import events as make
from tests.factories.people import account

pytestmark = [pytest.mark.db, pytest.mark.usefixtures("db")]
START = datetime(2027, 7, 3, 7, 0, tzinfo=UTC)


def minimal_reader(body):
    """Unfold, split, unescape: the rules of RFC 5545, section 3.1 and 3.3.11, by hand."""
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    entries, current, stack = [], {}, []
    for line in body.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]:
        name, _colon, value = line.partition(":")
        key = name.split(";")[0].upper()
        if key == "BEGIN":
            stack.append(value)
            current = {} if value == "VEVENT" else current
        elif key == "END":
            assert stack.pop() == value
            entries += [current] if value == "VEVENT" else []
        elif stack[-1] == "VEVENT":
            assert key not in current, f"{key} twice"
            for escaped, plain in (("\\n", "\n"), ("\\,", ","), ("\\;", ";"), ("\\\\", "\\")):
                value = value.replace(escaped, plain)
            current[key] = value
    assert stack == []
    return entries


def by_library(body):
    return [
        {
            "UID": str(each["uid"]), "SUMMARY": str(each["summary"]), "DESCRIPTION": str(each["description"]),
            "LOCATION": str(each["location"]), "STATUS": str(each["status"]), "SEQUENCE": str(each["sequence"]),
            "DTSTART": each["dtstart"].dt, "DTEND": each["dtend"].dt, "DTSTAMP": each["dtstamp"].dt, "URL": str(each["url"]),
        }
        for each in Calendar.from_ical(body).walk("VEVENT")
    ]  # fmt: skip


@pytest.fixture
def event(db):
    with unit_of_work():
        return make.event(
            title="L’eau qui reste : données, sécheresse ; été", summary="Deux jours, à Arles, pour « l’eau »." + " Longue phrase" * 12,
            place="Le Lavoir", address="3, rue de la République, 13200 Arles", starts_at=START,
            registration_closes_at=START - timedelta(days=1),
        )  # fmt: skip


def fetch(visitor, path):
    answer = visitor().client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    return answer.get_data()


def test_both_readers_find_the_same_event(visitor, event):
    for path in ("/evenements.ics", f"/evenements/{event.slug}.ics"):
        body = fetch(visitor, path)
        (theirs,), (ours,) = by_library(body), minimal_reader(body)
        assert theirs["DTSTART"] == START
        assert ours["DTSTART"] == "20270703T070000Z"
        assert ours["DTEND"] == "20270704T070000Z"
        assert ours["DTSTAMP"] == event.changed_at.strftime("%Y%m%dT%H%M%SZ") == ours["LAST-MODIFIED"]
        for key in ("UID", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "SEQUENCE", "URL"):
            assert theirs[key] == ours[key], key
        assert (ours["UID"], ours["SUMMARY"], ours["STATUS"]) == (event.uid, event.title, "CONFIRMED")
        assert ours["LOCATION"] == "Le Lavoir, 3, rue de la République, 13200 Arles"
        assert ours["URL"].endswith(f"/evenements/{event.slug}")
        assert body.decode().count("METHOD:PUBLISH") == 1


def test_a_change_keeps_the_identity_and_raises_the_sequence(visitor, event):
    (before,) = minimal_reader(fetch(visitor, "/evenements.ics"))
    assert minimal_reader(fetch(visitor, "/evenements.ics")) == [before]
    with unit_of_work():
        values = {column: getattr(event, column) for column in lifecycle.COLUMNS}
        moved = values | {"starts_at": START + timedelta(hours=1)}
        lifecycle.edit(event, moved, by=account(), at=now() + timedelta(seconds=5))
    (after,) = minimal_reader(fetch(visitor, "/evenements.ics"))
    assert (after["UID"], int(after["SEQUENCE"])) == (before["UID"], int(before["SEQUENCE"]) + 1)
    assert after["DTSTAMP"] > before["DTSTAMP"]
    assert after["DTSTART"] == "20270703T080000Z"


def test_a_cancelled_event_stays_marked_cancelled_and_a_draft_is_absent(visitor, event):
    with unit_of_work():
        lifecycle.move(event, "cancel", by=account(), at=now(), reason="Alerte rouge.")
        draft = make.event(EventState.PLANNED)
    (entry,) = minimal_reader(fetch(visitor, "/evenements.ics"))
    assert (entry["UID"], entry["STATUS"]) == (event.uid, "CANCELLED")
    assert visitor().client.get(f"/evenements/{draft.slug}.ics").status_code == 404


def test_an_agenda_that_has_the_file_is_told_so(visitor, event):
    client = visitor().client
    tag = client.get("/evenements.ics").headers["ETag"]
    assert client.get("/evenements.ics", headers={"If-None-Match": tag}).status_code == 304
