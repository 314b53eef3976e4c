"""Doors of the officer, the reader, the committee and the direction."""

from flask import Blueprint

bp = Blueprint("assessment", __name__)

from programme.assessment.views import acts, committee, decision, desk, interests, officer, pool, reader, redaction  # noqa: E402,F401 - views register on `bp`
