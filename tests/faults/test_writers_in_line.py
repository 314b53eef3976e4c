"""Many threads that write on SQLite wait in line: the longest wait stays near that of the others."""

import time
from contextlib import nullcontext
from threading import Thread

import pytest
from sqlalchemy import create_engine, text

from programme.core import database

pytestmark = pytest.mark.slow
THREADS, SECONDS, HELD = 16, 1.5, 0.004


def longest_wait(path):
    """Seconds that the unluckiest transaction waited for its turn, when each holds it for four milliseconds."""
    engine = create_engine(f"sqlite:///{path}", pool_size=THREADS)
    database.prepare(engine, synchronous="OFF")
    with engine.connect().execution_options(**{database.WRITING: True}) as connection:
        connection.execute(text("CREATE TABLE line (id INTEGER PRIMARY KEY)"))
        connection.commit()
    waits, end = [], time.monotonic() + SECONDS

    def write():
        while (asked := time.monotonic()) < end:
            with engine.connect().execution_options(**{database.WRITING: True}) as connection:
                connection.execute(text("INSERT INTO line DEFAULT VALUES"))
                waits.append(time.monotonic() - asked)
                time.sleep(HELD)
                connection.commit()

    threads = [Thread(target=write) for _ in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    engine.dispose()
    return max(waits)


def test_nobody_waits_much_longer_than_the_line_is(tmp_path, monkeypatch):
    in_line = longest_wait(tmp_path / "line.sqlite3")
    # The control: without the line SQLite lets newcomers pass, and somebody waits for most of the time.
    monkeypatch.setattr(database, "Lock", nullcontext)
    pushing = longest_wait(tmp_path / "crowd.sqlite3")
    print(f"longest wait of {THREADS} writers: {in_line:.2f} s in line, {pushing:.2f} s without")
    assert in_line < pushing / 2
