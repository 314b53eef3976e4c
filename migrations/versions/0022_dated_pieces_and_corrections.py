"""The date that a piece bears; what a request opens again, before and after

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-26 14:10:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
REQUEST = sa.table(
    "info_request", sa.column("id"), sa.column("application_id"), sa.column("answered_at"), sa.column("asked", JSON)
)
PIECE = sa.table("piece", sa.column("id"), sa.column("application_id"))  # fmt: skip


def upgrade():
    op.add_column("piece", sa.Column("dated_on", sa.Date(), nullable=True))
    op.add_column("info_request", sa.Column("asked", JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("info_request", schema=None) as batch_op:
        batch_op.alter_column("asked", server_default=None)
    op.add_column("info_request", sa.Column("before", JSON, nullable=True))
    op.add_column("info_request", sa.Column("written", JSON, nullable=True))
    _keep_open()


def _keep_open():
    """A request that runs was made under the former rule, by which every piece of the file may be replaced."""
    connection = op.get_bind()
    running = connection.execute(
        sa.select(REQUEST.c.id, REQUEST.c.application_id).where(REQUEST.c.answered_at.is_(None))
    ).all()
    for number, application in running:
        pieces = connection.execute(sa.select(PIECE.c.id).where(PIECE.c.application_id == application)).scalars()
        names = [f"piece-{each}" for each in pieces]
        connection.execute(sa.update(REQUEST).where(REQUEST.c.id == number).values(asked=names))  # fmt: skip


def downgrade():
    op.drop_column("info_request", "written")
    op.drop_column("info_request", "before")
    op.drop_column("info_request", "asked")
    op.drop_column("piece", "dated_on")
