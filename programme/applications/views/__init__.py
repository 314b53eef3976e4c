"""Doors of the applicant's space."""

from flask import Blueprint

bp = Blueprint("applications", __name__)

from programme.applications.views import (  # noqa: E402 - they register on `bp`
    agenda,  # noqa: F401
    aid,  # noqa: F401
    answer,  # noqa: F401
    archive,  # noqa: F401
    clone,  # noqa: F401
    deposit,  # noqa: F401
    draft,  # noqa: F401
    engagement,  # noqa: F401
    messages,  # noqa: F401
    own,  # noqa: F401
    pieces,  # noqa: F401
    presence,  # noqa: F401
    questions,  # noqa: F401
    spreadsheet,  # noqa: F401
    tables,  # noqa: F401
)
