"""A corpus of hostile files, built when the tests run: nothing dangerous is kept in the repository."""

import gzip
import io
import struct
import unicodedata
import warnings
import zlib
from dataclasses import dataclass
from itertools import product
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from tests.faults.fake_clamd import EICAR

SCRIPT = b"<script>window.__pwned=1;alert(document.domain)</script>"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
DOCX, XLSX = "word/document.xml", "xl/workbook.xml"
ODT = "application/vnd.oasis.opendocument.text"
MEGA = 1024 * 1024


@dataclass(frozen=True)
class Hostile:
    """A file, what it tries, and whether it must be refused (None: refused or served as an attachment)."""

    label: str
    name: str
    data: bytes
    refused: bool | None = None


def zipped(*entries, method=ZIP_DEFLATED):
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), ZipFile(out, "w", method) as archive:  # Names twice are meant.
        for name, body in entries:
            archive.writestr(name, body)
    return out.getvalue()


def office(*more, main=DOCX, body="<w/>", types="<Types/>"):
    return zipped(("[Content_Types].xml", types), (main, body), *more)


def png(width=1, height=1, *chunks):
    def part(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    extra = b"".join(part(kind, body) for kind, body in chunks)
    return b"\x89PNG\r\n\x1a\n" + header + extra + part(b"IDAT", zlib.compress(b"\0\0")) + part(b"IEND", b"")


def jpeg(width, height):
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0" + frame + b"\xff\xd9"


def webp(width, height, chunk=b"VP8X"):
    if chunk == b"VP8X":
        body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif chunk == b"VP8L":
        body = b"\x2f" + (width - 1 | (height - 1) << 14).to_bytes(4, "little") + bytes(5)
    else:
        body = b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height)
    inner = b"WEBP" + chunk + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(inner)) + inner


def pages():
    """Markup that a browser would run, whatever stands before it and whatever it is called."""
    bodies = {
        "html": b"<html><body>" + SCRIPT,
        "doctype": b"<!DOCTYPE html><title>x</title>" + SCRIPT,
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "xml-svg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "xhtml": b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
        "xslt": b"<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='#a'?><a/>",
        "php": b"<?php system($_GET['c']); ?>",
        "asp": b"<%@ Language=JScript %><% eval(Request.Item['c']) %>",
        "after-words": b"Compte rendu de la s\xc3\xa9ance\n\n" + SCRIPT,
        "after-csv": b"nom;prix\na;1\n" + SCRIPT,
        "iframe": b"Bonjour <iframe src=javascript:alert(1)></iframe>",
        "img": b"Bonjour <img src=x onerror=alert(1)>",
    }
    befores = {"": b"", "bom": b"\xef\xbb\xbf", "blank": b" \r\n\t\n"}
    for (kind, body), (before, start), name in product(bodies.items(), befores.items(), ("note.txt", "page.pdf")):
        yield Hostile(f"page {kind} {before}", name, start + body, refused=True)


def mails_and_programs():
    texts = {
        "mhtml.mht": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n",
        "mail.eml": b"From: a@b.fr\r\nContent-Type: text/plain\r\n\r\nx",
        "shell.txt": b"#!/bin/sh\nrm -rf /\n", "batch.txt": b"@echo off\r\ndel *.*", "rtf.txt": b"{\\rtf1\\object}",
        "ps.txt": b"%!PS-Adobe-3.0\n", "link.txt": b"[InternetShortcut]\nURL=file:///c:/x",
        "utf16.txt": "<script>alert(1)</script>".encode("utf-16"), "nul.csv": b"a;b\x00<script>",
        "bell.txt": b"a\x07b", "elf.txt": b"\x7fELF" + bytes(200), "exe.pdf": b"MZ\x90\x00" + bytes(200),
        "class.txt": b"\xca\xfe\xba\xbe" + bytes(60), "wasm.txt": b"\0asm\x01\0\0\0", "swf.pdf": b"CWS\x0a" + bytes(60),
        "gif.png": b"GIF89a" + bytes(60), "bmp.png": b"BM" + bytes(60), "tiff.png": b"II*\0" + bytes(60),
        "ico.png": b"\0\0\1\0" + bytes(60), "gz.txt": gzip.compress(SCRIPT), "7z.docx": b"7z\xbc\xaf\x27\x1c" + bytes(60),
        "rar.docx": b"Rar!\x1a\x07\x00" + bytes(60), "cab.docx": b"MSCF" + bytes(60), "lnk.pdf": b"L\0\0\0" + bytes(60),
        "ole.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "deb.txt": b"!<arch>\n" + bytes(60),
        "sqlite.csv": b"SQLite format 3\0" + bytes(60), "empty.pdf": b"", "random.pdf": bytes(range(256)) * 4,
    }  # fmt: skip
    for name, data in texts.items():
        yield Hostile("kind", name, data, refused=True)


def archives():
    inner = zipped(("a.txt", "x"))
    made = {
        "plain.zip": inner, "plain.docx": inner, "macro.docm": office(("word/vbaProject.bin", "x")),
        "macro.docx": office(("word/VBAPROJECT.BIN", "x")), "data.docx": office(("word/vbaData.xml", "<x/>")),
        "excel4.xlsx": office(("xl/macrosheets/sheet1.xml", "<x/>"), main=XLSX),
        "enabled.docx": office(types="<Types ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>"),
        "basic.odt": zipped(("mimetype", ODT), ("Basic/Standard/Module1.xml", "<x/>")),
        "python.odt": zipped(("mimetype", ODT), ("Scripts/python/x.py", "import os")),
        "activex.docx": office(("word/activeX/activeX1.bin", "x")),
        "bomb.docx": office(body="0" * 60 * MEGA), "many.docx": office(*((f"x{i}", "") for i in range(2001))),
        "nested.docx": office(("word/a.zip", inner)), "hidden.docx": office(("word/media/image1.png", inner)),
        "embedded.docx": office(("word/embeddings/a.xlsx", office(("xl/vbaProject.bin", "x"), main=XLSX))),
        "deep.docx": office(("word/embeddings/a.xlsx", office(("xl/embeddings/b.docx", office()), main=XLSX))),
        "embedded-bomb.docx": office(("word/embeddings/a.xlsx", office(main=XLSX, body="0" * 55 * MEGA))),
        "exe.docx": office(("word/media/image1.png", b"MZ\x90" + bytes(60))), "jar.docx": office(("META-INF/x.jar", "x")),
        "xxe.docx": office(body="<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"),
        "laughs.docx": office(body="<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><a>&b;</a>"),
        "xxe16.docx": office(body="<!DOCTYPE a [<!ENTITY x SYSTEM 'http://x'>]><a/>".encode("utf-16")),
        "xxe-rels.xlsx": office(("xl/_rels/workbook.xml.rels", "<!DOCTYPE a><a/>"), main=XLSX),
        "climb.docx": office(("../../etc/cron.d/x", "x")), "root.docx": office(("/etc/x", "x")),
        "drive.docx": office(("C:\\x", "x")), "twice.docx": office((DOCX, "<other/>")),
        "page.docx": office(("word/page.html", SCRIPT)), "svg.docx": office(("word/media/a.svg", "<svg/>")),
        "script.docx": office(("word/x.js", "alert(1)")), "cut.docx": office()[:60], "cut-tail.docx": office()[:-20],
        "liar.odt": zipped(("mimetype", "text/html"), ("content.xml", SCRIPT)),
        "epub.odt": zipped(("mimetype", "application/epub+zip"), ("x.xhtml", SCRIPT)),
        "long-kind.odt": zipped(("mimetype", "x" * 200)), "no-main.docx": zipped(("[Content_Types].xml", "<Types/>")),
        "pptx.docx": zipped(("[Content_Types].xml", "<Types/>"), ("ppt/presentation.xml", "<p/>")),
        "eicar.zip": zipped(("eicar.com", EICAR)), "eicar-nested.zip": zipped(("a.zip", zipped(("eicar.com", EICAR)))),
    }  # fmt: skip
    for name, data in made.items():
        yield Hostile("archive", name, data, refused=True)
    broken = bytearray(office())
    at = broken.rindex(b"PK\x01\x02")
    broken[at + 24 : at + 28] = struct.pack("<I", 3_000_000_000)  # The directory lies about a size.
    yield Hostile("archive", "lying.docx", bytes(broken), refused=True)
    locked = bytearray(zipped((DOCX, "<w/>"), method=ZIP_STORED))
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    yield Hostile("archive", "locked.docx", bytes(locked), refused=True)
    yield Hostile("archive", "eicar.docx", office(("word/media/image1.bin", EICAR)), refused=None)


def pictures():
    floods = {
        "flood.png": png(30_000, 30_000), "wide.png": png(2_000_000_000, 1), "edge.png": png(8000, 5001),
        "flood.jpg": jpeg(65_000, 65_000), "edge.jpg": jpeg(8000, 5001), "flood.webp": webp(16_384, 16_384),
        "canvas.webp": webp(1 << 24, 1 << 24), "lossless.webp": webp(16_384, 16_384, b"VP8L"),
        "lossy.webp": webp(16_383, 16_383, b"VP8 "),
        "text.png": png(1, 1, (b"zTXt", b"x\0\0" + zlib.compress(bytes(80 * MEGA)))),
        "profile.png": png(1, 1, (b"iCCP", b"x\0\0" + zlib.compress(bytes(80 * MEGA)))),
        "cut.png": png()[:20], "cut.jpg": jpeg(8, 8)[:12], "cut.webp": webp(8, 8)[:18], "only-start.png": png()[:8],
        "zero.webp": b"RIFF" + struct.pack("<I", 4) + b"WEBP",
    }  # fmt: skip
    for name, data in floods.items():
        yield Hostile("picture", name, data, refused=None if name in ("text.png", "profile.png") else True)
    yield Hostile("picture", "page.png", png() + SCRIPT)
    yield Hostile("picture", "comment.png", png(1, 1, (b"tEXt", b"c\0" + SCRIPT)))
    yield Hostile("picture", "page.jpg", jpeg(8, 8) + b"<html>" + SCRIPT)
    yield Hostile("picture", "jar.jpg", jpeg(8, 8) + zipped(("META-INF/MANIFEST.MF", "x")))
    yield Hostile("picture", "page.webp", webp(8, 8) + SCRIPT)


def documents():
    actions = {
        "launch": b"/OpenAction<</S/Launch/F(cmd.exe)>>", "escaped": b"/OpenAction<</S/L#61unch/F(cmd.exe)>>",
        "import": b"/AA<</O<</S/ImportData/F(a)>>>>", "embedded-go": b"/A<</S/GoToE/F(a)>>",
    }  # fmt: skip
    for label, action in actions.items():
        yield Hostile("pdf", f"{label}.pdf", PDF.replace(b"/Catalog", b"/Catalog" + action), refused=True)
    kept = {
        "script": b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>", "attached": b"/Names<</EmbeddedFiles 2 0 R>>",
        "rich": b"/RichMedia 2 0 R", "xfa": b"/AcroForm<</XFA(x)>>", "uri": b"/A<</S/URI/URI(javascript:alert(1))>>",
    }  # fmt: skip
    for label, action in kept.items():
        yield Hostile("pdf", f"{label}.pdf", PDF.replace(b"/Catalog", b"/Catalog" + action), refused=False)
    yield Hostile("pdf", "page.pdf", b"%PDF-1.7\n<html>" + SCRIPT)
    yield Hostile("pdf", "zip.pdf", PDF + zipped(("a.html", SCRIPT)))
    yield Hostile("pdf", "cut.pdf", PDF[:12])
    yield Hostile("pdf", "eicar.txt", EICAR, refused=False)
    yield Hostile("csv", "formula.csv", b"=cmd|'/c calc'!A1;2\n", refused=False)
    yield Hostile("text", "utf7.txt", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", refused=False)
    yield Hostile("size", "large.pdf", PDF + bytes(20 * MEGA), refused=True)


def names():
    """A sound PDF under names that lie, climb, or are too long."""
    given = [
        "rapport.pdf.html", "rapport.html", "rapport.pdf.exe", "rapport.svg", "a.pdf;.html", "a.pdf%00.html", "a.pdf .html",
        "a\u202efdp.exe", "\u202exslx.exe.pdf", "a\u2066b\u2069.pdf", "\u200bvide.pdf", "../../etc/passwd", "..\\..\\boot.ini",
        "/etc/passwd", "C:\\Windows\\x.pdf", "\\\\serveur\\x.pdf", "a\r\nSet-Cookie: x=1.pdf", 'a"; filename="b.html',
        "é" * 255 + ".pdf", "x" * 5000, "." * 40, " ", ".htaccess", "web.config", "index.php", "con.pdf", "NUL", "com1.txt",
        unicodedata.normalize("NFD", "été à l’école.pdf"), "a.pdf" + "." * 20, "<script>alert(1)</script>.pdf", "{{7*7}}.pdf",
        "%2e%2e%2fx.pdf", "a\tb.pdf", "desktop.ini", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") + ".pdf",
    ]  # fmt: skip
    for name in given:
        yield Hostile("name", name, PDF, refused=False)


def corpus() -> list[Hostile]:
    """All of them."""
    return [*pages(), *mails_and_programs(), *archives(), *pictures(), *documents(), *names()]
