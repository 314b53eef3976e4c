"""Indexes of the gallery and of the officers' list, for a hundred thousand of each

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-25 23:45:00

"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NEW = (
    ("ix_reuse_newest", "reuse", ["published_at", "id", "state"]),
    ("ix_reuse_facets", "reuse", ["state", "theme_id", "kind", "territory_code", "published_year"]),
    ("ix_reuse_theme_newest", "reuse", ["theme_id", "published_at", "id", "state"]),
    ("ix_reuse_featured_at", "reuse", ["featured_at"]),
    (
        "ix_application_listed",
        "application",
        ["state", "submitted_at", "id", "session_id", "organisation_id", "title", "reference"],
    ),
    (
        "ix_application_newest",
        "application",
        ["submitted_at", "id", "state", "session_id", "organisation_id", "title", "reference"],
    ),
)


def upgrade():
    for name, table, columns in NEW:
        op.create_index(name, table, columns)
    op.drop_index("ix_reuse_published_at_id", table_name="reuse")
    op.drop_index("ix_reuse_theme_id", table_name="reuse")
    op.drop_index("ix_application_state_submitted_at", table_name="application")


def downgrade():
    op.create_index("ix_application_state_submitted_at", "application", ["state", "submitted_at"])
    op.create_index("ix_reuse_theme_id", "reuse", ["theme_id"])
    op.create_index("ix_reuse_published_at_id", "reuse", ["published_at", "id"])
    for name, table, _columns in reversed(NEW):
        op.drop_index(name, table_name=table)
