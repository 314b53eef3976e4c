"""Doors of the network's room."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)

from programme.organisations.views import (  # noqa: E402 - the views register themselves on `bp`
    members,  # noqa: F401
    ownership,  # noqa: F401
    parting,  # noqa: F401
    requests,  # noqa: F401
)
