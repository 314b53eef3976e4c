"""A public page as everybody reads it: with an ETag, and made once for all its readers while nothing happens.

Somebody who has a session gets a page of their own, never kept. The others share one, with its compressed form, as long as
`core.recent` trusts it: no longer than a moment after an act, no longer than a minute without one.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from flask import current_app, make_response, request
from flask.typing import ResponseReturnValue

from programme.core import recent
from programme.core.access import viewer
from programme.core.compression import LEVEL


@dataclass
class _Page:
    """A page, its print, its compressed form when somebody wanted it."""

    body: bytes
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        self.etag = hashlib.sha256(self.body).hexdigest()[:32]

    @cached_property
    def zipped(self) -> bytes:
        """As a browser takes it."""
        return gzip.compress(self.body, LEVEL, mtime=0)


def answer(make: Callable[[], str]) -> ResponseReturnValue:
    """The page that `make` writes; `make` also refuses, and a refusal is not kept."""
    if viewer() is not None:
        return make_response(make())
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        return _conditional(_Page(make().encode()), zipped=False)
    page = recent.kept(("page", request.full_path), lambda: _Page(make().encode()))
    return _conditional(page, zipped=request.accept_encodings["gzip"] > 0)


def _conditional(page: _Page, *, zipped: bool) -> ResponseReturnValue:
    response = make_response(page.zipped if zipped else page.body)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(page.etag, weak=zipped)
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)
