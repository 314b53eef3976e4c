"""Blind reading: a setting of a call, redacted copies of pieces, declared interests

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-25 23:30:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("blind_reading", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("piece", schema=None) as batch_op:
        batch_op.add_column(sa.Column("redacted_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_piece_redacted_id_stored_file"), "stored_file", ["redacted_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_piece_redacted_copy_of_a_file"), "redacted_id IS NULL OR file_id IS NOT NULL"
        )

    op.create_table(
        "declared_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("siren IS NULL OR length(siren) = 9", name=op.f("ck_declared_interest_siren_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_declared_interest_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_interest")),
    )
    with op.batch_alter_table("declared_interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declared_interest_account_id"), ["account_id"], unique=False)


def downgrade():
    # An older release shows every piece to the readers: it must not run while a blind call is being read, which the
    # operator knows from `flask call` and from docs/operations.md. The files stay in the store with their rows.
    with op.batch_alter_table("declared_interest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declared_interest_account_id"))
    op.drop_table("declared_interest")

    with op.batch_alter_table("piece", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_piece_redacted_copy_of_a_file"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_piece_redacted_id_stored_file"), type_="foreignkey")
        batch_op.drop_column("redacted_id")

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_column("blind_reading")
