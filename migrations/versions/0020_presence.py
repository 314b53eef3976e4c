"""Who writes on a draft at this moment

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-26 10:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "presence",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_presence_application_id_application"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_presence_account_id_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("application_id", "account_id", name=op.f("pk_presence")),
    )  # fmt: skip
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])


def downgrade():
    # Who was there two minutes ago is no loss.
    op.drop_table("presence")
