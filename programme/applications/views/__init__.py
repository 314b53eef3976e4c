"""Doors of the applicant's space."""

from flask import Blueprint

bp = Blueprint("applications", __name__)

from programme.applications.views import answer, deposit, draft, own, pieces, tables  # noqa: E402,F401 - they register on `bp`
