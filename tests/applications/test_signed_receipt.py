"""The receipt as signed data: what the paper says, checked on the page of checks, and by nobody else's members."""

import io
import json

import pytest

from programme.core import jobs
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications
from tests.factories.people import account, signed_in, visitor_for

pytestmark = pytest.mark.db


@pytest.fixture
def owned(app, db):
    """A deposited application: its reference, its number, and its owner's browser."""
    with unit_of_work():
        person = account(name="Camille")
        made = applications.submitted(by=person)
        reference, number = made.reference, made.receipt_number
    return reference, number, visitor_for(app, person)


def downloaded(owned):
    reference, _number, person = owned
    return person.client.get(f"/dossiers/{reference}/accuse-de-reception.json")


def check(visitor, body, status=200):
    return visitor.post("/verifier/fichier", {"file": (io.BytesIO(body), "accuse.json")}, status=status)


def test_the_file_says_what_the_receipt_says_before_its_pdf_is_made(db, owned):
    answer = downloaded(owned)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{owned[1]}.json"'
    data = json.loads(answer.data)["accuse"]
    assert (data["number"], data["format"]) == (owned[1], 1)
    assert data["received_at"].endswith("Z")


def test_the_page_of_checks_says_that_it_is_authentic_and_shows_nothing_private(db, owned, visitor):
    before = downloaded(owned).data
    page = check(visitor(), before)
    assert "Ce fichier est authentique" in page.text
    assert owned[1] in page.text
    assert "Commune de Gap" not in page.text
    while jobs.run_next():
        pass
    assert downloaded(owned).data == before, "the same after the PDF is made"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda body: body.replace(b'"format": 1', b'"format": 2'), "changé depuis"), (lambda body: body[:-40], "changé depuis"),
        (lambda _body: b"{}", "changé depuis"), (lambda _body: b"", "changé depuis"), (lambda _body: b"[" * 100_000, "changé depuis"),
        (lambda body: body + b" " * 500_000, "changé depuis"), (lambda _body: b"\xff", "changé depuis"),
    ],
)  # fmt: skip
def test_one_sign_that_changed_is_seen(db, owned, visitor, change, said):
    assert said in check(visitor(), change(downloaded(owned).data), status=422).text


def test_a_text_in_the_place_of_the_file_is_no_receipt(db, visitor):
    assert "changé depuis" in visitor().post("/verifier/fichier", {"file": "abc"}, status=422).text


def test_the_tries_are_counted(db, owned, visitor):
    person = visitor()
    for _turn in range(60):
        person.get("/verifier/AAAA-AAAA", status=404)
    assert "Trop d'essais" in check(person, b"{}", status=429).text


def test_another_organisation_has_no_such_file(app, db, owned):
    stranger, _number = signed_in(app)
    stranger.get(f"/dossiers/{owned[0]}/accuse-de-reception.json", status=404)


def test_a_draft_has_none(app, db):
    with unit_of_work():
        person = account(name="Camille")
        reference = applications.draft(by=person).reference
    visitor_for(app, person).get(f"/dossiers/{reference}/accuse-de-reception.json", status=404)
