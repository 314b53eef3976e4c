"""State aid of a call and of a file, the republican engagement

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-26 10:10:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
REGIMES = ("none", "de_minimis", "sieg", "exempted")


def upgrade():
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("aid_regime", sa.String(40), nullable=False, server_default="none"))
        batch_op.create_check_constraint(
            op.f("ck_call_aidregime"), "aid_regime IN (" + ", ".join(f"'{code}'" for code in REGIMES) + ")"
        )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.alter_column("aid_regime", server_default=None)
    op.add_column("application", sa.Column("engagement_version", sa.Date(), nullable=True))
    op.add_column("application", sa.Column("aid", JSON, nullable=True))
    op.create_table(
        "engagement_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["account.id"], name=op.f("fk_engagement_text_published_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_text")),
        sa.UniqueConstraint("version", name=op.f("uq_engagement_text_version")),
    )
    op.create_table(
        "engagement_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Date(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["account.id"], name=op.f("fk_engagement_acceptance_accepted_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_engagement_acceptance_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_acceptance")),
        sa.UniqueConstraint(
            "organisation_id", "version", name=op.f("uq_engagement_acceptance_organisation_id_version")
        ),
    )


def downgrade():
    # The former code knows neither declarations nor engagements.
    op.drop_table("engagement_acceptance")
    op.drop_table("engagement_text")
    op.drop_column("application", "aid")
    op.drop_column("application", "engagement_version")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_call_aidregime"), type_="check")
        batch_op.drop_column("aid_regime")
