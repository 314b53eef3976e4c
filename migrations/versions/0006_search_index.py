"""An index of the words behind the search: FTS5 kept by triggers on SQLite, GIN on PostgreSQL

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-25 23:20:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BATCH = 1000
LONGEST_WORD, LONGEST_TEXT = 60, 200_000
INDEXED = {
    "dataset": ("search_text",),
    "event": ("search_text",),
    "grant_award": ("search_text",),
    "partnership": ("search_text",),
    "reuse": ("search_title", "search_text"),
}
# Its cost is said, so that the planner looks at the index rather than make a vector of every row.
VECTOR = (
    "CREATE OR REPLACE FUNCTION search_vector(stems text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE "
    "COST 1000 AS $vector$ BEGIN RETURN array_to_tsvector(array_remove(string_to_array(stems, ' '), '')); END $vector$"
)


def is_too_long(text):
    return len(text.encode()) > LONGEST_TEXT or any(len(word) > LONGEST_WORD for word in text.split())


def bounded(text):
    """The stems of a row, each and all within what both engines can index (60 characters, 200,000 bytes)."""
    kept, size = {}, 0
    for word in text.split():
        size += len(word[:LONGEST_WORD].encode()) + 1
        if size > LONGEST_TEXT:
            break
        kept[word[:LONGEST_WORD]] = None
    return f" {' '.join(kept)} "


def bound_what_is_there(name, columns):
    """Cut what a row said at too great a length: an index would refuse it."""
    connection = op.get_bind()
    table = sa.table(name, sa.column("id", sa.Integer), *(sa.column(each, sa.Text) for each in columns))
    fill = sa.update(table).where(table.c.id == sa.bindparam("row"))
    last = 0
    while rows := connection.execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(BATCH)).all():
        changed = [
            {"row": row.id, **{each: bounded(getattr(row, each)) for each in columns}}
            for row in rows
            if any(is_too_long(getattr(row, each)) for each in columns)
        ]
        if changed:
            connection.execute(fill.values({each: sa.bindparam(each) for each in columns}), changed)
        last = rows[-1].id


def sqlite_index(name, columns):
    index, listed = f"{name}_search", ", ".join(columns)
    new, old = (", ".join(f"{side}.{each}" for each in columns) for side in ("NEW", "OLD"))
    put_in = f"INSERT INTO {index}(rowid, {listed}) VALUES (NEW.id, {new})"
    take_out = f"INSERT INTO {index}({index}, rowid, {listed}) VALUES ('delete', OLD.id, {old})"
    yield (
        f"CREATE VIRTUAL TABLE {index} USING fts5({listed}, content='{name}', content_rowid='id', "
        "tokenize='ascii', detail='column', columnsize=0)"
    )
    yield f"CREATE TRIGGER {index}_added AFTER INSERT ON {name} BEGIN {put_in}; END"
    yield f"CREATE TRIGGER {index}_changed AFTER UPDATE OF id, {listed} ON {name} BEGIN {take_out}; {put_in}; END"
    yield f"CREATE TRIGGER {index}_removed AFTER DELETE ON {name} BEGIN {take_out}; END"
    yield f"INSERT INTO {index}({index}) VALUES ('rebuild')"


def postgresql_index(name, columns):
    for each in columns:
        yield (
            f"CREATE INDEX ix_{name}_{each} ON {name} USING gin "
            f"(search_vector({each})) WITH (fastupdate = off)"
        )


def upgrade():
    statements = {"sqlite": sqlite_index, "postgresql": postgresql_index}[op.get_bind().dialect.name]
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(VECTOR)
    for name, columns in INDEXED.items():
        bound_what_is_there(name, columns)
        for statement in statements(name, columns):
            op.get_bind().exec_driver_sql(statement)


def downgrade():
    for name, columns in INDEXED.items():
        if op.get_bind().dialect.name == "postgresql":
            for each in columns:
                op.execute(f"DROP INDEX ix_{name}_{each}")
        else:
            for act in ("added", "changed", "removed"):
                op.execute(f"DROP TRIGGER {name}_search_{act}")
            op.execute(f"DROP TABLE {name}_search")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION search_vector(text)")
