"""Doors of the calls."""

from flask import Blueprint

bp = Blueprint("calls", __name__)

from programme.calls.views import definition, officer, public, questionnaire, regulation, rows, self_check, trial  # noqa: E402,F401 - the views register themselves on `bp`
