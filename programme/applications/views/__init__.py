"""Doors of the applicant's space."""

from flask import Blueprint

bp = Blueprint("applications", __name__)

from programme.applications.views import deposit, draft, own  # noqa: E402,F401 - the views register on `bp`
