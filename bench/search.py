"""What a French search of 100,000 reuses costs, beside the engine's own full text on the same texts, in one run.

python -m bench.search [rows] [sqlite,postgresql]

Ours: total, the 24 first in our order, and their extracts, through the ORM. Bare: the engine's own count, its 24 best
by its own rank and its own snippets, on a table that has nothing else (FTS5 with bm25; tsvector « french » with ts_rank
and ts_headline). The page: the same 24 rows read by their numbers. Goal: ours ≤ 2 × bare + page; one word in 40 ms.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config import Testing
from programme import create_app
from programme.core import search
from programme.core.identifiers import fold
from programme.extensions import db
from programme.projects.models import Project
from programme.reuses import queries
from programme.reuses.models import Reuse
from programme.reuses.queries import Filters
from programme.reuses.states import ReuseKind, ReuseOrigin, ReuseState
from programme.reuses.views.public import extract_of
from programme.strategy.models import Theme
from programme.strategy.states import ThemeSet
from tests.databases import database_url

PAGE = 24
ROUNDS = 3
QUERIES = 20
LINKS = ("de", "des", "du", "la", "le", "les", "et", "dans", "pour", "sur", "avec", "en", "une", "un")


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """Made-up words of three syllables, none of which begins another, and how often they come (Zipf's law).

    Both sides then find the same rows: in French ours, which finds stems, would find more than the engine's own.
    """
    made = [
        "".join(chance.choice("bcdfgjlmnprtv") + chance.choice("aeiou") for _ in range(3)) + "l" for _ in range(1500)
    ]
    return made, [1 / (rank + 12) for rank in range(len(made))]


def texts(rows: int) -> Iterator[tuple[str, str, str]]:
    """Title, summary and description of each reuse: about 50, 180 and 400 characters."""
    chance = random.Random(4)
    made, weights = vocabulary(chance)
    for _row in range(rows):
        drawn = chance.choices(made, weights, k=52)
        said = [f"{chance.choice(LINKS)} {word}" for word in drawn]
        yield " ".join(said[:5]).capitalize(), " ".join(said[5:18]) + ".", " ".join(said[18:]) + "."


def fill(rows: int) -> None:
    """The gallery, and the same texts in a table of the bare engine."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with db.engine.begin() as connection:
        connection.execute(
            sa.insert(Theme), {"set": ThemeSet.DATA, "code": "air", "label": "Air", "drawing": "relief", "position": 1}
        )
        bare_tables(connection)
        for start, batch in batches(texts(rows), 1000):
            numbered = list(enumerate(batch, start))
            connection.execute(sa.insert(Project), [
                {"id": n, "slug": f"p-{n}", "title": title, "summary": "", "created_at": at, "public_since": at}
                for n, (title, _s, _d) in numbered
            ])  # fmt: skip
            connection.execute(sa.insert(Reuse), [row(n, at, *each) for n, each in numbered])
            connection.execute(
                sa.text("INSERT INTO bare (id, body) VALUES (:n, :body)"),
                [{"n": n, "body": " ".join(each)} for n, each in numbered],
            )
        bare_index(connection)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if is_postgresql() else "ANALYZE")


def batches(rows: Iterator[Any], size: int) -> Iterator[tuple[int, list[Any]]]:
    """The rows by lots, each with the number of its first."""
    start, lot = 1, []
    for each in rows:
        lot.append(each)
        if len(lot) == size:
            yield start, lot
            start, lot = start + size, []
    if lot:
        yield start, lot


def row(n: int, at: datetime, title: str, summary: str, description: str) -> dict[str, Any]:
    """One published reuse, as the service would write it."""
    published = at + timedelta(minutes=n)
    return {
        "id": n, "slug": f"r-{n}", "project_id": n, "title": title[:150], "sort_title": fold(title)[:150],
        "kind": ReuseKind.MAP, "summary": summary[:240], "description": description, "url": f"https://exemple.test/{n}",
        "url_key": f"exemple.test/{n}", "theme_id": 1, "territory_code": "13", "origin": ReuseOrigin.FREE,
        "state": ReuseState.PUBLISHED, "created_at": published, "updated_at": published, "submitted_at": published,
        "published_at": published, "published_year": published.year, "dataset_count": 1, "drawing": "<svg></svg>" * 100,
        "search_title": search.document(title), "search_text": search.document(title, summary, description),
    }  # fmt: skip


def is_postgresql() -> bool:
    """Which engine."""
    return db.engine.dialect.name == "postgresql"


def bare_tables(connection: Any) -> None:
    """The table of the engine alone."""
    connection.exec_driver_sql("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")


def bare_index(connection: Any) -> None:
    """Its own full-text index, as its manual shows."""
    if is_postgresql():
        connection.exec_driver_sql(
            "ALTER TABLE bare ADD words tsvector GENERATED ALWAYS AS (to_tsvector('french', body)) STORED"
        )
        connection.exec_driver_sql("CREATE INDEX bare_words ON bare USING gin (words)")
        return
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE bare_words USING fts5(body, content='bare', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    connection.exec_driver_sql("INSERT INTO bare_words(bare_words) VALUES ('rebuild')")


BARE = {
    "sqlite": (
        "SELECT count(*) FROM bare_words WHERE bare_words MATCH :q",
        """SELECT rowid, snippet(bare_words, 0, '<mark>', '</mark>', '…', 24) FROM bare_words WHERE bare_words MATCH :q
        ORDER BY rank LIMIT 24""",
    ),
    "postgresql": (
        "SELECT count(*) FROM bare WHERE words @@ plainto_tsquery('french', :q)",
        """SELECT id, ts_headline('french', body, query) FROM (SELECT id, body, query FROM bare,
        plainto_tsquery('french', :q) AS query WHERE words @@ query ORDER BY ts_rank(words, query) DESC, id LIMIT 24)
        AS best""",
    ),
}  # fmt: skip


def bare(text: str) -> int:
    """The engine's own search: total, best rows, snippets."""
    asked = " ".join(f'"{word}"' for word in text.split()) if not is_postgresql() else text
    with db.engine.connect() as connection:
        total, best = (connection.execute(sa.text(each), {"q": asked}) for each in BARE[db.engine.dialect.name])
        best.all()
        return int(total.scalar_one())


def ours(text: str) -> int:
    """The gallery's search: total, page, extracts; without the facets."""
    filters = Filters(text, is_common=search.is_common(db.session, Reuse.search_text, text))
    ranks = list(db.session.execute(queries.found_by_rank(filters)).one())
    for part in queries.page(filters, start=0, size=PAGE, ranks=ranks):
        for each in db.session.scalars(part):
            extract_of(each, text)
    return sum(ranks)


def numbers_of(text: str) -> list[int]:
    """The numbers of the first page."""
    return list(db.session.scalars(queries.gallery(Filters(text)).with_only_columns(Reuse.id).limit(PAGE)))


def page(text: str, numbers: list[int]) -> None:
    """The same page without a search."""
    for each in db.session.scalars(sa.select(Reuse).where(Reuse.id.in_(numbers)).options(*queries.card_options())):
        extract_of(each, text)


def milliseconds(work: Callable[[], Any]) -> tuple[float, float]:
    """The best of some rounds, each as a request would, with a session of its own: elapsed, and of this processor."""
    elapsed, spent = [], []
    for _each in range(ROUNDS):
        db.session.remove()
        start, used = time.perf_counter(), time.process_time()
        work()
        elapsed.append(time.perf_counter() - start)
        spent.append(time.process_time() - used)
    return 1000 * min(elapsed), 1000 * min(spent)


def asked(words: int) -> list[str]:
    """Searches of some words, from the most frequent to the rare."""
    chance = random.Random(words)
    made, weights = vocabulary(random.Random(4))
    return [" ".join(chance.choices(made[:300], weights[:300], k=words)) for _each in range(QUERIES)]


def say(line: str) -> None:
    """One line of the result."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def figures_of(text: str) -> list[float]:
    """Milliseconds of ours, of the bare engine and of the page, each elapsed and of the processor; rows found."""
    numbers = numbers_of(text)
    works = (lambda: ours(text), lambda: bare(text), lambda: page(text, numbers))
    return [*(each for work in works for each in milliseconds(work)), ours(text)]


def measure(words: int) -> None:
    """One line: medians over the searches of as many words; on SQLite also in processor time, which other work spares."""
    figures = [figures_of(text) for text in asked(words)]
    mine, mine_cpu, engine, engine_cpu, shown, shown_cpu, totals = map(statistics.median, zip(*figures, strict=True))
    line = (
        f"{db.engine.dialect.name}, {words} word(s): {mine:.1f} ms (slowest {max(each[0] for each in figures):.1f}) for "
        f"{totals:.0f} found; bare {engine:.1f} ms, page {shown:.1f} ms: {mine / (2 * engine + shown):.2f} of the goal "
        "(2 × bare + page)"
    )
    if not is_postgresql():
        ratio = mine_cpu / (2 * engine_cpu + shown_cpu)
        line += f"; processor {mine_cpu:.1f}, {engine_cpu:.1f} and {shown_cpu:.1f} ms: {ratio:.2f}"
    say(line)


def run(backend: str, rows: int) -> None:
    """The figures of an engine."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="bench-search-"))
        url = stack.enter_context(database_url(backend, folder))
        app = create_app(Testing, SQLALCHEMY_DATABASE_URI=url, VAR=str(folder))
        with app.app_context():
            db.create_all()
            start = time.perf_counter()
            fill(rows)
            say(f"{backend}: {rows} reuses written and indexed in {time.perf_counter() - start:.0f} s")
            for words in (1, 2, 3):
                measure(words)
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    for each in (sys.argv[2] if len(sys.argv) > 2 else "sqlite,postgresql").split(","):
        run(each, int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
