"""Short answers in JSON for the scripts of a page; the same address answers a whole page to everybody else."""

from collections.abc import Iterator
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

SIGNED_OUT, GONE, STALE = 401, 410, 412


def wanted() -> bool:
    """Whether the script of a page asks: it wants JSON before anything else."""
    return request.accept_mimetypes.best == "application/json"


def kept(form: Any, sentence: str, *, token: str, version: int | None = None, **fragments: str) -> ResponseReturnValue:
    """What was sent is saved: the sentence to show, the version to send next, pieces of page to put in place by their id.

    422 when a field could not be read: the others are saved, `errors` holds (id of the field, sentence).
    """
    errors = list(unreadable(form))
    return jsonify(
        message=sentence, version=None if version is None else str(version), csrf=token, errors=errors,
        fragments=fragments,
    ), 422 if errors else 200  # fmt: skip


def refused(sentence: str, status: int, href: str | None = None) -> ResponseReturnValue:
    """Nothing is saved, and sending again would change nothing: why, and where to go."""
    return jsonify(message=sentence, href=href), status


def stale(token: str) -> ResponseReturnValue:
    """The session changed since the page was opened (signed in again elsewhere): here is a new token, send again."""
    return jsonify(csrf=token), STALE


def signed_out() -> ResponseReturnValue:
    """Nobody is signed in any more."""
    return jsonify(message=_("Votre session est finie.")), SIGNED_OUT


def unreadable(fields: Any) -> Iterator[tuple[str, str]]:
    """The fields that hold something that cannot be kept: (id, sentence), whatever the nesting."""
    for field in fields:
        if hasattr(field, "form"):
            yield from unreadable(field.form)
        elif hasattr(field, "entries"):
            yield from unreadable(field.entries)
        elif field.errors:
            yield field.id, " ".join(str(each) for each in field.errors)
