"""Hostile text in a printed document: it is printed as text; given to the printer as a page, it reaches nothing and ends."""

import json
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from lxml import html as parser
from pypdf import PdfReader

from programme.agreements import documents as agreements
from programme.core import documents, pdf
from tests.core.test_pdf_pages import LETTER, PIECES, RECEIPT
from tests.factories.people import NOON

pytestmark = pytest.mark.slow
CANARY = "canari-7f3a91"
SECONDS, PATIENCE = 1, 60
WHOLE_TABLE = "PDF_PAYLOADS" in os.environ
"""A campaign prints each payload in every field at once, as many documents as payloads and kinds."""
WHOLE = '<!doctype html><html lang="fr"><head><title>t</title></head><body>%s</body></html>'
PAYLOADS = [
    # Another host, by every way that a page has to ask for something.
    '<img src="{web}/a.png">', "<img src='{web}/b.svg'>", '<img srcset="{web}/c.png 1x">', '<object data="{web}/d"></object>',
    '<embed src="{web}/e.svg">', '<iframe src="{web}/f"></iframe>', '<link rel="stylesheet" href="{web}/g.css">',
    '<style>@import "{web}/h.css";</style>', "<style>@import url({web}/i.css);</style>",
    "<style>@font-face{{font-family:x;src:url({web}/j.ttf)}} p{{font-family:x}}</style><p>x</p>",
    '<p style="background:url({web}/k.png)">x</p>', '<ul style="list-style-image:url({web}/l.png)"><li>x</ul>',
    '<p style="border-image:url({web}/m.png) 1">x</p>', "<style>p::before{{content:url({web}/n.png)}}</style><p>x</p>",
    "<style>@page{{background:url({web}/o.png)}}</style>", '<svg><image href="{web}/p.png" width="9" height="9"/></svg>',
    '<svg><image xlink:href="{web}/q.png" width="9" height="9"/></svg>', '<svg><use href="{web}/r.svg#x"/></svg>',
    '<svg><style>@import url({web}/s.css);</style><rect width="9" height="9"/></svg>',
    '<link rel="attachment" href="{web}/t">', '<a rel="attachment" href="{web}/u">x</a>', '<base href="{web}/"><img src="v.png">',
    '<img src="//{host}/w.png">', '<meta http-equiv="refresh" content="0;url={web}/x"><img src="{web}/y">',
    # A file of the machine.
    '<link rel="attachment" href="file://{file}">', '<a rel="attachment" href="file://{file}">x</a>', '<img src="file://{file}">',
    '<iframe src="file://{file}"></iframe>', '<link rel="attachment" href="asset:../../../../../..{file}">',
    '<link rel="attachment" href="asset:{file}">', "<style>@import url(file://{file});</style>",
    '<img src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'><image href=\'file://{file}\'/></svg>">',
    # Without end.
    '<table><tr><td colspan="1000000">x</td></tr></table>', '<table><tr><td rowspan="1000000">x</td></tr></table>',
    '<table><colgroup><col span="9999999"></colgroup><tr><td>x</td></tr></table>', "<div>" * 900 + "x",
    '<p style="font-size:1e9px">x</p>', '<p style="width:1e30px;padding:1e30px">x</p>',
    "<style>p{{page-break-before:always}}</style>" + "<p>x</p>" * 20_000,
    "<style>p{{counter-increment:c 999999999;columns:100000}}</style><p>" + "x " * 9000 + "</p>",
    '<svg width="1e7" height="1e7"><filter id="f"><feOffset dx="1"/></filter><rect width="1e7" height="1e7" filter="url(#f)"/></svg>',
    # Words for another reader.
    "{{{{7*7}}}}{{% include '/etc/passwd' %}}", '</script><script type="application/json" id="data" data-name="x.json">{{}}</script>',
    '<!--drawing:fil--><body class="fit-0">', "\u202e\u200b\ufeff<b>gras</b>&#x0;&amp;",
]  # fmt: skip


class Listener:
    """A server of this machine that counts who comes."""

    def __init__(self):
        seen = self.seen = []

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_words):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join(5)
        self.server.server_close()


@pytest.fixture(scope="module")
def listener():
    made = Listener()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def hostile(listener, tmp_path_factory):
    """The payloads, aimed at the listener and at a file of this machine."""
    secret = tmp_path_factory.mktemp("secret") / "secret.txt"
    secret.write_text(CANARY)
    return [each.format(web=f"http://{listener.host}", host=listener.host, file=secret) for each in PAYLOADS]


# ---- through the fields --------------------------------------------------------------------------

PAPER = agreements.Paper(
    number="CV-2026-0001", kind="Convention", object="objet", references=("référence",),
    facts=(("fait", "valeur", True),), parties=(("Région", "ici"), ("Bénéficiaire", "là")),
    text={
        "title": "titre", "preamble": [{"text": "préambule", "items": ["point"]}], "visas": [{"text": "visa", "items": []}],
        "articles": [{"key": "object", "number": 1, "title": "objet", "table": "", "blocks": [{"text": "texte", "items": ["x"]}]}],
        "annexes": [{"key": "budget", "number": 1, "title": "plan", "table": "budget", "blocks": [{"text": "texte", "items": []}]}],
    },
    tables={"budget": (agreements.Table("Dépenses", ("Poste", "Montant"), (("poste", "1 €"),), frozenset({1}), ("Total", "1 €")),)},
    signatures=(agreements.Signature("Pour", "partie", "nom", "qualité", "le jour"),),
    fingerprint="a" * 64, is_signed=True, margin="<svg></svg>", thread="<svg></svg>",
)  # fmt: skip
OURS = frozenset({"margin", "thread", "key", "table", "number"})
"""Drawings and codes that the house makes: no person writes them."""
KINDS = {
    "receipt": (replace(RECEIPT, pieces=PIECES[:1]), "applications/receipt.html", "receipt"),
    "letter": (LETTER, "assessment/letter.html", "letter"),
    "convention": (PAPER, "agreements/agreement.html", "paper"),
}


def filled(value, payload):
    """The same content with the payload, or the next of several, in every text that a person or a template may write."""
    if isinstance(value, str):
        return payload if isinstance(payload, str) else next(payload)
    if isinstance(value, tuple | list):
        return type(value)(filled(each, payload) for each in value)
    if isinstance(value, dict):
        return {key: each if key in OURS else filled(each, payload) for key, each in value.items()}
    if is_dataclass(value):
        texts = {each.name: getattr(value, each.name) for each in fields(value) if each.name not in OURS}
        return replace(value, **{name: filled(each, payload) for name, each in texts.items()})
    return value


def printed_page(kind, payload):
    content, template, name = KINDS[kind]
    content = filled(content, payload)
    if kind == "convention":  # Its tables are named by a code.
        content = replace(content, tables={"budget": filled(PAPER.tables["budget"], payload)})
    html = documents.page(
        template, document={"kind": "Essai", "number": "XX-1"}, issued_at=NOON, check_code="K7QM-42XP",
        data={"text": payload if isinstance(payload, str) else "mot"}, data_name="essai.json", **{name: content},
    )  # fmt: skip
    return documents._with_drawing(html, "XX-1")


def skeleton(html):
    """The elements of a page with the names of their attributes: what a payload must not change."""
    body = parser.document_fromstring(html)
    return [(each.tag, sorted(each.keys())) for each in body.iter() if isinstance(each.tag, str)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_payload_in_any_field_becomes_an_element(app, hostile, kind):
    with app.test_request_context():
        harmless = skeleton(printed_page(kind, "mot"))
        for payload in hostile:
            html = printed_page(kind, payload)
            assert skeleton(html) == harmless, payload[:80]
            [carried] = re.findall(r'id="data" [^>]*>([^<]*)</script>', html)
            assert json.loads(carried) == {"text": payload}


def test_control_a_field_without_escaping_is_seen(app, hostile):
    with app.test_request_context():
        harmless = printed_page("receipt", "mot")
        assert skeleton(harmless.replace("mot", hostile[0])) != skeleton(harmless)


class Rotation:
    """The payloads in turn, field after field, and which ones were given."""

    def __init__(self, payloads, start):
        self.payloads, self.start, self.count = payloads, start, 0

    def __next__(self):
        self.count += 1
        return self.payloads[(self.start + self.count - 1) % len(self.payloads)]


def pages_of(kind, payloads):
    """Pages of a kind that carry every payload: a different one in each field, or with a campaign each in all of them."""
    if WHOLE_TABLE:
        return [(each, printed_page(kind, each)) for each in payloads]
    pages, start = [], 0
    while start < len(payloads):
        given = Rotation(payloads, start)
        pages.append((f"from {start}", printed_page(kind, given)))
        start += given.count
    return pages


@pytest.mark.parametrize("kind", KINDS)
def test_payloads_in_the_fields_are_printed_and_ask_for_nothing(app, hostile, listener, kind):
    """Whatever asked for something outside would be refused, hence fail: a PDF shows that nothing asked."""
    short = [each if len(each) < 400 else each[:400] for each in hostile]  # A column holds no more.
    with app.test_request_context():
        pages = pages_of(kind, short)
    made = dict(pdf.print_all(pages, processes=2))
    assert [key[:80] for key, each in made.items() if not isinstance(each, bytes)] == []
    for data in made.values():
        reader = PdfReader(BytesIO(data))
        assert list(reader.attachments) == ["essai.json"]
        assert CANARY not in "".join(sheet.extract_text() for sheet in reader.pages)
    print(f"{kind}: {len(short)} payloads in its fields, {len(made)} documents, outside requests {len(listener.seen)}")
    assert listener.seen == []


# ---- as a page: the escaping forgotten -----------------------------------------------------------


def leaks(data):
    """Whether the canary is anywhere in a PDF: its text, its attachments, its bytes."""
    reader = PdfReader(BytesIO(data))
    kept = b"".join(each for listed in reader.attachments.values() for each in listed)
    return CANARY.encode() in kept + data or CANARY in "".join(sheet.extract_text() for sheet in reader.pages)


def tried(payloads):
    """Each payload as a page, by a press with short limits: what leaked, and what took longer than allowed."""
    press, wrong = pdf.Press(seconds=SECONDS, patience=PATIENCE, memory=768 * 1024 * 1024), []
    for payload in payloads:
        begun = time.monotonic()
        with suppress(pdf.RenderFailed):
            wrong += ["leaked", payload] if leaks(press.render(WHOLE % payload)) else []
        wrong += ["too long", payload] if time.monotonic() - begun > PATIENCE + 20 else []
    assert press.render(WHOLE % "<p>La suite</p>").startswith(b"%PDF-")
    press.close()
    return wrong


def test_payloads_as_a_page_reach_nothing_and_end(hostile, listener):
    with ThreadPoolExecutor(2) as threads:
        wrong = list(threads.map(tried, [hostile[::2], hostile[1::2]]))
    print(f"{len(hostile)} payloads as a page: wrong {sum(map(len, wrong))}, outside requests {len(listener.seen)}")
    assert wrong == [[], []]
    assert listener.seen == []


def test_control_the_bare_engine_reaches_the_server_and_the_file(hostile, listener):
    import weasyprint  # Only this control pays for it.

    listener.seen.clear()
    leaked = 0
    for payload in hostile[:32]:
        try:
            data = weasyprint.HTML(string=WHOLE % payload, base_url="file:///").write_pdf(pdf_variant="pdf/ua-1")
        except Exception:  # Some of them are no document for anybody.
            continue
        leaked += leaks(data)
    reached, listener.seen[:] = len(listener.seen), []
    print(f"control, the bare engine: outside requests {reached}, documents that hold the canary {leaked}")
    assert reached >= 10
    assert leaked >= 1


@pytest.mark.parametrize(
    ("payload", "limits", "cause"),
    [
        ('<table><tr><td colspan="1000000">x</td></tr></table>', {"seconds": 1}, pdf.Cause.TIME),
        ('<table><tr><td colspan="1000000">x</td></tr></table>', {"patience": 2}, pdf.Cause.TIME),
        ("<p>x</p>" * 60_000, {"memory": 230 * 1024 * 1024}, pdf.Cause.MEMORY),
        ('<img src="http://127.0.0.1:9/x">', {}, pdf.Cause.REFUSED),
        ("<div>" * 900, {}, pdf.Cause.ENGINE),
    ],
    ids=["processor", "clock", "memory", "address", "depth"],
)
def test_each_limit_says_its_name_and_the_next_document_meets_a_fresh_process(payload, limits, cause):
    made = pdf.Press()
    try:
        made.memory = limits.get("memory", made.memory)
        assert made.render(WHOLE % "<p>avant</p>").startswith(b"%PDF-")
        mother, first = made.pid, printing(made)
        for name, value in limits.items():
            setattr(made, name, value)
        if "seconds" in limits:  # It is told to the process when it starts.
            made.close()
        with pytest.raises(pdf.RenderFailed) as failure:
            made.render(WHOLE % payload)
        assert failure.value.cause is cause
        made.patience = pdf.PATIENCE
        assert made.render(WHOLE % "<p>après</p>").startswith(b"%PDF-")
        assert printing(made) not in (None, first)
        assert not Path(f"/proc/{first}").exists()
        assert (made.pid == mother) is (cause is not pdf.Cause.TIME)
    finally:
        made.close()


def printing(press):
    """The number of the child that prints; one that is about to leave is waited for."""
    for _attempt in range(200):
        children = Path(f"/proc/{press.pid}/task/{press.pid}/children").read_text().split()
        alive = [each for each in children if "Z" not in Path(f"/proc/{each}/stat").read_text().rpartition(")")[2][:3]]
        if alive:
            return int(alive[0])
        time.sleep(0.01)
    return None


def test_the_print_process_has_no_network_and_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", CANARY)
    made = pdf.Press()
    try:
        made.render(WHOLE % "<p>x</p>")
        assert CANARY.encode() not in Path(f"/proc/{made.pid}/environ").read_bytes()
        for process in (made.pid, printing(made)):
            opened = [each.readlink() for each in Path(f"/proc/{process}/fd").iterdir()]
            assert not [each for each in opened if str(each).startswith("socket:")]
    finally:
        made.close()


WALLS = """
import sys; sys.path.insert(0, {folder!r})
import printer, socket, subprocess, os, urllib.request
printer._guard()
held = 0
for act in (lambda: socket.socket(), lambda: socket.getaddrinfo("localhost", 1), lambda: subprocess.run(["true"]),
            lambda: os.system("true"), lambda: open("/etc/hostname"), lambda: open("/tmp/x-programme", "w"),
            lambda: urllib.request.urlopen("http://127.0.0.1:9"), lambda: os.fork()):
    try:
        act()
    except printer.Refused:
        held += 1
print(held, flush=True)
os._exit(0)
"""


def test_the_guard_holds_whatever_runs_behind_it():
    import subprocess
    import sys

    code = WALLS.format(folder=str(Path(pdf.__file__).parent))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout.strip() == "8", done.stderr
