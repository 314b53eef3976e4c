"""Doors of the gallery."""

from flask import Blueprint

bp = Blueprint("reuses", __name__)

from programme.reuses.views import author, officer, open_data, public  # noqa: E402,F401 - the views register themselves on `bp`
