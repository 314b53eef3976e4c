"""What a prize needs, the themes that a call offers, its envelope year by year

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-26 14:10:00

"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
CALL = sa.table(
    "call", sa.column("id"), sa.column("annual_envelope"), sa.column("annual_envelopes", JSON), sa.column("created_at"),
)  # fmt: skip
SESSION = sa.table("call_session", sa.column("call_id"), sa.column("closes_at"), sa.column("vote_on"))


def within_cost(text):
    """What an award is measured against."""
    with op.batch_alter_table("grant_award", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_grant_award_amount_within_cost"), type_="check")
        batch_op.create_check_constraint(op.f("ck_grant_award_amount_within_cost"), text)


def year(day):
    """SQLite gives days and instants as texts."""
    return (datetime.fromisoformat(day) if isinstance(day, str) else day).year


def upgrade():
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("annual_envelopes", JSON, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("asks_data", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("award_ceiling", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("theme_codes", JSON, nullable=False, server_default="[]"))
    # An expression of interest named no data sets; now a call says it.
    op.execute("UPDATE call SET asks_data = (leads_to_id IS NULL)")
    connection = op.get_bind()
    # The amount of « this year » was that of each year in which a session of the call is voted.
    for call_id, cents, created_at in connection.execute(
        sa.select(CALL.c.id, CALL.c.annual_envelope, CALL.c.created_at).where(CALL.c.annual_envelope.is_not(None))
    ).all():
        days = connection.execute(
            sa.select(SESSION.c.vote_on, SESSION.c.closes_at).where(SESSION.c.call_id == call_id)
        ).all()
        years = sorted({year(vote_on or closes_at) for vote_on, closes_at in days} or {year(created_at)})
        amount = f"{cents // 100}.{cents % 100:02d}"
        connection.execute(
            sa.update(CALL).where(CALL.c.id == call_id).values(annual_envelopes={str(each): amount for each in years})
        )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_column("annual_envelope")
        for name in ("annual_envelopes", "asks_data", "theme_codes"):
            batch_op.alter_column(name, server_default=None)
    # A prize that asks no budget has no cost to be within.
    within_cost("amount > 0 AND (eligible_cost = 0 OR amount <= eligible_cost)")


def downgrade():
    # The former code measures an award against a cost: that of a prize is its amount.
    op.execute("UPDATE grant_award SET eligible_cost = amount WHERE eligible_cost = 0")
    within_cost("amount > 0 AND amount <= eligible_cost")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("annual_envelope", sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    for call_id, yearly in connection.execute(sa.select(CALL.c.id, CALL.c.annual_envelopes)).all():
        if yearly:  # It knows one amount: that of the last year.
            cents = int(yearly[max(yearly)].replace(".", ""))
            connection.execute(sa.update(CALL).where(CALL.c.id == call_id).values(annual_envelope=cents))
    with op.batch_alter_table("call", schema=None) as batch_op:
        for name in ("theme_codes", "award_ceiling", "asks_data", "annual_envelopes"):
            batch_op.drop_column(name)
