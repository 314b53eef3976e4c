"""Many threads and processes that write on SQLite wait in line: the longest wait stays near that of the others."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from programme.core import database

pytestmark = pytest.mark.slow
THREADS, SECONDS, HELD = 16, 1.5, 0.004
ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys, time
from sqlalchemy import create_engine
from programme.core import database
engine = create_engine(f"sqlite:///{sys.argv[1]}")
database.prepare(engine, synchronous="OFF")
with database.writing(engine) as connection:
    connection.exec_driver_sql("INSERT INTO line DEFAULT VALUES")
    print("held", flush=True)
    time.sleep(60)
"""


def made(path):
    """A database with one table, as the product opens it."""
    engine = create_engine(f"sqlite:///{path}", pool_size=THREADS)
    database.prepare(engine, synchronous="OFF")
    with database.writing(engine) as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY)"))
    return engine


def waits(engine):
    """Seconds that each transaction waited for its turn, when each holds it for four milliseconds."""
    found, end = [], time.monotonic() + SECONDS

    def write():
        while (asked := time.monotonic()) < end:
            with database.writing(engine) as connection:
                connection.execute(text("INSERT INTO line DEFAULT VALUES"))
                found.append(time.monotonic() - asked)
                time.sleep(HELD)

    threads = [Thread(target=write) for _ in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    engine.dispose()
    return found


def test_nobody_waits_much_longer_than_the_line_is(tmp_path):
    in_line = waits(made(tmp_path / "line.sqlite3"))
    # The control: without the line SQLite lets newcomers pass, and somebody waits for most of the time.
    crowd = made(tmp_path / "crowd.sqlite3")
    del database._lines[crowd]
    pushing = waits(crowd)
    print(f"longest wait of {THREADS} writers: {max(in_line):.2f} s in line, {max(pushing):.2f} s without")
    assert max(in_line) < max(pushing) / 2


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the line of a database for a minute, and the engine of ours."""
    engine = made(tmp_path / "held.sqlite3")
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "held.sqlite3")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process, engine
    process.kill()
    process.wait(10)
    process.stdout.close()
    engine.dispose()


def count(engine):
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM line")).scalar_one()


def test_a_process_killed_in_its_turn_leaves_the_line_open_and_nothing_written(holder):
    process, engine = holder
    Thread(target=lambda: (time.sleep(0.3), process.send_signal(signal.SIGKILL))).start()
    began = time.monotonic()
    with database.writing(engine) as connection:
        connection.execute(text("INSERT INTO line DEFAULT VALUES"))
    assert 0.2 < time.monotonic() - began < 5
    assert count(engine) == 1


def test_readers_do_not_stand_in_line(holder):
    _process, engine = holder
    assert count(engine) == 0


def test_the_line_is_a_courtesy_sqlite_decides(holder):
    """Who comes without standing in line is kept out by SQLite all the same."""
    _process, engine = holder
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
        with pytest.raises(OperationalError, match="locked"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def test_a_line_that_does_not_move_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    engine = made(tmp_path / "stuck.sqlite3")
    database._lines[engine]._turn.acquire()
    with database.writing(engine) as connection:
        connection.execute(text("INSERT INTO line DEFAULT VALUES"))
    assert count(engine) == 1
    engine.dispose()


def test_a_process_made_by_a_fork_stands_in_the_same_line(tmp_path):
    """The file is opened anew after a fork: shared with its parent, it would keep neither out."""
    engine = made(tmp_path / "forked.sqlite3")
    line = database._lines[engine]
    with line.wait():
        child = os.fork()
        if child == 0:
            line._turn.release()  # The child's copy of the lock of its parent's threads.
            with line.wait():
                os._exit(7)
        time.sleep(0.3)
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    engine.dispose()
