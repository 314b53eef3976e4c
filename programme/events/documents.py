"""Calendar files: what a phone or an agenda reads of the events."""

from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any

from programme.core import calendars
from programme.events.models import Event
from programme.events.states import EventState


def calendar(
    events: Iterable[Event], *, name: str, organiser: str, url_of: Callable[[Event], str], kinds: dict[str, str]
) -> bytes:
    """The events as iCalendar (RFC 5545): instants in UTC, stable UID, last change as DTSTAMP.

    A cancelled event stays in the file with the status CANCELLED, so that agendas strike it out. The
    sequence rises at each change. `kinds` gives the French word of each kind.
    """
    entries = (_entry(event, url_of(event), kinds[event.kind]) for event in events)
    return calendars.written(entries, name=name, organiser=organiser)


def _entry(event: Event, url: str, kind: str) -> Any:
    from icalendar import Event as Entry  # As above.

    entry = Entry()
    entry.add("uid", event.uid)
    entry.add("dtstamp", event.changed_at.astimezone(UTC).replace(microsecond=0))
    entry.add("last-modified", event.changed_at.astimezone(UTC).replace(microsecond=0))
    entry.add("created", event.created_at.astimezone(UTC).replace(microsecond=0))
    entry.add("sequence", event.sequence)
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("summary", event.title)
    entry.add("description", f"{event.summary}\n\n{url}".strip())
    if where := ", ".join(part for part in (event.place, event.address) if part):
        entry.add("location", where)
    entry.add("url", url)
    entry.add("categories", [kind])
    entry.add("status", "CANCELLED" if event.state is EventState.CANCELLED else "CONFIRMED")
    return entry
