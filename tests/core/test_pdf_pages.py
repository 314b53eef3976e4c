"""Printed letters and receipts: on one page when they can be, never ending on a few lines, the address in its window."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from programme.applications.documents import Receipt
from programme.assessment.documents import ADDRESS_LINES, ADDRESS_SIGNS, Letter, window
from programme.core import documents, pdf
from tests.factories.mails import ALGORITHM, APPEAL
from tests.factories.people import NOON
from tests.pages import plain

pytestmark = [pytest.mark.db, pytest.mark.slow]

MM = 72 / 25.4
LONG = (
    "Observatoire partagé de l’ombre portée, de la chaleur ressentie et de la végétation des rues et des cours d’école "
    * 2
)
PIECES = tuple((f"Pièce justificative numéro {rank}", f"piece-{rank}.pdf", f"{rank:064x}") for rank in range(10))
FEWEST_LINES = 4
OURS = {"Bricolage-print", "Bricolage-print-Bold"}

LETTER = Letter(
    reference="DT-F7TC-6YHF", organisation="Université du Sud numérique", representative="Thierry Nguyen",
    window=window("Université du Sud numérique", "Thierry Nguyen", "17 place de la Fontaine", "13090 Aix-en-Provence"),
    project_title="École de la donnée", call_title="Données du territoire, à ouvrir et à faire vivre", is_award=True,
    amount=Decimal(9500), eligible_cost=Decimal(19000), rate=Decimal(50), reason="Le projet ouvre des données attendues.",
    deliberation_number="26-0201", voted_on=date(2026, 6, 12), deposited_at=NOON, appeal_text=APPEAL,
    algorithm_notice=ALGORITHM, needs_agreement=True, fictional=True,
)  # fmt: skip
RECEIPT = Receipt(
    number="AR-2026-00006", reference="DT-D7N5-H38T", received_at=NOON, call_title=LETTER.call_title,
    session_label="Relève de mars 2026", project_title="Irrigation Juste", organisation="Canal de la Crau",
    siret="000 000 166 00017", requested_amount=Decimal(26000), starts_on=date(2027, 3, 1),
    silence_on=date(2027, 1, 23), silence_accepts=False,
    silence_rule="Votre demande peut donner lieu à une décision implicite de rejet.", clock_note="Cette date vaut sous réserve.",
    after_note="Les délais sont écrits ci-dessous.", appeal_text=APPEAL, service="Direction du numérique\n04 00 00 00 00",
    algorithm_notice=ALGORITHM, pieces_note="Toutes les pièces obligatoires sont jointes.", pieces=PIECES,
)  # fmt: skip


@pytest.fixture
def printed(app, db):
    """Prints a letter or a receipt: its frozen page and its PDF."""

    def of(content):
        kind, template, name = ("Notification", "assessment/letter.html", "letter")
        if isinstance(content, Receipt):
            kind, template, name = ("Accusé de réception", "applications/receipt.html", "receipt")
        html = documents._with_drawing(
            documents.page(
                template, document={"kind": kind, "number": "NT-2026-00001"}, issued_at=NOON, check_code="K7QM-42XP",
                **{name: content},
            ),
            "NT-2026-00001",
        )  # fmt: skip
        return html, PdfReader(BytesIO(pdf.render(html)))

    return of


def lines_of(sheet):
    """The lines of text of a page, its foot left out."""
    return [line for line in sheet.extract_text().splitlines() if line.strip() and "Page " not in line]


def spots(sheet):
    """Each piece of text of a page with its place, in millimetres from the left and the top."""
    found = []

    def visit(text, matrix, place, _font, _size):
        if text.strip():
            across = place[4] * matrix[0] + place[5] * matrix[2] + matrix[4]
            up = place[4] * matrix[1] + place[5] * matrix[3] + matrix[5]
            found.append((across / MM, 297 - up / MM, text.strip()))

    sheet.extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize(
    "content",
    [LETTER, replace(LETTER, is_award=False, amount=None, rate=None), RECEIPT],
    ids=["award", "refusal", "receipt"],
)
def test_an_ordinary_one_holds_on_one_page_and_is_accessible(printed, content):
    import page  # The wheel is heavy: only here.

    _html, reader = printed(content)
    assert len(reader.pages) == 1
    assert page.validate_pdf_bytes(reader.stream.getvalue(), profile="ua1").failures == []
    fonts = {font.get_object()["/BaseFont"].split("+")[1] for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert fonts == OURS
    assert reader.trailer["/Root"]["/Lang"] == "fr"


@pytest.mark.parametrize("paragraphs", [0, 4, 6])
def test_it_never_ends_on_a_few_lines(printed, paragraphs):
    reason = "\n\n".join(
        ["Le projet ouvre des données attendues, avec des usagers nommés et un calendrier tenable. " * 2] * paragraphs
    )
    _html, reader = printed(replace(LETTER, reason=reason, appeal_text="\n\n".join([APPEAL] * 3)))
    assert len(lines_of(reader.pages[-1])) > FEWEST_LINES
    assert "K7QM-42XP" in reader.pages[-1].extract_text()


def test_the_address_stands_in_the_window_and_nothing_else_does(printed):
    long = window(
        LONG[:90],
        "Marie-Bénédicte de La Tour du Pin Chambly",
        "Bâtiment B, 1234 avenue du Général de Gaulle",
        "13400 Aubagne",
    )
    for lines in (LETTER.window, long):
        _html, reader = printed(replace(LETTER, window=lines))
        seen = [(x, y, text) for x, y, text in spots(reader.pages[0]) if 90 <= x <= 200 and 44 <= y <= 90]
        assert all(x >= 109 and 55 <= y <= 80 for x, y, _text in seen), seen
        assert plain(" ".join(text for *_place, text in seen)).replace(" ", "") == plain("".join(lines)).replace(
            " ", ""
        )

        assert "Hémicycle" not in " ".join(text for _x, _y, text in seen)
    left = [text for x, y, text in spots(reader.pages[0]) if x < 90 and 44 <= y <= 90]
    assert any("Nos références" in text for text in left)


@pytest.mark.parametrize(
    ("name", "person", "street", "town"),
    [
        ("Commune de Gap", None, None, "05000 Gap"),
        (LONG[:150], "Marie-Bénédicte de La Tour du Pin Chambly", "Bâtiment B, Zone des Paluds, 1234 avenue du Général de Gaulle", "13400 Aubagne"),
        ("A" * 80, None, ", ".join(["1 rue Droite"] * 12), None),
    ],
)  # fmt: skip
def test_an_address_has_six_lines_of_38_signs_and_ends_with_the_town(app, db, name, person, street, town):
    with app.test_request_context():
        lines = window(name, person, street, town)
    assert 1 <= len(lines) <= ADDRESS_LINES
    assert all(len(line) <= ADDRESS_SIGNS for line in lines)
    assert town is None or lines[-1] == town
    assert lines[0].startswith(name[:10])


def test_the_decision_is_the_first_sentence(printed):
    for content, words in (
        (LETTER, "La Région attribue"),
        (replace(LETTER, is_award=False), "La Région ne retient pas"),
    ):
        _html, reader = printed(content)
        text = plain(" ".join(reader.pages[0].extract_text().split()))
        assert text.index(words) == text.index("Madame, Monsieur,") + len("Madame, Monsieur, ")
        assert text.index("Délais et voies de recours") > text.index("Pour la Région,")


def test_twenty_pieces_and_a_long_title_stay_inside_the_sheet(printed):
    _html, reader = printed(replace(RECEIPT, project_title=LONG[:200], organisation=LONG[:180], pieces=PIECES * 2))
    for sheet in reader.pages:
        for x, y, text in spots(sheet):
            assert 12 <= x <= 195, text
            assert 8 <= y <= 292, text
    assert all(
        digest in re.sub(r"\s", "", "".join(sheet.extract_text() for sheet in reader.pages))
        for *_rest, digest in PIECES
    )


def test_a_region_with_other_colours_has_other_papers(app, printed, monkeypatch):
    monkeypatch.setitem(app.config, "REGION", replace(app.config["REGION"], brand="#7a1fa2", accent="#00c2a8"))
    html, _reader = printed(RECEIPT)
    assert "#00c2a8" in html
    assert "#ffc93c" not in html
    assert "var(" not in html
