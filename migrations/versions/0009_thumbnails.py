"""Smaller copies of the gallery's pictures

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-26 00:05:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reuse_thumbnail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["stored_file.id"], name=op.f("fk_reuse_thumbnail_source_id_stored_file"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_reuse_thumbnail_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reuse_thumbnail")),
        sa.UniqueConstraint("source_id", "width", name=op.f("uq_reuse_thumbnail_source_id_width")),
    )  # fmt: skip


def downgrade():
    # The copies go with their table; the sweep of the store takes their bytes, and the next upgrade makes others.
    bind = op.get_bind()
    copies = [row[0] for row in bind.execute(sa.text("SELECT file_id FROM reuse_thumbnail WHERE file_id IS NOT NULL"))]
    op.drop_table("reuse_thumbnail")
    for number in copies:
        bind.execute(sa.text("DELETE FROM stored_file WHERE id = :number"), {"number": number})
