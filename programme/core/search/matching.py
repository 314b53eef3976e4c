"""The one condition of a search, said to each engine in its own words."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam, func, literal_column, select
from sqlalchemy import table as sql_table
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Text, TypeDecorator

from programme.core.search.index import INDEXED, index_of, vector
from programme.core.search.words import MOST_WORDS, terms

COMMON = 1200
"""Rows from which it costs SQLite less to read along a list of 100,000 than to fetch those that have the words."""


class Query(TypeDecorator[tuple[str, ...]]):
    """The column and the stems looked for, as the engine's own query: each begins a word of the row.

    A stem has letters and digits only; it is quoted all the same, and travels as a parameter.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """The query for FTS5 or, with its lexemes quoted, for the type tsquery."""
        if value is None:
            return None
        column, *stems = value
        if dialect.name == "sqlite":
            terms = (f'"{stem.replace(chr(34), chr(34) * 2)}"*' for stem in stems)
            return f"{{{column}}} : ({' AND '.join(terms)})"
        doubled = (stem.replace("\\", "\\\\").replace("'", "''") for stem in stems)
        return " & ".join(f"'{stem}':*" for stem in doubled)


class Matching(FunctionElement[bool]):
    """The condition: the row's number, its column of stems, the query."""

    type = Boolean()
    inherit_cache = True
    name = "search_matching"

    def self_group(self, against: Any = None) -> Any:
        """As it is: the « = 1 » that SQLAlchemy adds to a function on SQLite would hide the list of numbers from it."""
        return self

    def _negate(self) -> Any:
        return UnaryExpression(self, operator=operators.inv, type_=self.type, wraps_column_expression=False)


class MatchingMany(Matching):
    """The same of words that are in many rows: SQLite reads along the list and tests each row, instead of fetching
    and sorting all those found; it does not know how many they are.
    """

    inherit_cache = True


@compiles(Matching)
def _in_words(element: Matching, compiler: Any, **keywords: Any) -> str:
    """For a reader, where no engine is named."""
    return f"search_matching({compiler.process(element.clauses, **keywords)})"


@compiles(Matching, "sqlite")
def _in_fts5(element: Matching, compiler: Any, **keywords: Any) -> str:
    number, column, query = element.clauses
    index = index_of(_table_of(column).name)
    said = compiler.process(query, **keywords)
    found = f"SELECT rowid FROM {index} WHERE {index} MATCH {said}"  # noqa: S608 - our table's name and a parameter
    along = "+" if isinstance(element, MatchingMany) else ""  # The sign keeps SQLite from seeking each number found.
    return f"({along}{compiler.process(number, **keywords)} IN ({found}))"


@compiles(Matching, "postgresql")
def _in_gin(element: Matching, compiler: Any, **keywords: Any) -> str:
    _number, column, query = element.clauses
    said = compiler.process(query, **keywords)
    return f"({vector(compiler.process(column, **keywords))} @@ CAST({said} AS tsquery))"


def _table_of(column: Any) -> Any:
    """The table of a column, also when the statement gave it another name."""
    return getattr(column.table, "element", column.table)


def matches(column: Any, text: str, *, many: bool = False, limit: int = MOST_WORDS) -> ColumnElement[bool] | None:
    """The condition that every word of the search begins a stem of the row; None for an empty search.

    Any text is accepted; at most `limit` words count. The column is one that `indexed` declares. `many`: the words
    are in many rows (see `is_common`); it changes the way, not the rows.

    Raises:
        LookupError: the column has no index.
    """
    column = _declared(column)
    stems = terms(text, limit=limit)
    if not stems:
        return None
    kind = MatchingMany if many else Matching
    return kind(column.table.c.id, column, _query(column, stems))


def is_common(session: Any, column: Any, text: str) -> bool:
    """Whether more than COMMON rows have the words. Only SQLite is asked: PostgreSQL has statistics of its own.

    Raises:
        LookupError: the column has no index.
    """
    column = _declared(column)
    stems = terms(text)
    if not stems or session.get_bind().dialect.name != "sqlite":
        return False
    index = sql_table(index_of(_table_of(column).name))
    said = literal_column(index.name).op("MATCH")(_query(column, stems))
    some: Any = select(literal_column("1")).select_from(index).where(said).limit(COMMON + 1)
    return bool(session.scalar(select(func.count()).select_from(some.subquery())) > COMMON)


def _declared(column: Any) -> Any:
    column = column.expression
    table = _table_of(column)
    if column.name not in INDEXED.get(table.name, ()):
        raise LookupError(f"{table.name}.{column.name} is not declared as searched")
    return column


def _query(column: Any, stems: list[str]) -> ColumnElement[Any]:
    return bindparam(None, (column.name, *stems), type_=Query(), unique=True)
