"""Links that carry what they allow, signed: nothing is kept of them, and they end by themselves."""

from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer


class BadLink(ValueError):
    """The link was not made here, not for this purpose, or too long ago."""


def write(purpose: str, values: list[Any]) -> str:
    """The token of a link. Anybody who holds it reads the values; nobody changes them."""
    return str(_writer(purpose).dumps(values))


def read(purpose: str, token: str, *, lifetime: timedelta) -> list[Any]:
    """What the link carries.

    Raises:
        BadLink: see the class.
    """
    try:
        values: list[Any] = _writer(purpose).loads(token, max_age=int(lifetime.total_seconds()))
    except BadData as error:
        raise BadLink(token) from error
    return values


def write_lasting(purpose: str, values: list[Any]) -> str:
    """The token of an address that does not end by itself, the same each time: what is signed must be revocable."""
    return str(_lasting(purpose).dumps(values))


def read_lasting(purpose: str, token: str) -> list[Any]:
    """What such an address carries.

    Raises:
        BadLink: it was not made here, or not for this purpose.
    """
    try:
        values: list[Any] = _lasting(purpose).loads(token)
    except BadData as error:
        raise BadLink(token) from error
    return values


def _lasting(purpose: str) -> URLSafeSerializer:
    # Another salt than that of a link which ends: neither is ever read as the other.
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"{purpose}, lasting")


def _writer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=purpose)
