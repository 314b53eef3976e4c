"""The printed convention: what it says, how it is made, that it never changes."""

import hashlib
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from programme.agreements.states import AgreementState as S
from programme.core import jobs, pdf, storage
from programme.core.documents import IssuedDocument
from programme.extensions import db as database
from tests.factories.agreements import call, grant_agreement, partnership_agreement
from tests.pages import plain

pytestmark = [pytest.mark.db, pytest.mark.slow]
FOOT = 2
"""The lines of a page's foot: number and page."""
LONG = "Observatoire partagé de l’ombre portée, de la chaleur ressentie et de la végétation des rues, des places et des cours d’école de toutes les communes volontaires du littoral et de l’arrière-pays niçois"
LINES = [(f"Prestation de développement numéro {place}, avec les équipes des communes", "9600") for place in range(25)]


def html_of(unit, made, *, signed=False):
    with unit():
        agreement = made()
        document = agreement.signed_document if signed else agreement.document
        return document.html


def words_of(data):
    reader = PdfReader(BytesIO(data))
    text = plain(" ".join(each.extract_text() for each in reader.pages))
    return reader, re.sub(r"\s+", " ", text)


def test_a_signed_grant_convention_says_all_in_order(db, unit):
    html = html_of(unit, lambda: grant_agreement(S.SIGNED), signed=True)
    data = pdf.render(html)
    reader, text = words_of(data)
    for sentence in (
        "14 000,00 €", "quatorze mille euros", "28 000,00 €", "7 000,00 €", "Ombre Fraîche : où planter d'abord", "Ana Olivi",
        "Jean Roux", "Signé en ligne le", "Total des dépenses", "Total des ressources", "loi n° 2000-321 du 12 avril 2000",
    ):  # fmt: skip
        assert sentence in text, sentence
    numbers = [int(each) for each in re.findall(r"Article (\d+)\. [A-ZÉ]", text)]
    assert numbers == list(range(1, 19))
    assert [int(each) for each in re.findall(r"Annexe (\d+)\. ", text)] == list(range(1, 9))
    assert f"Page {len(reader.pages)} sur {len(reader.pages)}" in text
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert "CV-" in reader.metadata.title


def test_the_totals_of_the_plan_are_equal_and_right(db, unit):
    made = lambda: grant_agreement(S.SENT, amount="120000", cost="240000", lines=LINES, title=LONG)  # noqa: E731
    _reader, text = words_of(pdf.render(html_of(unit, made)))
    assert "Total des dépenses 240 000,00 €" in text
    assert "Total des ressources 240 000,00 €" in text
    assert text.count("9 600,00 €") == 25
    assert plain(LONG) in text


def test_two_renders_give_the_same_bytes(db, unit):
    html = html_of(unit, lambda: partnership_agreement(S.SENT))
    assert hashlib.sha256(pdf.render(html)).hexdigest() == hashlib.sha256(pdf.render(html)).hexdigest()


@pytest.mark.parametrize("family", ["grant", "european", "partnership"])
def test_it_is_accessible_and_carries_only_our_fonts(db, unit, family):
    import page  # The wheel is heavy: only here.

    made = {
        "grant": lambda: grant_agreement(S.SIGNED),
        "european": lambda: grant_agreement(
            S.SENT, amount="120000", cost="240000", of=call(fund="FEDER OS 1.2"), lines=LINES, title=LONG, opens=7
        ),
        "partnership": lambda: partnership_agreement(S.SENT),
    }[family]
    data = pdf.render(html_of(unit, made, signed=family == "grant"))
    assert page.validate_pdf_bytes(data, profile="ua1").failures == []
    last = [line for line in PdfReader(BytesIO(data)).pages[-1].extract_text().splitlines() if line.strip()]
    assert len(last) > FOOT + 4, "a document never ends on a page of a few lines"
    fonts = {
        font.get_object()["/BaseFont"].split("+")[1]
        for sheet in PdfReader(BytesIO(data)).pages
        for font in sheet["/Resources"]["/Font"].values()
    }
    assert fonts == {"Bricolage-print", "Bricolage-print-Bold"}


def test_the_validator_sees_a_document_without_language(db, unit):
    import page

    html = html_of(unit, lambda: partnership_agreement(S.SENT)).replace('<html lang="fr">', "<html>")
    assert page.validate_pdf_bytes(pdf.render(html), profile="ua1").failures != []


def test_the_worker_keeps_the_bytes_with_their_print_and_never_makes_them_again(db, unit):
    with unit():
        number = partnership_agreement(S.SENT).document_id
    jobs.run_until_idle()
    document = database.session.get(IssuedDocument, number)
    data = storage.read(document.file.key)
    assert hashlib.sha256(data).hexdigest() == document.file.sha256
    key = document.file.key
    from programme.core.documents import render  # The handler, asked a second time.

    database.session.rollback()
    render({"document": number})
    database.session.expire_all()
    assert database.session.get(IssuedDocument, number).file.key == key
