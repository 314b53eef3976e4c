"""Checking a document by its code: what it is and its fingerprint, never its content."""

from datetime import timedelta

import pytest
import time_machine

from programme.core import storage
from programme.core.documents import IssuedDocument
from programme.core.unit_of_work import unit_of_work
from programme.site.forms import normal_code
from programme.site.views.verify import TRIES_PER_HOUR
from tests.factories.people import NOON

pytestmark = pytest.mark.db


@pytest.fixture
def document(app, db):
    with app.test_request_context("/"):
        written = storage.write_bytes(b"%PDF-1.7 content", "AR-2026-00001.pdf", "application/pdf")
    with unit_of_work() as session:
        made = IssuedDocument(
            kind="receipt", number="AR-2026-00001", title="Accusé de réception de votre demande", code="K7QM-42XP",
            html="<p>Le secret du dossier</p>", issued_at=NOON, subject_type="application", subject_id=1,
        )  # fmt: skip
        made.file = storage.keep(written, by=None, at=NOON)
        session.add(made)
    return made


@pytest.mark.parametrize("typed", ["K7QM-42XP", "k7qm-42xp", "K7QM42XP", " k7qm 42xp ", "K7QM.42XP"])
def test_the_code_is_read_as_people_write_it(visitor, document, typed):
    page = visitor().get("/verifier", query_string={"code": typed})
    assert page.path == "/verifier/K7QM-42XP"
    assert page.h1 == "Ce document a été émis par la Région"


def test_the_page_says_what_it_is_and_never_what_it_holds(visitor, document):
    text = visitor().get("/verifier/K7QM-42XP").text
    for words in (
        "Accusé de réception", "AR-2026-00001", "Accusé de réception de votre demande", "lundi 23 novembre 2026 à 12 h 00",
        document.file.sha256,
    ):  # fmt: skip
        assert words in text
    assert "secret" not in text
    assert document.file.public_id not in text


def test_a_document_in_preparation_has_no_fingerprint_yet(visitor, document, db):
    with unit_of_work() as session:
        session.get_one(IssuedDocument, document.id).file_id = None
    assert "Le fichier est en préparation" in visitor().get("/verifier/K7QM-42XP").text


@pytest.mark.parametrize(
    "code", ["K7QM-42XQ", "AAAA-AAAA", "x", "-", "K7QM", "0000-0000", "K7QM-42XP-1", "é", "%27%20OR%201=1"]
)
def test_an_unknown_code_is_said_clearly(visitor, document, code):
    page = visitor().get(f"/verifier/{code}", status=404)
    assert page.h1.startswith("Aucun document ne porte le code") or page.h1 == "Vérifier un document"
    assert page.tree.xpath("//form[@action='/verifier']//input[@name='code']")


def test_an_empty_code_asks_again(visitor):
    page = visitor().get("/verifier?code=")
    assert (page.path, page.h1) == ("/verifier", "Vérifier un document")


def test_one_does_not_walk_through_the_codes(visitor, document):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(TRIES_PER_HOUR):
            visitor().get("/verifier/AAAA-AAAA", status=404)
        for code in ("AAAA-AAAA", "K7QM-42XP"):
            page = visitor().get(f"/verifier/{code}", status=429)
            assert "Trop d'essais" in page.text
            assert "AR-2026-00001" not in page.text
        clock.shift(timedelta(hours=1, seconds=1))
        visitor().get("/verifier/K7QM-42XP")


def test_looking_gives_no_cookie(visitor, document):
    someone = visitor()
    someone.get("/verifier/K7QM-42XP")
    assert someone.client.get_cookie("session") is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [("k7qm42xp", "K7QM-42XP"), ("", ""), ("k7q", "K7Q"), ("é-7", "7"), ("a" * 90, f"AAAA-{'A' * 16}")],
)
def test_the_normal_form(typed, code):
    assert normal_code(typed) == code
