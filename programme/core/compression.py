"""Public pages travel compressed, and static files as they were compressed at set-up.

A page of somebody who has a session is left as it is: it holds a token beside words that a stranger may have chosen, and the
length of a compressed answer would tell the token (BREACH, Gluck, Harris and Prado, 2013).
"""

import gzip

from flask import Flask, Response, current_app, request, session
from whitenoise import WhiteNoise

TEXTS = {
    "text/html", "text/css", "text/csv", "text/calendar", "application/json", "application/atom+xml", "application/ld+json",
    "image/svg+xml",
}  # fmt: skip
LEAST_BYTES = 1000
LEVEL = 5
YEAR = 31536000


def compress(response: Response) -> Response:
    """Compress the text of a public answer; its ETag becomes weak, since the bytes are others."""
    if response.mimetype not in TEXTS or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    if not _wanted() or _somebody() or response.headers.get("Content-Encoding"):
        return response
    body = response.get_data()
    if len(body) < LEAST_BYTES:
        return response
    response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _wanted() -> bool:
    return request.method == "GET" and request.accept_encodings["gzip"] > 0


def _somebody() -> bool:
    return session.modified or current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def _nosniff(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def install(app: Flask) -> None:
    """Bind to the application: answers of views, then static files in front of it."""
    app.after_request(compress)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=app.static_folder, prefix="static/", max_age=YEAR, add_headers_function=_nosniff,
        autorefresh=app.config["STATIC_FILES_CHANGE"],
    )  # fmt: skip
