"""Files taken up again; responsibility of organisations handed over or asked for

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-26 10:10:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade():
    op.add_column("application", sa.Column("pinned", JSON, nullable=True))
    op.create_index(
        "ix_application_one_continuation", "application", ["continued_from_id", "session_id"], unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"), postgresql_where=sa.text("state <> 'withdrawn'"),
    )  # fmt: skip
    op.add_column("membership", sa.Column("reminded_days", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("membership") as batch_op:
        batch_op.alter_column("reminded_days", server_default=None)
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("giver_role", sa.Enum("owner", "editor", "reader", name="handover_giver_role", native_enum=False, create_constraint=True, length=40), nullable=True),
        sa.Column("receiver_role", sa.Enum("owner", "editor", "reader", name="handover_receiver_role", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_handover_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["giver_id"], ["account.id"], name=op.f("fk_handover_giver_id_account")),
        sa.ForeignKeyConstraint(["receiver_id"], ["account.id"], name=op.f("fk_handover_receiver_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )  # fmt: skip
    op.create_index(op.f("ix_handover_organisation_id"), "handover", ["organisation_id"])
    op.create_table(
        "ownership_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum("waiting", "objected", "granted", "refused", "withdrawn", name="ownershiprequeststate", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("objection", sa.Text(), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objected_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(state IN ('granted','refused')) = (decided_at IS NOT NULL)", name=op.f("ck_ownership_request_decided_iff_answered")),
        sa.CheckConstraint("(decided_at IS NULL) = (reason IS NULL)", name=op.f("ck_ownership_request_decided_with_reason")),
        sa.CheckConstraint("state <> 'objected' OR objected_at IS NOT NULL", name=op.f("ck_ownership_request_objected_by_somebody")),
        sa.CheckConstraint("(objected_at IS NULL) = (objection IS NULL)", name=op.f("ck_ownership_request_objection_says_why")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_ownership_request_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ownership_request_account_id_account")),
        sa.ForeignKeyConstraint(["proof_id"], ["stored_file.id"], name=op.f("fk_ownership_request_proof_id_stored_file")),
        sa.ForeignKeyConstraint(["objected_by_id"], ["account.id"], name=op.f("fk_ownership_request_objected_by_id_account")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_ownership_request_decided_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_request")),
    )  # fmt: skip
    op.create_index("ix_ownership_request_state_asked_at", "ownership_request", ["state", "asked_at"])
    op.create_index(
        "ix_ownership_request_one_open", "ownership_request", ["organisation_id", "account_id"], unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'objected')"),
        postgresql_where=sa.text("state IN ('waiting', 'objected')"),
    )  # fmt: skip


def downgrade():
    # Who is responsible stays so: only how they became it is forgotten.
    op.drop_table("ownership_request")
    op.drop_table("handover")
    op.drop_column("membership", "reminded_days")
    # A later upgrade pins nothing to the files that were taken up: what was told stays on the former ones.
    op.drop_index("ix_application_one_continuation", "application")
    op.drop_column("application", "pinned")
