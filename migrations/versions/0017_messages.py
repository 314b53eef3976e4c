"""The thread of messages of a file, the printed file

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-26 10:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SIDES = ("carrier", "region")
_CONSULTED = ("application", "piece", "letter", "agreement")


def _check(codes):
    """The CHECK of what is consulted, under the name that the models give it."""
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_consultation_consulted"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_consultation_consulted"), "kind IN (" + ", ".join(f"'{code}'" for code in codes) + ")"
        )


def _messages():
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Enum(*_SIDES, name="messageside", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_for", sa.Enum(*_SIDES, name="waitingside", native_enum=False, create_constraint=True, length=40), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side = 'region' OR NOT is_internal", name=op.f("ck_message_notes_are_the_regions")),
        sa.CheckConstraint("waits_for IS NULL OR (waits_for <> side AND NOT is_internal)", name=op.f("ck_message_waits_for_the_other")),
        sa.CheckConstraint("withdrawn_at IS NULL OR (text = '' AND waits_for IS NULL)", name=op.f("ck_message_nothing_left_if_withdrawn")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_message_application_id_application"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_message_author_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("author_id", "nonce", name=op.f("uq_message_author_id_nonce")),
    )  # fmt: skip
    op.create_index("ix_message_application_id_id", "message", ["application_id", "id"])
    op.create_index("ix_message_side_sent_at", "message", ["side", "sent_at"])
    op.create_index("ix_message_waits_for", "message", ["waits_for", "application_id", "answer_by"])


def _drafts():
    op.create_table(
        "message_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("awaits_answer", sa.Boolean(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_message_draft_application_id_application"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_message_draft_author_id_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_draft")),
        sa.UniqueConstraint("application_id", "author_id", "is_internal", name=op.f("uq_message_draft_application_id_author_id_is_internal")),
    )  # fmt: skip


def _files():
    op.create_table(
        "message_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(message_id IS NULL) <> (draft_id IS NULL)", name=op.f("ck_message_file_of_one_message")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_file_message_id_message"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["draft_id"], ["message_draft.id"], name=op.f("fk_message_file_draft_id_message_draft"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_message_file_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_file")),
        sa.UniqueConstraint("file_id", name=op.f("uq_message_file_file_id")),
    )  # fmt: skip
    op.create_index("ix_message_file_message_id", "message_file", ["message_id"])
    op.create_index("ix_message_file_draft_id", "message_file", ["draft_id"])


def _reads():
    op.create_table(
        "message_read",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_message_read_application_id_application"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_read_account_id_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("application_id", "account_id", name=op.f("pk_message_read")),
    )  # fmt: skip


def _prints():
    op.create_table(
        "file_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_file_print_application_id_application"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_file_print_job_id_job"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_file_print_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_print")),
        sa.UniqueConstraint("application_id", name=op.f("uq_file_print_application_id")),
    )  # fmt: skip
    op.create_index("ix_file_print_job_id", "file_print", ["job_id"])
    op.create_index("ix_file_print_file_id", "file_print", ["file_id"])


def upgrade():
    for make in (_messages, _drafts, _files, _reads, _prints):
        make()
    _check((*_CONSULTED, "attachment", "archive"))


def downgrade():
    # The former code has no word for these openings.
    op.execute("DELETE FROM consultation WHERE kind IN ('attachment', 'archive')")
    _check(_CONSULTED)
    # What was joined or printed keeps its row among the stored files: nothing of the store is lost by going back.
    for name in ("file_print", "message_read", "message_file", "message_draft", "message"):
        op.drop_table(name)
    op.execute("DELETE FROM job WHERE kind IN ('applications.tell_of_messages', 'applications.print_file') AND state = 'queued'")
