"""The journal is chained, entry by entry in the order of their numbers; consultations are logged

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-25 21:50:00

"""
import hashlib
import hmac
import json
import secrets
from datetime import UTC

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

BATCH = 1000
EXACT = 2**53
FIXED = ('id', 'at', 'actor_id', 'act', 'subject_type', 'subject_id', 'sequence', 'previous_digest', 'content_digest', 'digest')
GONE = 'NEW.salt IS NULL AND NEW."before" IS NULL AND NEW."after" IS NULL'
REFUSED = "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
FUNCTION = '() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN '
RAISE = "RAISE EXCEPTION 'the journal is append-only'; END $guard$"
GUARDS = {
    'sqlite': (
        f'CREATE TRIGGER journal_entry_stays BEFORE DELETE ON journal_entry {REFUSED}',
        'CREATE TRIGGER journal_entry_unchanged BEFORE UPDATE ON journal_entry WHEN NOT '
        f"({' AND '.join(f'NEW.{name} IS OLD.{name}' for name in FIXED)} AND {GONE}) {REFUSED}",
        f'CREATE TRIGGER journal_head_stays BEFORE DELETE ON journal_head {REFUSED}',
        f'CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head WHEN NEW.sequence <= OLD.sequence {REFUSED}',
    ),
    'postgresql': (
        f"CREATE OR REPLACE FUNCTION journal_entry_guard{FUNCTION}IF TG_OP = 'UPDATE' THEN "
        f"IF ({', '.join(f'NEW.{name}' for name in FIXED)}) IS NOT DISTINCT FROM "
        f"({', '.join(f'OLD.{name}' for name in FIXED)}) AND {GONE} THEN RETURN NEW; END IF; END IF; {RAISE}",
        'CREATE TRIGGER journal_entry_stays BEFORE UPDATE OR DELETE ON journal_entry '
        'FOR EACH ROW EXECUTE FUNCTION journal_entry_guard()',
        f"CREATE OR REPLACE FUNCTION journal_head_guard{FUNCTION}IF TG_OP = 'UPDATE' THEN "
        f'IF NEW.sequence > OLD.sequence THEN RETURN NEW; END IF; END IF; {RAISE}',
        'CREATE TRIGGER journal_head_stays BEFORE UPDATE OR DELETE ON journal_head '
        'FOR EACH ROW EXECUTE FUNCTION journal_head_guard()',
    ),
}
ENTRY = sa.table(
    'journal_entry', sa.column('id', sa.Integer), sa.column('at', sa.DateTime(timezone=True)), sa.column('actor_id', sa.Integer),
    sa.column('act', sa.String), sa.column('subject_type', sa.String), sa.column('subject_id', sa.Integer),
    sa.column('before', sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
    sa.column('after', sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
    sa.column('sequence', sa.Integer), sa.column('previous_digest', sa.String), sa.column('content_digest', sa.String),
    sa.column('digest', sa.String), sa.column('salt', sa.String),
)
HEAD = sa.table('journal_head', sa.column('id', sa.Integer), sa.column('sequence', sa.Integer), sa.column('digest', sa.String))


# The canonical form of today, written here once more: a later one must not change what this revision does.
def numbers(value):
    if isinstance(value, dict):
        return {name: numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [numbers(each) for each in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if abs(value) <= EXACT and value == int(value) else float(value)
    return value


def canonical(value):
    return json.dumps(numbers(value), sort_keys=True, separators=(',', ':'), ensure_ascii=False, allow_nan=False).encode()


def chained(row, sequence, previous):
    salt = secrets.token_hex(16)
    content = hmac.new(bytes.fromhex(salt), canonical([row.before, row.after]), hashlib.sha256).hexdigest()
    at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
    fields = [
        'programme-journal-1', sequence, at.isoformat(timespec='microseconds'), row.actor_id, row.act, row.subject_type,
        row.subject_id, content, previous,
    ]
    digest = hashlib.sha256(canonical(fields)).hexdigest()
    return {'entry': row.id, 'sequence': sequence, 'previous_digest': previous, 'content_digest': content, 'digest': digest, 'salt': salt}


def chain_what_is_there():
    """Give each existing entry its place, in the order of their numbers, and the chain its head."""
    connection = op.get_bind()
    fill = sa.update(ENTRY).where(ENTRY.c.id == sa.bindparam('entry')).values(
        {name: sa.bindparam(name) for name in ('sequence', 'previous_digest', 'content_digest', 'digest', 'salt')}
    )
    last, sequence, digest = 0, 0, '0' * 64
    while rows := connection.execute(sa.select(ENTRY).where(ENTRY.c.id > last).order_by(ENTRY.c.id).limit(BATCH)).all():
        values = []
        for row in rows:
            sequence += 1
            values.append(chained(row, sequence, digest))
            digest = values[-1]['digest']
        connection.execute(fill, values)
        last = rows[-1].id
    connection.execute(sa.insert(HEAD).values(id=1, sequence=sequence, digest=digest))


def upgrade():
    op.create_table('journal_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_journal_head_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_head'))
    )
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sequence', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('previous_digest', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('content_digest', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('digest', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('salt', sa.String(length=32), nullable=True))
    chain_what_is_there()
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        for name, type_ in (
            ('sequence', sa.Integer()), ('previous_digest', sa.String(length=64)), ('content_digest', sa.String(length=64)),
            ('digest', sa.String(length=64)),
        ):
            batch_op.alter_column(name, existing_type=type_, nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_journal_entry_sequence'), ['sequence'])
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)

    op.create_table('consultation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('application', 'piece', 'letter', 'agreement', name='consulted', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('standing', sa.Enum('staff', 'reader', 'member', name='standing', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('roles', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hour', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_consultation_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation')),
    sa.UniqueConstraint('account_id', 'kind', 'subject_id', 'hour', name=op.f('uq_consultation_account_id_kind_subject_id_hour'))
    )
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consultation_at'), ['at'], unique=False)
        batch_op.create_index('ix_consultation_reference', ['reference'], unique=False)


def downgrade():
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.drop_index('ix_consultation_reference')
        batch_op.drop_index(batch_op.f('ix_consultation_at'))
    op.drop_table('consultation')

    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP TRIGGER journal_entry_stays ON journal_entry')
        op.execute('DROP TRIGGER journal_head_stays ON journal_head')
        op.execute('DROP FUNCTION journal_entry_guard()')
        op.execute('DROP FUNCTION journal_head_guard()')
    else:
        for name in ('journal_entry_stays', 'journal_entry_unchanged', 'journal_head_stays', 'journal_head_forward'):
            op.execute(f'DROP TRIGGER {name}')
    op.drop_table('journal_head')
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_journal_entry_sequence'), type_='unique')
        for name in ('salt', 'digest', 'content_digest', 'previous_digest', 'sequence'):
            batch_op.drop_column(name)
