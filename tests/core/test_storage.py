"""What is handed in: types by content, names, and files that are not what they say."""

import hashlib
import struct
import tracemalloc
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from programme.core import storage
from programme.core.errors import RuleBroken
from programme.core.storage import content

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"


def png():
    def part(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + part(b"IDAT", zlib.compress(b"\0\0")) + part(b"IEND", b"")


def zipped(*entries):
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return out.getvalue()


OFFICE = ("[Content_Types].xml", "<Types/>")
ACCEPTED = {
    "rapport.pdf": (PDF, "application/pdf"),
    "carte.png": (png(), "image/png"),
    "menteur.pdf": (png(), "image/png"),
    "note.docx": (zipped(OFFICE, ("word/document.xml", "<w/>")), DOCX),
    "budget.xlsx": (zipped(OFFICE, ("xl/workbook.xml", "<x/>")), XLSX),
    "note.odt": (zipped(("mimetype", ODT), ("content.xml", "<o/>")), ODT),
    "note.txt": ("Été à l’étang".encode(), "text/plain"),
    "liste.CSV": (b"a;b\n1;2\n", "text/csv"),
}
REFUSED = {
    "macro.docm": zipped(OFFICE, ("word/document.xml", "<w/>"), ("word/vbaProject.bin", "x")),
    "macro.docx": zipped(OFFICE, ("word/document.xml", "<w/>"), ("word/vbaProject.bin", "x")),
    "archive.zip": zipped(("a.txt", "x")),
    "bombe.docx": zipped(OFFICE, ("word/document.xml", "0" * 60 * 1024 * 1024)),
    "mille.docx": zipped(OFFICE, ("word/document.xml", "<w/>"), *((f"x{i}", "") for i in range(2001))),
    "coupe.docx": zipped(OFFICE, ("word/document.xml", "<w/>"))[:60],
    "page.html": b"<html><script>alert(1)</script>",
    "page.txt": b"  \n<svg onload='alert(1)'>",
    "dessin.svg": b"<?xml version='1.0'?><svg/>",
    "programme.exe": b"MZ\x90\x00" + b"\0" * 200,
    "programme.txt": b"\x7fELF" + b"\0" * 200,
    "octets.csv": b"a;b\x00c",
    "latin.txt": "été".encode("latin-1"),
    "faux.odt": zipped(("mimetype", "application/x-msdownload"), ("content.xml", "")),
}


@pytest.fixture
def in_app(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_type_is_read_from_the_content(in_app, name):
    data, kind = ACCEPTED[name]
    written = storage.write(BytesIO(data), name)
    assert (written.media_type, written.size, written.name) == (kind, len(data), name)
    assert written.sha256 == hashlib.sha256(data).hexdigest()
    assert storage.read(written.key) == data
    assert not list(storage.root().rglob("*.part"))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_accepted_is_refused_with_the_list(in_app, name):
    with pytest.raises(RuleBroken, match="Types acceptés : PDF, PNG"):
        storage.write(BytesIO(REFUSED[name]), name)


def test_an_empty_file_is_refused(in_app):
    with pytest.raises(RuleBroken, match="est vide"):
        storage.write(BytesIO(b""), "vide.pdf")


def test_a_file_of_just_twenty_megabytes_passes_and_one_byte_more_does_not(in_app):
    full = PDF + b"\0" * (storage.MAX_BYTES - len(PDF))
    assert storage.write(BytesIO(full), "plein.pdf").size == storage.MAX_BYTES
    with pytest.raises(RuleBroken, match="dépasse 20 Mo"):
        storage.write(BytesIO(full + b"\0"), "trop.pdf")


def test_a_door_may_accept_less(in_app):
    with pytest.raises(RuleBroken, match=r"Types acceptés : PNG, JPEG, WebP\."):
        storage.write(BytesIO(PDF), "a.pdf", accepted=storage.IMAGES)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("rapport.pdf", "rapport.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\moi\\note.docx", "note.docx"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\x00\x1f.pdf", "pdf"),
        ("...", "sans-nom"),
        ("", "sans-nom"),
        ("  .pdf ", "pdf"),
        ("sans point", "sans point"),
    ],
)
def test_a_name_is_made_harmless(given, kept):
    assert storage.clean_name(given) == kept


def test_a_long_name_keeps_its_end():
    name = storage.clean_name("é" * 300 + ".pdf")
    assert len(name) <= 120
    assert name.endswith("é.pdf")


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        (b"/Launch", True), (b"/#4caunch", True), (b"/#4C#61#75#6E#63#68", True), (b"/GoTo#45", True), (b"/Launch#20x", True),
        (b"/Launcher", False), (b"/Launch#65r", False), (b"/launch", False), (b"/#6cmportData", False),
    ],
)  # fmt: skip
def test_a_name_of_a_pdf_is_read_however_it_is_written(name, starts):
    assert content.starts_a_program(b"%PDF-1.7\n<</S" + name + b"/F(a)>>") is starts


def test_a_pdf_full_of_escaped_signs_costs_no_memory():
    data = b"%PDF-1.7\n" + b"#41" * 1_000_000
    tracemalloc.start()
    try:
        assert not content.starts_a_program(data)
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()


def test_two_files_never_share_a_key(in_app):
    keys = {storage.write(BytesIO(PDF), "a.pdf").key for _ in range(20)}
    assert len(keys) == 20


@pytest.mark.db
def test_a_file_is_served_so_that_a_browser_never_runs_it(app, db):
    from programme.core.unit_of_work import unit_of_work

    with app.test_request_context("/"):
        written = storage.write(BytesIO(PDF), "été « 1 ».pdf")
        with unit_of_work():
            row = storage.keep(written, by=None)
        answer = storage.answer(row)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["ETag"] == f'"{written.sha256}"'
    assert row.public_id not in row.key
