"""Starting a project and making it public."""

from datetime import datetime

from programme.accounts.models import Account
from programme.core import database, journal
from programme.core.identifiers import slug_stem, slugify, unique_slug
from programme.extensions import db
from programme.projects import queries
from programme.projects.models import Project


def start(
    title: str, *, at: datetime, by: Account | None, organisation_id: int | None = None, theme_id: int | None = None,
    summary: str = "", territory: str | None = None,
) -> Project:  # fmt: skip
    """A new thread: the first application, team or reuse of an idea starts it."""
    database.in_turn(db.session(), f"project:{slug_stem(title)}")
    taken = set(db.session.scalars(queries.slugs_like(slugify(title))).all())
    project = Project(
        title=title, slug=unique_slug(title, taken), summary=summary, organisation_id=organisation_id,
        theme_id=theme_id, territory=territory, created_at=at, created_by_id=None if by is None else by.id,
    )  # fmt: skip
    db.session.add(project)
    journal.record("project.started", on=project, by=by, at=at)
    return project


def make_public(project: Project, *, at: datetime) -> None:
    """A first public fact exists: the project has a public page from now on."""
    if project.public_since is None:
        project.public_since = at
