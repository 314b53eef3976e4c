"""Calls defined on the screen: guidance of marks, validity of pieces, redirection

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-26 06:40:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KINDS = ("permanent", "themed", "interest")


def check(codes):
    """The CHECK of the kinds, under the name that the models give it."""
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_call_callkind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_call_callkind"), "kind IN (" + ", ".join(f"'{code}'" for code in codes) + ")"
        )


def added(table, *columns):
    """Columns that every row already has a value for."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.add_column(column)


def upgrade():
    check((*KINDS, "prize"))
    added(
        "call",
        sa.Column("contacts", sa.Text(), nullable=False, server_default=""),
        sa.Column("annual_envelope", sa.BigInteger(), nullable=True),
    )
    added("criterion", sa.Column("guidance", JSON, nullable=False, server_default="[]"))
    added("required_document", sa.Column("valid_months", sa.Integer(), nullable=True))
    added("eligibility_rule", sa.Column("redirect_to", sa.String(200), nullable=False, server_default=""))
    for table, column in (
        ("call", "contacts"), ("criterion", "guidance"), ("eligibility_rule", "redirect_to"),
    ):  # fmt: skip
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)


def downgrade():
    with op.batch_alter_table("eligibility_rule", schema=None) as batch_op:
        batch_op.drop_column("redirect_to")
    with op.batch_alter_table("required_document", schema=None) as batch_op:
        batch_op.drop_column("valid_months")
    with op.batch_alter_table("criterion", schema=None) as batch_op:
        batch_op.drop_column("guidance")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_column("annual_envelope")
        batch_op.drop_column("contacts")
    # The former code knows no prizes: they are themed calls for it.
    op.execute("UPDATE call SET kind = 'themed' WHERE kind = 'prize'")
    check(KINDS)
