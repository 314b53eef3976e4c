"""The printed file: both norms in one, its data equal to its print, the same bytes for the same page, older pages as before."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from programme.agreements.states import AgreementState as S
from programme.applications import documents as applications
from programme.assessment import documents as assessment
from programme.core import documents, pdf
from programme.core.i18n import money
from tests.core.test_pdf_pages import LETTER, RECEIPT
from tests.factories.agreements import call, grant_agreement, partnership_agreement
from tests.factories.applications import submitted
from tests.factories.people import NOON
from tests.pages import plain

pytestmark = [pytest.mark.db, pytest.mark.slow]


def page_of(content, *, data=True):
    """The frozen page of a letter or a receipt, with its data or as before documents carried any."""
    kind, template, name, of = ("letter", "assessment/letter.html", "letter", assessment)
    if isinstance(content, applications.Receipt):
        kind, template, name, of = ("receipt", "applications/receipt.html", "receipt", applications)
    carried = {"data": {"number": "NT-2026-00001", **of.data(content)}, "data_name": f"{kind}.json"} if data else {}
    html = documents.page(
        template, document={"kind": "Notification", "number": "NT-2026-00001"}, issued_at=NOON, check_code="K7QM-42XP",
        **carried, **{name: content},
    )  # fmt: skip
    return documents._with_drawing(html, "NT-2026-00001")


def convention(made, *, signed=False):
    document = made.signed_document if signed else made.document
    return documents._with_drawing(document.html, document.number)


def carried(data):
    """The name and the content of the one file that a PDF carries."""
    [(name, [content])] = PdfReader(BytesIO(data)).attachments.items()
    return name, json.loads(content)


def text_of(data):
    return re.sub(r"\s+", " ", plain(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(data)).pages)))


def shown(amount):
    """An amount as it is printed."""
    return re.sub(r"\s+", " ", plain(money(Decimal(amount))))


def faults(data):
    import page  # The wheel is heavy: only here.

    return [str(each) for profile in ("3a", "ua1") for each in page.validate_pdf_bytes(data, profile=profile).failures]


@pytest.mark.parametrize(
    "content",
    [LETTER, replace(LETTER, is_award=False, amount=None, rate=None), RECEIPT],
    ids=["award", "refusal", "receipt"],
)
def test_a_letter_or_a_receipt_keeps_both_norms_and_carries_what_it_prints(app, db, content):
    with app.test_request_context():
        data = pdf.render(page_of(content))
        assert faults(data) == []
        name, said = carried(data)
        is_receipt = isinstance(content, applications.Receipt)
        assert name == ("receipt.json" if is_receipt else "letter.json")
        amounts = [said[key] for key in ("requested_amount", "amount") if said.get(key)]
        assert len(amounts) == (0 if not is_receipt and not content.is_award else 1)
        printed = text_of(data)
        assert all(shown(each) in printed for each in amounts)
        assert plain(said["project_title"]) in printed
        if is_receipt:
            assert [each["sha256"] for each in said["pieces"]] == [digest for *_rest, digest in content.pieces]


@pytest.mark.parametrize("family", ["grant", "signed", "european", "partnership"])
def test_a_convention_keeps_both_norms_and_its_data_equal_its_print(app, db, unit, family):
    with unit():
        if family == "partnership":
            made = partnership_agreement(S.SENT)
        elif family == "european":
            made = grant_agreement(S.SENT, amount="120000", cost="240000", of=call(fund="FEDER OS 1.2"), opens=3)
        else:
            made = grant_agreement(S.SIGNED if family == "signed" else S.SENT)
        html, number = convention(made, signed=family == "signed"), made.number
    data = pdf.render(html)
    assert faults(data) == []
    name, said = carried(data)
    printed = text_of(data)
    assert (name, said["convention"], said["signed"]) == ("convention.json", number, family == "signed")
    assert said["text_sha256"] in re.sub(r"\s", "", printed) or not said["signed"]
    for each in said["parties"]:
        assert plain(each["name"]) in printed
    numbers = [each["number"] for each in said["clauses"] if ".article." in each["id"]]
    assert numbers == [int(each) for each in re.findall(r"Article (\d+)\. [A-ZÉ]", printed)]
    assert {each["version"] for each in said["clauses"]} == {1}
    if family == "partnership":
        assert (said["amount"], said["payments"]) == (None, [])
        return
    paid = [each["amount"] for each in said["payments"]]
    assert sum(map(Decimal, paid)) == Decimal(said["amount"])
    lines = [each["amount"] for each in (*said["budget"]["expenses"], *said["budget"]["sources"])]
    for amount in (said["amount"], said["eligible_cost"], *paid, *lines):
        assert shown(amount) in printed, amount


def test_the_data_hold_for_the_receipt_of_a_real_deposit(app, db, unit):
    with unit():
        made = submitted()
        html, amount, number = made.receipt.html, made.requested_amount, made.receipt_number
    data = pdf.render(html)
    assert faults(data) == []
    name, said = carried(data)
    assert (name, said["number"], Decimal(said["requested_amount"])) == ("receipt.json", number, amount)
    assert shown(amount) in text_of(data)


def test_the_file_says_title_language_author_dates_and_what_its_data_are(app, db):
    with app.test_request_context():
        reader = PdfReader(BytesIO(pdf.render(page_of(LETTER))))
        region = app.config["REGION"].name
    root = reader.trailer["/Root"]
    assert "NT-2026-00001" in reader.metadata.title
    assert (reader.metadata.author, root["/Lang"]) == (region, "fr")
    assert reader.metadata.creation_date == reader.metadata.modification_date == NOON.astimezone(UTC)
    [associated] = [each.get_object() for each in root["/AF"]]
    assert (associated["/AFRelationship"], associated["/UF"]) == ("/Data", "letter.json")
    parameters = associated["/EF"]["/F"].get_object()["/Params"]
    assert parameters["/CreationDate"] == f"D:{NOON.astimezone(UTC):%Y%m%d%H%M%SZ}"
    xmp = root["/Metadata"].get_object()
    assert "/Filter" not in xmp
    assert xmp.get_data().count(b"<rdf:RDF") == 1


def test_the_same_page_gives_the_same_bytes_in_any_process_and_in_any_order(app, db):
    with app.test_request_context():
        first, second = page_of(LETTER), page_of(RECEIPT)
    alone = []
    for each in (first, second):
        press = pdf.Press()
        alone.append(hashlib.sha256(press.render(each)).hexdigest())
        press.close()
    for order in ((0, 1), (1, 0, 1)):
        for each in order:
            assert hashlib.sha256(press.render((first, second)[each])).hexdigest() == alone[each]
    press.close()


def test_control_another_date_gives_other_bytes(app, db):
    with app.test_request_context():
        html = page_of(LETTER)
    other = html.replace(documents.instant(NOON), documents.instant(datetime(2020, 1, 1, tzinfo=UTC)))
    assert pdf.render(html) != pdf.render(other)


def test_an_older_page_without_data_is_printed_as_it_was(app, db):
    """What was issued before stays what it was: PDF/UA-1, no file inside, the bytes that a plain WeasyPrint makes."""
    import weasyprint
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    from programme.core.pdf.printer import STATIC

    class Assets(URLFetcher):
        def fetch(self, url, headers=None):
            return URLFetcherResponse(url, (STATIC / url.removeprefix("asset:")).read_bytes())

    with app.test_request_context():
        html = page_of(LETTER, data=False)
    before = weasyprint.HTML(string=html, url_fetcher=Assets(), base_url="asset:").render(pdf_variant="pdf/ua-1")
    expected = before.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=hashlib.sha256(html.encode()).digest()[:16])
    assert pdf.render(html) == expected
    assert not PdfReader(BytesIO(expected)).attachments


def test_control_the_validator_refuses_a_file_that_says_only_one_norm(app, db):
    with app.test_request_context():
        html = page_of(LETTER, data=False)
    assert any("3A" in each for each in faults(pdf.render(html)))


def test_one_process_prints_many_and_leaves_nothing_behind(app, db):
    from pathlib import Path

    with app.test_request_context():
        html = page_of(LETTER)
    press = pdf.Press()
    press.render(html)
    pid, folder = press.pid, Path(press._folder)
    for _each in range(3):
        press.render(html)
    assert (press.pid, folder.exists()) == (pid, True)
    press.close()
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_a_batch_comes_back_in_order_with_its_failures(app, db):
    with app.test_request_context():
        html = page_of(LETTER)
    pages = [
        (rank, html if rank != 2 else html.replace("<h1>", '<img src="file:///etc/passwd"><h1>')) for rank in range(5)
    ]
    made = list(pdf.print_all(pages, processes=2))
    assert [key for key, _each in made] == [0, 1, 2, 3, 4]
    assert [isinstance(each, bytes) for _key, each in made] == [True, True, False, True, True]
    assert made[2][1].cause is pdf.Cause.REFUSED


def test_a_print_process_killed_from_outside_is_replaced(app, db):
    import os
    import signal

    with app.test_request_context():
        html = page_of(LETTER)
    press = pdf.Press()
    expected = press.render(html)
    os.kill(press.pid, signal.SIGKILL)
    assert press.render(html) == expected
    press.close()
