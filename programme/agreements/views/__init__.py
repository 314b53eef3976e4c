"""Doors of the agreements and of the network of partners."""

from flask import Blueprint

bp = Blueprint("agreements", __name__)

from programme.agreements.views import desk, member, public, requests  # noqa: E402,F401 - the views register themselves on `bp`
