"""The legal pages, the register, the open data, and what is not open yet."""

import pytest

from programme.core.personal_data import register
from programme.site.labels import PERSONAL_COLUMNS
from programme.site.page_context import path_is_open
from programme.site.views.open_data import files

pytestmark = pytest.mark.db


def test_the_accessibility_statement_is_truthful(visitor):
    text = visitor().get("/accessibilite").text
    assert "déclaré non conforme" in text
    assert "Défenseur des droits" in text
    assert "donnees@region.example" in text


def test_the_legal_notice_names_the_publisher(app, visitor):
    text = visitor().get("/mentions-legales").text
    region = app.config["REGION"]
    for words in (region.legal_name, region.siret, region.contact_phone, "EUPL-1.2", "Hébergement"):
        assert words in text


def test_the_register_has_a_line_for_each_personal_column(visitor):
    page = visitor().get("/donnees-personnelles")
    shown = sorted(each.text_content().strip() for each in page.tree.xpath("//tbody//th[@role='rowheader']"))
    assert shown == sorted(str(PERSONAL_COLUMNS[f"{line.table}.{line.column}"]) for line in register())
    assert {"Adresse électronique", "Adresse du destinataire"} <= set(shown)
    for words in (
        "Se connecter et recevoir les réponses de la Région",
        "5 ans après le dernier usage",
        "effacée",
        "CNIL",
    ):
        assert words in page.text
    assert "dpo@region.example" in page.text


def test_the_open_data_are_files_that_answer(app, visitor, db):
    page = visitor().get("/donnees-ouvertes")
    with app.test_request_context("/"):
        listed = files()
    assert listed
    addresses = [each.path for each in listed] + [each.schema for each in listed if each.schema]
    assert set(addresses) <= set(page.links())
    for address in addresses:
        assert visitor().client.get(address).status_code == 200, address


def test_a_file_that_does_not_exist_is_not_listed(app):
    with app.test_request_context("/"):
        assert not path_is_open("/donnees-ouvertes/rien.csv")
        assert "/donnees-ouvertes/rien.csv" not in [each.path for each in files()]


def test_the_programming_interface_says_that_it_is_not_open(visitor):
    page = visitor().get("/api/docs")
    assert page.h1 == "L'interface de programmation n'est pas encore ouverte"
    assert "/donnees-ouvertes" in page.links()
    assert "/api/docs" not in visitor().get("/").links()


@pytest.mark.parametrize(
    "path", ["/accessibilite", "/mentions-legales", "/donnees-personnelles", "/donnees-ouvertes", "/api/docs"]
)
def test_a_public_page_asks_nothing_of_the_database_and_gives_no_cookie(visitor, count_queries, path):
    someone = visitor()
    with count_queries(0):
        someone.get(path)
    assert someone.client.get_cookie("session") is None


@pytest.mark.parametrize("path", ["/nulle-part", "/agents/nulle-part", "/dossiers"])
def test_an_unknown_address_has_the_page_of_the_house(visitor, path):
    assert visitor().get(path, status=404).h1 == "Cette page n'existe pas"
