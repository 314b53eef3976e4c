"""What the company registry says of a SIRET

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-26 07:00:00

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "company_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("status", sa.Enum("found", "unknown", name="answerstatus", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(siret) = 14", name=op.f("ck_company_answer_siret_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_answer")),
        sa.UniqueConstraint("siret", name=op.f("uq_company_answer_siret")),
    )  # fmt: skip


def downgrade():
    # A cache: the next upgrade asks again. The former code does not know this kind of job.
    op.drop_table("company_answer")
    op.execute("DELETE FROM job WHERE kind = 'organisations.check_siret' AND state = 'queued'")
