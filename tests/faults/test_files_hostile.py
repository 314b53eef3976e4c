"""Every hostile file is refused with a sentence, or goes out as an attachment that no browser runs; memory is bounded."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from programme.core import storage
from programme.core.errors import RuleBroken
from programme.core.storage import StoredFile
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications
from tests.factories.people import account, visitor_for
from tests.faults import hostile_files
from tests.faults.hostile_files import PDF, XLSX, jpeg, office, png, webp, zipped

CORPUS = hostile_files.corpus()
SOUND = {
    "rapport.pdf": PDF, "a.png": png(8000, 5000), "a.jpg": jpeg(8000, 5000), "a.webp": webp(8000, 5000),
    "b.webp": webp(8000, 5000, b"VP8L"), "c.webp": webp(8000, 5000, b"VP8 "), "note.docx": office(),
    "courbe.docx": office(("word/embeddings/Feuille.xlsx", office(main=XLSX))), "table.xlsx": office(main=XLSX),
    "note.odt": zipped(("mimetype", hostile_files.ODT), ("META-INF/manifest.xml", "<!DOCTYPE manifest><m/>")),
    "note.txt": "Prix < 5 € et > 3 €, voir a<b, <https://region.example> et <camille@a.fr>".encode(),
    "table.csv": b"nom;prix\n<5;>3\n", "mail.txt": b"Bonjour,\nFrom: ici, tout va bien.\n",
}  # fmt: skip


def mark(each):
    return ascii(f"{each.label}-{each.name[:40]}")


def test_the_corpus_is_large_enough():
    assert len(CORPUS) >= 150
    assert sum(each.refused is True for each in CORPUS) >= 100


@pytest.fixture
def in_app(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize("name", SOUND)
def test_control_an_honest_file_of_the_same_kinds_passes(in_app, name):
    assert storage.write(io.BytesIO(SOUND[name]), name).size == len(SOUND[name])


@pytest.mark.parametrize("each", CORPUS, ids=mark)
def test_a_hostile_file_is_refused_or_only_ever_an_attachment(in_app, each):
    try:
        written = storage.write(io.BytesIO(each.data), each.name)
    except RuleBroken:
        assert each.refused is not False
        return
    assert each.refused is not True, f"accepted as {written.media_type}"
    for inline in (False, True):
        row = StoredFile(
            key=written.key, name=written.name, media_type=written.media_type, sha256=written.sha256,
            scan=storage.ScanState.NOT_SCANNED,
        )  # fmt: skip
        answer = storage.answer(row, inline=inline)
        headers = answer.headers
        shown = headers["Content-Disposition"].startswith("inline")
        assert not shown or (inline and written.media_type in storage.IMAGES)
        assert headers["Content-Type"].split(";")[0] in storage.ACCEPTED
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert shown or headers["Cache-Control"] == "no-store"
        saved = storage.safe_name(written.name, written.media_type)
        assert saved.lower().endswith(tuple(storage.endings().split(",")))
        assert not set(saved) & set("/\\\r\n\x00\u202e\u2066\u200b")


@pytest.mark.parametrize("each", [each for each in CORPUS if each.label != "name"], ids=mark)
def test_the_field_of_a_picture_takes_pictures_only(in_app, each):
    try:
        written = storage.write(io.BytesIO(each.data), each.name, accepted=storage.IMAGES)
    except RuleBroken:
        return
    assert written.media_type in storage.IMAGES
    assert written.size == len(each.data)


@pytest.mark.slow
def test_the_whole_corpus_through_the_field_of_a_piece(app, db):
    with unit_of_work():
        person = account()
        draft = applications.ready_draft(by=person)
        reference, number = draft.reference, draft.pieces[0].id
    visitor, path = visitor_for(app, person), f"/dossiers/{reference}/pieces"
    token, served = visitor.token(path), 0
    sent = [each for each in CORPUS if len(each.data) < 400_000]  # The client of the suite spools what is larger.
    for each in sent:
        values = {"csrf_token": token, f"file-{number}": (io.BytesIO(each.data), each.name)}
        answer = visitor.client.post(f"{path}/{number}", data=values)
        assert answer.status_code in (302, 422), mark(each)
        answer.close()
        if answer.status_code == 422:  # A name that breaks the header of its part is no file at all.
            assert each.refused is not False or each.label == "name", mark(each)
            continue
        assert each.refused is not True, mark(each)
        latest = db.session.scalars(select(StoredFile.public_id).order_by(StoredFile.id.desc()).limit(1)).one()
        got = visitor.client.get(f"/dossiers/pieces/{latest}")
        assert got.status_code == 200
        assert got.headers["Content-Disposition"].startswith("attachment"), mark(each)
        assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert got.headers["Cache-Control"] == "no-store"
        got.close()
        served += 1
    print(
        f"{len(sent)} of {len(CORPUS)} files through a page: {served} given back as attachments, others refused, inline 0"
    )
    assert served >= 40


MEASURE = """
import io, sys, zipfile
sys.path.insert(0, {root!r})
from flask import Flask
from flask_babel import Babel
from programme.core.errors import RuleBroken
from programme.core.storage import content
from tests.faults import hostile_files
files = hostile_files.corpus()
app = Flask("x"); Babel(app)
peak = lambda: int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])
open("/proc/self/clear_refs", "w").write("5")
before = peak()
with app.test_request_context("/"):
    for each in files:
        {decode}
        try:
            content.inspect(each.data, each.name, content.ACCEPTED)
        except RuleBroken:
            pass
print((peak() - before) // 1024)
"""
UNPACKED = "each.name == 'bomb.docx' and zipfile.ZipFile(io.BytesIO(each.data)).read('word/document.xml')"


def growth(decode="pass"):
    """How much the peak memory of a fresh process grows over the corpus, in MB."""
    root = str(Path(__file__).resolve().parents[2])
    code = MEASURE.format(root=root, decode=decode)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root, timeout=120
    )
    return int(done.stdout)


@pytest.mark.slow
def test_memory_stays_bounded_over_the_corpus():
    grown = growth()
    print(f"memory of a process that reads the {len(CORPUS)} files: + {grown} MB")
    assert grown < 60


@pytest.mark.slow
def test_control_unpacking_one_bomb_is_seen_by_the_same_measure():
    grown = growth(UNPACKED)
    print(f"control, one bomb unpacked: + {grown} MB")
    assert grown >= 60
