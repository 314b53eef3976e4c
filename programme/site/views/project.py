"""The one thread of a project: what the reader may see of it, in order."""

from flask import render_template
from flask.typing import ResponseReturnValue

from programme.core.access import PUBLIC, access, require, viewer
from programme.extensions import db
from programme.projects import queries, thread
from programme.site.views import bp


@bp.get("/projets/<slug>")
@access(PUBLIC)
def project(slug: str) -> ResponseReturnValue:
    """Public once a first public fact exists; before, only who sees one of its parts sees the project."""
    found = db.one_or_404(queries.by_slug(slug))
    steps = thread.steps(found, viewer())
    require(found.public_since is not None or bool(steps))
    return render_template("site/project.html", project=found, steps=steps)
