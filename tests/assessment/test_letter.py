"""The printed letter of a decision: what it says, whole whatever the lengths, the same bytes each time."""

import hashlib
import re
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from programme.assessment import services
from programme.assessment.states import Outcome
from programme.core import pdf
from programme.core.documents import IssuedDocument
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories.assessment import LATER, deliberation, officer, on_agenda
from tests.pages import plain

pytestmark = [pytest.mark.db, pytest.mark.slow]
APPEAL = "Recours dans les deux mois devant le tribunal administratif de Marseille."
LONG_TITLE = (
    "Observatoire partagé de l’ombre portée, de la chaleur ressentie et de la végétation des rues et des cours d’école"
)
LONG_REASON = "\n\n".join(
    f"Motif {place} : le projet ouvre des données attendues, avec des usagers nommés, un calendrier tenable et une méthode "
    "que d’autres territoires peuvent reprendre ; la tenue des données après l’aide reste à préciser." for place in range(1, 13)
)  # fmt: skip


def letter_of(outcome, amount=None, reason="Le projet ouvre des données attendues.", title="Carte des fraîcheurs"):
    """The frozen page of a released letter."""
    with unit_of_work():
        by = officer()
        file = on_agenda(by, title=title)
        services.prepare(file, outcome, amount, reason, by=by, at=LATER)
        services.release(file.session, deliberation(by), by=by, at=LATER)
        return database.session.scalars(select(IssuedDocument.html).where(IssuedDocument.kind == "letter")).one()


def read(html):
    data = pdf.render(html)
    reader = PdfReader(BytesIO(data))
    return data, reader, re.sub(r"\s+", " ", plain(" ".join(page.extract_text() for page in reader.pages)))


def test_an_award_says_the_amount_the_vote_and_the_appeal(db):
    html = letter_of(Outcome.AWARD, Decimal("10000.00"))
    data, reader, text = read(html)
    for words in (
        "Votre projet est aidé", "10 000,00 €", "n° 26-0231", "23 novembre 2026", plain(APPEAL),
        "Le projet ouvre des données attendues.", "Commune de Gap", "CRPA, article L311-3-1",
    ):  # fmt: skip
        assert words in text, words
    assert "cents" not in text
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert hashlib.sha256(pdf.render(html)).digest() == hashlib.sha256(data).digest()


def test_a_refusal_says_why_and_how_to_appeal_and_names_no_amount(db):
    _data, _reader, text = read(letter_of(Outcome.REJECT, reason="Les usages ne sont pas décrits."))
    for words in (
        "Votre demande n'est pas retenue", "n° 26-0231", "23 novembre 2026", "Les usages ne sont pas décrits.", plain(APPEAL),
        "déposer à une relève suivante",
    ):  # fmt: skip
        assert words in text, words
    assert "Subvention" not in text


@pytest.mark.parametrize(("outcome", "amount"), [(Outcome.AWARD, Decimal(10_000)), (Outcome.REJECT, None)])
def test_long_texts_are_printed_whole_with_numbered_pages(db, outcome, amount):
    _data, reader, text = read(letter_of(outcome, amount, LONG_REASON, LONG_TITLE))
    assert plain(LONG_TITLE) in text
    assert [f"Motif {place} :" in text for place in range(1, 13)] == [True] * 12
    assert len(reader.pages) >= 2
    assert f"Page {len(reader.pages)} sur {len(reader.pages)}" in text
