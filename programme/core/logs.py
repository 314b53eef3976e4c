"""Logs of a production: one line of JSON a request, with the route's pattern and never an address, a name or a text."""

import json
import logging
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, request

_REQUEST = "programme_request"


class JsonLines(logging.Formatter):
    """A record as one line. Of a failure it keeps the kind and the places, not the message: it may quote a person."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        line |= getattr(record, _REQUEST, None) or {"message": record.getMessage()}
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "where": _places(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False)


def _places(trace: TracebackType | None) -> list[str]:
    """The last places of the stack, file, line and function."""
    return [f"{each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(trace)[-12:]]


def _begin() -> None:
    g.request_began = time.perf_counter()
    g.request_number = secrets.token_hex(8)


def _end(response: Response) -> Response:
    """One line for the request; what stood in the place of the route's names is not told."""
    began = g.get("request_began")
    number = g.get("request_number", "")
    response.headers["X-Request-ID"] = number
    told = {
        "method": request.method if request.method in {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"} else "OTHER",
        "route": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "ms": None if began is None else round((time.perf_counter() - began) * 1000, 1),
        "request": number,
    }
    logging.getLogger("programme.request").info("request", extra={_REQUEST: told})
    return response


def install(app: Flask) -> None:
    """Write JSON lines on the standard error when the settings ask for it (`JSON_LOGS`, a production's default)."""
    if not app.config["JSON_LOGS"]:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger("programme")
    root.handlers, root.propagate = [handler], False
    root.setLevel(logging.INFO)
    app.before_request(_begin)
    app.after_request(_end)
