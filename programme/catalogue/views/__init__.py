"""Doors of the catalogue."""

from flask import Blueprint

bp = Blueprint("catalogue", __name__)

from programme.catalogue.views import officer, public  # noqa: E402,F401 - the views register themselves on `bp`
