"""Headings that sort: each is a link to the same list in another order, with every filter kept."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, request

PARAMETER = "tri"


def with_query(**changes: str | None) -> str:
    """The present address with some parts of its query changed (None takes one away); the list restarts at its first page."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page" and name not in changes]
    kept += [(name, value) for name, value in changes.items() if value is not None]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def sortable(
    label: Any, numeric: bool, *, up: str | None = None, down: str | None = None, current: str = ""
) -> tuple[Any, bool, dict[str, str]]:
    """A column of the macro `table` whose heading sorts.

    Args:
        label: of the column.
        numeric: whether it holds numbers: the greatest come first.
        up: value of `tri` for the growing order; None when the list has not that order.
        down: the same for the other order.
        current: the order that the list has now.
    """
    direction = {up: "ascending", down: "descending"}.get(current, "none") if current else "none"
    first, then = (down, up) if numeric else (up, down)
    wanted = then if then and (current == first or not first) else first
    return label, numeric, {"href": with_query(**{PARAMETER: wanted}), "direction": direction}


def install(app: Flask) -> None:
    """Give templates `sortable(…)` and `with_query(…)`."""
    app.jinja_env.globals.update(sortable=sortable, with_query=with_query)
