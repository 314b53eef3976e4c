"""Who opens the file of a question: the Region alone what is confidential; no blind reader what bears identity."""

import io

import pytest
import time_machine
from sqlalchemy import select

from programme.applications.models import Application, Piece
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from tests.factories import applications, calls
from tests.factories.assessment import LATER, assigned, officer, reader, under_review
from tests.factories.people import visitor_for

pytestmark = pytest.mark.db
FILES = [
    {"key": "plan", "label": "Le plan", "kind": "file"},
    {"key": "debts", "label": "Les dettes", "kind": "file", "confidential": True},
    {"key": "team", "label": "Les CV", "kind": "file", "identity_bearing": True},
    {"key": "hidden", "label": "Le permis", "kind": "file", "show_if": {"key": "strand", "is": "Z"}},
]


@pytest.fixture(autouse=True)
def _five_days_later(db):
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def read(app, db):
    """Makes a file being read: (its reader at the door, the officer, the evaluation's address, the reference)."""

    def make(**values):
        with unit_of_work():
            by = officer()
            strand = calls.definition()["strands"][0] | {"questions": FILES}
            file = under_review(by, to=calls.open_call(strands=[strand], **values).sessions[0])
            person = reader(file, "Inès")
            number, reference = assigned(file, person, by).id, file.reference
        visitor = visitor_for(app, person)
        visitor.post(f"/evaluations/{number}/sans-conflit", {}, form=f"/evaluations/{number}")
        return visitor, visitor_for(app, by), f"/evaluations/{number}", reference

    return make


def piece(reference, key):
    database.session.rollback()
    found = select(Piece).join(Application, Application.id == Piece.application_id)
    return database.session.scalars(found.where(Application.reference == reference, Piece.question_key == key)).one()


def released(desk, reference, key):
    """A copy without names of the file of a question, given to blind readers."""
    path, number = f"/agents/dossiers/{reference}", piece(reference, key).id
    copy = {f"copy-{number}": (io.BytesIO(applications.PDF), "copie.pdf")}
    desk.post(f"{path}/pieces/{number}/caviardage", copy, form=path)
    return piece(reference, key).redacted.public_id


def test_in_an_open_reading_all_but_the_confidential_is_opened(read):
    visitor, desk, evaluation, reference = read()
    page = visitor.get(evaluation)
    for key, status in (("plan", 200), ("team", 200), ("debts", 404), ("hidden", 404)):
        address = f"{evaluation}/pieces/{piece(reference, key).file.public_id}"
        assert (address in page.links()) is (status == 200), key
        visitor.get(address, status=status)
    assert "Les dettes réservée à la Région" in page.text
    assert "Le permis" not in page.text
    assert (
        f"/agents/dossiers/pieces/{piece(reference, 'debts').file.public_id}"
        in desk.get(f"/agents/dossiers/{reference}").links()
    )


def test_in_a_blind_reading_a_copy_is_opened_and_what_bears_identity_is_not(read):
    visitor, desk, evaluation, reference = read(blind_reading=True)
    copies = {key: released(desk, reference, key) for key in ("plan", "team", "debts")}
    page = visitor.get(evaluation)
    for key, status in (("plan", 200), ("team", 404), ("debts", 404)):
        address = f"{evaluation}/pieces/{copies[key]}"
        assert (address in page.links()) is (status == 200), key
        visitor.get(address, status=status)
        visitor.get(f"{evaluation}/pieces/{piece(reference, key).file.public_id}", status=404)
    assert "piece.pdf" not in page.body.decode(), "the name of a file may say whose it is"


def test_the_officer_is_told_who_opens_what(read):
    _visitor, desk, _evaluation, reference = read(blind_reading=True)
    page = desk.get(f"/agents/dossiers/{reference}")
    assert "Confidentielle : les évaluateurs ne l'ouvrent pas." in page.text
    assert "Dit qui porte le projet : les évaluateurs ne l'ouvrent pas." in page.text
    assert "Le permis" not in page.text
    assert "4 jointes sur 4" in page.text
