"""Files: the states of the antivirus

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-25 21:50:00

"""
from alembic import op
import sqlalchemy as sa

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

BEFORE = ('not_scanned', 'ours')
AFTER = ('pending', 'safe', 'infected', 'not_scanned', 'ours')


def states(codes):
    return sa.Enum(*codes, name='scanstate', native_enum=False, create_constraint=False, length=40)


def rule(codes):
    return 'scan IN (' + ', '.join(f"'{code}'" for code in codes) + ')'


def upgrade():
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_constraint('scanstate', type_='check')
        batch_op.create_check_constraint('scanstate', rule(AFTER))
        batch_op.create_index('ix_stored_file_scan', ['scan'], unique=False)


def downgrade():
    # An older release knows no verdict: what was analysed is said not to be, which closes nothing to anybody. What was
    # found infected stays out of reach: its row is kept and its key no longer names a file.
    op.execute("UPDATE stored_file SET key = 'infected/' || id WHERE scan = 'infected'")
    op.execute("UPDATE stored_file SET scan = 'not_scanned' WHERE scan IN ('pending', 'safe', 'infected')")
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_index('ix_stored_file_scan')
        batch_op.drop_constraint('scanstate', type_='check')
        batch_op.create_check_constraint('scanstate', rule(BEFORE))
