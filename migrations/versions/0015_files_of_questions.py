"""Files that questions ask for, files that others replaced, files on their way

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-26 10:10:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
EITHER = "(required_document_id IS NULL) <> (question_key IS NULL)"


def upgrade():
    with op.batch_alter_table("piece", schema=None) as batch_op:
        batch_op.add_column(sa.Column("question_key", sa.String(length=40), nullable=True))
        batch_op.alter_column("required_document_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_unique_constraint(
            batch_op.f("uq_piece_application_id_question_key"), ["application_id", "question_key"]
        )
        batch_op.create_check_constraint(op.f("ck_piece_of_document_or_question"), EITHER)

    op.create_table(
        "piece_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("provided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["piece_id"], ["piece.id"], name=op.f("fk_piece_version_piece_id_piece"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_piece_version_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["account.id"], name=op.f("fk_piece_version_replaced_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_version")),
        sa.UniqueConstraint("file_id", name=op.f("uq_piece_version_file_id")),
    )
    op.create_index(op.f("ix_piece_version_piece_id"), "piece_version", ["piece_id"], unique=False)

    op.create_table(
        "partial_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=43), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("stamp", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("received >= 0 AND received <= size", name=op.f("ck_partial_file_no_more_than_said")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_partial_file_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_file")),
        sa.UniqueConstraint("account_id", "place", name=op.f("uq_partial_file_account_id_place")),
        sa.UniqueConstraint("public_id", name=op.f("uq_partial_file_public_id")),
    )


def downgrade():
    op.drop_table("partial_file")  # Their parts are orphans, which the sweep removes.
    op.drop_index(op.f("ix_piece_version_piece_id"), table_name="piece_version")
    op.drop_table("piece_version")
    # The former code knows the pieces of a call only; the files themselves stay in the store with their rows.
    op.execute("DELETE FROM piece WHERE question_key IS NOT NULL")
    with op.batch_alter_table("piece", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_piece_of_document_or_question"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_piece_application_id_question_key"), type_="unique")
        batch_op.alter_column("required_document_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("question_key")
