"""Doors of the network's room."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)

from programme.organisations.views import members  # noqa: E402,F401 - the views register themselves on `bp`
