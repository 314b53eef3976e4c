"""The other side of the wall: a process of its own that prints documents, and can reach nothing else.

It is run as a file, not as a module, so that it loads nothing of the application. It reads documents on its standard input
(a length, then HTML) and answers on its standard output (a sign, a length, then the PDF or the reason of a failure).
"""

import ctypes
import gc
import hashlib
import json
import logging
import mimetypes
import os
import re
import resource
import select
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
FIT = b'<body class="fit-0">'
"""A page that begins so may be laid out again, tighter or looser: never a last page of a few lines."""
TIGHTER = {"fit-1": 0.95, "fit-2": 0.87}
"""What the text of a page becomes in height, measured on two hundred conventions (0.91 to 0.98, 0.83 to 0.89)."""
LOOSER = "fit-3"
SHORTEST_END = 190.0
"""How far the text of a last page must go down, in CSS pixels under the top of its text: about eight lines and a box."""
WORTH_ONE_PAGE = 520.0
"""A second page that goes less far down than this is tried on the first, as for a letter."""
WASTED = 70.0
"""Height lost at the foot of pages to what may not be broken: four lines, a box."""
LONGEST = 8 * 1024 * 1024
"""Bytes of HTML; the longest of ours has some sixty thousand."""
WRITTEN_BYTES = 64 * 1024 * 1024
"""The largest file that the process may write: a font in its temporary folder."""
STYLES = 4
"""Style sheets whose fonts are kept loaded: conventions, letters, receipts."""
GROWTH = 160 * 1024
"""Kibibytes of memory after which a child makes room for a fresh one, some twenty conventions."""
RENEW = 76
"""The code of a child that leaves for that reason, or because a document failed."""
WITH_ITS_PARENT = 1
"""`PR_SET_PDEATHSIG`: a child is killed with its parent."""

_DATA = re.compile(
    rb'<script type="application/json" id="data" data-name="([a-z]{1,30}\.json)" data-about="([^"]{0,120})">([^<]*)</script>'
)
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_SHEET = re.compile(
    rb"\A(?:(?!<style|<body).)*<style>((?:(?!@counter-style|@layer|@import).)*?)</style>\s*</head>", re.DOTALL
)
"""The one style sheet of a page of ours, at the end of its head."""

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


def _last_part(pages: list[Any]) -> list[Any]:
    """The pages since the last that was asked for (annexes begin one): what comes before does not move the end."""
    known: set[Any] = set()
    start = 0
    for rank, page in enumerate(pages):
        box, asked = page._page_box, set()  # noqa: SLF001 - as above.
        while inside := [child for child in getattr(box, "children", ()) if child.is_in_normal_flow()]:
            box = inside[0]
            asked |= {box.element} if box.style["break_before"] == "page" else set()
        start = rank if asked - known else start
        known |= asked
    return pages[start:]


def promising(pages: list[Any]) -> list[str]:
    """The fits worth a second layout, the most promising first, judged on the heights of the first layout.

    None when the document ends well. A tighter one is promising when its text is expected to need a page less.
    """
    end = _filled(pages[-1])
    if len(pages) == 1 or end >= (WORTH_ONE_PAGE if len(pages) == 2 else SHORTEST_END):
        return []
    part = _last_part(pages)
    height = sum(map(_filled, part)) + WASTED
    room = sum(_filled(page) for page in part[:-2]) + sum(page._page_box.height for page in part[-2:-1])  # noqa: SLF001
    holding = [fit for fit, share in TIGHTER.items() if height * share <= room]
    if end >= SHORTEST_END:
        return holding
    return [*holding, LOOSER, *(fit for fit in reversed(TIGHTER) if fit not in holding)]


def fitted(laid_out: Callable[[str], Any]) -> Any:
    """The document as written, or tighter when that saves its last page, or looser when it would end on a few lines.

    `laid_out` gives the document with a fit. It is called once for a document that ends well, twice for nearly all others,
    five times never; the choice depends on the page alone, so that the same page gives the same bytes.
    """
    document = laid_out("fit-0")
    ends_well = None
    for fit in promising(document.pages):
        other = laid_out(fit)
        if len(other.pages) < len(document.pages):
            return other
        if fit == LOOSER and _filled(other.pages[-1]) >= SHORTEST_END:
            return other
        ends_well = ends_well or (other if _filled(other.pages[-1]) >= SHORTEST_END else None)
    return ends_well or document


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
        self._sheets: dict[bytes, tuple[Any, list[Any]]] = {}
        self._streams = weasyprint.pdf.pydyf.Stream

    def _sheet_of(self, html: bytes) -> tuple[Any, list[Any], bytes]:
        """The fonts and the parsed style sheet of a document, kept for the next one, and its page without the sheet.

        Another sheet never meets the fonts that this one declared. A sheet that we did not write stays in its page.
        """
        found = _SHEET.match(html)
        key = hashlib.sha256(b"".join(_STYLE.findall(html))).digest()
        fonts, parsed = self._sheets.pop(key, (None, []))
        fonts = fonts or self._configuration()
        if found and not parsed:
            given = {"url_fetcher": self._assets, "base_url": "asset:", "font_config": fonts}
            parsed.append(self._engine.CSS(string=found[1].decode(), **given))
        self._sheets[key] = fonts, parsed
        while len(self._sheets) > STYLES:
            del self._sheets[next(iter(self._sheets))]
        return fonts, parsed, html[: found.start(1)] + html[found.end(1) :] if found else html

    def _laid_out(self, html: bytes, variant: str) -> Any:
        """The document laid out, its page and style sheet read once whatever the number of layouts."""
        fonts, sheets, page = self._sheet_of(html)
        read = self._engine.HTML(string=page.decode(), url_fetcher=self._assets, base_url="asset:")
        body = read.etree_element.find("body") if FIT in html else None

        def laid_out(fit: str) -> Any:
            if body is not None:
                body.set("class", fit)
                read.wrapper_element = type(read.wrapper_element).from_html_root(read.etree_element)
            return read.render(stylesheets=sheets, font_config=fonts, pdf_variant=variant)

        return laid_out("") if body is None else fitted(laid_out)

    def pdf(self, html: bytes) -> bytes:
        """The PDF of a document: PDF/A-3a and PDF/UA-1 with its data, or PDF/UA-1 when it carries none."""
        data = data_of(html)
        variant = "pdf/ua-1" if data is None else "pdf/a-3a"
        document = self._laid_out(html, variant)
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
    """Load the engine once, and let one child after another print with it, until one has nothing more to do.

    The engine leaves circles of objects behind each document; to look for them costs a fifth of the time. A child looks
    for none: its memory goes away with it. It ends as its last child did: code or signal.
    """
    os.nice(niceness)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # What a library says aloud must not stand in an answer.
    _leave_the_network()
    mimetypes.init()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    printer = Printer()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.collect()
    gc.freeze()
    code = RENEW
    while code == RENEW:
        mother = os.getpid()
        child = os.fork()
        if child == 0:
            ctypes.CDLL(None).prctl(WITH_ITS_PARENT, signal.SIGKILL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os._exit(_print_on(printer, answers, seconds, memory, idle) if os.getppid() == mother else 1)
        signal.signal(signal.SIGTERM, lambda *_about, child=child: os.kill(child, signal.SIGKILL))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if code < 0:
        os.kill(os.getpid(), -code)
    sys.exit(code)


def _print_on(printer: Printer, answers: Any, seconds: int, memory: int, idle: float) -> int:
    """Print what comes until nothing more does (0), a document fails or memory grew (RENEW)."""
    gc.disable()
    _limit(memory)
    _guard()
    incoming = os.fdopen(os.dup(0), "rb", buffering=0)
    most = _resident() + GROWTH
    while select.select([incoming], [], [], idle)[0]:
        head = _exactly(incoming, 8)
        if len(head) < 8:
            return 0
        length = struct.unpack(">Q", head)[0]
        _allow_processor(seconds)
        html = _exactly(incoming, length) if length <= LONGEST else b""
        sign, body = _answered(printer, html) if html else (b"-", b"engine\nthe document is empty or too long")
        answers.write(sign + struct.pack(">Q", len(body)) + body)
        answers.flush()
        if sign != b"+" or _resident() > most:
            return RENEW
    return 0


def _resident() -> int:
    """The most memory that this process had at once, in kibibytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


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
