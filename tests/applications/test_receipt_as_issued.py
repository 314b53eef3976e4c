"""A receipt is a legal document: what was issued stays, on the screen, in its PDF, its signed data and the whole file."""

import io
import json
import re
import zipfile
from decimal import Decimal

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from programme.applications import documents, queries
from programme.calls import queries as calls_queries
from programme.calls import services as calls_services
from programme.calls.rules.definition import version_of
from programme.core import jobs
from programme.core.documents import IssuedDocument
from programme.core.unit_of_work import unit_of_work
from programme.questionnaires import documents as answers
from tests.factories import applications, calls
from tests.factories.people import NOON, account, visitor_for
from tests.pages import plain

pytestmark = pytest.mark.db
ISSUED = {
    "title": "Données des rivières",
    "appeal_text": "Recours dans les deux mois devant le tribunal de Marseille.",
    "receipt_service": "Direction du numérique\n1 place de l’Hémicycle\ndonnees@region.example",
    "algorithm_notice": "La note est la somme de deux notes.",
}
REVISED = {
    "title": "Données des fleuves",
    "appeal_text": "Recours devant le tribunal de Nice.",
    "receipt_service": "Direction de l’eau\n2 quai du Port\neau@region.example",
    "algorithm_notice": "La note est tirée au sort.",
}


def parts(texts):
    return [plain(line) for each in texts.values() for line in each.split("\n")]


@pytest.fixture
def revised(app, db, freeze):
    """A file handed in, whose call was then revised, and whose own title and carrier changed: its reference and its person."""
    with unit_of_work():
        camille = account(name="Camille")
        made = applications.submitted(by=camille, to=calls.open_call(**ISSUED).sessions[0])
        reference, code, person = made.reference, made.call.code, camille
    with unit_of_work():
        call = db.session.scalars(calls_queries.by_code(code)).one()
        changed = calls_services.definition_of(call) | REVISED
        calls_services.revise(call, changed, "textes", by=person, at=NOON)
        calls_services.publish_revision(call, "Le service change.", version_of(changed), by=person, at=NOON)
        made = db.session.scalars(queries.for_update(reference)).one()
        made.title, made.organisation.name, made.requested_amount = "Autre projet", "Autre porteur", Decimal(1)
        slug = call.slug
    return reference, visitor_for(app, person), slug


def text_of(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    return plain(" ".join(" ".join(page.extract_text() for page in reader.pages).split()))


def as_issued(text, form):
    squeezed = re.sub(r"[\s-]", "", plain(text))
    for words in parts(ISSUED):
        assert re.sub(r"[\s-]", "", words) in squeezed, f"{words} is not in the {form}"
    for words in [*parts(REVISED), "Autre projet", "Autre porteur"]:
        assert re.sub(r"[\s-]", "", words) not in squeezed, f"{words} is in the {form}"


def test_the_screen_and_the_signed_data_say_what_was_issued(revised, visitor):
    reference, camille, slug = revised
    public = visitor().get(f"/appels/{slug}").text
    for name in ("title", "algorithm_notice"):
        assert plain(REVISED[name]) in public, "the control: the call itself has changed"
    page = camille.get(f"/dossiers/{reference}/accuse-de-reception")
    as_issued(page.tree.xpath("string(//main)"), "screen")
    assert "13 250,00 €" in page.text
    signed = camille.client.get(f"/dossiers/{reference}/accuse-de-reception.json").get_data(as_text=True)
    as_issued(signed.replace("\\n", ""), "signed data")


@pytest.mark.slow
def test_the_pdf_that_is_made_later_and_the_whole_file_say_it_too(revised):
    reference, camille, _slug = revised
    jobs.run_until_idle()
    pdf = camille.client.get(f"/dossiers/{reference}/accuse-de-reception.pdf").get_data()
    as_issued(text_of(pdf), "PDF")
    whole = camille.client.get(f"/dossiers/{reference}/dossier.zip").get_data()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.read("accuse-de-reception.pdf") == pdf
        signed = json.loads(archive.read("accuse-de-reception.json"))
    assert signed == camille.client.get(f"/dossiers/{reference}/accuse-de-reception.json").get_json()
    assert signed["accuse"]["appeal"] == ISSUED["appeal_text"]


def test_all_that_the_document_says_is_read_from_it_again(app, db, freeze):
    with unit_of_work():
        made = applications.submitted(to=calls.open_call(silence_accepts=True).sessions[0])
        content = documents.receipt(made)
        read = documents.as_issued(made.receipt)
    assert read == content
    assert read.starts_on is not None
    assert not answers.printed(read.asked), "the answers are in the PDF"


def test_the_planned_start_is_in_the_data_and_may_lack(app, db, freeze):
    with unit_of_work():
        made = applications.submitted()
        assert made.receipt.data["starts_on"] == "2027-03-01"
        made.starts_on = None
        assert documents.data(documents.receipt(made))["starts_on"] is None
        assert documents.as_issued(made.receipt).starts_on is not None


def test_a_receipt_issued_before_its_data_held_its_texts_is_read_in_its_pdf(revised, db):
    reference, camille, _slug = revised
    with unit_of_work():
        document = db.session.scalars(select(IssuedDocument)).one()
        document.html = document.html.replace('"texts":', '"former":')
    page = camille.get(f"/dossiers/{reference}/accuse-de-reception", status=202)
    assert page.path == f"/dossiers/{reference}/accuse-de-reception.pdf"


def test_a_file_that_was_brought_in_without_a_document_has_no_receipt_to_show(revised, db):
    reference, camille, _slug = revised
    link = f"/dossiers/{reference}/accuse-de-reception"
    assert link in camille.get(f"/dossiers/{reference}").links()
    with unit_of_work():
        db.session.scalars(queries.for_update(reference)).one().receipt = None
    camille.get(link, status=404)
    assert link not in camille.get(f"/dossiers/{reference}").links()
