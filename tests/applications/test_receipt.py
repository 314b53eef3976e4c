"""Every item that the law wants on a receipt, on the page, in the mail and in the PDF; and the other mails."""

import io
import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from lxml import html
from pypdf import PdfReader
from sqlalchemy import select

from programme.applications import documents, queries, services
from programme.core import documents as issued
from programme.core import pdf
from programme.core.documents import IssuedDocument
from programme.core.mail import OutboxMessage
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications, calls
from tests.factories.people import NOON, account, visitor_for
from tests.factories.questionnaires import ANSWERS, EACH_KIND
from tests.pages import plain

pytestmark = pytest.mark.db

ITEMS = {
    "number (our own)": "AR-2026-00001",
    "day and hour received (R112-5, 1°; R112-11-1)": "lundi 23 novembre 2026 à 12 h 00 (heure de Paris)",
    "day when silence decides (R112-5, 1°)": "samedi 23 janvier 2027",
    "whether silence refuses or accepts (R112-5)": "réputée refusée",
    "implicit decision named": "décision implicite de rejet",
    "provided the request is complete (R112-11-1)": "sous réserve que votre demande soit complète",
    "a later start is told": "le délai court à partir de ce jour",
    "a request suspends (L114-5)": "Une demande de pièces manquantes suspend le délai",
    "service in charge (R112-5, 2°)": "Direction du numérique",
    "its postal address": "1 place de l'Hémicycle, 13000 Marseille",
    "its e-mail address": "donnees@region.example",
    "its telephone": "04 00 00 00 00",
    "missing pieces (R112-5, 3°)": "Toutes les pièces obligatoires sont jointes",
    "routes and times of appeal (R112-5)": "Recours dans les deux mois devant le tribunal administratif de Marseille",
    "algorithmic treatment (L311-3-1)": "traitement algorithmique (CRPA, article L311-3-1)",
    "pieces received": "piece.pdf",
    "the applicant": "Commune de Gap",
    "the project": "Carte des fraîcheurs",
    "the planned start, after the deposit (Regulation 651/2014, article 6)": "1er mars 2027",
}


@pytest.fixture
def made(app, db, freeze):
    """An application handed in at NOON, with its person."""
    with unit_of_work():
        person = account(name="Camille", email="camille@a.fr")
        application = applications.submitted(by=person)
    return visitor_for(app, person), application


def texts(db) -> dict[str, str]:
    """The receipt in each of its forms."""
    message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).first()
    document = db.session.scalars(select(IssuedDocument)).first()
    return {
        "mail": plain(" ".join(message.text.split())),
        "HTML mail": plain(" ".join(re.sub(r"<[^>]+>", " ", re.sub(r"</?sup>", "", message.html)).split())),
        "frozen page": plain(" ".join(re.sub(r"<[^>]+>", " ", re.sub(r"</?sup>", "", document.html)).split())),
    }


@pytest.mark.parametrize("item", ITEMS)
def test_each_item_of_the_law_is_in_each_form(db, made, item):
    visitor, application = made
    page = visitor.get(f"/dossiers/{application.reference}/accuse-de-reception").text
    for form, text in {**texts(db), "page": page}.items():
        assert ITEMS[item] in text, f"{item} is not in the {form}"


def test_the_mail_names_its_number(db, made):
    message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).first()
    assert plain(message.subject) == "Votre demande est reçue : accusé AR-2026-00001"
    assert f"http://localhost/dossiers/{made[1].reference}/accuse-de-reception" in message.text
    assert all(len(line) <= 78 for line in message.text.splitlines() if "http" not in line)


def test_an_acceptance_by_silence_says_how_to_have_it_attested(app, db, freeze):
    with unit_of_work():
        person = account()
        made = applications.submitted(by=person, to=calls.open_call(silence_accepts=True).sessions[0])
    page = visitor_for(app, person).get(f"/dossiers/{made.reference}/accuse-de-reception")
    assert "réputée acceptée" in page.text
    assert "attestation sur demande (CRPA, article L232-3)" in page.text
    assert "rejet" not in page.text


def test_the_digest_of_each_piece_is_on_the_document(db, made):
    document = db.session.scalars(select(IssuedDocument)).one()
    application = db.session.scalars(queries.whole(made[1].reference)).one()
    assert application.pieces[0].file.sha256 in document.html


def test_the_document_is_frozen(db, made):
    before = db.session.scalars(select(IssuedDocument.html)).one()
    with unit_of_work():
        application = db.session.scalars(queries.for_update(made[1].reference)).one()
        application.title, application.organisation.name = "Un autre titre", "Un autre nom"
    assert db.session.scalars(select(IssuedDocument.html)).one() == before


@pytest.mark.slow
def test_the_pdf_holds_each_item_and_is_the_same_twice(app, db, made):
    document = db.session.scalars(select(IssuedDocument)).one()
    first, second = pdf.render(document.html), pdf.render(document.html)
    assert first == second
    reader = PdfReader(io.BytesIO(first))
    text = plain(" ".join(" ".join(page.extract_text() for page in reader.pages).split())).replace("- ", "-")
    for item, words in ITEMS.items():
        assert words in text or words.replace(" ", "") in text.replace(" ", "").replace("-", ""), item
    assert document.code in text
    assert plain(reader.metadata.title) == "Accusé de réception AR-2026-00001"


@pytest.fixture
def answered(app, db, freeze):
    """An application that was asked one question of each kind and answered, handed in: its receipt as issued."""
    with unit_of_work():
        strand = calls.definition()["strands"][0] | {"questions": EACH_KIND}
        applications.submitted(to=calls.open_call(strands=[strand]).sessions[0], answers=ANSWERS | {"costly": "Caché"})
    return db.session.scalars(select(IssuedDocument)).one()


def test_the_document_holds_the_answers_in_order_and_none_that_a_condition_hides(answered):
    page = html.fromstring(answered.html)
    told = page.xpath("//section[@class='answers']/h3/text()")
    assert [plain(each) for each in told] == [plain(each["label"]) for each in EACH_KIND if each["key"] != "costly"]
    text = plain(page.xpath("string(//section[@class='answers'])"))
    for words in (
        "Capteurs",
        "13 pièces",
        "2 410,00 €",
        "20,00 €",
        "Commune : Gap (05061)",
        "12 500 par an",
        "Confidentiel",
    ):
        assert words in text, words
    assert "Caché" not in answered.html
    assert page.xpath("//section[@class='answers']//strong[text()='mesurer']")


def test_the_data_of_the_document_hold_them_too(answered):
    [found] = html.fromstring(answered.html).xpath("//script[@id='data']/text()")
    told = {each["key"]: each["answer"] for each in json.loads(found)["answers"]}
    assert (told["plan"]["name"], told["plan"]["size"]) == ("piece.pdf", len(applications.PDF))
    assert told == ANSWERS | {"price": "20.00", "plan": told["plan"]}
    assert list(told) == [each["key"] for each in EACH_KIND if each["key"] != "costly"]


@pytest.mark.slow
def test_the_pdf_prints_the_answers(answered):
    reader = PdfReader(io.BytesIO(pdf.render(answered.html)))
    text = plain(" ".join(" ".join(page.extract_text() for page in reader.pages).split()))
    for words in ("Vos réponses", "Capteurs", "2 410,00 €", "Gap (05061)", "mesurer"):
        assert words in text, words
    assert answered.code in reader.pages[-1].extract_text()


@pytest.mark.slow
def test_a_very_long_receipt_stays_inside_its_pages(app, db, made):
    application = db.session.scalars(queries.whole(made[1].reference)).one()
    content = documents.receipt(application)
    long = replace(
        content, project_title="Observatoire intercommunal des mobilités, des fraîcheurs et des usages numériques " * 2,
        pieces=tuple((label, "x" * 120 + ".pdf", digest) for label, _name, digest in content.pieces * 30),
        appeal_text="\n\n".join([content.appeal_text] * 40),
    )  # fmt: skip
    text = issued.page(
        "applications/receipt.html", receipt=long, document={"kind": "Accusé de réception", "number": long.number},
        check_code="K7QM-42XP", issued_at=NOON,
    )  # fmt: skip
    reader = PdfReader(io.BytesIO(pdf.render(text)))
    assert 4 <= len(reader.pages) <= 12
    assert "K7QM-42XP" in reader.pages[-1].extract_text()


# ---- the other mails ----------------------------------------------------------------------------


def last_mail(db) -> OutboxMessage:
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()


def words_of(message: OutboxMessage) -> list[str]:
    return [plain(" ".join(text.split())) for text in (message.text, re.sub(r"<[^>]+>", " ", message.html))]


@pytest.mark.parametrize(
    ("act", "subject", "said"),
    [
        ("request_info", "Complétez votre dossier au plus tard le 10 décembre 2026",
         ["Le RIB est illisible.", "RIB lisible", "jeudi 10 décembre 2026 à 23 h 59 (heure de Paris)", "est suspendu depuis le lundi 23 novembre 2026", "L114-5"]),
        ("answer_info", "Compléments reçus : dossier", ["Commune de Gap a répondu", "le lundi 25 janvier 2027"]),
        ("admit", "Votre dossier est complet et recevable",
         ["Ce n'est pas une promesse d'aide", "réputée refusée", "remplace celle de votre accusé"]),
        ("declare_inadmissible", "Votre dossier n'est pas recevable", ["Hors des six départements.", "Recours dans les deux mois"]),
        ("redirect", "Votre dossier est réorienté", ["relève d'une autre aide", "vous n'avez rien à retaper"]),
        ("drop", "Votre dossier est classé sans suite", ["classé sans suite", "Recours dans les deux mois"]),
        ("withdraw", "est retiré", ["est retiré à la demande de Commune de Gap"]),
    ],
)  # fmt: skip
def test_each_act_has_its_mail(db, made, act, subject, said):
    _visitor, application = made
    with unit_of_work():
        officer = account(email="instruction@a.fr")
        found = db.session.scalars(queries.for_update(application.reference)).one()
        found.officer_id = officer.id
        if act in ("request_info", "answer_info", "drop"):
            services.request_info(
                found, "Le RIB est illisible.", ["RIB lisible"], date(2026, 12, 10), by=officer, at=NOON
            )
        if act == "answer_info":
            services.answer_info(found, "Le voici.", by=officer, at=NOON + timedelta(days=2))
        if act == "admit":
            services.admit(found, by=officer, at=NOON)
        if act == "withdraw":
            services.withdraw(found, by=officer, at=NOON)
        if act in ("declare_inadmissible", "redirect", "drop"):
            services.close(found, act, "Hors des six départements.", by=officer, at=NOON)
    message = last_mail(db)
    assert subject in plain(message.subject)
    assert message.recipient == ("instruction@a.fr" if act == "answer_info" else "camille@a.fr")
    for text in words_of(message):
        for words in said:
            assert words in text
    assert application.reference in message.text or act == "request_info"
