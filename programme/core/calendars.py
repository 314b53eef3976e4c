"""One writer of iCalendar files (RFC 5545): their head, the same for every feed of the house."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

REFRESH = timedelta(hours=6)
"""How often an agenda may ask again."""


def written(components: Iterable[Any], *, name: str, organiser: str) -> bytes:
    """The file of these components (of the library icalendar); `name` is what an agenda calls it."""
    from icalendar import Calendar  # Half a second of imports that only a calendar pays.

    book = Calendar()
    book.add("prodid", f"-//{organiser}//Programme//FR")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", name)
    book.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for each in components:
        book.add_component(each)
    return bytes(book.to_ical())
