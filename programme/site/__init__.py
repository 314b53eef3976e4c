"""The public face: home, my space, project threads, open data, legal pages, errors."""

from flask import Flask

from programme.site import errors, links, page_context
from programme.site.views import bp


def install(app: Flask) -> None:
    """Open the site."""
    app.register_blueprint(bp)
    errors.install(app)
    page_context.install(app)
    links.install(app)
