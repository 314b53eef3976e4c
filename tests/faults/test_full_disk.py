"""No room left where requests, the database and the worker write: a clear refusal, nothing acknowledged that is not kept.

The store of files has its own five points in test_files_full.py.
"""

import errno
import gc
import io
import sqlite3
import subprocess
import tempfile
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

import config
from programme import create_app
from programme.accounts.models import Account
from programme.core import export_jobs, jobs, pdf, sessions
from programme.core.access import SIGNED_IN, access, current_account
from programme.core.clock import now
from programme.core.documents import IssuedDocument
from programme.core.export_jobs import ExportRequest, Source, Table
from programme.core.exports import Column, ExportFormat
from programme.core.jobs import Job, JobState
from programme.core.journal import JournalEntry
from programme.core.journal_verification import verify
from programme.core.pdf import press
from programme.core.room import out_of_room
from programme.core.sessions import WebSession
from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import applications
from tests.factories.people import account, visitor_for
from tests.pages import plain

SENTENCE = "La place manque sur nos serveurs"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def small(tmp_path):
    """Mounts a folder of a given size."""
    mounted = []

    def mount(options):
        folder = tmp_path / f"small{len(mounted)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("this machine lets nobody mount a small file system")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def instance(tmp_path):
    """An instance that answers faults as a real one, its database in a file that is synced."""
    made = []

    def at(folder):
        app = create_app(
            config.Testing, SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/own.sqlite3", VAR=tmp_path, PROPAGATE_EXCEPTIONS=False,
            STORAGE_FOLDER=str(tmp_path / "files"), SQLITE_SYNCHRONOUS="FULL", MAIL_FOLDER=str(tmp_path / "mail"),
        )  # fmt: skip
        context = app.app_context()
        context.push()
        made.append(context)
        database.create_all()
        return app

    yield at
    for context in made:
        database.session.remove()
        database.engine.dispose()
        context.pop()


def whole(engine):
    with engine.connect() as connection:
        return connection.execute(text("PRAGMA integrity_check")).scalar_one()


# ---- 1. the temporary file of an upload -----------------------------------------------------------


@pytest.mark.db
@pytest.mark.slow
def test_point_1_no_room_for_an_upload_on_its_way_in(app, db, small, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with unit_of_work():
        person = account()
        draft = applications.ready_draft(by=person)
        reference, number = draft.reference, draft.pieces[0].id
    visitor, path = visitor_for(app, person), f"/dossiers/{reference}/pieces"
    token = visitor.token(path)

    def send():
        # Made here: the client of the tests would itself write a large body into a temporary file.
        file = FileStorage(io.BytesIO(PDF + bytes(900_000)), "budget.pdf")
        boundary, body = encode_multipart({"csrf_token": token, f"file-{number}": file})
        kind = f"multipart/form-data; boundary={boundary}"
        return visitor.client.post(f"{path}/{number}", data=body, content_type=kind)

    def files():
        return db.session.scalar(select(func.count()).select_from(StoredFile))

    before = files()
    monkeypatch.setattr(tempfile, "tempdir", str(small("size=100k")))
    answer = send()
    assert (answer.status_code, SENTENCE in plain(answer.text)) == (507, True)
    for each in gc.get_objects():  # Werkzeug leaves the cut file to the collector, which would find it in another test.
        if type(each) is tempfile.SpooledTemporaryFile:
            each.close()
    assert files() == before
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert send().status_code == 302, "the same file is taken as soon as there is room"
    assert files() == before, "the row of the file that a draft replaces is gone"


# ---- 2 and 3. the database and its log -----------------------------------------------------------


def until_refused(app, visitor, path="/compte/nom", most=2000):
    """Names that were acknowledged, one after the other, until the first answer that is no acknowledgement."""
    token, said = visitor.token("/compte"), []
    for index in range(most):
        name = f"{index:04} {'x' * 110}"
        answer = visitor.client.post(path, data={"display_name": name, "csrf_token": token})
        if answer.status_code != 302:
            return said, answer
        said.append(name)
    raise AssertionError("there is still room")


def renamed(app):
    """How often the journal says that a name changed, and the name that is kept."""
    database.session.rollback()
    count = database.session.scalar(select(func.count()).where(JournalEntry.act == "account.renamed"))
    return count, database.session.scalar(select(Account.display_name))


def prove(app, visitor, lift):
    said, answer = until_refused(app, visitor)
    assert said, "something was kept before"
    assert (answer.status_code, SENTENCE in plain(answer.text)) == (507, True)
    assert visitor.client.get("/compte").status_code == 200, "what is kept is still read"
    assert renamed(app) == (len(said), said[-1])
    assert whole(database.engine) == "ok"
    lift()
    again = visitor.client.post("/compte/nom", data={"display_name": "Après", "csrf_token": visitor.token("/compte")})
    assert again.status_code == 302
    assert renamed(app) == (len(said) + 1, "Après")
    verify(database.session())
    assert whole(database.engine) == "ok"


@pytest.mark.slow
def test_point_2_a_database_that_may_not_grow(instance, tmp_path):
    app = instance(tmp_path)
    with unit_of_work():
        person = account()
    visitor = visitor_for(app, person)
    with database.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    limit = [pages + 6]

    @event.listens_for(database.engine, "checkout")
    def bound(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count={limit[0]}")

    prove(app, visitor, lambda: limit.__setitem__(0, 100_000))


@pytest.mark.slow
def test_point_3_no_room_for_the_log_of_the_database(instance, small):
    folder = small("size=8m")
    app = instance(folder)
    with unit_of_work():
        person = account()
    visitor = visitor_for(app, person)
    ballast = folder / "ballast"
    with suppress(OSError), ballast.open("wb") as handle:
        while True:
            handle.write(bytes(4096))
            handle.flush()
    with ballast.open("r+b") as handle:
        handle.truncate(ballast.stat().st_size - 200_000)
    prove(app, visitor, ballast.unlink)


@pytest.mark.slow
def test_control_an_answer_that_is_given_before_the_commit_is_caught(instance, tmp_path):
    """The same count, with a door that says yes whatever the database says."""
    app = instance(tmp_path)

    @app.post("/hasty")
    @access(SIGNED_IN)
    def hasty():
        from flask import redirect, request

        from programme.accounts import services

        with suppress(DBAPIError), unit_of_work():
            services.rename(current_account(), request.form["display_name"], at=now())
        return redirect("/compte")

    with unit_of_work():
        person = account()
    visitor = visitor_for(app, person)
    with database.engine.connect() as connection:
        limit = connection.execute(text("PRAGMA page_count")).scalar_one() + 1

    @event.listens_for(database.engine, "checkout")
    def bound(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count={limit}")

    with pytest.raises(AssertionError, match="still room"):
        until_refused(app, visitor, "/hasty", most=120)
    assert renamed(app)[0] < 120


def test_a_visit_that_cannot_be_noted_refuses_nobody(instance, tmp_path, monkeypatch):
    """After ten minutes a mere reading writes the time of the visit; without room it is read all the same."""
    app = instance(tmp_path)
    with unit_of_work():
        person = account()
    visitor = visitor_for(app, person)
    with unit_of_work() as session:
        session.execute(WebSession.__table__.update().values(seen_at=now() - timedelta(minutes=11)))

    def full(*_):
        raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(sessions.DatabaseSessions, "_store", full)
    assert visitor.client.get("/compte").status_code == 200


# ---- 4 and 5. what the worker writes --------------------------------------------------------------


@pytest.mark.db
@pytest.mark.slow
def test_point_4_no_room_for_a_document_being_printed(app, db, small, monkeypatch):
    if not pdf.available():
        pytest.skip("no Pango")
    with unit_of_work():
        applications.submitted()
    for each in press._shared.values():
        each.close()
    monkeypatch.setattr(tempfile, "tempdir", str(small("size=64k,nr_inodes=1")))
    jobs.run_until_idle()
    db.session.expire_all()
    [document] = db.session.scalars(select(IssuedDocument)).all()
    job = db.session.scalars(select(Job).where(Job.kind == "documents.render")).one()
    assert (document.file_id, job.state) == (None, JobState.QUEUED), "it waits, and nothing is half made"
    assert "No space left" in (job.error or "")
    monkeypatch.setattr(tempfile, "tempdir", None)
    with unit_of_work():
        db.session.get_one(Job, job.id).run_at = now()
    jobs.run_until_idle()
    db.session.expire_all()
    assert db.session.scalars(select(IssuedDocument)).one().file_id is not None


@pytest.mark.db
@pytest.mark.slow
def test_point_5_no_room_for_a_large_export(app, db, small, monkeypatch):
    rows = [(number, "é" * 60) for number in range(500)]
    table = Table("essai", "Liste d’essai", [Column("N"), Column("Texte")], rows, len(rows))
    monkeypatch.setitem(export_jobs._sources, "trial", Source(lambda *_: True, lambda *_: table))
    with unit_of_work():
        number = export_jobs.ask("trial", {}, ExportFormat.CSV, by=account(), at=now()).id
    monkeypatch.setattr(tempfile, "tempdir", str(small("size=4k")))
    jobs.run_until_idle()
    db.session.expire_all()
    asked = db.session.get_one(ExportRequest, number)
    assert asked.file_id is None
    assert asked.job is not None
    assert asked.job.state == JobState.QUEUED
    monkeypatch.setattr(tempfile, "tempdir", None)
    with unit_of_work():
        db.session.get_one(Job, asked.job_id).run_at = now()
    jobs.run_until_idle()
    db.session.expire_all()
    assert db.session.get_one(ExportRequest, number).file_id is not None


# ---- how a full disk is said -----------------------------------------------------------------------


def sqlite_fault(code):
    fault = sqlite3.OperationalError("words")
    fault.sqlite_errorcode = code
    return OperationalError("INSERT", {}, fault)


@pytest.mark.parametrize(
    ("fault", "full"),
    [
        (OSError(errno.ENOSPC, "x"), True),
        (OSError(errno.EDQUOT, "x"), True),
        (OSError(errno.EACCES, "x"), False),
        (sqlite_fault(sqlite3.SQLITE_FULL), True),
        (sqlite_fault(sqlite3.SQLITE_BUSY), False),
        (OperationalError("INSERT", {}, psycopg.errors.DiskFull("x")), True),
        (OperationalError("INSERT", {}, psycopg.errors.LockNotAvailable("x")), False),
        (None, False),
    ],
)
def test_a_full_disk_is_recognised_whoever_says_it(fault, full):
    assert out_of_room(fault) is full


def test_a_full_disk_behind_another_fault_is_recognised():
    fault = RuntimeError("in the middle of something")
    fault.__cause__ = OSError(errno.ENOSPC, "x")
    assert out_of_room(fault)


def test_the_page_says_what_to_do_and_asks_nothing_of_the_database(app, count_queries):
    from programme.site import errors

    with app.test_request_context("/"), count_queries(0):
        page, status = errors.crashed(SimpleNamespace(original_exception=OSError(errno.ENOSPC, "x")))
    assert status == 507
    assert app.config["REGION"].contact_email in page
    assert "recommencez" in page
