"""The other side of the wall: a process of its own that prints documents, and can reach nothing else.

It is run as a file, not as a module, so that it loads nothing of the application. It reads documents on its standard input
(a length, then HTML) and answers on its standard output (a sign, a length, then the PDF or the reason of a failure).
"""

import ctypes
import hashlib
import json
import logging
import mimetypes
import os
import re
import resource
import select
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
FIT, FITS = b'<body class="fit-0">', (b'<body class="fit-1">', b'<body class="fit-2">', b'<body class="fit-3">')
"""A page that begins so may be laid out again, tighter then looser: never a last page of a few lines."""
SHORTEST_END = 190.0
"""How far the text of a last page must go down, in CSS pixels under the top of its text: about eight lines and a box."""
WORTH_ONE_PAGE = 520.0
"""A second page that goes less far down than this is tried on the first, as for a letter."""
LONGEST = 8 * 1024 * 1024
"""Bytes of HTML; the longest of ours has some sixty thousand."""
WRITTEN_BYTES = 64 * 1024 * 1024
"""The largest file that the process may write: a font in its temporary folder."""
STYLES = 4
"""Style sheets whose fonts are kept loaded: conventions, letters, receipts."""

_DATA = re.compile(
    rb'<script type="application/json" id="data" data-name="([a-z]{1,30}\.json)" data-about="([^"]{0,120})">([^<]*)</script>'
)
_STYLE = re.compile(rb"<style>.*?</style>", re.DOTALL)

_UA = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>\
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 to which the document conforms</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
"""PDF/UA-1 said inside the metadata of a PDF/A, with the description of its words that PDF/A wants."""


class Refused(BaseException):
    """Something outside our assets was asked for. Not an Exception: the engine would go on without what it missed."""


# ---- the walls --------------------------------------------------------------------------------------


def _leave_the_network() -> None:
    """Go into a network of nobody, where the kernel allows it; the guard below holds everywhere."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000 | 0x40000000) != 0:  # CLONE_NEWUSER | CLONE_NEWNET
        return
    for name, text in (
        ("uid_map", f"{user} {user} 1"),
        ("setgroups", "deny"),
        ("gid_map", f"{group} {group} 1"),
    ):
        try:
            Path(f"/proc/self/{name}").write_text(text)
        except OSError:
            return


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))


def _allow_processor(seconds: int) -> None:
    """So many seconds of the processor for the next document, counted from what is already spent."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    used = int(spent.ru_utime + spent.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


def _guard() -> None:
    """From now on this process opens no socket, starts no program, and reads and writes its own folders only.

    An audit hook cannot be taken off, whatever the code that runs afterwards.
    """
    known = [sys.prefix, sys.base_prefix, *sys.path, str(STATIC), os.environ.get("TMPDIR", "/nonexistent")]
    folders = tuple(str(Path(each).resolve()) + os.sep for each in known)
    refused = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "urllib.Request",
               "ftplib.", "http.client.", "smtplib.", "pty.", "os.kill", "signal.pthread_kill")  # fmt: skip

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(refused):
            raise Refused(f"refused: {event}")
        if event == "open" and isinstance(arguments[0], str | bytes):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if not path.startswith(folders):
                raise Refused(f"refused: open {path[:200]}")

    sys.addaudithook(hook)


# ---- the document -----------------------------------------------------------------------------------


def _filled(page: Any) -> float:
    """How far the text of a page goes down, in CSS pixels from the top of its text."""
    box = page._page_box  # noqa: SLF001 - WeasyPrint shows the boxes nowhere else.
    root = next(child for child in box.children if child.element_tag == "html")
    lines = [each for each in root.descendants() if type(each).__name__ == "LineBox"]
    bottom = max((each.position_y + each.height for each in lines), default=0.0)
    return float(bottom - root.position_y)


def fitted(html: bytes, laid_out: Callable[[bytes], Any]) -> Any:
    """The document as written, or tighter when that saves its last page, or looser when it would end on a few lines."""
    document = laid_out(html)
    pages = len(document.pages)
    if FIT not in html or pages == 1:
        return document
    end = _filled(document.pages[-1])
    if end >= (WORTH_ONE_PAGE if pages == 2 else SHORTEST_END):
        return document
    others: list[Any] = []
    for fit in FITS:
        if others and end >= SHORTEST_END and fit == FITS[-1]:
            return document
        others.append(laid_out(html.replace(FIT, fit, 1)))
        if len(others[-1].pages) < pages:
            return others[-1]
    return next((each for each in others if _filled(each.pages[-1]) >= SHORTEST_END), document)


def data_of(html: bytes) -> tuple[str, str, str] | None:
    """The name, description and text of the data that a document carries; None for one issued before documents carried any."""
    found = _DATA.search(html)
    if found is None:
        return None
    text = json.dumps(json.loads(found[3]), ensure_ascii=False, indent=2) + "\n"
    return found[1].decode(), found[2].decode(), text


def say_both(metadata: Any) -> None:
    """Make the metadata of a PDF/A say PDF/UA-1 as well, in one piece and in clear, as both norms want.

    WeasyPrint writes one variant a file; its own `xmp_metadata` would add a second description, which validators refuse.
    """
    include, describe = metadata.include_in_pdf, metadata.generate_rdf_metadata
    metadata.include_in_pdf = lambda pdf, variant, version, conformance, _compress: include(
        pdf, variant, version, conformance, False
    )
    metadata.generate_rdf_metadata = lambda *about: describe(*about).replace(b"</rdf:RDF>", _UA + b"</rdf:RDF>")


@contextmanager
def ending_clearly(kind: Any) -> Iterator[None]:
    """For a while, no content of a stream runs into the end of its line; `kind` is the engine's class of streams.

    A content that ends with a carriage return, one in 256, followed by the line feed of the engine reads as a shorter one,
    and a validator then refuses its length. One more carriage return tells them apart.
    """
    plain = kind.data

    def written(stream: Any) -> bytes:
        whole = bytes(plain.fget(stream))
        return whole[:-10] + b"\r\nendstream" if whole.endswith(b"\r\nendstream") else whole

    kind.data = property(written)
    try:
        yield
    finally:
        kind.data = plain


def name_once(_document: Any, pdf: Any) -> None:
    """Say once that the data belong to the document: WeasyPrint writes the same reference twice."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


class Printer:
    """WeasyPrint with its fonts loaded once for each style sheet."""

    def __init__(self) -> None:
        import weasyprint  # Costs half a second and system libraries: only this process pays.
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

        class Assets(URLFetcher):  # type: ignore[misc]
            """Serves `asset:` addresses from the static folder and refuses everything else."""

            def fetch(self, url: str, headers: object = None) -> object:
                path = (STATIC / url.removeprefix("asset:")).resolve()
                if not url.startswith("asset:") or not path.is_relative_to(STATIC) or not path.is_file():
                    raise FatalURLFetchingError(f"refused: {url[:200]}")
                return URLFetcherResponse(url, path.read_bytes())

        self.refusals = (Refused, FatalURLFetchingError)
        self._engine, self._configuration, self._assets = weasyprint, FontConfiguration, Assets()
        self._fonts: dict[bytes, Any] = {}
        self._streams = weasyprint.pdf.pydyf.Stream

    def _fonts_of(self, html: bytes) -> Any:
        """The fonts of the document's style sheet: another sheet never meets the fonts that this one declared."""
        key = hashlib.sha256(b"".join(_STYLE.findall(html))).digest()
        fonts = self._fonts.pop(key, None) or self._configuration()
        self._fonts[key] = fonts
        while len(self._fonts) > STYLES:
            del self._fonts[next(iter(self._fonts))]
        return fonts

    def pdf(self, html: bytes) -> bytes:
        """The PDF of a document: PDF/A-3a and PDF/UA-1 with its data, or PDF/UA-1 when it carries none."""
        data, fonts = data_of(html), self._fonts_of(html)
        variant = "pdf/ua-1" if data is None else "pdf/a-3a"

        def laid_out(page: bytes) -> Any:
            return self._engine.HTML(string=page.decode(), url_fetcher=self._assets, base_url="asset:").render(
                font_config=fonts, pdf_variant=variant
            )

        document = fitted(html, laid_out)
        options: dict[str, Any] = {"pdf_variant": variant, "pdf_identifier": hashlib.sha256(html).digest()[:16]}
        if data is not None:
            say_both(document.metadata)
            options["finisher"] = name_once
            made = datetime.fromisoformat(document.metadata.created)
            options["attachments"] = [
                self._engine.Attachment(
                    string=data[2], name=data[0], description=data[1], created=made, modified=made,
                    relationship="Data", url_fetcher=self._assets,
                )
            ]  # fmt: skip
        with nullcontext() if data is None else ending_clearly(self._streams):
            return bytes(document.write_pdf(**options))


# ---- the conversation -------------------------------------------------------------------------------


def _answered(printer: Printer, html: bytes) -> tuple[bytes, bytes]:
    try:
        return b"+", printer.pdf(html)
    except printer.refusals as error:
        return b"-", f"refused\n{error}".encode()
    except MemoryError:
        return b"-", b"memory\nmore memory than allowed"
    except (Exception, RecursionError) as error:
        return b"-", f"engine\n{type(error).__name__}: {error}".encode()[:4000]


def main(seconds: int, memory: int, niceness: int, idle: float) -> None:
    """Print what comes until the other side closes, nothing comes for `idle` seconds, or a document fails."""
    os.nice(niceness)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # What a library says aloud must not stand in an answer.
    _leave_the_network()
    mimetypes.init()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    printer = Printer()
    _limit(memory)
    _guard()
    incoming = os.fdopen(os.dup(0), "rb", buffering=0)
    while select.select([incoming], [], [], idle)[0]:
        head = _exactly(incoming, 8)
        if len(head) < 8:
            return
        length = struct.unpack(">Q", head)[0]
        _allow_processor(seconds)
        html = _exactly(incoming, length) if length <= LONGEST else b""
        sign, body = _answered(printer, html) if html else (b"-", b"engine\nthe document is empty or too long")
        answers.write(sign + struct.pack(">Q", len(body)) + body)
        answers.flush()
        if sign != b"+":
            return


def _exactly(pipe: Any, length: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < length:
        piece = pipe.read(min(length - len(pieces), 1 << 20))
        if not piece:
            break
        pieces += piece
    return bytes(pieces)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
