"""The index behind the search, made with its table and kept by the database itself in the writer's transaction.

SQLite: an FTS5 table beside each table, kept by triggers. PostgreSQL: a GIN index on an expression. Both hold the
stems of the column as they are, cut at the spaces: no parser, dictionary or locale of an engine has a say.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sqlalchemy import DDL, Connection, event, text

Model = TypeVar("Model", bound=type[Any])

INDEXED: dict[str, tuple[str, ...]] = {}
"""The columns of stems of each table that has an index."""
_PARTS = ("", "_data", "_idx", "_config", "_docsize", "_content")


def indexed(*columns: str) -> Callable[[Model], Model]:
    """Declare a model's columns of stems (see `document`): the most telling first, all of them NOT NULL."""

    def declare(model: Model) -> Model:
        keep(model.__table__, *columns)
        return model

    return declare


def keep(table: Any, *columns: str) -> None:
    """Declare the columns of stems of a table whose key is a whole number `id`: its index comes and goes with it."""
    INDEXED[table.name] = columns
    for statement in (*sqlite_tables(table.name), *sqlite_triggers(table.name).values()):
        event.listen(table, "after_create", _ddl(statement, "sqlite"))
    for statement in (VECTOR, *postgresql_indexes(table.name)):
        event.listen(table, "after_create", _ddl(statement, "postgresql"))
    event.listen(table, "after_drop", _ddl(f"DROP TABLE IF EXISTS {index_of(table.name)}", "sqlite"))


def _ddl(statement: str, dialect: str) -> Any:
    return DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]


def index_of(table: str) -> str:
    """The FTS5 table of a table."""
    return f"{table}_search"


def sqlite_tables(table: str) -> Iterator[str]:
    """The FTS5 table: it reads the texts in the table itself, and keeps neither copies nor sizes of them.

    The tokenizer « ascii » takes every byte over 127 as part of a word: the stems have no other separator than the
    space, whatever the version of Unicode of Python and of SQLite.
    """
    yield (
        f"CREATE VIRTUAL TABLE {index_of(table)} USING fts5({', '.join(INDEXED[table])}, content='{table}', "
        "content_rowid='id', tokenize='ascii', detail='column', columnsize=0)"
    )


def sqlite_triggers(table: str) -> dict[str, str]:
    """The triggers that keep the FTS5 table, by name: it must be told the old words to forget them."""
    index, columns = index_of(table), INDEXED[table]
    listed = ", ".join(columns)
    new, old = (", ".join(f"{side}.{each}" for each in columns) for side in ("NEW", "OLD"))
    # The names are those of our own tables: nothing that a person typed comes here.
    put_in = f"INSERT INTO {index}(rowid, {listed}) VALUES (NEW.id, {new})"  # noqa: S608
    take_out = f"INSERT INTO {index}({index}, rowid, {listed}) VALUES ('delete', OLD.id, {old})"  # noqa: S608
    acts = {
        "added": f"AFTER INSERT ON {table} BEGIN {put_in}; END",
        "changed": f"AFTER UPDATE OF id, {listed} ON {table} BEGIN {take_out}; {put_in}; END",
        "removed": f"AFTER DELETE ON {table} BEGIN {take_out}; END",
    }
    return {f"{index}_{act}": f"CREATE TRIGGER {index}_{act} {body}" for act, body in acts.items()}


def refill(table: str) -> str:
    """The statement that makes the FTS5 table anew from its table."""
    return f"INSERT INTO {index_of(table)}({index_of(table)}) VALUES ('rebuild')"  # noqa: S608 - our own table


VECTOR = (
    "CREATE OR REPLACE FUNCTION search_vector(stems text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE "
    "COST 1000 AS $vector$ BEGIN RETURN array_to_tsvector(array_remove(string_to_array(stems, ' '), '')); END $vector$"
)
"""The stems of a column as PostgreSQL indexes them. A function and not its bare expression, to say what it costs: the
planner would otherwise rather make a hundred thousand vectors than look at the index."""


def vector(column: str) -> str:
    """The tsvector of a column of stems, in PostgreSQL's SQL: the very expression of its index."""
    return f"search_vector({column})"


def postgresql_indexes(table: str) -> Iterator[str]:
    """The GIN indexes. Without the list of pending entries, which each search would read from end to end."""
    for column in INDEXED[table]:
        yield f"CREATE INDEX ix_{table}_{column} ON {table} USING gin ({vector(column)}) WITH (fastupdate = off)"


def is_of_an_index(name: str | None) -> bool:
    """Whether a table or an index is the search's own: Alembic does not know these and must not drop them."""
    tables = {f"{index_of(table)}{part}" for table in INDEXED for part in _PARTS}
    return name in tables or name in {
        f"ix_{table}_{column}" for table, columns in INDEXED.items() for column in columns
    }


def mend(connection: Connection) -> list[str]:
    """Give back to SQLite the triggers that the rebuilding of a table took away, and fill its index again.

    To be called after migrations, in their transaction. The names of the tables mended are returned; a table that has
    no index yet is left so.
    """
    if connection.dialect.name != "sqlite":
        return []
    there = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')")))
    mended = []
    for table in INDEXED:
        missing = [sql for name, sql in sqlite_triggers(table).items() if name not in there]
        if index_of(table) in there and missing:
            for statement in (*missing, refill(table)):
                connection.exec_driver_sql(statement)
            mended.append(table)
    return mended
