"""A change of a call after its publication

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-26 07:15:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade():
    op.create_table(
        "call_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("published_at IS NULL OR changes <> ''", name=op.f("ck_call_revision_published_says_what")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["account.id"], name=op.f("fk_call_revision_begun_by_id_account")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_revision_call_id_call"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_revision")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_call_revision_call_id_number")),
    )  # fmt: skip
    op.create_index(
        "ix_call_revision_one_open", "call_revision", ["call_id"], unique=True,
        sqlite_where=sa.text("published_at IS NULL"), postgresql_where=sa.text("published_at IS NULL"),
    )  # fmt: skip


def downgrade():
    op.drop_table("call_revision")
    op.execute("DELETE FROM job WHERE kind = 'applications.tell_of_revision' AND state = 'queued'")
