"""What comes in addresses: a number that no row can bear is an absence, a page to come back to is one of this site."""

import re

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1
"""The greatest number that a key or an integer column holds on both engines."""
LAST_PAGE = 100_000
"""No list is that long; beyond, the offset of a page does not fit the database's numbers."""


class BoundedInteger(IntegerConverter):
    """`<int:…>` in an address: at most LARGEST, so that a longer number meets no page."""

    def __init__(self, map: Map, *args: int, **kwargs: int | bool) -> None:
        kwargs.setdefault("max", LARGEST)
        super().__init__(map, *args, **kwargs)  # type: ignore[arg-type]


def whole_number(text: object) -> int | None:
    """The number written in plain digits, from 0 to LARGEST; None for anything else (« ² », a page of digits, nothing)."""
    digits = str(text or "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST))):
        return None
    return int(digits) if int(digits) <= LARGEST else None


def own_page(target: object) -> str | None:
    """A path of this site that an address asks to come back to; None for anything else, another host first of all."""
    text = str(target or "")
    # Browsers read « \\ » as « / » and skip control characters: one of them is enough to refuse.
    plain = text.isprintable() and "\\" not in text and " " not in text
    return text if plain and re.match(r"/(?!/)", text) else None


def refuse_far_pages() -> None:
    """Before each request: a page that no list can have is absent."""
    wanted = request.args.get("page", "").strip()
    if wanted.removeprefix("+").isdecimal() and (len(wanted) > len(str(LAST_PAGE)) or int(wanted) > LAST_PAGE):
        abort(404)


def install(app: Flask) -> None:
    """Bind to the application, before any room adds its addresses."""
    app.url_map.converters["int"] = BoundedInteger
    app.before_request(refuse_far_pages)
