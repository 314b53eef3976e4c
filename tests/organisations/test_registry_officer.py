"""What the officer reads on a file: the registry beside what the carrier wrote, with its date; nothing is applied."""

import pytest
import time_machine
from sqlalchemy import select

from programme.accounts.states import Role
from programme.applications.models import Application
from programme.core.unit_of_work import unit_of_work
from programme.organisations import sources
from programme.organisations.models import Organisation
from programme.organisations.rules.company import Absence, Company, hidden
from tests.factories.applications import submitted
from tests.factories.assessment import LATER
from tests.factories.people import NOON, signed_in

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _five_days_later(db):
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def file(db):
    """A file of an association that says it is in Gap."""
    with unit_of_work():
        made = submitted()
        carrier = made.organisation
        carrier.name, carrier.city, carrier.territory_code = "Les Amis du parc", "Gap", "05"
        return made.reference


def carrier(db, reference):
    return db.session.scalars(
        select(Organisation).join(Application, Application.organisation_id == Organisation.id)
        .where(Application.reference == reference)
    ).one()  # fmt: skip


def answered(db, reference, found):
    with unit_of_work():
        number = carrier(db, reference).siret
        sources.keep(number, found(number), at=NOON)


def check(app, reference):
    person, _number = signed_in(app, Role.OFFICER_FILE)
    page = person.get(f"/agents/dossiers/{reference}")
    [block] = page.tree.xpath("//*[contains(@class, 'registry-check')]")
    text = block.text_content().replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    return " ".join(text.split())


def same(number):
    return Company(number, "ASSOCIATION LES AMIS DU PARC", "9220", "05061", "GAP", "05000", "1 RUE HAUTE 05000 GAP")


def test_an_instance_without_a_registry_says_nothing_of_it(app, db, file):
    assert check(app, file).startswith("SIRET 9")
    assert "registre" not in check(app, file)


def test_what_was_not_checked_yet_is_said(app, db, file, monkeypatch):
    monkeypatch.setitem(app.config, "COMPANY_REGISTRY_URL", "http://127.0.0.1:9")
    assert "Pas encore vérifié au registre" in check(app, file)


def test_what_agrees_is_said_with_the_date_of_the_answer(app, db, file):
    answered(db, file, same)
    text = check(app, file)
    assert "Conforme au registre" in text
    assert "Réponse du registre du lundi 23 novembre 2026." in text


def test_each_difference_is_shown_with_both_sides_and_nothing_is_applied(app, db, file):
    answered(db, file, lambda number: Company(number, "COMMUNE DE NICE", "7210", "06088", "NICE"))
    text = check(app, file)
    assert "Diffère du registre" in text
    assert "Le registre dit : Nom : COMMUNE DE NICE (écrit ici : Les Amis du parc)" in text
    assert "Nature : Collectivité territoriale (écrit ici : " in text
    assert "Commune : Nice (écrit ici : Gap)" in text
    assert "Département : 06 (écrit ici : 05)" in text
    kept = carrier(db, file)
    assert (kept.name, kept.city, kept.territory_code) == ("Les Amis du parc", "Gap", "05")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (lambda _number: Absence.UNKNOWN, "Inconnu du registre"),
        (lambda number: Company(number, "LES AMIS DU PARC", "9220", is_active=False), "Fermé d'après le registre"),
        (lambda number: hidden(number, "", is_active=True), "Nom non publié par le registre"),
    ],
)
def test_unknown_closed_and_hidden_each_have_their_words(app, db, file, found, words):
    answered(db, file, found)
    text = check(app, file)
    assert words in text
    assert "Conforme" not in text


def test_the_page_asks_as_much_with_an_answer_as_without(app, db, file, count_queries):
    person, _number = signed_in(app, Role.OFFICER_FILE)
    person.get(f"/agents/dossiers/{file}")
    for found in (None, same):
        if found:
            answered(db, file, found)
        db.session.remove()
        with count_queries(21):  # The hour's opening is noted already.
            person.get(f"/agents/dossiers/{file}")
