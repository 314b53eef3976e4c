"""Doors of the strategy."""

from flask import Blueprint

bp = Blueprint("strategy", __name__)

from programme.strategy.views import officer, public  # noqa: E402,F401 - the views register themselves on `bp`
