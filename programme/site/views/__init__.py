"""Doors of the public face."""

from flask import Blueprint

bp = Blueprint("site", __name__)

from programme.site.views import (  # noqa: E402,F401 - the views register themselves on `bp`
    components,
    consultations,
    demo,
    exports,
    health,
    home,
    identity,
    journal,
    legal,
    metrics,
    open_data,
    project,
    space,
    tasks,
    verify,
)
