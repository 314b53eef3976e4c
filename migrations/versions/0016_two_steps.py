"""Calls of two steps, rules as PDF, objectives served, scale of a grid, conditions on answers

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-26 10:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
STATES = (
    "draft", "submitted", "info_requested", "admissible", "inadmissible", "under_review", "scoring", "committee_ready",
    "favourable", "reserved", "deferred", "unfavourable", "on_agenda", "awarded", "rejected", "redirected",
)  # fmt: skip
ENDS = ("withdrawn", "dropped")
CHECKS = (
    "carrier_kind", "territory", "siret_valid", "theme_chosen", "start_after_deposit", "end_after_deposit",
    "duration_max", "cost_min", "request_min", "request_max", "rate_max", "public_share_max", "own_share_min",
    "plan_balanced", "pieces_complete",
)  # fmt: skip
MONEY = ("none", "estimate", "full")


def among(column, codes):
    """The text of the CHECK of a column of codes, as the models write it."""
    return f"{column} IN (" + ", ".join(f"'{code}'" for code in codes) + ")"


def check(table, **texts):
    """Other CHECKs under the names that the models give them."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        for name, text in texts.items():
            batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), text)


def decided(*codes):
    """The states that have a date of decision."""
    return "state NOT IN (" + ",".join(f"'{code}'" for code in codes) + ") OR decided_at IS NOT NULL"


def marks(most):
    """Marks and floors up to this one."""
    check("criterion", floor_is_a_mark=f"floor IS NULL OR (floor >= 0 AND floor <= {most})")
    check("score", mark_in_scale=f"mark IS NULL OR (mark >= 0 AND mark <= {most})")


def upgrade():
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("leads_to_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("by_invitation", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("money_asked", sa.String(40), nullable=False, server_default="full"))
        batch_op.create_foreign_key(op.f("fk_call_leads_to_id_call"), "call", ["leads_to_id"], ["id"])
        batch_op.create_check_constraint(op.f("ck_call_moneyasked"), among("money_asked", MONEY))
        batch_op.create_index(op.f("ix_call_leads_to_id"), ["leads_to_id"], unique=False)
    with op.batch_alter_table("grid", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scale", sa.Integer(), nullable=False, server_default="5"))
        batch_op.create_check_constraint(op.f("ck_grid_scale_in_bounds"), "scale >= 3 AND scale <= 20")
    for table, columns in (("call", ("by_invitation", "money_asked")), ("grid", ("scale",))):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)
    op.create_table(
        "call_objective",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_objective_call_id_call"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["objective_id"], ["objective.id"], name=op.f("fk_call_objective_objective_id_objective"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "objective_id", name=op.f("pk_call_objective")),
    )  # fmt: skip
    op.create_index(op.f("ix_call_objective_objective_id"), "call_objective", ["objective_id"], unique=False)
    op.create_table(
        "call_regulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(number IS NULL) = (published_at IS NULL)", name=op.f("ck_call_regulation_numbered_once_published")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_regulation_call_id_call"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_call_regulation_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["call_revision.id"], name=op.f("fk_call_regulation_revision_id_call_revision"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_regulation")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_call_regulation_call_id_number")),
    )  # fmt: skip
    check(
        "application",
        applicationstate=among("state", (*STATES, "invited", "not_retained", *ENDS)),
        decided_when_closed=decided("awarded", "rejected", "invited", "not_retained"),
    )
    check("eligibility_rule", check=among("automatic_check", (*CHECKS, "answers")))
    marks(20)


def downgrade():
    # The former code marks from 0 to 5: marks and floors of another scale keep their share of it. Totals are stored apart.
    op.execute(
        "UPDATE score SET mark = (SELECT (score.mark * 10 + grid.scale) / (2 * grid.scale) FROM criterion "
        "JOIN grid ON grid.id = criterion.grid_id WHERE criterion.id = score.criterion_id) "
        "WHERE mark IS NOT NULL AND criterion_id IN (SELECT criterion.id FROM criterion "
        "JOIN grid ON grid.id = criterion.grid_id WHERE grid.scale <> 5)"
    )
    op.execute(
        "UPDATE criterion SET floor = (SELECT (criterion.floor * 10 + grid.scale) / (2 * grid.scale) FROM grid "
        "WHERE grid.id = criterion.grid_id) "
        "WHERE floor IS NOT NULL AND grid_id IN (SELECT id FROM grid WHERE scale <> 5)"
    )
    marks(5)
    # It cannot check an answer: a person does.
    op.execute("UPDATE eligibility_rule SET kind = 'judged', automatic_check = NULL WHERE automatic_check = 'answers'")
    check("eligibility_rule", check=among("automatic_check", CHECKS))
    # It knows no invitation: the file was led elsewhere. A file that was not retained is refused.
    op.execute("UPDATE application SET state = 'redirected' WHERE state = 'invited'")
    op.execute("UPDATE application SET state = 'rejected' WHERE state = 'not_retained'")
    check(
        "application",
        applicationstate=among("state", (*STATES, *ENDS)),
        decided_when_closed=decided("awarded", "rejected"),
    )
    op.drop_table("call_regulation")  # The files stay in the store with their rows.
    op.drop_index(op.f("ix_call_objective_objective_id"), table_name="call_objective")
    op.drop_table("call_objective")
    with op.batch_alter_table("grid", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_grid_scale_in_bounds"), type_="check")
        batch_op.drop_column("scale")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_call_leads_to_id"))
        batch_op.drop_constraint(op.f("ck_call_moneyasked"), type_="check")
        batch_op.drop_constraint(op.f("fk_call_leads_to_id_call"), type_="foreignkey")
        batch_op.drop_column("money_asked")
        batch_op.drop_column("by_invitation")
        batch_op.drop_column("leads_to_id")
