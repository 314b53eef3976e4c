"""Doors of the officer, the reader, the committee and the direction."""

from flask import Blueprint

bp = Blueprint("assessment", __name__)

from programme.assessment.views import (  # noqa: E402 - they register on `bp`
    acts,  # noqa: F401
    archive,  # noqa: F401
    committee,  # noqa: F401
    decision,  # noqa: F401
    desk,  # noqa: F401
    digest,  # noqa: F401
    interests,  # noqa: F401
    invitation,  # noqa: F401
    messages,  # noqa: F401
    officer,  # noqa: F401
    pool,  # noqa: F401
    reader,  # noqa: F401
    redaction,  # noqa: F401
    silence,  # noqa: F401
)
