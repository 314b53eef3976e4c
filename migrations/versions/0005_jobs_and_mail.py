"""Jobs and mails that are given up, refused or abandoned

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-25 21:50:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def check(batch_op, table, name, codes):
    """The CHECK of a column of codes, under the name that the models give it."""
    batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
    batch_op.create_check_constraint(
        op.f(f"ck_{table}_{name}"), "state IN (" + ", ".join(f"'{code}'" for code in codes) + ")"
    )


def upgrade():
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("interruptions", sa.Integer(), server_default="0", nullable=False))
        check(batch_op, "job", "jobstate", ("queued", "running", "done", "failed", "abandoned"))
        batch_op.create_index(batch_op.f("ix_job_asked_by_id"), ["asked_by_id"], unique=False)

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
        check(batch_op, "outbox_message", "messagestate", ("waiting", "sent", "refused", "abandoned"))
        batch_op.create_index(batch_op.f("ix_outbox_message_state"), ["state"], unique=False)


def downgrade():
    # The former code knows no state for these: an abandoned job is over, a mail that was refused or abandoned did leave or will not.
    op.execute("UPDATE job SET state = 'done' WHERE state = 'abandoned'")
    op.execute("UPDATE outbox_message SET state = 'sent' WHERE state IN ('refused', 'abandoned')")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_message_state"))
        check(batch_op, "outbox_message", "messagestate", ("waiting", "sent"))
        batch_op.drop_column("refused_at")

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_asked_by_id"))
        check(batch_op, "job", "jobstate", ("queued", "running", "done", "failed"))
        batch_op.drop_column("interruptions")
