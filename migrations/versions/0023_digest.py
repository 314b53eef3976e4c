"""Who was sent the mail of the morning

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-26 14:05:00

"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
KINDS = "kind IN ('silence', 'closing')", "kind IN ('silence', 'closing', 'digest')"


def kinds(text):
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_reminder_reminderkind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_reminder_reminderkind"), text)


def upgrade():
    kinds(KINDS[1])


def downgrade():
    op.execute("DELETE FROM reminder WHERE kind = 'digest'")
    kinds(KINDS[0])
