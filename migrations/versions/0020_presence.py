"""Who writes on a draft at this moment; the version of each step of a draft

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-26 10:10:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

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
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("application", sa.Column("step_versions", kind, nullable=False, server_default="{}"))
    # A page that was open meanwhile is judged as before: any save since it was made is a conflict.
    with_all = "'{\"all\": ' || version || '}'"
    if op.get_bind().dialect.name == "postgresql":
        with_all = f"({with_all})::jsonb"
    op.execute(f"UPDATE application SET step_versions = {with_all}")  # noqa: S608 - nothing of it comes from outside


def downgrade():
    # Who was there two minutes ago is no loss, and one version for a whole draft is stricter than one a step.
    op.drop_column("application", "step_versions")
    op.drop_table("presence")
