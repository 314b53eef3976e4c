"""Doors of the public face."""

from flask import Blueprint

bp = Blueprint("site", __name__)

from programme.site.views import (  # noqa: E402,F401 - the views register themselves on `bp`
    components,
    demo,
    health,
    home,
    identity,
    journal,
    legal,
    open_data,
    project,
    space,
    verify,
)
