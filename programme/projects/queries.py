"""Statements about projects."""

from sqlalchemy import Select, select

from programme.projects.models import Project


def by_slug(slug: str) -> Select[Project]:
    """One project."""
    return select(Project).where(Project.slug == slug)


def slugs_like(base: str) -> Select[str]:
    """The slugs that begin so."""
    return select(Project.slug).where(Project.slug.startswith(base, autoescape=True))
