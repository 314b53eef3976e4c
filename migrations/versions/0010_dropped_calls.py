"""A draft call that is given up

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-26 05:20:00

"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
CODES = ("draft", "in_review", "published", "open", "suspended", "closed", "archived")


def check(codes):
    """The CHECK of the states, under the name that the models give it."""
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_call_callstate"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_call_callstate"), "state IN (" + ", ".join(f"'{code}'" for code in codes) + ")"
        )


def upgrade():
    check((*CODES, "dropped"))


def downgrade():
    # The former code knows no state for these: they are drafts again.
    op.execute("UPDATE call SET state = 'draft' WHERE state = 'dropped'")
    check(CODES)
