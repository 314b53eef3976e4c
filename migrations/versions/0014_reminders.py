"""Reminders sent, calendar addresses changed, silence by its date

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-26 08:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("silence", "closing", name="reminderkind", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("kind", "subject_id", "threshold", name=op.f("uq_reminder_kind_subject_id_threshold")),
    )  # fmt: skip
    op.create_index("ix_reminder_kind_sent_at", "reminder", ["kind", "sent_at"])
    op.create_table(
        "calendar_key",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_calendar_key_account_id_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_calendar_key")),
    )  # fmt: skip
    op.create_index(
        "ix_application_silence_on", "application", ["silence_on", "id", "state", "session_id", "officer_id"]
    )
    op.drop_index("ix_application_session_id_state", "application")
    op.create_index(
        "ix_application_session_id_state", "application", ["session_id", "state", "decided_at", "submitted_at"]
    )


def downgrade():
    # A later upgrade starts with no reminder noted: what is near is said once more.
    op.drop_index("ix_application_session_id_state", "application")
    op.create_index("ix_application_session_id_state", "application", ["session_id", "state"])
    op.drop_index("ix_application_silence_on", "application")
    op.drop_table("calendar_key")
    op.drop_table("reminder")
